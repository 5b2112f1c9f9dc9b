<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die;

use CloverSync\Shop\Sales\Outbox;
use CloverSync\Shop\Sales\Pause;
use CloverSync\Shop\Sales\PushedOrders;
use CloverSync\Shop\Sales\StockLedger;

/** What waits for the owner. Asks the database alone, with a handful of counts, so it may stand on every page. */
final readonly class Attention
{
    private function __construct(
        /** Products and items of which the last sync failed. */
        public int $errors,
        /** Products that the shop already had under the SKU of something in Clover. */
        public int $conflicts,
        /** Stock moves and orders of which nobody knows whether Clover has them. */
        public int $uncertain,
        /** Stock moves and orders that Clover will not take, and orders that cannot be read. */
        public int $dead,
        /** Why sending is paused; null when it is not. */
        public ?string $paused,
        /** A sync waits for the owner's word before it takes many products away. */
        public bool $confirmDeletes,
    ) {
    }

    public static function of(Sql $sql, Mappings $mappings, State $state, Clock $clock): self
    {
        $stock  = (new StockLedger($sql, $mappings, $clock))->counts();
        $orders = (new PushedOrders($sql, $mappings, $state, $clock))->counts();
        $run    = (new Runs($sql, $mappings->environment, $mappings->merchant, $clock))->open();

        return new self(
            $mappings->counts()['errors'],
            (int) $sql->fetchValue(
                'SELECT COUNT(DISTINCT COALESCE(parent_id, clover_id)) FROM ' . Mappings::TABLE . " WHERE environment = ? AND merchant_id = ? AND state = 'conflict'",
                [$mappings->environment, $mappings->merchant],
            ),
            $stock['uncertain'] + $orders['uncertain'],
            $stock['dead'] + $orders['dead'] + (new Outbox($sql, $mappings->environment, $clock))->countDead(),
            (new Pause($state, new SyncLog($sql, $mappings->environment, $clock), $clock))->read()['reason'] ?? null,
            $run !== null && $run['status'] === Runs::NEEDS_CONFIRMATION,
        );
    }

    public function count(): int
    {
        return $this->errors + $this->conflicts + $this->uncertain + $this->dead + ($this->paused === null ? 0 : 1) + ($this->confirmDeletes ? 1 : 0);
    }
}
