<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\RewritingProxy;
use CloverSync\Tests\Support\ShopDump;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\TestDox;

/** An item is not deleted because it was not seen. */
final class AbsenceTest extends ResilienceTestCase
{
    private RewritingProxy $proxy;

    protected function tearDown(): void
    {
        unset($this->proxy);
        parent::tearDown();
    }

    #[TestDox('An item that its page leaves out stays published, and the data that Clover has of it by id is applied')]
    public function test_a_left_out_item_stays(): void
    {
        $missing = $this->connectLeavingOut(fn (): string => $this->clover->shelf()[4]['id']);
        self::assertDone($this->sync());
        $before = $this->product($missing);
        self::assertSame(1, (int) $before['state']);

        $this->proxy->on();
        $this->clover->edit($missing, ['price' => 4_321]);
        $mark   = $this->clover->mark();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame([0, 1], [$result->deleted, $result->updated]);
        self::assertSame(['price' => '43.21000'] + $before, ['price' => '43.21000'] + $this->product($missing));
        self::assertSame('43.21000', $this->product($missing)['price']);
        self::assertCount(
            4,
            $this->clover->calls($mark, '#^GET /v3/-/items(/\w+)? 200$#'),
            'A pair of pages, and the one that was missing by id, twice expanded.',
        );
    }

    #[TestDox('A variant that its page leaves out stays available')]
    public function test_a_left_out_variant_stays(): void
    {
        $missing = $this->connectLeavingOut(fn (): string => $this->clover->named('T-Shirt')[2]['id']);
        self::assertDone($this->sync());
        $before = $this->withoutRuns();

        $this->proxy->on();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(0, $result->deleted);
        self::assertSame([], ShopDump::differences($before, $this->withoutRuns()));
    }

    #[TestDox('An item that only one of a page\'s two responses contains is not taken for untracked')]
    public function test_a_count_that_is_left_out_is_asked_for(): void
    {
        $missing = $this->connectLeavingOut(fn (): string => $this->clover->inStock()[0]['id'], 'expand=itemStock');
        self::assertDone($this->sync());
        $before = $this->product($missing);
        self::assertSame(1, (int) $before['manage_stock']);

        $this->proxy->on();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(0, $result->productRows);
        self::assertSame($before, $this->product($missing));
    }

    #[TestDox(
        'An empty page in the middle of the catalog deletes nothing without the owner and a request for each item',
    )]
    public function test_an_empty_page_deletes_nothing(): void
    {
        $this->connectThrough('synthetic:1300', static function (string $path, array $body): array {
            $isSecond = str_contains($path, '/items?') && str_contains(urldecode($path), 'id>');

            return $isSecond ? ['elements' => []] + $body : $body;
        });
        self::assertDone($this->sync());
        $before = $this->withoutRuns();

        $this->proxy->on();
        $asked = $this->sync();
        self::assertSame(RunStatus::NeedsConfirmation, $asked->status);
        self::assertSame(0, $asked->deleted);
        self::assertEquals(new Message(MessageCode::ManyGone, ['gone' => 300, 'linked' => 1_300]), $asked->message);
        self::assertSame([], ShopDump::differences($before, $this->withoutRuns()));

        $again = $this->sync();
        self::assertSame(RunStatus::NeedsConfirmation, $again->status, 'Asked once more, it asks once more.');

        $this->proxy->off();
        $confirmed = $this->sync(confirmDeletes: true);
        self::assertDone($confirmed);
        self::assertSame(0, $confirmed->deleted);
        self::assertSame([], ShopDump::differences($before, $this->withoutRuns()));
    }

    #[TestDox('A run whose last page fails deletes nothing, and the next one resumes from the page before')]
    public function test_a_failed_last_page_deletes_nothing(): void
    {
        $this->connectTo('synthetic:1300');
        self::assertDone($this->sync());
        $before = $this->withoutRuns();
        $gone   = $this->clover->items()[1_200]['id'];
        $this->clover->remove($gone);

        foreach ([
            'refused'                 => ['code' => 403],
            'asked to wait for hours' => ['code' => 429, 'retry_after' => 7_200],
        ] as $how => $with) {
            $this->clover->fault(Simulator::ITEM_PAGES, 'status', 9, 2, $with);
            $shop  = $this->shop();
            $class = $how === 'refused' ? CloverException::class : UnavailableException::class;
            self::thrown($class, static fn () => $shop->runner()->run(new TimeBudget()));
            $this->clover->clearFaults();
            self::assertSame([], ShopDump::differences($before, $this->withoutRuns()), $how);
            self::assertSame(
                $how === 'refused' ? 'failed' : 'running',
                $this->sql->fetchValue('SELECT status FROM #__j2commerce_clover_runs ORDER BY id DESC LIMIT 1'),
            );
        }

        $this->openTheGate();
        $mark   = $this->clover->mark();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame([1, 1_299], [$result->deleted, $result->itemsRead]);
        self::assertCount(
            4,
            $this->clover->calls($mark, '#^GET /v3/-/items 200$#'),
            'The first page was committed, so the second is read, and the look-up of what is missing.',
        );
        self::assertSame(0, $this->rows('j2commerce_clover_mappings', "state = 'deleted' AND clover_id <> '$gone'"));
    }

    #[TestDox('More deletions than a fifth need the owner\'s confirmation before the first one')]
    public function test_many_deletions_need_confirmation(): void
    {
        $this->connectTo();
        self::assertDone($this->sync());
        $total  = \count($this->clover->items());
        $gone   = array_column(\array_slice($this->clover->shelf(), 0, intdiv($total, 5) + 1), 'id');
        $before = $this->withoutRuns();
        array_map($this->clover->remove(...), $gone);

        $mark  = $this->clover->mark();
        $asked = $this->sync();
        self::assertSame(RunStatus::NeedsConfirmation, $asked->status);
        self::assertSame(0, $asked->deleted);
        self::assertSame([], $this->clover->calls($mark, '#/items/#'));
        self::assertSame([], ShopDump::differences($before, $this->withoutRuns()));

        $mark = $this->clover->mark();
        $done = $this->sync(confirmDeletes: true);
        self::assertDone($done);
        self::assertSame(\count($gone), $done->deleted);
        self::assertSame($asked->id, $done->id);
        self::assertSame(
            [],
            preg_grep('#^GET /v3/-/items 200$#', \array_slice($this->clover->calls($mark), 2)),
            'The pages are not read again.',
        );
        self::assertSame(
            array_fill(0, \count($gone), 0),
            array_map(fn (string $id): int => (int) $this->product($id)['state'], $gone),
        );
    }

    #[TestDox('Exactly a fifth is deleted without a question, each item after a request for it by id')]
    public function test_a_plausible_number_of_deletions(): void
    {
        $this->connectTo();
        self::assertDone($this->sync());
        $gone = array_column(\array_slice($this->clover->shelf(), 0, intdiv(\count($this->clover->items()), 5)), 'id');
        array_map($this->clover->remove(...), $gone);
        $mark   = $this->clover->mark();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(\count($gone), $result->deleted);

        foreach ($gone as $id) {
            self::assertNotSame([], $this->clover->calls($mark, "#^GET /v3/-/items/$id 404$#"));
        }
    }

    /**
     * @param \Closure(): string $choose The item that item lists leave out while the proxy is on, if the query asks for
     *   it
     */
    private function connectLeavingOut(\Closure $choose, string $query = ''): string
    {
        $this->clover = Simulator::start();
        $missing      = $choose();
        $this->connectThrough(null, static function (string $path, array $body) use ($missing, $query): array {
            if (
                str_contains($path, '/items?')
                && ($query === '' || str_contains($path, $query))
                && !str_contains($path, $missing)
            ) {
                $body['elements'] = array_values(array_filter(
                    Json::list($body['elements']),
                    static fn (mixed $element): bool => Json::object($element)['id'] !== $missing,
                ));
            }

            return $body;
        });

        return $missing;
    }

    /** @param \Closure(string, array<string, mixed>): array<string, mixed> $rewrite */
    private function connectThrough(?string $catalog, \Closure $rewrite): void
    {
        if ($catalog !== null) {
            $this->clover = Simulator::start($catalog);
        }

        $this->proxy   = RewritingProxy::start($this->clover->url, $rewrite);
        $this->baseUrl = $this->proxy->url;
        $this->connect($this->shop());
    }

    /** @return array<string, list<string>> The shop's rows and the links, without runs and pauses */
    private function withoutRuns(): array
    {
        $dump = array_diff_key(ShopDump::of($this->sql), [
            'j2commerce_clover_runs'    => 0,
            'j2commerce_clover_log'     => 0,
            'j2commerce_clover_staging' => 0,
            'j2commerce_clover_locks'   => 0,
        ]);

        return array_map(static fn (array $rows): array => array_map(
            static fn (string $row): string => (string) preg_replace('/"seen_run":"#?\d+"/', '"seen_run":""', $row),
            array_values(array_filter($rows, static fn (string $row): bool => !str_contains($row, '"name":"pause:'))),
        ), $dump);
    }
}
