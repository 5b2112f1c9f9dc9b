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

/** The classes that bring web sales to one merchant's Clover. */
final readonly class Sales
{
    public OrderEventLog $events;

    public StockLedger $ledger;

    public OrderPushes $pushes;

    public ShopOrders $orders;

    public Planner $planner;

    public function __construct(
        private Services $shop,
        private Links $links,
    ) {
        $this->events  = new OrderEventLog($shop->sql, $links->environment, $shop->clock);
        $this->ledger  = new StockLedger($shop->sql, $links, $shop->clock);
        $this->pushes  = new OrderPushes($shop->sql, $links, $shop->state, $shop->clock);
        $this->orders  = new ShopOrders($shop->sql, $links, $shop->state, $shop->clock);
        $this->planner = new Planner(
            $shop->sql,
            $this->orders,
            $this->ledger,
            $this->pushes,
            $this->events,
            $shop->rules,
            $shop->log,
            $shop->settings,
        );
    }

    public function worker(): Worker
    {
        $breaker  = $this->shop->circuitBreaker();
        $currency = ShopConfig::read($this->shop->sql)->currency;
        // Amounts of another currency must not reach the till.
        $clover = $this->shop->merchant->currency() === $currency
            ? new Orders($this->shop->connection, $currency)
            : null;

        return new Worker(
            $this->shop->connection,
            $this->shop->guard,
            $this->events,
            $this->planner,
            new OrderReconciler($this->orders, $this->events, $this->planner, $this->shop->log, $this->shop->settings),
            $this->ledger,
            $this->pushes,
            new StockSender(
                $this->shop->sql,
                new Stock($this->shop->connection),
                $this->ledger,
                $this->shop->rules,
                $this->shop->log,
                $breaker,
                $this->shop->merchant->tracksStock(),
            ),
            new OrderPusher(
                $this->shop->sql,
                $clover,
                $this->orders,
                $this->pushes,
                $this->shop->log,
                $breaker,
                $this->shop->clock,
                $currency,
            ),
            $breaker,
            new Lock($this->shop->sql, "work:{$this->links->environment}", $this->shop->clock),
            $this->shop->clock,
        );
    }

    public function drift(): StockDriftReport
    {
        return new StockDriftReport(
            $this->shop->sql,
            $this->links,
            new Stock($this->shop->connection),
            $this->committed(),
            $this->ledger,
            $this->shop->clock,
        );
    }

    public function committed(): Committed
    {
        return new Committed($this->orders, $this->ledger, $this->events, $this->shop->rules, $this->shop->settings);
    }
}
