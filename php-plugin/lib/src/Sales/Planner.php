<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\ShopSettings;

/** Decides what an order asks of Clover, from what the shop's books say of it now. */
final readonly class Planner
{
    private const EMPTY = ['entries' => [], 'changes' => []];

    public function __construct(
        private Sql $sql,
        private ShopOrders $orders,
        private StockLedger $ledger,
        private OrderPushes $pushed,
        private OrderEventLog $outbox,
        private Ledger $rules,
        private SyncLog $log,
        private ShopSettings $settings,
    ) {
    }

    /** Looks at an order and stores what follows, whole or not at all. Asks for nothing when nothing has changed. */
    public function plan(string $orderId): void
    {
        $this->sql->transaction(function () use ($orderId): void {
            $all     = $this->ledger->ofOrder($orderId);
            $told    = $this->outbox->of($orderId);
            $order   = $this->orders->find($orderId);
            $rows    = $order === null ? [] : $all[$order['pk']] ?? [];
            $pending = array_values(array_filter($told, static fn (array $row): bool => $row['state'] !== 'done'));

            $gone = $this->replaced($order, $all);

            foreach ($gone as $pk => $rowsOfIt) {
                $this->decide($orderId, $pk, null, $rowsOfIt, $told);
            }

            $told = self::since($told, $order, $gone);

            if ($this->concerns($order, $rows, $told)) {
                $this->decide($orderId, $order['pk'] ?? 0, $order, $rows, $told);
                $this->warnAboutParts($orderId, $order, $pending);
            }

            $this->outbox->done(array_column($pending, 'id'));
        });
    }

    /** Notes that {@see plan()} could not look at an order; other orders go on. */
    public function failed(string $orderId, \Throwable $e): void
    {
        if ($this->outbox->postpone($orderId, $e->getMessage())) {
            $this->log->add(
                'order_push',
                'order',
                $orderId,
                'error',
                "The order cannot be read, so neither its stock nor the order reaches Clover: {$e->getMessage()}",
            );
        }
    }

    /** Whether {@see plan()} would store anything; for a scan, which is to report only what it finds. */
    public function wouldChange(string $orderId): bool
    {
        $all   = $this->ledger->ofOrder($orderId);
        $told  = $this->outbox->of($orderId);
        $order = $this->orders->find($orderId);

        $gone = $this->replaced($order, $all);

        foreach ($gone as $rows) {
            if ($this->asks(null, $rows, $told)) {
                return true;
            }
        }

        $rows = $order === null ? [] : $all[$order['pk']] ?? [];
        $told = self::since($told, $order, $gone);

        return (
            $this->concerns($order, $rows, $told)
            && (
                $this->asks($order, $rows, $told)
                || $order !== null
                && $this->standing($order, $told) === 'paid'
                && !$this->pushed->has($orderId, $order['pk'])
            )
        );
    }

    /**
     * @param ?array<string, mixed>                  $order
     * @param array<int, list<array<string, mixed>>> $rows
     * @param list<array<string, mixed>>             $told
     */
    private function asks(?array $order, array $rows, array $told): bool
    {
        $standing = $this->standing($order, $told);

        foreach ($this->lines($order, $rows) as $line) {
            if ($this->rules->plan($line['books'], $standing) !== self::EMPTY) {
                return true;
            }
        }

        return false;
    }

    /**
     * The ledger's rows of orders that are gone from the shop, though another may have their id now: its counter was
     * set back.
     *
     * @param ?array<string, mixed>                              $order The one that is there
     * @param array<int, array<int, list<array<string, mixed>>>> $all
     *
     * @return array<int, array<int, list<array<string, mixed>>>> By primary key
     */
    private function replaced(?array $order, array $all): array
    {
        return $order === null ? $all : array_diff_key($all, [$order['pk'] => true]);
    }

    /**
     * What was told of the order itself, and not of one that had its id before.
     *
     * @param list<array<string, mixed>>                         $told
     * @param ?array<string, mixed>                              $order
     * @param array<int, array<int, list<array<string, mixed>>>> $replaced
     *
     * @return list<array<string, mixed>>
     */
    private static function since(array $told, ?array $order, array $replaced): array
    {
        return $order === null || $replaced === []
            ? $told
            : array_values(array_filter($told, static fn (array $row): bool => $row['created'] >= $order['created']));
    }

    /**
     * What is known of an order, for whoever shows it.
     *
     * @return array{concerns: bool, standing: string, lines: list<array{line_id: int, variant_id: int, name: string,
     *   books: array{clover_id: string, quantity: int, rows: list<array<string, mixed>>}}>} `concerns`: whether
     *   anything of it is Clover's business; an order from before the connection is not
     */
    public function view(string $orderId): array
    {
        $all   = $this->ledger->ofOrder($orderId);
        $told  = $this->outbox->of($orderId);
        $order = $this->orders->find($orderId);
        $rows  = $all[$order['pk'] ?? array_key_last($all) ?? 0] ?? [];

        return [
            'concerns' => $this->concerns($order, $rows, $told),
            'standing' => $this->standing($order, $told),
            'lines'    => $this->lines($order, $rows),
        ];
    }

    /**
     * Gives units of a line back by hand.
     *
     * @throws ShopException                       when the order has no such line
     * @throws \CloverSync\Exception\ItemException when the line does not hold so many
     */
    public function restock(string $orderId, int $lineId, int $units): void
    {
        $this->onLine($orderId, null, $lineId, fn (array $books): array => $this->rules->restock($books, $units));
        $this->log->add(
            'inventory_restock',
            'order',
            $orderId,
            'success',
            "$units units of line $lineId are to be given back: asked for by hand",
        );
    }

    /**
     * Follows the owner's word on a row that is uncertain or dead.
     *
     * @param string $word "applied", "not_applied" or "leave"
     * @param ?int   $pk   Primary key of its order; null = the one that is there
     *
     * @throws ShopException                       when the order has no such line
     * @throws \CloverSync\Exception\ItemException when that row waits for no word
     */
    public function resolve(string $orderId, int $lineId, int $seq, string $word, ?int $pk = null): void
    {
        $this->onLine($orderId, $pk, $lineId, fn (array $books): array => $this->rules->resolve($books, $seq, $word));
        $this->log->add(
            'inventory_decrement',
            'order',
            $orderId,
            'success',
            "Row $seq of line $lineId is settled by hand: " . match ($word) {
                'applied' => 'Clover\'s count holds it',
                'leave'   => 'it is left as it is',
                default   => 'it is sent again',
            },
        );
    }

    /**
     * A line as the rules want it.
     *
     * @param ?array{variant_id: int, quantity: int, clover_id: string, ...} $line Null when the line is gone
     * @param list<array<string, mixed>>                                     $rows
     *
     * @return array{clover_id: string, quantity: int, rows: list<array<string, mixed>>}
     */
    public static function books(?array $line, array $rows): array
    {
        $sold = null;

        foreach ($rows as $row) {
            if ((int) $row['delta'] > 0 && $row['reverses'] === null) {
                $sold = $row;
            }
        }

        // What a line was sold as stays, whatever the product is linked to later; only another product makes it another
        // sale.
        $item =
            $sold !== null && ($line === null || (int) $sold['variant_id'] === $line['variant_id'])
                ? (string) $sold['clover_id']
                : $line['clover_id'] ?? '';

        return ['clover_id' => $item, 'quantity' => $line['quantity'] ?? 0, 'rows' => $rows];
    }

    /**
     * @param ?array<string, mixed>                  $order
     * @param array<int, list<array<string, mixed>>> $rows
     * @param list<array<string, mixed>>             $told
     */
    private function concerns(?array $order, array $rows, array $told): bool
    {
        $since = $this->orders->since();

        return (
            $since !== null
            && (
                $rows !== []
                || $order !== null
                && (
                    $this->orders->isAfter($order['pk'], $order['created'])
                    || $this->rules->wasPaid(OrderEventLog::told(array_values(array_filter($told, fn (array $row): bool => $this->orders->isEventAfter(
                        $row['id'],
                        $row['created'],
                    )))))
                )
            )
        );
    }

    /**
     * @param ?array<string, mixed>      $order
     * @param list<array<string, mixed>> $told
     */
    private function standing(?array $order, array $told): string
    {
        return $this->rules->standing($order['status'] ?? null, OrderEventLog::told($told));
    }

    /**
     * @param ?array<string, mixed>                  $order
     * @param array<int, list<array<string, mixed>>> $rows
     *
     * @return list<array{line_id: int, variant_id: int, name: string, books: array<string, mixed>}>
     */
    private function lines(?array $order, array $rows): array
    {
        $lines = [];

        foreach (array_keys(($order['lines'] ?? []) + $rows) as $id) {
            $line    = $order['lines'][$id] ?? null;
            $of      = $rows[$id] ?? [];
            $lines[] = [
                'line_id'    => $id,
                'variant_id' => $line['variant_id'] ?? (int) ($of[0]['variant_id'] ?? 0),
                'name'       => $line['name'] ?? (string) ($of[0]['name'] ?? ''),
                'books'      => self::books($line, $of),
            ];
        }

        return $lines;
    }

    /**
     * @param ?array<string, mixed>                  $order
     * @param array<int, list<array<string, mixed>>> $rows
     * @param list<array<string, mixed>>             $told
     */
    private function decide(string $orderId, int $pk, ?array $order, array $rows, array $told): void
    {
        $standing = $this->standing($order, $told);
        $sold     = false;

        foreach ($this->lines($order, $rows) as $line) {
            $plan = $this->rules->plan($line['books'], $standing);
            $sold = $sold || $plan['entries'] !== [];
            $this->store($orderId, $pk, $line, $plan);
        }

        if ($standing === 'paid' && $order !== null) {
            $this->pushed->intend($orderId, $pk, $this->settings->syncSale);
        } elseif ($standing === 'released') {
            $this->pushed->cancel($orderId, $pk);
        }

        if ($order === null && $sold) {
            $this->log->add(
                'inventory_restock',
                'order',
                $orderId,
                'success',
                'The order was deleted in the shop: its units are given back to Clover, and the shop takes its counts from there with the next sync',
            );
        }
    }

    /**
     * @param \Closure(array<string, mixed>): array{entries: list<array<string, mixed>>, changes: list<array<string,
     *   mixed>>} $rule
     */
    private function onLine(string $orderId, ?int $pk, int $lineId, \Closure $rule): void
    {
        $this->sql->transaction(function () use ($orderId, $pk, $lineId, $rule): void {
            $all   = $this->ledger->ofOrder($orderId);
            $found = $this->orders->find($orderId);
            $pk    ??= $found['pk'] ?? array_key_last($all) ?? 0;
            $order = ($found['pk'] ?? 0) === $pk ? $found : null;
            $rows  = $all[$pk] ?? [];
            $line  = array_column($this->lines($order, $rows), null, 'line_id')[$lineId] ?? throw new ShopException(
                "Order $orderId has no line $lineId.",
            );
            $this->store($orderId, $pk, $line, $rule($line['books']));
        });
    }

    /**
     * @param array<string, mixed>                                                            $line
     * @param array{entries: list<array<string, mixed>>, changes: list<array<string, mixed>>} $plan
     */
    private function store(string $orderId, int $pk, array $line, array $plan): void
    {
        if ($plan === self::EMPTY) {
            return;
        }

        $this->ledger->store([
            'order_id'   => $orderId,
            'order_pk'   => $pk,
            'line_id'    => $line['line_id'],
            'variant_id' => $line['variant_id'],
            'name'       => $line['name'],
        ], $plan);

        foreach ($plan['entries'] as $entry) {
            $why = match ($entry['reason']) {
                'push_off'        => 'Push Stock on Sale is off',
                'never_taken'     => 'its sale never reached Clover',
                'after_uncertain' => 'whether its sale reached Clover is not known: decide that first',
                default           => null,
            };

            if ($why !== null) {
                $this->log->add(
                    self::action($entry['delta']),
                    'stock',
                    $entry['clover_id'],
                    $entry['state'] === 'skipped' ? 'skipped' : 'error',
                    \sprintf('Order %s, “%s”: %+d not sent, %s', $orderId, $line['name'], -$entry['delta'], $why),
                );
            }
        }
    }

    /**
     * @param ?array<string, mixed>      $order
     * @param list<array<string, mixed>> $pending
     */
    private function warnAboutParts(string $orderId, ?array $order, array $pending): void
    {
        if ($order !== null && \in_array('part', array_column($pending, 'event'), true)) {
            $this->log->add(
                'inventory_restock',
                'order',
                $orderId,
                'skipped',
                'Part of the order was paid back, and the gateway does not say for which lines: restock these lines by hand',
            );
        }
    }

    public static function action(int $delta): string
    {
        return $delta > 0 ? 'inventory_decrement' : 'inventory_restock';
    }
}
