<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Schema;
use CloverSync\Tests\Support\FailingSql;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** The app is uninstalled, and installed again later. */
final class ReinstallTest extends SyncTestCase
{
    private const UNINSTALL = __DIR__ . '/../../php-plugin/app_cloverpos/sql/uninstall.mysql.utf8.sql';

    #[TestDox('Connected again, a sync makes no product twice, with an SKU or without, and brings what Clover changed')]
    public function test_nothing_is_made_twice(): void
    {
        $this->clover->add(['name' => 'Gift Wrap', 'price' => 300, 'quantity' => 4]);
        $this->connectedAndSynced();
        $before = $this->products();
        $apron  = (string) $this->itemBySku('APRON')['id'];
        $this->uninstall();
        $this->clover->edit($apron, ['price' => 4321]);
        $new = $this->clover->add(['name' => 'New since then', 'price' => 100, 'quantity' => 1]);
        $this->install();
        $this->connect();
        $result = $this->sync();
        self::assertSame([1, 1, 0, 0], [$result->imported, $result->updated, $result->conflicts, $result->failed]);
        self::assertSame($before, \array_slice($this->products(), 0, \count($before)));
        self::assertCount(\count($before) + 1, $this->products());
        self::assertSame(['43.21000', 'New since then'], [
            $this->product($apron)['price'],
            $this->product($new)['title'],
        ]);
        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('An item that Clover deleted meanwhile is found, although the runs begin with the number one again')]
    public function test_a_deleted_item(): void
    {
        $this->connectedAndSynced();
        $apron = (string) $this->itemBySku('APRON')['id'];
        $this->uninstall();
        $this->clover->remove($apron);
        $this->install();
        $this->connect();
        self::assertSame(1, $this->sync()->deleted);
    }

    #[TestDox('Connected to another environment, the links of the first one change nothing')]
    public function test_another_environment(): void
    {
        $this->connectedAndSynced();
        $this->uninstall();
        $this->install();
        $this->connect($this->shop(['environment' => 'na']));
        self::assertSame(0, $this->shop(['environment' => 'na'])->links()->countLinked());
    }

    #[TestDox('An installation that has links of its own keeps them')]
    public function test_newer_links(): void
    {
        $this->connectedAndSynced();
        $this->uninstall();
        $this->install();
        $this->sql->execute('CREATE TABLE #__j2commerce_clover_kept AS SELECT * FROM #__j2commerce_clover_mappings');
        $links = $this->links();
        $this->sql->execute("UPDATE #__j2commerce_clover_kept SET name = 'old'");
        $this->forgetVersion();
        (new AppSchema($this->sql))->ensure();
        self::assertSame($links, $this->links());
        self::assertFalse((new Schema($this->sql))->exists('#__j2commerce_clover_kept'));
    }

    #[TestDox('An uninstallation without links, and one of a damaged installation, leave nothing to take over')]
    public function test_nothing_kept(): void
    {
        $this->uninstall();
        $this->install();
        self::assertSame([], $this->links());
        $this->sql->execute('DROP TABLE #__j2commerce_clover_mappings');
        $this->uninstall();
        $this->install();
        self::assertSame([], $this->links());
        self::assertFalse((new Schema($this->sql))->exists('#__j2commerce_clover_kept'));
    }

    #[TestDox('An installation that is interrupted before any of its writes is completed by the next start')]
    public function test_interrupted(): void
    {
        $this->connectedAndSynced();
        $links = $this->links();
        $this->uninstall();
        $whole = new FailingSql($this->sql);
        (new AppSchema($whole))->ensure();
        self::assertGreaterThan(10, $whole->writes);

        for ($cut = 0; $cut < $whole->writes; $cut++) {
            $this->uninstall();

            try {
                (new AppSchema(new FailingSql($this->db->connect(), $cut)))->ensure();
                self::fail("Write $cut did not come.");
            } catch (\LogicException) {
            }

            (new AppSchema($this->sql))->ensure();
            self::assertSame($links, $this->links());
        }
    }

    private function uninstall(): void
    {
        foreach (Schema::statements(Schema::read(self::UNINSTALL)) as $statement) {
            $this->sql->execute($statement);
        }
    }

    private function install(): void
    {
        // Joomla runs the file on its own first. SQLite, which Joomla does not use, has one namespace for all indexes.
        if ($this->sql->dialect() === Dialect::MySql) {
            (new Schema($this->sql))->install(Schema::APP_FILE);
        }

        (new AppSchema($this->sql))->ensure();
    }

    private function forgetVersion(): void
    {
        $this->sql->execute("DELETE FROM #__j2commerce_clover_state WHERE environment = 'site' AND name = 'schema'");
    }

    /** @return list<array<string, mixed>> */
    private function links(): array
    {
        return array_map(static fn (array $row): array => array_diff_key($row, [
            'seen_run' => true,
        ]), $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_mappings ORDER BY id'));
    }

    /** @return list<array<string, mixed>> */
    private function products(): array
    {
        return $this->sql->fetchAll('SELECT j2commerce_product_id, product_source_id, product_type
               FROM #__j2commerce_products
              ORDER BY j2commerce_product_id');
    }
}
