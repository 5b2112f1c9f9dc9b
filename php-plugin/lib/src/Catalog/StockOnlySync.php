<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\J2Commerce\Variants;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Decimal;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Stock;

/**
 * Updates the shop's counts and nothing else. One request covers a thousand items, so it can run every five minutes.
 * Sales at the till may send no webhook.
 */
final readonly class StockOnlySync
{
    public function __construct(
        private Sql $sql,
        private Links $links,
        private Stock $stock,
        private CommittedUnits $committed,
        private SyncLog $log,
        private CircuitBreaker $breaker,
        private bool $tracks,
        private Clock $clock,
    ) {
    }

    /**
     * @param Lock $lock The sync's lock: neither may overwrite a newer count of the other
     *
     * @return array{items: int, updated: int, unchanged: int, product_rows: int, done: bool} done is false when the
     *   budget was spent first
     *
     * @throws AlreadyRunningException
     * @throws LockLostException when another process has taken its place
     * @throws ShopException
     * @throws CloverException
     */
    public function run(TimeBudget $budget, Lock $lock): array
    {
        $lock->requireWithin(0, new Message(MessageCode::SyncRunning));

        try {
            return $this->breaker->watch('inventory_pull', fn (): array => $this->pages($budget, $lock));
        } finally {
            $lock->release();
        }
    }

    /** @return array{items: int, updated: int, unchanged: int, product_rows: int, done: bool} */
    private function pages(TimeBudget $budget, Lock $lock): array
    {
        $facts    = new KnownProducts($this->sql, $this->links, $this->committed);
        $variants = new Variants($this->sql, ShopConfig::read($this->sql), $this->clock);
        $database = new DatabaseClock($this->sql);
        $found    = ['items' => 0, 'updated' => 0, 'unchanged' => 0, 'product_rows' => 0, 'done' => true];
        $after    = null;

        do {
            $page  = $this->stock->counts($after);
            $after = $page->cursor();
            $this->sql->transaction(function () use ($page, $facts, $variants, $database, $lock, &$found): void {
                if (!$lock->isHeldForSure()) {
                    throw new LockLostException(new Message(MessageCode::SyncTakenOver));
                }

                $asked   = $database->now() - $page->age();
                $known   = $facts->ofItems(array_column($page->items(), 'clover_id'), $asked);
                $newer   = KnownProducts::newer($known, $asked);
                $changes = array_values(array_filter(
                    $page->changes($known, $this->tracks),
                    static fn (array $change): bool => !isset($newer[$change['clover_id']]),
                ));
                $ids     = array_column($known, 'variant_id', 'clover_id');
                $updates = [];

                foreach ($changes as $change) {
                    $updates[(int) $ids[$change['clover_id']]] =
                        ['manage_stock' => (int) $change['manage_stock']]
                        + ($change['quantity'] === null ? [] : ['quantity' => $change['quantity']])
                        + ($change['availability'] === null ? [] : ['availability' => $change['availability']]);
                }

                $rows = array_sum($variants->update($updates));
                $this->remember($page->items(), $known, $asked, $newer);
                $linked = \count(array_filter($ids));
                $this->log->addAll(array_map(static fn (array $change): array => [
                    'action'  => 'inventory_pull',
                    'type'    => 'item',
                    'id'      => (string) $change['clover_id'],
                    'status'  => 'success',
                    'message' => $change['quantity'] === null
                        ? new Message(MessageCode::TrackingEnded)
                        : new Message(MessageCode::CountNow, ['now' => $change['quantity']]),
                ], $changes));
                // The transaction may restart, so nothing is added up before its end.
                $found = [
                    'items'        => $found['items'] + $linked,
                    'updated'      => $found['updated'] + \count($changes),
                    'unchanged'    => $found['unchanged'] + $linked - \count($changes),
                    'product_rows' => $found['product_rows'] + $rows,
                    'done'         => true,
                ];
            });

            if (!$lock->renew()) {
                throw new LockLostException(new Message(MessageCode::SyncTakenOver));
            }
        } while ($after !== null && !$budget->isSpent());

        $found['done'] = $after === null;

        return $found;
    }

    /**
     * @param list<array{clover_id: string, count: ?string, whole: ?int}> $items
     * @param list<array<string, scalar|null>>                            $known
     * @param array<string, true>                                         $except Clover ids
     */
    private function remember(array $items, array $known, int $asked, array $except): void
    {
        $counts = array_column($items, 'count', 'clover_id');
        $rows   = [];

        foreach ($known as $row) {
            $count = $this->tracks ? $counts[(string) $row['clover_id']] ?? null : null;

            if (
                $row['clover_asked'] !== null
                && !isset($except[(string) $row['clover_id']])
                && (
                    $count === null
                        ? $row['clover_count'] !== null
                        : $row['clover_count'] === null
                        || !Decimal::equals((string) $row['clover_count'], $count)
                )
            ) {
                $rows[(string) $row['clover_id']] = ['clover_count' => $count, 'clover_asked' => $asked];
            }
        }

        $this->links->update($rows);
    }
}
