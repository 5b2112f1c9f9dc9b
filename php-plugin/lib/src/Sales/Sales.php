<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Orders;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Services;
use CloverSync\Stock;

/** Web sales on their way to one merchant's Clover, put together. */
final readonly class Sales
{
    public OrderEventLog $outbox;

    public StockLedger $ledger;

    public OrderPushes $pushed;

    public ShopOrders $orders;

    public Planner $planner;

    public function __construct(
        private Services $shop,
        private Links $mappings,
    ) {
        $this->outbox  = new OrderEventLog($shop->sql, $mappings->environment, $shop->clock);
        $this->ledger  = new StockLedger($shop->sql, $mappings, $shop->clock);
        $this->pushed  = new OrderPushes($shop->sql, $mappings, $shop->state, $shop->clock);
        $this->orders  = new ShopOrders($shop->sql, $mappings, $shop->state, $shop->clock);
        $this->planner = new Planner(
            $shop->sql,
            $this->orders,
            $this->ledger,
            $this->pushed,
            $this->outbox,
            $shop->rules,
            $shop->log,
            $shop->settings,
        );
    }

    public function worker(): Worker
    {
        $pause    = $this->shop->pause();
        $currency = ShopConfig::read($this->shop->sql)->currency;
        // Amounts of another currency must not reach the till.
        $clover = $this->shop->merchant->currency() === $currency
            ? new Orders($this->shop->connection, $currency)
            : null;

        return new Worker(
            $this->shop->connection,
            $this->shop->guard,
            $this->outbox,
            $this->planner,
            new OrderReconciler($this->orders, $this->outbox, $this->planner, $this->shop->log, $this->shop->settings),
            $this->ledger,
            $this->pushed,
            new StockSender(
                $this->shop->sql,
                new Stock($this->shop->connection),
                $this->ledger,
                $this->shop->rules,
                $this->shop->log,
                $pause,
                $this->shop->merchant->tracksStock(),
            ),
            new OrderPusher(
                $this->shop->sql,
                $clover,
                $this->orders,
                $this->pushed,
                $this->shop->log,
                $pause,
                $this->shop->clock,
                $currency,
            ),
            $pause,
            new Lock($this->shop->sql, "work:{$this->mappings->environment}", $this->shop->clock),
            $this->shop->clock,
        );
    }

    public function drift(): StockDriftReport
    {
        return new StockDriftReport(
            $this->shop->sql,
            $this->mappings,
            new Stock($this->shop->connection),
            $this->committed(),
            $this->ledger,
            $this->shop->clock,
        );
    }

    public function committed(): Committed
    {
        return new Committed($this->orders, $this->ledger, $this->outbox, $this->shop->rules, $this->shop->settings);
    }
}
