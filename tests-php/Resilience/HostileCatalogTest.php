<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Catalog;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Database\Row;
use CloverSync\Tests\Support\HostileCatalog;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\TestDox;

/** Random catalogs. CLOVERSYNC_CATALOGS sets how many, CLOVERSYNC_SEED the first one. */
final class HostileCatalogTest extends ResilienceTestCase
{
    private const CATALOGS = 5;
    private const ROUNDS   = 3;

    private string $file = '';

    protected function tearDown(): void
    {
        @unlink($this->file);
        parent::tearDown();
    }

    #[TestDox(
        'With hostile catalogs runs end, combinations are unique, titles are visible, and a second run writes nothing',
    )]
    public function test_hostile_catalogs(): void
    {
        $this->file = sys_get_temp_dir() . '/cloversync-hostile-' . bin2hex(random_bytes(8)) . '.json';
        $first      = (int) (getenv('CLOVERSYNC_SEED') ?: 1);
        $count      = (int) (getenv('CLOVERSYNC_CATALOGS') ?: self::CATALOGS);
        $runs       = $imported = $failed = 0;

        for ($seed = $first; $seed < ($first + $count); $seed++) {
            $catalog  = new HostileCatalog($seed);
            $settings = [
                'mapping_mode'  => ($seed % 2) === 0 ? 'category' : 'tag',
                'import_status' => 'published',
                'pace_share'    => 100_000,
            ];

            for ($round = 1; $round <= self::ROUNDS; $round++) {
                $this->serve($catalog);
                $result = $this->sync($settings, confirmDeletes: true);
                $case   = "seed $seed, round $round";
                self::assertSame([RunStatus::Done, null], [$result->status, $result->message], $case);
                self::assertSame(
                    0,
                    $this->rows('j2commerce_clover_log', "status = 'error' AND message LIKE '%\"database_refused\"%'"),
                    "$case: " . implode("\n", $this->logged('error')),
                );
                $this->assertWhole($case);
                $again = $this->sync($settings, confirmDeletes: true);
                self::assertSame(
                    [RunStatus::Done, 0],
                    [$again->status, $again->productRows],
                    "$case, unchanged: "
                        . implode("\n", \array_slice(
                            $this->sql->fetchColumn('SELECT message FROM #__j2commerce_clover_log ORDER BY id'),
                            -8,
                        )),
                );
                $runs     += 2;
                $imported += $result->imported;
                $failed   += $result->failed;
                $catalog->live();
            }
        }

        self::assertGreaterThan(0, $imported);
        self::report("$count hostile catalogs, $runs runs, $imported products, $failed items refused");
    }

    private function serve(HostileCatalog $catalog): void
    {
        file_put_contents(
            $this->file,
            json_encode($catalog->toArray(), JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE),
        );

        if (isset($this->clover)) {
            $this->clover->reset($this->file);
        } else {
            $this->clover = Simulator::start($this->file);
        }

        $this->connect($this->shop());
    }

    private function assertWhole(string $case): void
    {
        self::assertSame(
            [],
            $this->sql->fetchAll('SELECT v.product_id, x.product_optionvalue_ids, COUNT(*) AS n
                    FROM #__j2commerce_product_variant_optionvalues x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id
               GROUP BY v.product_id, x.product_optionvalue_ids HAVING COUNT(*) > 1'),
            "$case: two variants with one combination",
        );

        foreach ([
            'content'                 => 'title',
            'tags'                    => 'title',
            'categories'              => 'title',
            'j2commerce_options'      => 'option_name',
            'j2commerce_optionvalues' => 'optionvalue_name',
        ] as $table => $column) {
            foreach ($this->sql->fetchColumn("SELECT $column FROM #__$table") as $title) {
                $seen = preg_replace(
                    '/[\p{Z}\p{Cc}\p{Cf}\p{M}\x{115F}\x{1160}\x{3164}\x{FFA0}\x{2800}]/u',
                    '',
                    (string) $title,
                );
                self::assertTrue(
                    $seen !== '' || preg_match('/\p{M}/u', (string) $title) === 1,
                    "$case: a $table row whose name cannot be seen: " . json_encode($title, JSON_THROW_ON_ERROR),
                );
                self::assertDoesNotMatchRegularExpression('/^\s|\s$|[\p{Cc}]|\s\s/u', (string) $title, $case);
            }
        }

        $keys = [];

        foreach ($this->sql->fetchAll(
            'SELECT o.product_id, c.productoption_id, ov.optionvalue_name AS name
                FROM #__j2commerce_product_optionvalues c
               JOIN #__j2commerce_product_options o ON o.j2commerce_productoption_id = c.productoption_id
               JOIN #__j2commerce_optionvalues ov ON ov.j2commerce_optionvalue_id = c.optionvalue_id',
        ) as $row) {
            $keys[] = implode('/', [
                Row::int($row, 'product_id'),
                Row::int($row, 'productoption_id'),
                Catalog::nameKey(Row::string($row, 'name')),
            ]);
        }

        self::assertSame(
            [],
            array_filter(array_count_values($keys), static fn (int $n): bool => $n > 1),
            "$case: choices of one name",
        );
        self::assertSame(
            0,
            (int) $this->sql->fetchValue(
                'SELECT COUNT(*) FROM #__content GROUP BY catid, alias ORDER BY 1 DESC LIMIT 1',
            ) - 1,
            "$case: aliases",
        );
    }
}
