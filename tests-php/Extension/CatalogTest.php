<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\BugException;
use CloverSync\ProblemCode;
use CloverSync\Settings;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Pages that were fetched elsewhere. There is no connection, so no request may be sent. */
final class CatalogTest extends TestCase
{
    private Catalog $catalog;

    protected function setUp(): void
    {
        $settings = Settings::fromArray([
            'app_id'     => 'APPID00000001',
            'app_secret' => 'secret',
            'base_url'   => 'http://127.0.0.1:1',
        ]);
        $this->catalog = new Catalog(
            new Connection($settings, new Vault('a site secret for tests only'), new MemoryTokenStore()),
            'USD',
        );
    }

    #[TestDox(
        'items and counts of two responses are joined, members of groups returned, an unreadable item fails alone',
    )]
    public function test_two_answers(): void
    {
        $page = $this->catalog->read(
            '{"elements":[{"id":"A","name":" Mug ","price":1250,'
            . '"categories":{"elements":[{"id":"C","name":"Kitchen"}]}},'
            . '{"id":"B","name":"Shirt L","price":1,"itemGroup":{"id":"G"}},{"id":"D","price":1}]}',
            '{"elements":[{"id":"D"},{"id":"B","itemStock":{"quantity":2}},{"id":"A","itemStock":{"quantity":7.0}}]}',
        );
        [$change] = $page->changes([]);

        self::assertEqualsCanonicalizing(['A', 'B', 'D'], $page->itemIds());
        self::assertSame(['A', 'Mug', ['Kitchen'], 'mug'], [
            $change->cloverId,
            $change->title,
            $change->categories,
            $change->alias,
        ]);
        self::assertSame([7, '12.50000'], [$change->variants[0]['quantity'], $change->variants[0]['price']]);
        self::assertSame(
            [['B', 'G']],
            array_map(static fn (array $row): array => [$row['item_id'], $row['group_id']], $page->members()),
        );
        [$error] = $page->errors();
        self::assertSame(['D', 'name', ProblemCode::ItemNameless], [
            $error['item_id'],
            $error['path'],
            $error['problem']->code,
        ]);
        self::assertSame('', $page->cursor());
    }

    #[TestDox('a text that is not a list of items is refused')]
    public function test_no_list(): void
    {
        $this->expectException(BugException::class);
        $this->catalog->read('{"message":"no"}', '{"elements":[]}');
    }
}
