<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Page;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Connection\SiteGuard;
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
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;

/**
 * Pulls the whole catalog into the shop, in slices.
 *
 * Every page is one transaction: it reads facts and writes products, links, log entries and the run's cursor. A run
 * that is interrupted anywhere resumes after its last page, and its result is the same as that of an uninterrupted run.
 */
final class SyncRunner
{
    /** Items of groups that one transaction maps and writes. */
    private const GROUP_ITEMS = 500;

    /** Vanished items that one step looks up. Each costs two requests, and a slice can end only between two steps. */
    private const LOOK_UP = 25;

    /** This many items may vanish without a question, or this percentage of the linked items, whichever is more. */
    private const PLAUSIBLE_DELETES  = 10;
    private const PLAUSIBLE_PER_CENT = 20;

    /** The catalog may have changed too much since a run that was interrupted longer ago than this. */
    private const RESUMABLE = 86_400;

    /** Key of the fields that Clover did not show in the last run, with that run's id. */
    public const WITHHELD = 'withheld';

    private string $merchant = '';

    private Links $links;

    private SyncRuns $runs;

    private CatalogWriter $writer;

    private Lock $lock;

    private ?Catalog $catalog = null;

    private int $requestsCounted = 0;

    private float $secondsCounted = 0.0;

    private readonly DatabaseClock $database;

    /**
     * @param \Closure(Links): CommittedUnits $committed
     * @param ?\Closure(SyncRunRow): void $progress Called after each step
     */
    public function __construct(
        private readonly Sql $sql,
        private readonly Connection $connection,
        private readonly \Closure $committed,
        private readonly Settings $settings,
        private readonly SiteGuard $guard,
        private readonly KeyValueStore $state,
        private readonly MerchantProfile $merchantFacts,
        private readonly SyncLog $log,
        private readonly Clock $clock = new SystemClock(),
        private readonly ?\Closure $progress = null,
    ) {
        $this->database = new DatabaseClock($sql);
    }

    /**
     * Resumes the open run, or starts one.
     *
     * @param bool $confirmDeletes The owner has confirmed that many items are gone from Clover
     *
     * @throws ShopException   when something in the shop stands in the way
     * @throws CloverException from the client; after {@see UnavailableException} the run can be resumed
     */
    public function run(TimeBudget $budget, bool $confirmDeletes = false): SyncRunRow
    {
        $this->merchant = $this->guard->requireConnection($this->connection->status());
        $this->catalog  = null;
        $this->lock     = new Lock($this->sql, 'sync:' . $this->settings->environment->value, $this->clock);

        if (!$this->lock->acquire()) {
            throw new AlreadyRunningException('A sync is already running: wait until it has ended.');
        }

        try {
            return $this->slice($budget, $confirmDeletes);
        } finally {
            $this->lock->release();
        }
    }

    private function slice(TimeBudget $budget, bool $confirmDeletes): SyncRunRow
    {
        $environment = $this->settings->environment->value;
        $this->links = new Links($this->sql, $environment, $this->merchant);
        $this->runs  = new SyncRuns($this->sql, $environment, $this->merchant, $this->clock);

        $this->requestsCounted = $this->connection->requests();
        $this->secondsCounted  = $this->clock->monotonic();

        $id = $this->open($confirmDeletes);

        try {
            $config       = ShopConfig::read($this->sql);
            $this->writer = new CatalogWriter(
                $this->sql,
                $this->links,
                ($this->committed)($this->links),
                $this->settings,
                $this->clock,
            );

            do {
                $run  = $this->runs->get($id);
                $more = match ($run->phase) {
                    RunPhase::Prepare => $this->prepare($id, $config),
                    RunPhase::Items   => $this->items($id, $run, $budget),
                    RunPhase::Groups  => $this->groups($id, $run, $budget),
                    RunPhase::Deletes => $this->deletes($id, $run, $budget, $confirmDeletes),
                    RunPhase::Finish  => $this->finish($id, $run),
                };
            } while ($more && !$budget->isSpent());

            $this->noteWithheld($id);

            return $this->runs->get($id);
        } catch (UnavailableException $e) {
            $this->runs->advance($id, $this->lock->holder(), ['error' => $e->getMessage()], null, $this->spent());
            $this->log->add(
                'sync',
                'item',
                '',
                'error',
                'The sync was interrupted; it resumes where it stopped. ' . $e->getMessage(),
                $id,
            );

            throw $e;
        } catch (LockLostException $e) {
            throw $e;
        } catch (CloverException|ShopException|\UnexpectedValueException $e) {
            $this->runs->advance(
                $id,
                $this->lock->holder(),
                [
                    'status' => RunStatus::Failed->value,
                    'error'  => $e->getMessage(),
                    'ended'  => UtcTime::sql($this->clock->now()),
                ],
                null,
                $this->spent(),
            );
            $this->log->add('sync', 'item', '', 'error', 'The sync stopped: ' . $e->getMessage(), $id);

            throw $e;
        }
    }

    /** Stores which fields Clover does not show, for the dashboard, and logs them once a run. */
    private function noteWithheld(int $run): void
    {
        $known  = $this->state->getArray(self::WITHHELD);
        $fields = $this->connection->withheld();

        // A slice that read no items knows nothing about it; a whole run does.
        if ($fields === [] && ($known === [] || $known['run'] === $run || !$this->isDone($run))) {
            return;
        }

        if ($fields !== [] && ($known['run'] ?? null) !== $run) {
            $this->log->add('sync', 'item', '', 'skipped', (string) self::withheld($fields), $run);
        }

        $fields === []
            ? $this->state->delete(self::WITHHELD)
            : $this->state->setArray(self::WITHHELD, ['run' => $run, 'fields' => $fields]);
    }

    private function isDone(int $run): bool
    {
        return $this->runs->get($run)->status === RunStatus::Done;
    }

    /**
     * @param list<string> $fields What Clover did not show to this app
     *
     * @return ?string A message with what can be done about it; null when it showed everything
     */
    public static function withheld(array $fields): ?string
    {
        return $fields === []
            ? null
            : \sprintf('Clover does not show these fields of items to the app: %s. The shop keeps its values of them. '
            . 'Enable Inventory Read under Requested Permissions of the app in the Clover Developer '
            . 'Dashboard, then disconnect and connect again.', implode(', ', $fields));
    }

    private function open(bool $confirmDeletes): int
    {
        $open      = $this->runs->open();
        $resumable = $open !== null
        && match ($open->status) {
            RunStatus::Running => abs($this->clock->now() - $open->heartbeat) < self::RESUMABLE,
            default            => $confirmDeletes,
        };

        if (!$resumable) {
            return $this->runs->begin($this->lock->holder());
        }

        $this->runs->take($open->id, $this->lock->holder());

        return $open->id;
    }

    private function prepare(int $id, ShopConfig $config): bool
    {
        $facts    = $this->merchantFacts->ask();
        $currency = MerchantProfile::requireCurrency($facts->currency, $config->currency);
        $this->warnAboutTax($facts->vat, $config);
        $this->runs->advance(
            $id,
            $this->lock->holder(),
            [
                'phase'       => RunPhase::Items->value,
                'currency'    => $currency,
                'track_stock' => (int) $facts->tracksStock(),
                'error'       => null,
            ],
            null,
            $this->spent(),
        );

        return true;
    }

    /** Logs each kind of disagreement once. */
    private function warnAboutTax(?bool $vat, ShopConfig $config): void
    {
        $warning = match (true) {
            $vat === null || $vat === $config->pricesIncludeTax => '',
            $vat => 'Clover\'s prices include tax, the shop\'s do not (Prices entered with tax): check the '
                . 'prices of imported products.',
            default => 'Clover\'s prices are without tax, the shop\'s include it (Prices entered with tax): '
                . 'check the prices of imported products.',
        };

        $before = $this->state->get('tax_warning') ?? '';

        if ($before !== $warning) {
            $this->state->set('tax_warning', $warning);

            if ($warning !== '') {
                $this->log->add('sync', 'item', '', 'skipped', $warning);
            }
        }
    }

    private function items(int $id, SyncRunRow $run, TimeBudget $budget): bool
    {
        foreach ($this->catalog($run)->pages($run->cursor) as $page) {
            // After the last page comes an empty one. If it counted as a step, it would end every short slice here.
            if ($page->itemIds() === []) {
                continue;
            }

            $spent = $this->spent();
            $this->sql->transaction(function () use ($id, $page, $spent): void {
                $written = $this->writePage($id, $page, $this->database->now() - $page->age());
                $this->log->addAll($written->log, $id);
                $this->reach($id, $page->cursor(), $written, $spent);
            });

            if ($this->afterStep($id, $budget)) {
                return false;
            }
        }

        $this->enter($id, RunPhase::Groups, null, $this->spent());

        return true;
    }

    /** Writes items without a group and stages the others. */
    private function writePage(int $run, Page $page, int $asked): WriteReport
    {
        $written = $this->writer->singles($page, $run, $asked);
        $this->runs->stage($run, $page->members(), $asked);

        return $written;
    }

    private function groups(int $id, SyncRunRow $run, TimeBudget $budget): bool
    {
        $catalog = $this->catalog($run);
        $cursor  = (string) $run->cursor;

        for ($first = true;; $first = false) {
            $batch = $this->runs->stagedAfter($id, $cursor, self::GROUP_ITEMS);

            if ($batch['groups'] === []) {
                break;
            }

            if ($first) {
                CatalogWriter::readGroupNames($catalog, $batch['members']);
            }

            $cursor = $batch['groups'][array_key_last($batch['groups'])];
            $spent  = $this->spent();
            // Linked items that were not seen are written once Clover has been asked about them. That request precedes
            // the transaction, whose first read must be the one that locks the counts.
            $partly = $this->links->groupsWithUnseen($batch['groups'], $id);
            $this->sql->transaction(function () use ($id, $batch, $partly, $catalog, $cursor, $spent): void {
                $members = array_values(array_filter(
                    $batch['members'],
                    static fn (array $m): bool => !\in_array($m['group_id'], $partly, true),
                ));
                $written = $this->writer->groups(
                    array_values(array_diff($batch['groups'], $partly)),
                    $members,
                    $catalog,
                    $id,
                );
                $this->log->addAll($written->log, $id);
                $this->reach($id, $cursor, $written, $spent);
            });

            if ($this->afterStep($id, $budget)) {
                return false;
            }
        }

        $this->enter($id, RunPhase::Deletes, null, $this->spent());

        return true;
    }

    private function deletes(int $id, SyncRunRow $run, TimeBudget $budget, bool $confirmed): bool
    {
        $catalog = $this->catalog($run);
        $gone    = $this->links->countUnseen($id);
        $limit   = max(self::PLAUSIBLE_DELETES, intdiv($this->links->countLinked() * self::PLAUSIBLE_PER_CENT, 100));

        // The cursor records that the question is settled: the deletion reduces the number that the threshold is
        // computed from.
        if ($gone > $limit && !$confirmed && $run->cursor === null) {
            $message = \sprintf(
                '%d of %d linked items are no longer in Clover: confirm that they were deleted, then the '
                . 'sync continues.',
                $gone,
                $this->links->countLinked(),
            );
            $this->runs->advance(
                $id,
                $this->lock->holder(),
                ['status' => RunStatus::NeedsConfirmation->value, 'error' => $message],
                null,
                $this->spent(),
            );
            $this->log->add('sync', 'item', '', 'skipped', $message, $id);

            return false;
        }

        while (($ids = $this->links->unseen($id, self::LOOK_UP)) !== []) {
            $answer = $catalog->lookUp($ids);
            $page   = $answer->page();
            $groups = array_values(array_unique([
                ...$this->links->groupsOf($ids),
                ...array_column($page->members(), 'group_id'),
            ]));
            CatalogWriter::readGroupNames($catalog, $page->members() ?: $this->runs->staged($id, $groups));
            $spent = $this->spent();
            $this->sql->transaction(function () use ($id, $ids, $answer, $page, $groups, $catalog, $spent): void {
                $this->writer->facts->hold($ids, $groups);
                $written = $this->writePage($id, $page, $this->database->now() - $page->age());
                $living  = array_values(array_unique(array_column($this->runs->staged($id, $groups), 'group_id')));
                $written->add($this->writer->delete($answer->deleted(), $living, $id));

                // Whatever the answers are, the next step must not select the same items again.
                $this->links->markSeen(
                    array_values(array_diff($ids, $answer->deleted(), $page->itemIds())),
                    $id,
                    UtcTime::sql($this->clock->now()),
                );
                $whole = array_values(array_diff($living, $this->links->groupsWithUnseen($living, $id)));

                if ($whole !== []) {
                    $written->add($this->writer->groups($whole, $this->runs->staged($id, $whole), $catalog, $id));
                }

                $this->log->addAll($written->log, $id);
                $this->reach($id, 'settled', $written, $spent);
            });

            if ($this->afterStep($id, $budget)) {
                return false;
            }
        }

        $spent = $this->spent();
        $this->sql->transaction(function () use ($id, $spent): void {
            $written = $this->writer->emptied(null, $id);
            $this->log->addAll($written->log, $id);
            $this->enter($id, RunPhase::Finish, $written, $spent);
        });

        return true;
    }

    private function finish(int $id, SyncRunRow $run): bool
    {
        $spent = $this->spent();
        $this->sql->transaction(function () use ($id, $run, $spent): void {
            $now = UtcTime::sql($this->clock->now());
            $this->links->dropUnlinkedUnseen($id);
            $this->runs->clearStaging($id);
            $this->runs->advance(
                $id,
                $this->lock->holder(),
                ['status' => RunStatus::Done->value, 'ended' => $now, 'error' => null],
                null,
                $spent,
            );
            $this->state->set('last_sync', $now);
            $this->log->purge($this->settings->logRetention);
            $this->runs->purge($this->settings->logRetention);
            $this->log->add(
                'sync',
                'item',
                '',
                $run->failed > 0 ? 'error' : 'success',
                \sprintf(
                    '%s: %d imported, %d updated, %d unchanged, %d deleted, %d in conflict',
                    $run->failed > 0 ? "Sync done with {$run->failed} failures" : 'Sync done',
                    $run->imported,
                    $run->updated,
                    $run->unchanged,
                    $run->deleted,
                    $run->conflicts,
                ),
                $id,
            );
        });

        return false;
    }

    /** Stores how far the phase is, with what was written since; call it in the transaction that wrote it. */
    private function reach(int $id, string $cursor, WriteReport $written, RunCost $spent): void
    {
        $this->runs->advance($id, $this->lock->holder(), ['cursor' => $cursor, 'error' => null], $written, $spent);
    }

    private function enter(int $id, RunPhase $phase, ?WriteReport $written, RunCost $spent): void
    {
        $this->runs->advance(
            $id,
            $this->lock->holder(),
            ['phase' => $phase->value, 'cursor' => null],
            $written,
            $spent,
        );
    }

    /** @return bool Whether the slice is over */
    private function afterStep(int $id, TimeBudget $budget): bool
    {
        if (!$this->lock->renew()) {
            throw new LockLostException('Another process has taken this sync over.');
        }

        if ($this->progress !== null) {
            ($this->progress)($this->runs->get($id));
        }

        return $budget->isSpent();
    }

    private function catalog(SyncRunRow $run): Catalog
    {
        return $this->catalog ??= new Catalog($this->connection, $run->currency, $run->trackStock);
    }

    /** The cost since the last call. */
    private function spent(): RunCost
    {
        $requests              = $this->connection->requests() - $this->requestsCounted;
        $seconds               = $this->clock->monotonic() - $this->secondsCounted;
        $this->requestsCounted += $requests;
        $this->secondsCounted  += $seconds;

        return new RunCost($requests, $seconds);
    }
}
