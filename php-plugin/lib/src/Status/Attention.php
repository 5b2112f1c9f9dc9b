<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\Pauses;
use CloverSync\Shop\Sales\OrderEventLog;
use CloverSync\Shop\Sales\OrderPushes;
use CloverSync\Shop\Sales\StockLedger;
use CloverSync\Shop\Support\Clock;

/** Counts what needs the owner. It uses only the database, with a few counting queries, so every page can show it. */
final readonly class Attention
{
    private function __construct(
        /** Products and items whose last sync failed. */
        public int $errors,
        /** Products that the shop already had with the SKU of something in Clover. */
        public int $conflicts,
        /** Stock changes and orders that may or may not have reached Clover. */
        public int $uncertain,
        /** Stock changes and orders that Clover refuses, and orders that cannot be read. */
        public int $dead,
        /** Orders that the owner has to correct in Clover, because they are paid or locked there. */
        public int $corrections,
        /** @var list<Pause> Kinds of work that are paused */
        public array $paused,
        /** Published products that the shop sells at 0, because Clover has no price for them. */
        public int $free,
        /** A sync needs the owner's confirmation before it deletes many products. */
        public bool $confirmDeletes,
    ) {
    }

    public static function of(Sql $sql, Links $links, KeyValueStore $state, Clock $clock): self
    {
        $counts = $links->counts();
        $stock  = (new StockLedger($sql, $links, $clock))->counts();
        $orders = (new OrderPushes($sql, $links, $state, $clock))->counts();
        $run    = (new SyncRuns($sql, $links->environment, $links->merchant, $clock))->open();

        return new self(
            $counts['errors'],
            $counts['conflicts'],
            $stock['uncertain'] + $orders['uncertain'],
            $stock['dead'] + $orders['dead'] + (new OrderEventLog($sql, $links->environment, $clock))->countDead(),
            $orders['corrections'],
            Pauses::stored($state),
            \count(array_filter(
                (new CautiousProducts($sql, $links))->published(),
                static fn (CautiousProduct $product): bool => $product->isFree,
            )),
            $run?->status === RunStatus::NeedsConfirmation,
        );
    }

    public function count(): int
    {
        return (
            $this->errors
            + $this->conflicts
            + $this->uncertain
            + $this->dead
            + $this->corrections
            + \count($this->paused)
            + $this->free
            + ($this->confirmDeletes ? 1 : 0)
        );
    }
}
