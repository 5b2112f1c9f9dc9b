<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\LedgerReason;
use CloverSync\Orders;
use CloverSync\OrderStanding;
use CloverSync\Resolution;
use CloverSync\SaleState;
use CloverSync\SendState;
use CloverSync\Settings;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Decides what an order requires in Clover, from the shop's current data of the order. */
final readonly class Planner
{
    /** Orders that a count looks up. */
    private const LOOKED_AT = 50;

    public function __construct(
        private Sql $sql,
        private ShopOrders $orders,
        private StockLedger $ledger,
        private OrderPushes $pushes,
        private OrderEventLog $events,
        private OrderReader $reader,
        private Ledger $rules,
        private SyncLog $log,
        private Settings $settings,
    ) {
    }

    /** Plans an order and stores the result in one transaction. Stores nothing new when nothing has changed. */
    public function plan(string $orderId): void
    {
        $this->sql->transaction(function () use ($orderId): void {
            $all     = $this->ledger->ofOrder($orderId);
            $events  = $this->events->of($orderId);
            $order   = $this->orders->find($orderId);
            $rows    = $order === null ? [] : $all[$order->pk] ?? [];
            $pending = array_values(array_filter(
                $events,
                static fn (OrderEventRow $event): bool => $event->state !== OrderEventState::Done,
            ));
            $gone = self::replaced($order, $all);

            foreach ($gone as $pk => $rowsOfIt) {
                $this->decide($orderId, $pk, null, $rowsOfIt, $events);
            }

            $events = self::since($events, $order, $gone);

            if ($this->concerns($order, $rows, $events)) {
                if ($this->isPaidBack($order, $events)) {
                    $this->events->paidBack($orderId);
                    $events = self::since($this->events->of($orderId), $order, $gone);
                }

                $this->decide($orderId, $order->pk ?? 0, $order, $rows, $events);
                $this->warnAboutParts($orderId, $order, $pending, $events);
            }

            $this->compare($orderId, $order, $events);
            $this->events->done(array_column($pending, 'id'));
        });
    }

    /** Compares an order with what Clover shows of it. Where they differ, the difference becomes due. */
    public function compared(string $orderId): void
    {
        $this->sql->transaction(function () use ($orderId): void {
            $order  = $this->orders->find($orderId);
            $events = $this->events->of($orderId);
            $gone   = self::replaced($order, $this->ledger->ofOrder($orderId));
            $this->compare($orderId, $order, self::since($events, $order, $gone));
        });
    }

    /** @param list<OrderEventRow> $events */
    private function compare(string $orderId, ?ShopOrder $order, array $events): void
    {
        foreach ($this->pushes->all($orderId) as $row) {
            // Another order may have the id now.
            $own    = $order?->pk === $row->orderPk ? $order : null;
            $print  = $this->fingerprint($row, $own);
            $wanted = $this->wanted($row, $own, $print, $events);

            if (
                $wanted->text() !== $row->wanted->text()
                || $own?->modified !== $row->seen
                || $row->fingerprint === null && $print !== null
            ) {
                $this->pushes->want($row->id, $wanted, $print, $own?->modified);
            }
        }
    }

    /** Of the order as it is; null when it is gone or not in Clover. */
    private function fingerprint(OrderPushRow $row, ?ShopOrder $own): ?string
    {
        $isSent = \in_array($row->state, [SendState::Sent, SendState::Confirmed, SendState::Uncertain], true);
        $order  = $own === null || !$isSent ? null : $this->reader->read($row->orderId, $own->pk, '');

        return $order === null ? null : Orders::fingerprint($order);
    }

    /**
     * What Clover is to show of an order.
     *
     * @param ?ShopOrder          $own    Null when the order is gone
     * @param list<OrderEventRow> $events
     */
    private function wanted(OrderPushRow $row, ?ShopOrder $own, ?string $print, array $events): OrderMark
    {
        return OrderMark::of($this->standing($own, $events) ?? $row->wanted->standing, $row->fingerprint, $print);
    }

    /** @param list<OrderEventRow> $events */
    private function standing(?ShopOrder $order, array $events): ?OrderStanding
    {
        return $this->rules->standing($order?->status, OrderEventLog::history($events), $order->paymentMethod ?? '');
    }

    /** @param list<OrderEventRow> $events */
    private function differs(string $orderId, ?ShopOrder $order, array $events): bool
    {
        foreach ($this->pushes->all($orderId) as $row) {
            $own    = $order?->pk === $row->orderPk ? $order : null;
            $wanted = $this->wanted($row, $own, $this->fingerprint($row, $own), $events);

            if ($wanted->text() !== $row->wanted->text()) {
                return true;
            }
        }

        return false;
    }

    /**
     * Counts orders with unprocessed events, without those of which nothing is sent. Among many, that is looked up only
     * for those that wait longest.
     */
    public function countLater(): int
    {
        $silent = array_filter(
            $this->orders->others($this->events->pending(self::LOOKED_AT)),
            function (string $orderId): bool {
                $order = $this->orders->find($orderId);
                $rows  = $this->ledger->ofOrder($orderId);

                return $rows === [] && !$this->concerns($order, [], $this->events->of($orderId));
            },
        );

        return $this->events->countLater() - \count($silent);
    }

    /** Notes that {@see plan()} could not read an order; other orders go on. */
    public function failed(string $orderId, \Throwable $e): void
    {
        $reason = Message::of($e);

        if ($this->events->postpone($orderId, $reason)) {
            $this->log->add('order_push', 'order', $orderId, 'error', new Message(MessageCode::OrderUnreadable, [
                'reason' => $reason,
            ]));
        }
    }

    /** Whether {@see plan()} would store anything, so that a scan reports only real changes. */
    public function wouldChange(string $orderId): bool
    {
        $all    = $this->ledger->ofOrder($orderId);
        $events = $this->events->of($orderId);
        $order  = $this->orders->find($orderId);
        $gone   = self::replaced($order, $all);

        foreach ($gone as $rows) {
            if ($this->asks(null, $rows, $events)) {
                return true;
            }
        }

        $rows   = $order === null ? [] : $all[$order->pk] ?? [];
        $events = self::since($events, $order, $gone);

        return (
            $this->concerns($order, $rows, $events)
            && (
                $this->asks($order, $rows, $events)
                || $this->isPaidBack($order, $events)
                || $order !== null
                && $this->saleState($order, $events) === SaleState::Paid
                && !$this->pushes->has($orderId, $order->pk)
            )
            || $this->differs($orderId, $order, $events)
        );
    }

    /**
     * @param array<int, list<LedgerRow>> $rows
     * @param list<OrderEventRow>         $events
     */
    private function asks(?ShopOrder $order, array $rows, array $events): bool
    {
        $state = $this->saleState($order, $events);

        foreach (self::lines($order, $rows) as $line) {
            if (!$this->rulesFor($line, $state)->isEmpty()) {
                return true;
            }
        }

        return false;
    }

    /**
     * The ledger's rows of orders that are gone from the shop. Another order may have the id now, after the shop's
     * counter was set back.
     *
     * @param ?ShopOrder                              $order The order that has the id now
     * @param array<int, array<int, list<LedgerRow>>> $all
     *
     * @return array<int, array<int, list<LedgerRow>>> By primary key
     */
    private static function replaced(?ShopOrder $order, array $all): array
    {
        return $order === null ? $all : array_diff_key($all, [$order->pk => true]);
    }

    /**
     * Events of the order itself, without those of an order that had its id before.
     *
     * @param list<OrderEventRow>                     $events
     * @param array<int, array<int, list<LedgerRow>>> $replaced
     *
     * @return list<OrderEventRow>
     */
    private static function since(array $events, ?ShopOrder $order, array $replaced): array
    {
        return $order === null || $replaced === []
            ? $events
            : array_values(array_filter(
                $events,
                static fn (OrderEventRow $event): bool => $event->created >= $order->created,
            ));
    }

    /**
     * An order as its page shows it.
     *
     * @return array{concerns: bool, state: SaleState, lines: list<LineBooks>} `concerns`: false for an order from
     *   before the connection
     */
    public function view(string $orderId): array
    {
        $all    = $this->ledger->ofOrder($orderId);
        $events = $this->events->of($orderId);
        $order  = $this->orders->find($orderId);
        $rows   = $all[$order->pk ?? array_key_last($all) ?? 0] ?? [];

        return [
            'concerns' => $this->concerns($order, $rows, $events),
            'state'    => $this->saleState($order, $events),
            'lines'    => self::lines($order, $rows),
        ];
    }

    /**
     * Gives units of lines back by hand: of all these lines, or of none when one is refused.
     *
     * @param array<int, int> $units By line
     *
     * @throws ShopException                       when the order has no such line
     * @throws \CloverSync\Exception\ItemException when a line does not hold so many
     */
    public function restock(string $orderId, array $units): void
    {
        $this->onLines($orderId, null, $units, fn (
            LineBooks $line,
            int $count,
        ): LedgerPlan => LedgerPlan::fromRules($this->rules->restock($line->forRules(), $count)));

        foreach ($units as $lineId => $count) {
            $this->log->add('inventory_restock', 'order', $orderId, 'success', new Message(MessageCode::RestockAsked, [
                'count' => $count,
                'line'  => (string) $lineId,
            ]));
        }
    }

    /**
     * Carries out the owner's decision about a row as {@see StockLedger} lists it.
     *
     * @throws \CloverSync\Exception\ItemException when the row does not need a decision
     */
    public function resolveRow(LedgerRow $row, Resolution $resolution): void
    {
        $this->resolve($row->orderId, $row->lineId, $row->seq, $resolution, $row->orderPk);
    }

    /**
     * Carries out the owner's decision about a row that is uncertain or dead.
     *
     * @param ?int $pk Primary key of its order; null = the order that has the id now
     *
     * @throws ShopException                       when the order has no such line
     * @throws \CloverSync\Exception\ItemException when that row does not need a decision
     */
    public function resolve(string $orderId, int $lineId, int $seq, Resolution $resolution, ?int $pk = null): void
    {
        $this->onLines($orderId, $pk, [$lineId => $seq], fn (
            LineBooks $line,
            int $seq,
        ): LedgerPlan => LedgerPlan::fromRules($this->rules->resolve($line->forRules(), $seq, $resolution)));
        $this->log->add('inventory_decrement', 'order', $orderId, 'success', new Message(match ($resolution) {
            Resolution::Applied    => MessageCode::RowApplied,
            Resolution::Leave      => MessageCode::RowLeft,
            Resolution::NotApplied => MessageCode::RowSentAgain,
        }, ['row' => (string) $seq, 'line' => (string) $lineId]));
    }

    /**
     * @param array<int, list<LedgerRow>> $rows
     * @param list<OrderEventRow>         $events
     */
    private function concerns(?ShopOrder $order, array $rows, array $events): bool
    {
        if ($this->orders->since() === null) {
            return false;
        }

        if ($rows !== [] || $order === null) {
            return $rows !== [];
        }

        if ($this->orders->isAfter($order->pk, $order->created)) {
            return true;
        }

        $later = array_values(array_filter($events, fn (OrderEventRow $event): bool => $this->orders->isEventAfter(
            $event->id,
            $event->created,
        )));

        return $this->rules->wasPaid(OrderEventLog::history($later));
    }

    /**
     * Whether all of a paid order's money was refunded, and no event has said so. The refunds of an edited order may be
     * the difference to its total before, and those of an order that was released may be those of an earlier payment.
     *
     * @param list<OrderEventRow> $events
     */
    private function isPaidBack(?ShopOrder $order, array $events): bool
    {
        return (
            $order?->isPaidBack === true
            && $this->saleState($order, $events) === SaleState::Paid
            && !self::has($events, OrderEventType::Refund)
            && !self::has($events, OrderEventType::Edit)
            && array_intersect(array_column($events, 'newStatus'), $this->rules->releasingStatuses()) === []
        );
    }

    /** @param list<OrderEventRow> $events */
    private static function has(array $events, OrderEventType $type): bool
    {
        return \in_array($type, array_column($events, 'event'), true);
    }

    /** @param list<OrderEventRow> $events */
    private function saleState(?ShopOrder $order, array $events): SaleState
    {
        return $this->rules->saleState($order?->status, OrderEventLog::history($events));
    }

    private function rulesFor(LineBooks $line, SaleState $state): LedgerPlan
    {
        return LedgerPlan::fromRules($this->rules->plan($line->forRules(), $state));
    }

    /**
     * @param array<int, list<LedgerRow>> $rows
     *
     * @return list<LineBooks>
     */
    private static function lines(?ShopOrder $order, array $rows): array
    {
        $lines = $order->lines ?? [];

        return array_map(static fn (int $id): LineBooks => LineBooks::of(
            $id,
            $lines[$id] ?? null,
            $rows[$id] ?? [],
        ), array_keys($lines + $rows));
    }

    /**
     * @param array<int, list<LedgerRow>> $rows
     * @param list<OrderEventRow>         $events
     */
    private function decide(string $orderId, int $pk, ?ShopOrder $order, array $rows, array $events): void
    {
        $state = $this->saleState($order, $events);
        $sold  = false;

        foreach (self::lines($order, $rows) as $line) {
            $plan = $this->rulesFor($line, $state);
            $sold = $sold || $plan->entries !== [];
            $this->store($orderId, $pk, $line, $plan);
        }

        if ($state === SaleState::Paid && $order !== null) {
            $this->pushes->intend(
                $orderId,
                $order,
                OrderMark::of($this->standing($order, $events) ?? OrderStanding::Paid),
                $this->without(self::lines($order, $rows)),
            );
        } elseif ($state === SaleState::Released) {
            $this->pushes->cancel($orderId, $pk);
        }

        if ($order === null && $sold) {
            $this->log->add('inventory_restock', 'order', $orderId, 'success', new Message(MessageCode::OrderDeleted));
        }
    }

    /**
     * Why a sold order is not to appear in Clover; null when it is.
     *
     * @param list<LineBooks> $lines
     */
    private function without(array $lines): ?string
    {
        $isForeign = array_filter($lines, static fn (LineBooks $line): bool => $line->cloverId !== '') === [];

        return match (true) {
            !$this->settings->syncSale => 'sync_sale_off',
            $isForeign && !$this->settings->pushForeignOrders => 'foreign',
            default => null,
        };
    }

    /**
     * Applies a rule to lines of an order in one transaction.
     *
     * @param array<int, int>                      $numbers By line: what the rule gets with it
     * @param \Closure(LineBooks, int): LedgerPlan $rule
     */
    private function onLines(string $orderId, ?int $pk, array $numbers, \Closure $rule): void
    {
        $this->sql->transaction(function () use ($orderId, $pk, $numbers, $rule): void {
            $all   = $this->ledger->ofOrder($orderId);
            $found = $this->orders->find($orderId);
            $pk    ??= $found->pk ?? array_key_last($all) ?? 0;
            $order = $found?->pk === $pk ? $found : null;
            $lines = array_column(self::lines($order, $all[$pk] ?? []), null, 'lineId');

            foreach ($numbers as $lineId => $number) {
                $line = $lines[$lineId] ?? throw new ShopException(new Message(MessageCode::OrderLineGone, [
                    'order' => $orderId,
                    'line'  => (string) $lineId,
                ]));
                $this->store($orderId, $pk, $line, $rule($line, $number));
            }
        });
    }

    private function store(string $orderId, int $pk, LineBooks $line, LedgerPlan $plan): void
    {
        if ($plan->isEmpty()) {
            return;
        }

        $this->ledger->store($orderId, $pk, $line, $plan);

        foreach ($plan->entries as $entry) {
            $why = match ($entry['reason']) {
                LedgerReason::PushOff        => new Message(MessageCode::StockPushOff),
                LedgerReason::NeverTaken     => new Message(MessageCode::SaleNeverSent),
                LedgerReason::AfterUncertain => new Message(MessageCode::SaleUnknown),
                default                      => null,
            };

            if ($why !== null) {
                $this->log->add(
                    LedgerRow::actionOf($entry['delta']),
                    'stock',
                    $entry['clover_id'],
                    $entry['state'] === SendState::Skipped ? 'skipped' : 'error',
                    new Message(MessageCode::UnitsNotSent, [
                        'order'  => $orderId,
                        'name'   => $line->name,
                        'units'  => \sprintf('%+d', -$entry['delta']),
                        'reason' => $why,
                    ]),
                );
            }
        }
    }

    /**
     * @param list<OrderEventRow> $pending
     * @param list<OrderEventRow> $events
     */
    private function warnAboutParts(string $orderId, ?ShopOrder $order, array $pending, array $events): void
    {
        if (
            $order !== null
            && self::has($pending, OrderEventType::PartRefund)
            && !self::has($events, OrderEventType::Refund)
        ) {
            $this->log->add('inventory_restock', 'order', $orderId, 'skipped', new Message(MessageCode::PartRefund));
        }
    }
}
