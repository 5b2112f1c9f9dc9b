<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Products that tests with the sandbox have left in a shop that is connected to production now. */
final class SandboxProductsTest extends SyncTestCase
{
    /** @var array<string, mixed> */
    protected array $settings = [
        'default_category' => 2,
        'pace_share'       => self::UNPACED,
        'import_status'    => 'published',
    ];

    #[TestDox('In the sandbox itself, and before it was ever used, there are none')]
    public function test_none(): void
    {
        $this->connectedAndSynced();
        self::assertSame(['count' => 0, 'titles' => []], $this->shop()->dashboard()->read()->sandboxProducts);
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings');
        $this->connect($this->production());
        self::assertSame(0, $this->production()->dashboard()->read()->sandboxProducts['count']);
    }

    #[TestDox('After the switch to production the published ones are counted, and the first are named')]
    public function test_after_the_switch(): void
    {
        $this->connectedAndSynced();
        $published = $this->published();
        $this->connect($this->production());
        $found = $this->production()->dashboard()->read()->sandboxProducts;
        self::assertSame([\count($published), \array_slice($published, 0, 5)], [$found['count'], $found['titles']]);
    }

    #[TestDox('Products that are relinked to production are no longer among them')]
    public function test_relinked(): void
    {
        $this->connectedAndSynced();
        $shop = $this->production();
        $this->connect($shop);
        $before = $shop->dashboard()->read()->sandboxProducts['count'];
        $shop->runner()->run(new TimeBudget());
        $shop->conflicts()->relinkAllBySku();
        $shop->runner()->run(new TimeBudget());
        $left = $shop->dashboard()->read()->sandboxProducts;
        self::assertGreaterThan(10, $before - $left['count']);
        self::assertNotContains('Apron', $left['titles']);
        self::assertContains('Apron', $this->published());
    }

    #[TestDox('Unpublishing them changes those articles and no others')]
    public function test_unpublished(): void
    {
        $this->connectedAndSynced();
        $shop = $this->production();
        $this->connect($shop);
        $own = (int) $this->sql->fetchValue('SELECT MAX(article_id) FROM #__j2commerce_clover_mappings');
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE article_id = ?', [$own]);
        $this->sql->execute('UPDATE #__content SET state = 1 WHERE id = ?', [$own]);
        $count = $shop->dashboard()->read()->sandboxProducts['count'];
        self::assertGreaterThan(10, $count);
        self::assertSame($count, $shop->sandboxProducts()->unpublish($shop->clock));
        self::assertSame(0, $shop->dashboard()->read()->sandboxProducts['count']);
        self::assertSame([$own], array_map(intval(...), $this->sql->fetchColumn(
            'SELECT c.id FROM #__content c
                   JOIN #__j2commerce_products p ON p.product_source_id = c.id WHERE c.state = 1',
        )));
        self::assertSame(
            [0],
            array_map(
                intval(...),
                array_values(array_unique($this->sql->fetchColumn(
                    'SELECT u.core_state FROM #__ucm_content u
               JOIN #__j2commerce_clover_mappings m ON m.article_id = u.core_content_item_id',
                ))),
            ),
        );
    }

    /** @return list<string> Titles of the published products, in their order */
    private function published(): array
    {
        return array_map(strval(...), $this->sql->fetchColumn(
            'SELECT c.title FROM #__content c WHERE c.state = 1
                AND c.id IN (SELECT article_id FROM #__j2commerce_clover_mappings) ORDER BY c.title, c.id',
        ));
    }

    private function production(): Services
    {
        return $this->shop(['environment' => 'na']);
    }
}
