<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\Joomla\SearchQueue;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** What Smart Search has to index again. */
final class SearchQueueTest extends SyncTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->settings['import_status'] = 'published';
        $this->connectedAndSynced();
    }

    #[TestDox('A first sync queues each of its articles, and an unchanged one none')]
    public function test_first_sync(): void
    {
        $articles = $this->sql->fetchColumn(
            'SELECT DISTINCT article_id FROM #__j2commerce_clover_mappings WHERE article_id IS NOT NULL ORDER BY 1',
        );
        self::assertNotSame([], $articles);
        self::assertSame(array_map(intval(...), $articles), $this->queued());
        $this->queue()->clear();
        $this->sync();
        self::assertSame([], $this->queued());
    }

    #[TestDox('A new name, SKU or code and a deletion queue the article; a new price or count does not')]
    public function test_changes(): void
    {
        [$first, $second, $third, $fourth] = $this->singles(4);
        $this->queue()->clear();
        $this->clover->edit($first, ['price' => 12_345]);
        $this->clover->setStock($second, 77);
        $this->sync();
        self::assertSame([], $this->queued());

        $this->clover->edit($first, ['name' => 'Found by another name']);
        $this->clover->edit($second, ['sku' => 'ANOTHER-SKU-1']);
        $this->clover->edit($third, ['code' => '4006381333931']);
        $this->clover->remove($fourth);
        $this->sync();
        $expected = array_map(fn (string $id): int => (int) $this->product($id)['article_id'], [
            $first,
            $second,
            $third,
            $fourth,
        ]);
        sort($expected);
        self::assertSame($expected, $this->queued());
    }

    #[TestDox('An article that changes while it is indexed stays in the queue')]
    public function test_change_during_indexing(): void
    {
        $queue  = $this->queue();
        $read   = $queue->next(1)[0];
        $others = $queue->count() - 1;
        $queue->add([$read->id]);
        $queue->done($read);
        self::assertSame($others + 1, $queue->count());
        $queue->done($queue->next(1)[0]);
        self::assertSame($others, $queue->count());
    }

    #[TestDox('A refused article comes last, is left out after five attempts, and returns when it changes')]
    public function test_refused(): void
    {
        $queue = $this->queue();
        $queue->clear();
        $queue->add([1, 2]);

        for ($attempt = 1; $attempt < SearchQueue::ATTEMPTS; $attempt++) {
            [$first, $second] = $queue->next(2);
            self::assertSame($attempt === 1 ? [1, 2] : [2, 1], [$first->id, $second->id]);
            self::assertFalse($queue->refused($first->id === 1 ? $first : $second));
        }

        self::assertTrue($queue->refused($queue->next(2)[1]));
        self::assertSame([2], $this->queued());
        $queue->add([1]);
        self::assertSame([1, 2], $this->queued());
        self::assertSame(0, $queue->next(1)[0]->attempts);
    }

    private function queue(): SearchQueue
    {
        return $this->shop()->searchQueue();
    }

    /** @return list<int> Ids of articles */
    private function queued(): array
    {
        return array_map(
            intval(...),
            $this->sql->fetchColumn('SELECT article_id FROM #__j2commerce_clover_search ORDER BY article_id'),
        );
    }

    /** @return list<string> Clover ids of items without a group */
    private function singles(int $count): array
    {
        $ids = $this->sql->fetchColumn("SELECT clover_id FROM #__j2commerce_clover_mappings
              WHERE clover_type = 'item' AND parent_id IS NULL AND state = 'synced' ORDER BY clover_id LIMIT $count");
        self::assertCount($count, $ids);

        return array_map(strval(...), $ids);
    }
}
