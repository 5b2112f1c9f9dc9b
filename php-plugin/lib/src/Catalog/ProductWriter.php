<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\ChangeAction;
use CloverSync\ProductChange;
use CloverSync\ProductKind;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Links\SkuConflicts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/**
 * Writes product changes from Clover to the shop's tables, many at a time, inside the caller's transaction.
 *
 * Clover owns price, SKU, code, count and the set of variants. Title, category and tags follow Clover until the owner
 * changes them. After the import, the owner decides whether a product is published.
 */
final readonly class ProductWriter
{
    /** Products whose rows are in memory at the same time: a new one has about 25. */
    private const AT_ONCE = 250;

    private ProductTables $tables;

    private ProductVariants $variants;

    private ProductImport $import;

    private ProductUpdate $update;

    /** @param Settings $settings With a default category that exists */
    public function __construct(
        private Sql $sql,
        ShopConfig $config,
        Settings $settings,
        private Links $links,
        private DeleteHandler $deletion,
        private Clock $clock,
    ) {
        $this->tables   = new ProductTables($sql, $config, $settings, $links, $clock);
        $this->variants = new ProductVariants($this->tables);
        $this->import   = new ProductImport($this->tables, $this->variants, $links);
        $this->update   = new ProductUpdate($this->tables, $this->variants, $links, new ProductRestore($this->tables));
    }

    /**
     * @param list<ProductChange> $changes
     *
     * @throws ShopException
     */
    public function apply(array $changes, int $run, CountTimes $asked): WriteReport
    {
        $written = new WriteReport();

        if ($changes === []) {
            return $written;
        }

        $now = UtcTime::sql($this->clock->now());
        $this->tables->categories->forget();
        $this->tables->tags->forget();

        $links  = $this->links->byCloverId(self::cloverIds($changes));
        $create = [];
        $update = [];

        foreach ($changes as $change) {
            $change->action === ChangeAction::Create
                ? ($create[$change->cloverId] = $change)
                : ($update[$change->cloverId] = $change);
        }

        $clashes = (new SkuConflicts($this->sql, $this->links))->find($create);
        $this->noteConflicts(array_intersect_key($create, $clashes), $clashes, $links, $written, $run);
        // Left over from an attempt that the database refused.
        $this->variants->takeAbandoned();

        foreach (array_chunk(array_diff_key($create, $clashes), self::AT_ONCE, true) as $some) {
            $this->import->apply($some, $links, $written, $run, $now, $asked);
        }

        $this->update->apply($update, $links, $written, $run, $now, $asked);
        $this->abandon($written);

        foreach ($this->tables->categories->renamed() as $id => ['from' => $from, 'to' => $to]) {
            $written->log('update', 'category', (string) $id, 'success', new Message(MessageCode::CategoryRenamed, [
                'from' => $from,
                'to'   => $to,
            ]));
        }

        $written->productRows += $this->tables->categories->rowsWritten() + $this->tables->tags->rowsWritten();

        return $written;
    }

    /**
     * Makes the variants of groups choosable again.
     *
     * @param array<array-key, int> $products By Clover id of the group
     * @param list<string>       $changed  Groups that were written in this step, and are counted
     */
    public function makeChoosable(array $products, array $changed): WriteReport
    {
        $written = new WriteReport();
        $rows    = $this->tables->options->require(array_values($products));

        foreach ($products as $group => $product) {
            $group = (string) $group;

            if (!isset($rows[$product])) {
                continue;
            }

            $written->productRows += $rows[$product];
            $written->log('update', 'group', $group, 'success', new Message(MessageCode::OptionsRequiredAgain));

            if (!\in_array($group, $changed, true)) {
                $written->updated++;
                $written->unchanged--;
            }
        }

        return $written;
    }

    /**
     * @param list<ProductChange> $changes
     *
     * @return list<string>
     */
    public static function cloverIds(array $changes): array
    {
        $ids = [];

        foreach ($changes as $change) {
            $ids[$change->cloverId] = $change->cloverId;

            foreach ($change->variants as $variant) {
                $ids[$variant['clover_id']] = $variant['clover_id'];
            }
        }

        return array_values($ids);
    }

    /**
     * @param array<string, ProductChange>       $changes
     * @param array<string, string>              $clashes By Clover id, the SKU
     * @param array<string, LinkRow> $links
     */
    private function noteConflicts(array $changes, array $clashes, array $links, WriteReport $written, int $run): void
    {
        $rows = [];

        foreach ($changes as $id => $change) {
            $written->conflicts++;
            $message = new Message(MessageCode::SkuTaken, ['sku' => $clashes[$id]]);

            foreach ($change->kind === ProductKind::Group
                ? [null, ...$change->variants]
                : $change->variants as $variant) {
                // It keeps its link to the product in which it is sold.
                if (($variant['action'] ?? null) === ChangeAction::Move) {
                    continue;
                }

                $rows[] = [
                    'clover_id'   => $variant === null ? $change->cloverId : $variant['clover_id'],
                    'clover_type' => $variant === null ? 'group' : 'item',
                    'parent_id'   => $variant !== null && $change->kind === ProductKind::Group
                        ? $change->cloverId
                        : null,
                    'name'        => Text::fit($variant === null ? $change->title : $variant['name']),
                    'sku'         => Text::fit($variant['sku'] ?? ''),
                    'state'       => LinkState::Conflict->value,
                    'error'       => $message->json(),
                    'options'     => $variant === null
                        ? json_encode(array_column($change->options, 'name'), JSON_THROW_ON_ERROR)
                        : null,
                    'seen_run'    => $run,
                ];
            }

            // Logged once, not in each run.
            if (($links[$id] ?? null)?->state !== LinkState::Conflict) {
                $written->log(
                    'import',
                    $change->kind->value,
                    $change->cloverId,
                    'skipped',
                    new Message(MessageCode::AboutProduct, ['name' => $change->title, 'what' => $message]),
                );
            }
        }

        $this->links->save($rows);
    }

    /** Applies the delete action to the products that have lost their variants. */
    private function abandon(WriteReport $written): void
    {
        $abandoned = $this->variants->takeAbandoned();

        if ($abandoned !== []) {
            $written->add($this->deletion->abandon($abandoned));
        }
    }
}
