<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Ledger;
use CloverSync\Orders;
use CloverSync\Settings;
use CloverSync\Shop\Connection\ConnectionService;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Pauses\Pauses;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Support\Clock;
use CloverSync\Stock;

/** The classes that bring web sales to one merchant's Clover. */
final readonly class Sales
{
    public OrderEventLog $events;

    public StockLedger $ledger;

    public OrderPushes $pushes;

    public OrderPrints $prints;

    public OrderNotices $notices;

    public ShopOrders $orders;

    public Planner $planner;

    /** @param \Closure(): string $currency Reads the shop's currency, ISO 4217 */
    public function __construct(
        private Sql $sql,
        private Links $links,
        private Connection $connection,
        private ConnectionService $connections,
        private MerchantProfile $merchant,
        public Ledger $rules,
        private Settings $settings,
        private KeyValueStore $state,
        private Pauses $pauses,
        private SyncLog $log,
        private \Closure $currency,
        private Clock $clock,
    ) {
        $this->events  = new OrderEventLog($sql, $links->environment, $clock);
        $this->ledger  = new StockLedger($sql, $links, $clock);
        $this->pushes  = new OrderPushes($sql, $links, $state, $clock);
        $this->prints  = new OrderPrints($sql, $links, $clock);
        $this->notices = new OrderNotices($state, $links->merchant, $settings);
        $this->orders  = new ShopOrders($sql, $links, $state, $clock);
        $this->planner = new Planner(
            $sql,
            $this->orders,
            $this->ledger,
            $this->pushes,
            $this->events,
            new OrderReader($sql, $links),
            $rules,
            $log,
            $settings,
        );
    }

    public function worker(): Worker
    {
        $currency = ($this->currency)();
        // Amounts of another currency must not reach the till.
        $clover = $this->merchant->currency() === $currency ? new Orders($this->connection, $currency) : null;
        $stock  = $this->pauses->of(WorkKind::Stock);
        $orders = $this->pauses->of(WorkKind::Orders);

        return new Worker(
            $this->connections,
            $this->events,
            $this->planner,
            new OrderReconciler(
                $this->orders,
                $this->events,
                $this->planner,
                $this->log,
                $this->rules,
                $this->settings,
            ),
            $this->ledger,
            $this->pushes,
            new StockSender(
                $this->sql,
                new Stock($this->connection),
                $this->ledger,
                $this->rules,
                $this->log,
                $stock,
                $this->merchant->tracksStock(),
            ),
            new OrderPusher(
                $this->sql,
                $clover,
                new OrderReader($this->sql, $this->links),
                $this->pushes,
                new OrderTypeLookup(
                    $this->state,
                    $this->links->merchant,
                    $this->settings->orderType,
                    $this->log,
                    $this->clock,
                ),
                $this->settings->printOrders ? $this->prints : null,
                $this->log,
                $orders,
                $this->clock,
                $currency,
            ),
            $this->prints,
            new OrderPrinter(
                $this->sql,
                $clover,
                $this->prints,
                $this->notices,
                $this->log,
                $this->clock,
                $this->settings->printOrders,
            ),
            $this->pauses,
            $stock,
            $orders,
            $this->pauses->of(WorkKind::Payments),
            new Lock($this->sql, "work:{$this->links->environment}", $this->clock),
            $this->clock,
        );
    }

    public function drift(): StockDriftReport
    {
        return new StockDriftReport(
            $this->sql,
            $this->links,
            new Stock($this->connection),
            $this->committed(),
            $this->ledger,
            $this->rules,
            $this->clock,
        );
    }

    public function committed(): Committed
    {
        return new Committed($this->orders, $this->ledger, $this->events, $this->rules, $this->settings);
    }
}
