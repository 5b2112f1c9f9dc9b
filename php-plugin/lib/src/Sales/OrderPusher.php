<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Exception\BugException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\UnavailableException;
use CloverSync\OrderOutcome;
use CloverSync\Orders;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\Clock;

/**
 * Makes a paid order appear in Clover, once: what Clover is told is frozen and stored under its reference before the
 * first call; an order whose call got no answer is searched for by that reference and never made twice on a guess.
 */
final readonly class OrderPusher
{
    /** A write has 30 seconds of its own; only after them nothing can come of it any more. */
    private const QUIET = 35;

    /** After these nothing can come of a step whose ending nobody saw: see {@see Orders}. */
    private const QUIET_CREATING = 65;
    public const QUIET_FILLING = 240;
    private const QUIET_PAYING = 100;

    /** Clover finds an order by its reference only some time after it was made. */
    private const SEARCHED = 150;

    private const SEARCH_EVERY = 20;

    public function __construct(
        private Sql $sql,
        /** Null while the merchant's currency is not known to be the shop's. */
        private ?Orders $clover,
        private ShopOrders $orders,
        private OrderPushes $pushed,
        private SyncLog $log,
        private CircuitBreaker $pause,
        private Clock $clock,
        private string $currency,
    ) {
    }

    /**
     * Takes up the next order and brings it as far as it comes.
     *
     * @return int Orders taken up; 0 when none is due
     *
     * @throws CloverException when nothing can be sent at all
     */
    public function step(Lock $lock, WorkReport $result): int
    {
        $row = $this->pushed->due();

        if ($row === null) {
            return 0;
        }

        $result->claimed++;

        if ($this->clover === null) {
            $this->pushed->later(
                (int) $row['id'],
                (string) $row['claim'],
                600,
                'waits until the merchant\'s currency is known to be the shop\'s',
            );

            return 1;
        }

        try {
            match (true) {
                $row['state'] === 'intended' => $this->create($row, $lock, $result),
                $row['state'] === 'confirmed' => $this->pay($row, (string) $row['claim'], $lock),
                $row['step'] === 'create' => $this->search($row, $lock, $result),
                default => $this->fill($row, (string) $row['claim'], (string) $row['clover_order_id'], $lock, $result),
            };
        } catch (BugException|ItemException $e) {
            // What Clover says of one order must not hold up the others.
            $this->pushed->later(
                (int) $row['id'],
                (string) ($this->pushed->row((int) $row['id'])['claim'] ?? ''),
                self::QUIET_FILLING,
                $e->getMessage(),
            );
        }

        return 1;
    }

    /** @param array<string, mixed> $row */
    private function create(array $row, Lock $lock, WorkReport $result): void
    {
        $id   = (int) $row['id'];
        $name = (string) $row['order_id'];

        try {
            $order = $this->orders->forClover($name, (int) $row['order_pk'], $this->currency);
            $plan  = $order === null ? null : $this->clover->plan($order);
        } catch (ItemException $e) {
            if ($this->pushed->kill($id, 'unusable', "{$e->getPath()}: {$e->getMessage()}")) {
                $this->log->add(
                    'order_push',
                    'order',
                    $name,
                    'error',
                    "The order cannot be told to Clover. {$e->getPath()}: {$e->getMessage()}",
                );
            }

            return;
        }

        if ($plan === null) {
            $this->pushed->skip($id, 'deleted');
            $result->skipped++;

            return;
        }

        if (!$this->claims($lock, fn (): bool => $this->pushed->create(
            $id,
            $lock->holder(),
            $plan,
            self::QUIET_CREATING,
        ))) {
            return;
        }

        try {
            $outcome = $this->clover->create($plan, (string) $row['reference']);
        } catch (PermissionException|ReconnectException|UnavailableException $e) {
            // Refused before anything was carried out.
            $this->pushed->again($id, $lock->holder(), 0, $e->getMessage());

            throw $e;
        }

        if ($outcome->state === 'done') {
            $this->fill(['plan' => $plan] + $row, $lock->holder(), (string) $outcome->orderId, $lock, $result);
        } elseif ($outcome->state === 'unknown') {
            $this->pushed->later($id, $lock->holder(), self::QUIET, $outcome->message);
        } else {
            $this->turnedDown($row, $lock->holder(), $outcome);
        }
    }

    /** @param array<string, mixed> $row */
    private function search(array $row, Lock $lock, WorkReport $result): void
    {
        $found = $this->clover->find((string) $row['reference']);
        $claim = (string) $row['claim'];

        if (\count($found) === 1) {
            $this->fill($row, $claim, $found[0], $lock, $result);
        } elseif (\count($found) > 1) {
            $this->unsettled(
                $row,
                $claim,
                'twice',
                'Clover has ' . \count($found) . " orders with the reference {$row['reference']}",
            );
        } elseif (($this->clock->now() - (int) $row['sent']) >= self::SEARCHED) {
            $this->unsettled(
                $row,
                $claim,
                'not_found',
                "no answer came, and Clover does not find an order with the reference {$row['reference']}",
            );
        } else {
            $this->pushed->later(
                (int) $row['id'],
                $claim,
                self::SEARCH_EVERY,
                'searched for by its reference, for no answer came',
            );
        }
    }

    /** @param array<string, mixed> $row */
    private function fill(array $row, string $was, string $cloverId, Lock $lock, WorkReport $result): void
    {
        $id = (int) $row['id'];

        if (!$this->claims($lock, fn (): bool => $this->pushed->fill(
            $id,
            $lock->holder(),
            $was,
            $cloverId,
            self::QUIET_FILLING,
        ))) {
            return;
        }

        $claim   = $lock->holder();
        $outcome = $this->clover->fill((string) $row['plan'], $cloverId);

        switch ($outcome->state) {
            case 'done':
                $this->sql->transaction(function () use ($id, $claim, $row, $cloverId, $result): void {
                    if ($this->pushed->complete($id, $claim)) {
                        $this->log->add(
                            'order_push',
                            'order',
                            (string) $row['order_id'],
                            'success',
                            "The order is in Clover as $cloverId, reference {$row['reference']}",
                        );
                        $result->confirmed++;
                    }
                });
                $this->pause->succeeded();
                $this->pay($row, $claim, $lock);

                break;

            case 'unknown':
                $this->pushed->later($id, $claim, self::QUIET, $outcome->message);

                break;

            case 'differs':
                $this->unsettled(
                    $row,
                    $claim,
                    'changed',
                    "somebody has changed the order in Clover ({$outcome->message})",
                );

                break;

            case 'missing':
                $this->unsettled($row, $claim, 'gone', "the order $cloverId is gone from Clover");

                break;

            case 'later':
                $this->pushed->later($id, $claim, max(1, $outcome->retryAfter), $outcome->message);

                break;

            default:
                $this->unsettled(
                    $row,
                    $claim,
                    'refused',
                    "Clover has the order $cloverId and refuses the rest of it ({$outcome->message})",
                );
        }
    }

    /** @param array<string, mixed> $row */
    private function pay(array $row, string $was, Lock $lock): void
    {
        $id    = (int) $row['id'];
        $claim = $lock->holder();

        if ($row['clover_order_id'] === null) {
            $row = $this->pushed->row($id) ?? $row;
        }

        if (!$this->claims($lock, fn (): bool => $this->pushed->pay($id, $was, $claim, self::QUIET_PAYING))) {
            return;
        }

        $outcome = $this->clover->pay(
            (string) $row['plan'],
            (string) $row['clover_order_id'],
            (string) $row['reference'],
        );

        match ($outcome->state) {
            'unknown' => $this->pushed->later($id, $claim, self::QUIET, $outcome->message),
            'later'   => $this->pushed->later($id, $claim, max(1, $outcome->retryAfter), $outcome->message),
            default   => $this->pushed->paid($id, $claim, $outcome->state, $outcome->message),
        };
    }

    /**
     * @param \Closure(): bool $claim
     *
     * @return bool Whether the row is ours to send; of two workers only the one that holds the lock may say so
     */
    private function claims(Lock $lock, \Closure $claim): bool
    {
        return $lock->renew() && $this->sql->transaction(static fn (): bool => $lock->isHeldForSure() && $claim());
    }

    /** @param array<string, mixed> $row */
    private function turnedDown(array $row, string $claim, OrderOutcome $outcome): void
    {
        if ($outcome->state === 'later') {
            $this->pushed->again((int) $row['id'], $claim, max(1, $outcome->retryAfter), $outcome->message);

            return;
        }

        if ($this->pushed->refuse((int) $row['id'], $claim, (int) $row['attempts'], $outcome->message)) {
            $this->log->add(
                'order_push',
                'order',
                (string) $row['order_id'],
                'error',
                "Clover refuses the order: {$outcome->message}",
            );
        }

        $this->pause->failed($outcome->message);
    }

    /** @param array<string, mixed> $row */
    private function unsettled(array $row, string $claim, string $reason, string $why): void
    {
        if ($this->pushed->uncertain((int) $row['id'], $claim, $reason, $why)) {
            $this->log->add(
                'order_push',
                'order',
                (string) $row['order_id'],
                'error',
                "It cannot be told whether the order is whole in Clover: $why. Decide it by hand",
            );
        }
    }
}
