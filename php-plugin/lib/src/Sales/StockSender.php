<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Stock;

/**
 * Brings rows of the ledger into Clover's counts: read, *store*, write, note. A row whose write got no answer is
 * settled by reading once the request's own time is over, and never sent twice on a guess.
 */
final readonly class StockSender
{
    /** A write has 30 seconds of its own; only after them nothing can come of it any more. */
    private const QUIET = 35;

    private const BATCH = 50;

    private const AT_ONCE = 20;

    public function __construct(
        private Sql $sql,
        private Stock $stock,
        private StockLedger $ledger,
        private Ledger $rules,
        private SyncLog $log,
        private CircuitBreaker $pause,
        /** Whether the merchant keeps counts at all. */
        private bool $tracks,
    ) {
    }

    /**
     * One round: what got no answer is settled, then a batch is sent.
     *
     * @return int Rows taken up; 0 when nothing is due
     *
     * @throws \CloverSync\Exception\CloverException when nothing can be sent at all
     */
    public function step(Lock $lock, WorkReport $result): int
    {
        $settled = $this->settle($result);

        // A slow Clover takes longer for both than the lease lasts.
        return $lock->renew() ? $settled + $this->send($lock, $result) : $settled;
    }

    private function settle(WorkReport $result): int
    {
        $rows = $this->ledger->unanswered(self::QUIET, self::AT_ONCE);

        if ($rows === []) {
            return 0;
        }

        $byId     = array_column($rows, null, 'id');
        $outcomes = $this->stock->settle(array_map(static fn (array $row): array => [
            'key'       => (int) $row['id'],
            'clover_id' => (string) $row['clover_id'],
            'before'    => (string) $row['count_before'],
            'modified'  => $row['modified_before'] === null ? null : (int) $row['modified_before'],
            'target'    => (string) $row['target'],
        ], $rows));

        $this->sql->transaction(function () use ($outcomes, $byId): void {
            foreach ($outcomes as $outcome) {
                $row = $byId[$outcome['key']];

                match ($outcome['state']) {
                    'confirmed' => $this->confirmed(
                        $row,
                        $outcome,
                        $this->ledger->confirmFound($row, $outcome['modified']),
                        ' (found in Clover\'s count after no answer came)',
                    ),
                    'again'     => $this->ledger->resend($row, 'Clover had not carried it out'),
                    'uncertain' => $this->unsettled(
                        $row,
                        $outcome['modified'],
                        $outcome['before'] === null
                            ? 'Clover does not count the item any more'
                            // As numbers, for the column keeps three decimals.
                            : \sprintf(
                                "Clover's count was %s, was to become %s and is %s: it was changed by somebody else as well",
                                (float) $row['count_before'],
                                (float) $row['target'],
                                $outcome['before'],
                            ),
                    ),
                    'gone'      => $this->unsettled($row, null, 'the item is gone from Clover'),
                    default     => $this->ledger->askLater($row, max(30, $outcome['retry_after']), $outcome['message']),
                };
            }
        });
        $result->claimed   += \count($rows);
        $result->confirmed += \count(array_filter(
            $outcomes,
            static fn (array $o): bool => $o['state'] === 'confirmed',
        ));

        return \count($rows);
    }

    private function send(Lock $lock, WorkReport $result): int
    {
        $rows  = $this->ledger->due(self::BATCH);
        $ready = [];
        $taken = \count($rows);

        foreach ($rows as $row) {
            if (!$this->tracks) {
                $this->ledger->skip((int) $row['id'], 'not_counting', 'the merchant keeps no counts');
                $result->skipped++;
            } elseif ((int) $row['delta'] > 0 || $this->isItsTurn($row, $result)) {
                $ready[(int) $row['id']] = $row;
            }
        }

        if ($ready === []) {
            $result->claimed += $taken;

            return $taken;
        }

        $batch = $this->stock->prepare(array_map(static fn (array $row): array => [
            'key'       => (int) $row['id'],
            'clover_id' => (string) $row['clover_id'],
            'delta'     => (int) $row['delta'],
            'misses'    => (int) $row['misses'],
        ], array_values($ready)));
        $read = $batch->rows();
        $keys = $this->sql->transaction(function () use ($read, $ready, $lock, $result): array {
            $keys = [];

            // Who was robbed of the lock must store nothing as sent: the robber's own write for the item may be under
            // way.
            if (!$lock->isHeldForSure()) {
                return $keys;
            }

            foreach ($read as $outcome) {
                $row = $ready[$outcome['key']];

                if ($outcome['state'] !== 'ready') {
                    $this->notWritten($row, $outcome, $result);
                } elseif ($this->ledger->send(
                    (int) $row['id'],
                    $lock->holder(),
                    (string) $outcome['before'],
                    $outcome['modified'],
                    (string) $outcome['target'],
                    (int) $outcome['window'],
                )) {
                    $keys[] = (int) $row['id'];
                }
            }

            return $keys;
        });

        $this->note($this->stock->commit($batch, $keys), $ready, $lock->holder(), $result);
        $result->claimed += \count($read);

        return $taken;
    }

    /**
     * @param list<array<string, mixed>>       $outcomes
     * @param array<int, array<string, mixed>> $rows
     */
    private function note(array $outcomes, array $rows, string $claim, WorkReport $result): void
    {
        $this->sql->transaction(function () use ($outcomes, $rows, $claim): void {
            foreach ($outcomes as $outcome) {
                $row = $rows[$outcome['key']];
                $id  = (int) $row['id'];

                match ($outcome['state']) {
                    'confirmed' => $this->confirmed(
                        $row,
                        $outcome,
                        $this->ledger->confirm($id, $claim, $outcome['modified'], $outcome['window']),
                    ),
                    // It stays as sent, and is settled when its time is over.
                    'unknown' => null,
                    'late'    => $this->missed($row, $claim, $outcome['message']),
                    default   => $this->ledger->again($id, $claim, 0, $outcome['message']),
                };
            }
        });

        foreach ($outcomes as $outcome) {
            match ($outcome['state']) {
                'confirmed'       => $result->confirmed++,
                'unknown', 'late' => null,
                default           => $this->notWritten($rows[$outcome['key']], $outcome, $result),
            };

            if ($outcome['state'] === 'confirmed') {
                $this->pause->succeeded();
            }
        }
    }

    /** @param array<string, mixed> $row */
    private function missed(array $row, string $claim, string $message): void
    {
        if ($this->ledger->miss($row, $claim, $message)) {
            $this->log->add(
                Planner::action((int) $row['delta']),
                'stock',
                (string) $row['clover_id'],
                'error',
                self::words($row)
                    . ': it had its turn again and again and was never sent, for Clover is too slow. Try it again, or leave it',
            );
        }
    }

    /** @param array<string, mixed> $row */
    private function isItsTurn(array $row, WorkReport $result): bool
    {
        $rows = $this->ledger->ofOrder((string) $row['order_id'])[(int) $row['order_pk']][(int) $row['line_id']] ?? [];
        $turn = $this->rules->turn(
            ['clover_id' => $row['clover_id'], 'quantity' => 0, 'rows' => $rows],
            (int) $row['seq'],
        );

        if ($turn['action'] === 'wait') {
            $this->ledger->wait((int) $row['id'], 10, 'waits for the sale that it gives back');
        } elseif ($turn['action'] === 'become') {
            $this->sql->transaction(function () use ($row, $turn): void {
                $this->ledger->change(
                    (string) $row['order_id'],
                    (int) $row['order_pk'],
                    (int) $row['line_id'],
                    $turn['changes'],
                );
                $this->log->add(
                    'inventory_restock',
                    'stock',
                    (string) $row['clover_id'],
                    'skipped',
                    self::words($row) . ' not sent, for its sale is not in Clover\'s count',
                );
            });
            $result->skipped++;
        }

        return $turn['action'] === 'send';
    }

    /**
     * @param array<string, mixed> $row
     * @param array<string, mixed> $outcome
     */
    private function confirmed(array $row, array $outcome, bool $isOurs, string $how = ''): void
    {
        if ($isOurs) {
            $this->log->add(
                Planner::action((int) $row['delta']),
                'stock',
                (string) $row['clover_id'],
                'success',
                self::words($row) . ", Clover's count is {$outcome['target']} now$how",
            );
        }
    }

    /** @param array<string, mixed> $row */
    private function unsettled(array $row, ?int $modified, string $why): void
    {
        if ($this->ledger->uncertain($row, 'changed', $why, $modified)) {
            $this->log->add(
                Planner::action((int) $row['delta']),
                'stock',
                (string) $row['clover_id'],
                'error',
                self::words($row)
                    . ": no answer came, and it cannot be told whether it was carried out, for $why. Decide it by hand",
            );
        }
    }

    /**
     * @param array<string, mixed> $row
     * @param array<string, mixed> $outcome
     */
    private function notWritten(array $row, array $outcome, WorkReport $result): void
    {
        $id     = (int) $row['id'];
        $action = Planner::action((int) $row['delta']);

        switch ($outcome['state']) {
            case 'untracked':
                if ($this->ledger->skip($id, 'untracked', $outcome['message'])) {
                    $this->log->add(
                        $action,
                        'stock',
                        (string) $row['clover_id'],
                        'skipped',
                        self::words($row) . ' not sent: Clover does not count this item',
                    );
                    $result->skipped++;
                }

                break;

            case 'gone':
                if ($this->ledger->kill($id, 'gone', 'Clover has no such item any more')) {
                    $this->log->add(
                        $action,
                        'stock',
                        (string) $row['clover_id'],
                        'error',
                        self::words($row)
                            . ' not sent: the item is gone from Clover. Try it again when it is back, or leave it',
                    );
                }

                break;

            case 'permission':
                $this->log->add(
                    $action,
                    'stock',
                    (string) $row['clover_id'],
                    'error',
                    self::words($row) . ": {$outcome['message']}",
                );
                $this->pause->begin($outcome['message'], $action);

                break;

            case 'later':
                $this->ledger->tryLater($row, max(1, $outcome['retry_after']), $outcome['message']);

                break;

            default:
                if ($this->ledger->refuse($id, (int) $row['attempts'], $outcome['message'])) {
                    $this->log->add(
                        $action,
                        'stock',
                        (string) $row['clover_id'],
                        'error',
                        self::words($row) . ": Clover refuses it. {$outcome['message']}",
                    );
                }

                $this->pause->failed($outcome['message']);
        }
    }

    /** @param array<string, mixed> $row */
    private static function words(array $row): string
    {
        return \sprintf('Order %s, “%s”: %+d', $row['order_id'], $row['name'], -(int) $row['delta']);
    }
}
