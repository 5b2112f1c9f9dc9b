<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die();

use CloverSync\Pace;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\SystemClock;

/**
 * The lanes of one environment's token in the shop's database, as one process sees them. Everything is one row, changed
 * by guarded updates: one statement tells what others do, one more takes, prolongs and gives back.
 */
final class Lanes implements Pace
{
    private const TABLE = '#__j2commerce_clover_pace';

    /** Who loses this often against others asks again later. */
    private const MAX_TRIES = 8;

    private string $id = '';

    private int $pid = -1;

    private bool $watched = false;

    /** Whether the row names this process. */
    private bool $known = false;

    private int $lanes = 0;

    private int $keep = 0;

    private bool $crowded = false;

    /** Of the process' own clock, in milliseconds. */
    private float $until = 0.0;

    /**
     * @var list<float> Until when requests count that others made on lanes taken here, by the process' own clock; not
     *   yet told
     */
    private array $adopted = [];

    private readonly int $cap;

    /** @param int $share Percent of the pace that this node may use */
    public function __construct(
        private readonly Sql $sql,
        private readonly string $environment,
        int $share = 100,
        private readonly Clock $clock = new SystemClock(),
        private readonly ?ProcessIdentity $process = null,
    ) {
        $this->cap = min(LaneBook::LANES, max(1, intdiv(LaneBook::LANES * $share, 100)));
    }

    public function __destruct()
    {
        $this->vacate();
    }

    /**
     * @throws \LogicException inside a transaction, where others would not see it before the commit
     */
    public function exchange(
        int $wanted,
        int $returned,
        array $recent,
        int $closedFor,
        bool $away,
        array $learned = [],
    ): array {
        if ($this->sql->inTransaction()) {
            throw new \LogicException('Clover cannot be asked inside a transaction.');
        }

        $this->enter();
        $began = $this->milliseconds();
        $ready = false;

        try {
            $ready = $this->attempt(
                function (LaneBook $book, ProcessIdentity $me, int $now) use (
                    $wanted,
                    $returned,
                    $recent,
                    $closedFor,
                    $away,
                    $learned,
                ): array {
                    if ($closedFor > 0) {
                        $book->close($now + $closedFor);
                    }

                    $book->learn($learned);

                    $book->sweep($this->id, $me, $now);
                    $book->giveBack(
                        $this->id,
                        $returned,
                        array_map(static fn (int $time): int => $now + $time, $recent),
                    );

                    return $book->take($this->id, $me, $wanted, $this->cap, $away, $now);
                },
                $closed,
                $began,
                $known,
            );
        } catch (\RuntimeException $e) {
            // Who holds lanes has its turn with the database soon enough; a call to Clover must not end for this.
            if ($this->lanes === 0 || $this->milliseconds() >= $this->until) {
                throw $e;
            }
        }

        if (!$ready) {
            // What was to go back is still here, and so is what weighs on it.
            array_push($this->adopted, ...array_map(static fn (int $time): float => $began + $time, $recent));
        }

        $now           = $this->milliseconds();
        $adopted       = $this->adopted;
        $this->adopted = [];

        return [
            'lanes'     => $this->lanes,
            'keep'      => $this->keep,
            'crowded'   => $this->crowded,
            'recent'    => array_map(static fn (float $until): int => (int) max(0, ceil($until - $now)), $adopted),
            'validFor'  => (int) max(0, floor($this->until - $began)),
            'closedFor' => $closed ?? 0,
            'learned'   => $known,
        ];
    }

    /**
     * The token's limits: the documented ones, or those that Clover named.
     *
     * @return array{per_second: int, concurrent: int, learned: bool}
     */
    public static function limits(Sql $sql, string $environment): array
    {
        $row    = self::row($sql, $environment);
        $limits = $row === null
            ? LaneBook::DOCUMENTED
            : LaneBook::fromJson((string) $row['leases'], (int) $row['now'])->limits();

        return $limits + ['learned' => $limits !== LaneBook::DOCUMENTED];
    }

    /** @return ?array<string, mixed> */
    private static function row(Sql $sql, string $environment): ?array
    {
        return $sql->fetchOne('SELECT version, leases, '
        . $sql->dialect()->milliseconds()
        . ' AS now FROM '
        . self::TABLE
        . ' WHERE environment = ?', [$environment]);
    }

    /**
     * @param callable(LaneBook, ProcessIdentity, int): list<int> $work
     * @param ?array<string, array{limit: int, forgottenIn: int, step: int}> $learned
     *
     * @return bool False when others were quicker each time
     */
    private function attempt(callable $work, ?int &$closed, float $began, ?array &$learned = null): bool
    {
        $me = $this->process ?? ProcessIdentity::current();

        for ($try = 1; $try <= self::MAX_TRIES; $try++) {
            $row = self::row($this->sql, $this->environment);

            if ($row === null) {
                (new Bulk($this->sql))->upsert(
                    self::TABLE,
                    ['environment', 'version', 'leases'],
                    [[$this->environment, 0, '']],
                    ['environment'],
                    [],
                );

                continue;
            }

            $seen    = $this->milliseconds();
            $now     = (int) $row['now'];
            $book    = LaneBook::fromJson((string) $row['leases'], $now);
            $adopted = $work($book, $me, $now);

            if (
                !$book->hasChanged()
                || $this->sql->execute('UPDATE '
                . self::TABLE
                . ' SET version = ?, leases = ? WHERE environment = ? AND version = ?', [
                    (int) $row['version'] + 1,
                    $book->toJson(),
                    $this->environment,
                    (int) $row['version'],
                ]) === 1
            ) {
                $this->known   = $book->knows($this->id);
                $this->lanes   = $book->held($this->id);
                $this->keep    = $this->known ? $book->keep($this->id, $now) : 0;
                $this->crowded = $book->isCrowded($this->id);
                $this->until   = $began + $book->until($this->id) - $now;
                $closed        = $book->closedFor($now);
                $learned       = $book->learned();
                array_push(
                    $this->adopted,
                    ...array_map(static fn (int $until): float => $seen + $until - $now, $adopted),
                );

                return true;
            }

            $this->clock->sleep((Platform::random(1, 4) * $try) / 1000);
        }

        return false;
    }

    /** The lanes belong to one process: a forked child begins with none. */
    private function enter(): void
    {
        if ($this->pid === Platform::processId()) {
            return;
        }

        $this->pid     = Platform::processId();
        $this->id      = 'p' . bin2hex(random_bytes(8));
        $this->known   = false;
        $this->lanes   = 0;
        $this->until   = 0.0;
        $this->adopted = [];
        $this->releaseAtShutdown();
    }

    private function vacate(): void
    {
        if (!$this->known || $this->pid !== Platform::processId() || $this->sql->inTransaction()) {
            return;
        }

        $this->known = false;

        try {
            $this->attempt(
                function (LaneBook $book, ProcessIdentity $me, int $now): array {
                    $book->vacate($this->id, $now);

                    return [];
                },
                $closed,
                $this->milliseconds(),
            );
        } catch (\Throwable) {
            // The lease ends by itself.
        }
    }

    private function milliseconds(): float
    {
        return $this->clock->monotonic() * 1_000;
    }

    /** For fatal errors and time limits, after which no destructor runs. */
    private function releaseAtShutdown(): void
    {
        if ($this->watched) {
            return;
        }

        $this->watched = true;
        $lanes         = \WeakReference::create($this);

        Platform::atShutdown(static function () use ($lanes): void {
            $lanes->get()?->vacate();
        });
    }
}
