<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Cli\Callback;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\MediaFolder;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Vault;

/**
 * A test shop connected to the simulator by the real extension.
 *
 * @phpstan-import-type Item from Simulator
 */
abstract class SyncTestCase extends ShopTestCase
{
    protected const SECRET = 'a site secret for tests only';

    /** The simulator of these tests has no limits, so no process needs to wait for them. */
    protected const UNPACED = 100_000;

    protected Simulator $clover;

    /** @var array<string, mixed> */
    protected array $settings = ['default_category' => 2, 'pace_share' => self::UNPACED];

    protected function setUp(): void
    {
        PhpEngine::require();
        $this->clover = Simulator::get();
        $this->clover->reset();
        parent::setUp();
    }

    /** @param array<string, mixed> $settings */
    protected function shop(
        array $settings = [],
        string $site = 'https://shop.example',
        ?Sql $sql = null,
        Clock $clock = new SystemClock(),
    ): Services {
        return new Services(
            $sql ?? $this->sql,
            Settings::fromArray(
                $settings
                + $this->settings
                + [
                    'environment' => 'sandbox',
                    'app_id'      => 'APPID00000001',
                    'app_secret'  => '11111111-2222-3333-4444-555555555555',
                    'base_url'    => $this->clover->url,
                ],
            ),
            new Vault(self::SECRET),
            $site,
            clock: $clock,
            media: $this->media(),
        );
    }

    /** Where pictures go; a shop without one takes none. */
    protected function media(): ?MediaFolder
    {
        return null;
    }

    protected function connect(?Services $shop = null): void
    {
        $shop          ??= $this->shop();
        $redirect      = 'http://127.0.0.1:8902/callback';
        $authorization = $shop->connection->authorize($redirect);
        $shop->connection->complete(Callback::approve($authorization->url, $redirect), $authorization->state);
        $shop->connectionService()->connected();
    }

    /** @param array<string, mixed> $settings */
    protected function sync(
        array $settings = [],
        ?TimeBudget $budget = null,
        bool $confirmDeletes = false,
    ): SyncRunRow {
        Moment::next($this->sql);

        return $this->shop($settings)->runner()->run($budget ?? new TimeBudget(), $confirmDeletes);
    }

    /** @param array<string, mixed> $settings */
    protected function connectedAndSynced(array $settings = []): SyncRunRow
    {
        $this->connect();
        $result = $this->sync($settings);
        self::assertSame(RunStatus::Done, $result->status);

        return $result;
    }

    /** @return array<string, int|float|string|null> The shop rows of one Clover item, flat */
    protected function product(string $cloverId): array
    {
        return $this->firstRow('SELECT m.state AS link_state, m.error, m.article_id, m.product_id, m.variant_id,
            c.title, c.alias, c.state, c.catid, c.introtext, p.product_type, p.enabled, p.taxprofile_id, p.has_options,
                    v.is_master, v.sku, v.upc, v.price, v.manage_stock, v.availability, v.isdefault_variant, q.quantity,
                    x.product_optionvalue_ids AS csv
               FROM #__j2commerce_clover_mappings m
               JOIN #__content c ON c.id = m.article_id
               JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id
               LEFT JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
               LEFT JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = m.variant_id
              WHERE m.clover_id = ?', [$cloverId]);
    }

    /** @return Item The simulator's item with this SKU */
    protected function itemBySku(string $sku): array
    {
        return $this->clover->itemBySku($sku);
    }

    /** @return list<string> Titles of the article's tags */
    protected function tagsOf(int $article): array
    {
        return $this->texts('SELECT t.title FROM #__contentitem_tag_map x
            JOIN #__tags t ON t.id = x.tag_id WHERE x.content_item_id = ?
                ORDER BY t.title', [$article]);
    }

    /** @return list<array{action: string, status: string, message: string}> */
    protected function logOf(string $entity): array
    {
        return array_map(
            static fn (array $row): array => [
                'action'  => Row::string($row, 'action'),
                'status'  => Row::string($row, 'status'),
                'message' => English::column($row['message']),
            ],
            $this->sql->fetchAll(
                'SELECT action, status, message FROM #__j2commerce_clover_log
                WHERE entity_id = ? ORDER BY id',
                [
                    $entity,
                ],
            ),
        );
    }

    /**
     * Every row of the shop's own tables, to check that nothing was written.
     *
     * @param list<string> $without Columns that may differ
     *
     * @return array<string, list<array<string, int|float|string|null>>>
     */
    protected function shopRows(array $without = [], ?Sql $sql = null): array
    {
        $sql    ??= $this->sql;
        $rows   = [];
        $tables = [
            'content'                                 => 'id',
            'categories'                              => 'id',
            'tags'                                    => 'id',
            'contentitem_tag_map'                     => 'content_item_id, tag_id',
            'ucm_content'                             => 'core_content_id',
            'ucm_base'                                => 'ucm_id',
            'workflow_associations'                   => 'item_id',
            'j2commerce_products'                     => 'j2commerce_product_id',
            'j2commerce_variants'                     => 'j2commerce_variant_id',
            'j2commerce_productquantities'            => 'j2commerce_productquantity_id',
            'j2commerce_options'                      => 'j2commerce_option_id',
            'j2commerce_optionvalues'                 => 'j2commerce_optionvalue_id',
            'j2commerce_product_options'              => 'j2commerce_productoption_id',
            'j2commerce_product_optionvalues'         => 'j2commerce_product_optionvalue_id',
            'j2commerce_product_variant_optionvalues' => 'variant_id',
            'j2commerce_productprice_index'           => 'product_id',
        ];

        foreach ($tables as $table => $order) {
            $rows[$table] = array_map(static fn (array $row): array => array_diff_key(
                $row,
                array_flip($without),
            ), $sql->fetchAll("SELECT * FROM #__$table ORDER BY $order"));
        }

        return $rows;
    }
}
