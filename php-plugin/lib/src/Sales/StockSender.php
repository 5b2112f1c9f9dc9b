<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\NextStep;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Number;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Stock;
use CloverSync\StockState;

/**
 * Writes rows of the ledger to Clover's counts: read, *store*, write, note the outcome. A write without an answer is
 * settled by reading Clover's count once the request can no longer arrive. It is never repeated on a guess.
 */
final readonly class StockSender
{
    /** Seconds after which a write can no longer arrive: its request times out after 30. */
    private const QUIET = 35;

    private const BATCH = 50;

    private const AT_ONCE = 20;

    public function __construct(
        private Sql $sql,
        private Stock $stock,
        private StockLedger $ledger,
        private Ledger $rules,
        private SyncLog $log,
        private CircuitBreaker $breaker,
        /** Whether the merchant tracks stock at all. */
        private bool $tracks,
    ) {
    }

    /**
     * One round: settles unanswered rows, then sends a batch.
     *
     * @return int Rows processed; 0 when none is due
     *
     * @throws \CloverSync\Exception\CloverException when sending is not possible at all
     */
    public function step(Lock $lock, WorkReport $result): int
    {
        $settled = $this->settle($result);

        // With a slow Clover, both together take longer than the lease.
        return $lock->renew() ? $settled + $this->send($lock, $result) : $settled;
    }

    public function hasDue(): bool
    {
        return $this->ledger->due(1) !== [] || $this->ledger->unanswered(self::QUIET, 1) !== [];
    }

    private function settle(WorkReport $result): int
    {
        $rows = $this->ledger->unanswered(self::QUIET, self::AT_ONCE);

        if ($rows === []) {
            return 0;
        }

        $byId     = array_column($rows, null, 'id');
        $outcomes = StockOutcome::all($this->stock->settle(array_map(static fn (LedgerRow $row): array => [
            'key'       => $row->id,
            'clover_id' => $row->cloverId,
            'before'    => $row->countBefore,
            'modified'  => $row->modifiedBefore,
            'target'    => $row->target,
        ], $rows)));

        $this->sql->transaction(function () use ($outcomes, $byId): void {
            foreach ($outcomes as $outcome) {
                $row = $byId[$outcome->key];

                match ($outcome->state) {
                    StockState::Confirmed => $this->confirmed(
                        $row,
                        $outcome,
                        $this->ledger->confirmFound($row, $outcome->modified),
                        true,
                    ),
                    StockState::Again     => $this->ledger->resend($row, new Message(MessageCode::NotExecuted)),
                    StockState::Uncertain => $this->unsettled(
                        $row,
                        $outcome->modified,
                        $outcome->before === null
                            ? new Message(MessageCode::TrackingEnded)
                            // The columns keep three decimals.
                            : new Message(MessageCode::CountChanged, [
                                'before' => new Number(self::shown($row->countBefore)),
                                'target' => new Number(self::shown($row->target)),
                                'now'    => new Number($outcome->before),
                            ]),
                    ),
                    StockState::Gone      => $this->unsettled($row, null, new Message(MessageCode::ItemGone)),
                    default               => $this->ledger->askLater(
                        $row,
                        max(30, $outcome->retryAfter),
                        $outcome->reason(),
                    ),
                };
            }
        });
        $result->claimed   += \count($rows);
        $result->confirmed += \count(array_filter(
            $outcomes,
            static fn (StockOutcome $o): bool => $o->state === StockState::Confirmed,
        ));

        return \count($rows);
    }

    private function send(Lock $lock, WorkReport $result): int
    {
        // While it is paused, one row shows whether the cause is over.
        $rows  = $this->ledger->due($this->breaker->isOnTrial() ? 1 : self::BATCH);
        $ready = [];
        $taken = \count($rows);

        foreach ($rows as $row) {
            if (!$this->tracks) {
                $this->ledger->skip($row->id, 'not_counting', new Message(MessageCode::MerchantTracksNoStock));
                $result->skipped++;
            } elseif ($row->delta > 0 || $this->isSendable($row, $result)) {
                $ready[$row->id] = $row;
            }
        }

        if ($ready === []) {
            $result->claimed += $taken;

            return $taken;
        }

        $batch = $this->stock->prepare(array_map(static fn (LedgerRow $row): array => [
            'key'       => $row->id,
            'clover_id' => $row->cloverId,
            'delta'     => $row->delta,
            'misses'    => $row->misses,
        ], array_values($ready)));
        $read = StockOutcome::all($batch->rows());
        $keys = $this->sql->transaction(function () use ($read, $ready, $lock, $result): array {
            $keys = [];

            // If the lock was lost, mark nothing as sent: the new holder may already be writing this item.
            if (!$lock->isHeldForSure()) {
                return $keys;
            }

            foreach ($read as $outcome) {
                $row = $ready[$outcome->key];

                if ($outcome->state !== StockState::Ready) {
                    $this->notWritten($row, $outcome, $result);
                } elseif ($this->ledger->send(
                    $row->id,
                    $lock->holder(),
                    (string) $outcome->before,
                    $outcome->modified,
                    (string) $outcome->target,
                    (int) $outcome->window,
                )) {
                    $keys[] = $row->id;
                }
            }

            return $keys;
        });

        $this->note(StockOutcome::all($this->stock->commit($batch, $keys)), $ready, $lock->holder(), $result);
        $result->claimed += \count($read);

        return $taken;
    }

    /**
     * @param list<StockOutcome>    $outcomes
     * @param array<int, LedgerRow> $rows
     */
    private function note(array $outcomes, array $rows, string $claim, WorkReport $result): void
    {
        $this->sql->transaction(function () use ($outcomes, $rows, $claim): void {
            foreach ($outcomes as $outcome) {
                $row = $rows[$outcome->key];

                match ($outcome->state) {
                    StockState::Confirmed => $this->confirmed(
                        $row,
                        $outcome,
                        $this->ledger->confirm($row->id, $claim, $outcome->modified, $outcome->window),
                    ),
                    // The row stays sent and is settled when the request's time is over.
                    StockState::Unknown => null,
                    StockState::Late    => $this->missed($row, $claim, $outcome->reason()),
                    default             => $this->ledger->again($row->id, $claim, 0, $outcome->reason()),
                };
            }
        });

        foreach ($outcomes as $outcome) {
            match ($outcome->state) {
                StockState::Confirmed                 => $result->confirmed++,
                StockState::Unknown, StockState::Late => null,
                default                               => $this->notWritten($rows[$outcome->key], $outcome, $result),
            };

            if ($outcome->state === StockState::Confirmed) {
                $this->breaker->succeeded();
            }
        }
    }

    private function missed(LedgerRow $row, string $claim, Message $message): void
    {
        if ($this->ledger->miss($row, $claim, $message)) {
            $this->log->add($row->action(), 'stock', $row->cloverId, 'error', new Message(MessageCode::UnitsTooLate, [
                'order' => $row->orderId,
                'name'  => $row->name,
                'units' => self::units($row),
            ]));
        }
    }

    private function isSendable(LedgerRow $row, WorkReport $result): bool
    {
        $rows = $this->ledger->ofOrder($row->orderId)[$row->orderPk][$row->lineId] ?? [];
        $step = $this->rules->nextStep(LineBooks::of($row->lineId, null, $rows)->forRules(), $row->seq);

        if ($step['step'] === NextStep::Wait) {
            $this->ledger->wait($row->id, 10, new Message(MessageCode::WaitsForSale));
        } elseif ($step['step'] === NextStep::Become) {
            $this->sql->transaction(function () use ($row, $step): void {
                $this->ledger->change($row->orderId, $row->orderPk, $row->lineId, $step['changes']);
                $this->log->add(
                    'inventory_restock',
                    'stock',
                    $row->cloverId,
                    'skipped',
                    new Message(MessageCode::UnitsNotSent, [
                        'order'  => $row->orderId,
                        'name'   => $row->name,
                        'units'  => self::units($row),
                        'reason' => new Message(MessageCode::SaleNotCounted),
                    ]),
                );
            });
            $result->skipped++;
        }

        return $step['step'] === NextStep::Send;
    }

    private function confirmed(LedgerRow $row, StockOutcome $outcome, bool $isOurs, bool $later = false): void
    {
        if ($isOurs) {
            $this->log->add($row->action(), 'stock', $row->cloverId, 'success', new Message(
                $later ? MessageCode::UnitsFoundInClover : MessageCode::UnitsInClover,
                [
                    'order' => $row->orderId,
                    'name'  => $row->name,
                    'units' => self::units($row),
                    'now'   => new Number((string) $outcome->target),
                ],
            ));
        }
    }

    private function unsettled(LedgerRow $row, ?int $modified, Message $why): void
    {
        if ($this->ledger->uncertain($row, 'changed', $why, $modified)) {
            $this->log->add($row->action(), 'stock', $row->cloverId, 'error', new Message(MessageCode::UnitsUncertain, [
                'order'  => $row->orderId,
                'name'   => $row->name,
                'units'  => self::units($row),
                'reason' => $why,
            ]));
        }
    }

    private function notWritten(LedgerRow $row, StockOutcome $outcome, WorkReport $result): void
    {
        $id     = $row->id;
        $action = $row->action();

        switch ($outcome->state) {
            case StockState::Untracked:
                if ($this->ledger->skip($id, 'untracked', $outcome->reason())) {
                    $this->log->add(
                        $action,
                        'stock',
                        $row->cloverId,
                        'skipped',
                        new Message(MessageCode::UnitsNotSent, [
                            'order'  => $row->orderId,
                            'name'   => $row->name,
                            'units'  => self::units($row),
                            'reason' => $outcome->reason(),
                        ]),
                    );
                    $result->skipped++;
                }

                break;

            case StockState::Gone:
                if ($this->ledger->kill($id, 'gone', new Message(MessageCode::ItemGone))) {
                    $this->log->add($action, 'stock', $row->cloverId, 'error', new Message(MessageCode::UnitsItemGone, [
                        'order' => $row->orderId,
                        'name'  => $row->name,
                        'units' => self::units($row),
                    ]));
                }

                break;

            case StockState::Permission:
                $this->breaker->lacks($outcome->permission, $outcome->reason(), $action);

                break;

            case StockState::Later:
                $this->ledger->tryLater($row, max(1, $outcome->retryAfter), $outcome->reason());

                break;

            default:
                if ($this->ledger->refuse($id, $row->attempts, $outcome->reason())) {
                    $this->log->add($action, 'stock', $row->cloverId, 'error', new Message(MessageCode::UnitsRefused, [
                        'order'  => $row->orderId,
                        'name'   => $row->name,
                        'units'  => self::units($row),
                        'reason' => $outcome->reason(),
                    ]));
                }

                $this->breaker->refused($outcome->reason());
        }
    }

    /** A count without the zeros that the column adds. */
    private static function shown(string $count): string
    {
        return str_contains($count, '.') ? rtrim(rtrim($count, '0'), '.') : $count;
    }

    /** With a sign: what the shop took, or got back. */
    private static function units(LedgerRow $row): string
    {
        return \sprintf('%+d', -$row->delta);
    }
}
