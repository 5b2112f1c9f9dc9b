<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Connection\CloverClock;
use CloverSync\Shop\Connection\ConnectionService;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * Pulls the whole catalog into the shop, in slices.
 *
 * Every page is one transaction: it reads facts and writes products, links, log entries and the run's cursor. A run
 * that is interrupted anywhere resumes after its last page, and its result is the same as that of an uninterrupted run.
 */
final readonly class SyncRunner
{
    /** The catalog may have changed too much since a run that was interrupted longer ago than this. */
    private const RESUMABLE = 86_400;

    private DatabaseClock $database;

    private CircuitBreaker $breaker;

    /**
     * @param \Closure(Links): CommittedUnits $committed
     * @param ?\Closure(SyncRunRow): void $progress Called after each step
     */
    public function __construct(
        private Sql $sql,
        private Connection $connection,
        private \Closure $committed,
        private Settings $settings,
        private ConnectionService $connections,
        private KeyValueStore $state,
        private MerchantProfile $merchantFacts,
        private SyncLog $log,
        private Clock $clock = new SystemClock(),
        private ?\Closure $progress = null,
        /** Null: pictures are not read. */
        private ?PictureImport $pictures = null,
    ) {
        $this->database = new DatabaseClock($sql);
        $this->breaker  = new CircuitBreaker(WorkKind::Catalog, $state, $log, $clock);
    }

    /**
     * Resumes the open run, or starts one.
     *
     * @param bool $confirmDeletes The owner has confirmed that many items are gone from Clover, or left out
     *
     * @throws ShopException   when something in the shop stands in the way
     * @throws CloverException from the client; after {@see UnavailableException} the run can be resumed
     */
    public function run(TimeBudget $budget, bool $confirmDeletes = false): SyncRunRow
    {
        return $this->locked(function (Links $links, SyncRuns $runs, Lock $lock) use (
            $budget,
            $confirmDeletes,
        ): SyncRunRow {
            $run = $this->slice($links, $runs, $lock, $budget, $confirmDeletes);
            $this->pictures?->work($budget);

            return $run;
        });
    }

    /**
     * The owner's other answer to a run that asks whether many items were deleted or are to be left out: it ends, and
     * their products stay as they are. The next run asks again.
     *
     * @param int $id Of the run that the owner was asked by
     *
     * @throws ShopException when it does not ask any more
     */
    public function keepVanished(int $id): SyncRunRow
    {
        return $this->locked(function (Links $links, SyncRuns $runs, Lock $lock) use ($id): SyncRunRow {
            $this->requireQuestion($id);
            $gone    = $links->countUnseen($id, false);
            $leftOut = $links->countUnseen($id, true);
            $runs->take($id, $lock->holder());
            $slice = $this->open($id, $links, $runs, $lock, new TimeBudget());
            $slice->enter(RunPhase::Finish, static function () use ($gone, $leftOut): WriteReport {
                $report = new WriteReport();
                $kept   = [
                    ...($gone === 0 ? [] : [new Message(MessageCode::GoneKept, ['count' => $gone])]),
                    ...($leftOut === 0 ? [] : [new Message(MessageCode::LeftOutKept, ['count' => $leftOut])]),
                ];

                foreach ($kept as $message) {
                    $report->log('sync', 'item', '', 'skipped', $message);
                }

                return $report;
            });
            $this->finish($links, $runs)->run($slice, $slice->row());

            return $slice->row();
        });
    }

    /** @throws ShopException unless this run asks the owner */
    public function requireQuestion(int $id): void
    {
        $merchant = $this->connections->require();
        $open     = (new SyncRuns($this->sql, $this->settings->environment->value, $merchant, $this->clock))->open();

        if ($open === null || $open->id !== $id || $open->status !== RunStatus::NeedsConfirmation) {
            throw new ShopException(new Message(MessageCode::GoneAnswered));
        }
    }

    /**
     * @param \Closure(Links, SyncRuns, Lock): SyncRunRow $work
     *
     * @throws AlreadyRunningException
     */
    private function locked(\Closure $work): SyncRunRow
    {
        $merchant    = $this->connections->require();
        $environment = $this->settings->environment->value;
        $lock        = new Lock($this->sql, "sync:$environment", $this->clock);

        $lock->requireWithin(0, new Message(MessageCode::SyncRunning));

        try {
            return $work(
                new Links($this->sql, $environment, $merchant),
                new SyncRuns($this->sql, $environment, $merchant, $this->clock),
                $lock,
            );
        } finally {
            $lock->release();
        }
    }

    private function slice(
        Links $links,
        SyncRuns $runs,
        Lock $lock,
        TimeBudget $budget,
        bool $confirmDeletes,
    ): SyncRunRow {
        $slice = $this->open($this->begin($runs, $lock->holder(), $confirmDeletes), $links, $runs, $lock, $budget);

        try {
            $this->breaker->watch('sync', fn () => $this->phases($slice, $links, $runs, $budget, $confirmDeletes));
            (new WithheldFields($this->state))->note($slice->row(), $this->connection->withheld(), $this->log);
            (new CloverClock($this->state, $this->clock))->note($this->connection);

            return $slice->row();
        } catch (UnavailableException $e) {
            $reason = Message::of($e);
            $slice->write(['error' => $reason->json()], static fn (): WriteReport => self::report(
                new Message(MessageCode::SyncInterrupted, ['reason' => $reason]),
            ));

            throw $e;
        } catch (LockLostException $e) {
            throw $e;
        } catch (CloverException|ShopException|\UnexpectedValueException $e) {
            $reason = Message::of($e);
            $slice->end(RunStatus::Failed, $reason, static fn (): WriteReport => self::report(
                new Message(MessageCode::SyncStopped, ['reason' => $reason]),
            ));

            throw $e;
        }
    }

    /** Runs one phase after the other until the run, or the time, ends. */
    private function phases(
        SyncSlice $slice,
        Links $links,
        SyncRuns $runs,
        TimeBudget $budget,
        bool $confirmDeletes,
    ): void {
        $config = ShopConfig::read($this->sql);
        $writer = new CatalogWriter($this->sql, $links, ($this->committed)($links), $this->settings, $this->clock);

        do {
            $run   = $slice->row();
            $phase = match ($run->phase) {
                RunPhase::Prepare => new PreparePhase(
                    $this->merchantFacts,
                    $config,
                    $this->state,
                    $this->log,
                    $this->filterChange(),
                ),
                RunPhase::Items   => new ItemsPhase($runs, $writer, $this->database, new OnlineUnknown($this->state)),
                RunPhase::Groups  => new GroupsPhase($runs, $writer, $links),
                RunPhase::Deletes => new DeletesPhase(
                    $runs,
                    $writer,
                    $links,
                    $this->database,
                    $this->clock,
                    $this->filterChange(),
                    $confirmDeletes,
                ),
                RunPhase::Finish  => $this->finish($links, $runs),
            };
        } while ($phase->run($slice, $run) && !$budget->isSpent());
    }

    private function finish(Links $links, SyncRuns $runs): FinishPhase
    {
        return new FinishPhase(
            $runs,
            $links,
            $this->state,
            $this->log,
            $this->clock,
            $this->settings->logRetention,
            $this->filterChange(),
        );
    }

    private function filterChange(): FilterChange
    {
        return new FilterChange($this->state, $this->settings);
    }

    private static function report(Message $error): WriteReport
    {
        $report = new WriteReport();
        $report->log('sync', 'item', '', 'error', $error);

        return $report;
    }

    private function open(int $id, Links $links, SyncRuns $runs, Lock $lock, TimeBudget $budget): SyncSlice
    {
        return new SyncSlice(
            $id,
            $this->sql,
            $runs,
            $this->log,
            $lock,
            $this->connection,
            $budget,
            $this->clock,
            $this->progress,
            $links->offline($this->settings),
        );
    }

    private function begin(SyncRuns $runs, string $holder, bool $confirmDeletes): int
    {
        $open      = $runs->open();
        $resumable = $open !== null
        && match ($open->status) {
            RunStatus::Running => abs($this->clock->now() - $open->heartbeat) < self::RESUMABLE,
            default            => $confirmDeletes,
        };

        if (!$resumable) {
            return $runs->begin($holder);
        }

        $runs->take($open->id, $holder);

        return $open->id;
    }
}
