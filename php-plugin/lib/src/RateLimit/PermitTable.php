<?php

declare(strict_types=1);

namespace CloverSync\Shop\RateLimit;

\defined('_JEXEC') or die();

use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\JsonObject;

/**
 * Allocation rules for the rate limit of one token: which requests still count, which processes hold permits, and which
 * wait since when. No database access.
 *
 * A permit is held from its grant until its request has ended. It takes one place of the requests in flight and one
 * start of the current second. A request that has ended counts only for its second. All times are milliseconds of the
 * database server's clock.
 */
final class PermitTable
{
    /** What Clover documents for a token; a learned limit is below it. */
    public const DOCUMENTED = ['per_second' => 16, 'concurrent' => 5];

    /** A process must not use a permit longer than this without asking again. */
    public const LEASE = 4_000;

    /** The same for a process that has requests in flight and is doing other work. */
    public const DETACHED = 60_000;

    /** Requests of a dead process, or of a lease that ended, may still be under way for this long. */
    public const DRAIN = 3_000;

    /** How long a request counts, with a margin for clocks and timers. */
    public const WINDOW = 1_010;

    /** Permits are granted for starts up to this far ahead. */
    private const AHEAD = 400;

    /** A process that waits and does not ask for this long has given up. */
    private const GIVEN_UP = 3_000;

    /** The longest time until a process that waits asks again. */
    private const MAX_RETRY = 500;

    /** No wait is longer. */
    private const CLOSED = 3_600_000;

    /** A pause that is extended by less than this needs no update of the row. */
    private const MIN_EXTENSION = 100;

    private bool $changed = false;

    /** When a process that was granted nothing could start, if there were a place. */
    private int $next = 0;

    /**
     * @param array<string, list<int>> $recent When requests that have ended stop counting, by node
     * @param array<string, PermitProcess> $processes
     * @param int $closed Until when no request may start
     * @param array<key-of<self::DOCUMENTED>, LearnedLimit> $learned Limits learned from Clover: {@see limits()}
     */
    private function __construct(
        private array $recent,
        private array $processes,
        private int $closed,
        private array $learned,
        private readonly int $now,
    ) {
    }

    public static function fromJson(string $json, int $now): self
    {
        $row = JsonObject::decode($json);

        // A row from the future was written by a clock that ran ahead. Each wait in it keeps its length.
        $ahead     = max(0, $row->int('at') - $now);
        $until     = static fn (int $time, int $longest): int => min($time - $ahead, $now + $longest);
        $recent    = [];
        $processes = [];
        $learned   = [];

        foreach ($row->numbers('recent') as $node => $times) {
            $times = array_map(static fn (int $time): int => $until($time, 2 * self::WINDOW), $times);
            $times = array_values(array_filter($times, static fn (int $time): bool => $time > $now));

            if ($times !== []) {
                $recent[$node] = $times;
            }
        }

        foreach ($row->objects('processes') as $id => $stored) {
            $process        = PermitProcess::read($stored);
            $processes[$id] = $process->with(
                until: $until($process->until, self::DETACHED + self::DRAIN),
                since: max(0, $process->since - $ahead),
            );
        }

        $stored = $row->objects('learned');

        foreach (self::DOCUMENTED as $name => $_) {
            $limit = isset($stored[$name]) ? LearnedLimit::read($stored[$name], $ahead) : null;

            if ($limit !== null && $limit->until > $now) {
                $learned[$name] = $limit;
            }
        }

        $table          = new self($recent, $processes, $until($row->int('closed'), self::CLOSED), $learned, $now);
        $table->changed = $ahead > 0;

        return $table;
    }

    public function toJson(): string
    {
        return json_encode([
            'at'        => $this->now,
            'closed'    => $this->closed,
            'learned'   => (object) $this->learned,
            'recent'    => (object) $this->recent,
            'processes' => (object) $this->processes,
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    }

    /** Whether it has changes that others must see. */
    public function hasChanged(): bool
    {
        return $this->changed;
    }

    /**
     * The limits in force: the documented ones, or those learned from Clover. A learned limit rises by one at each time
     * step until it is the documented one again.
     *
     * @return array{per_second: int, concurrent: int}
     */
    public function limits(): array
    {
        return ['per_second' => $this->limit('per_second'), 'concurrent' => $this->limit('concurrent')];
    }

    /** @param key-of<self::DOCUMENTED> $name */
    private function limit(string $name): int
    {
        return ($this->learned[$name] ?? null)?->at($this->now, self::DOCUMENTED[$name]) ?? self::DOCUMENTED[$name];
    }

    /** @return array<string, array{limit: int, forgottenIn: int, step: int}> */
    public function learned(): array
    {
        return array_map(fn (LearnedLimit $learned): array => [
            'limit'       => $learned->limit,
            'forgottenIn' => $learned->until - $this->now,
            'step'        => $learned->step,
        ], $this->learned);
    }

    /**
     * @param array<string, array{limit: int, forgottenIn: int, step: int}> $news Newly learned limits; the last one is
     *   valid
     */
    public function learn(array $news): void
    {
        foreach (self::DOCUMENTED as $name => $_) {
            $entry = $news[$name] ?? null;

            if ($entry === null) {
                continue;
            }

            if ($entry['forgottenIn'] <= 0 || $entry['step'] <= 0) {
                unset($this->learned[$name]);
            } else {
                $this->learned[$name] = new LearnedLimit(
                    $entry['limit'],
                    $this->now + $entry['forgottenIn'],
                    $entry['step'],
                );
            }

            $this->changed = true;
        }
    }

    public function close(int $closedFor): void
    {
        if ($closedFor > 0 && ($this->now + $closedFor) > ($this->closed + self::MIN_EXTENSION)) {
            $this->closed  = $this->now + $closedFor;
            $this->changed = true;
        }
    }

    public function closedFor(): int
    {
        return max(0, $this->closed - $this->now);
    }

    /** Whether other processes can use permits or wait. */
    public function hasOthers(string $id): bool
    {
        return array_diff_key($this->active(), [$id => true]) !== [];
    }

    /** @return array<string, PermitProcess> Without those that only wait for the end of their requests */
    private function active(): array
    {
        return array_filter(
            $this->processes,
            fn (PermitProcess $process): bool => $process->since > 0 || $process->until > ($this->now + self::DRAIN),
        );
    }

    /** Frees the permits of processes that are gone: dead on this node, or silent beyond their lease on any node. */
    public function sweep(string $me, ProcessIdentity $here): void
    {
        foreach (array_diff_key($this->processes, [$me => true]) as $id => $process) {
            $rest = $this->now + ($process->held > 0 ? self::DRAIN : 0);

            if ($process->until > $rest && $process->isDead($here)) {
                $process              = $process->with(until: $rest, since: 0);
                $this->processes[$id] = $process;
                $this->changed        = true;
            }

            if ($process->until <= $this->now) {
                $this->forget($id);
            }
        }
    }

    /**
     * Records the current state of a process. It frees permits that are unused or whose requests have ended.
     *
     * @param int       $share    Percentage of the limits that its node may use
     * @param int       $inFlight Requests in flight
     * @param list<int> $ended    Remaining milliseconds for which each request that ended since it last asked still
     *   counts
     * @param bool      $leaving  Whether it may not ask again for a minute
     */
    public function report(
        string $id,
        ProcessIdentity $process,
        int $share,
        int $inFlight,
        array $ended,
        bool $leaving,
    ): void {
        foreach ($ended as $time) {
            $this->recent[$process->node][] = $this->now + min($time, 2 * self::WINDOW);
            $this->changed                  = true;
        }

        $known = $this->processes[$id] ?? null;

        if ($inFlight === 0 && ($known === null || $known->since === 0)) {
            $this->forget($id);

            return;
        }

        $this->changed        = $this->changed || $known === null || $known->held > 0 || $inFlight > 0;
        $this->processes[$id] = PermitProcess::create($process, $share)->with(
            held: $inFlight,
            busy: $inFlight,
            until: $inFlight === 0
                ? $known->until
                : $this->now + self::DRAIN + ($leaving ? self::DETACHED : self::LEASE),
            since: $known->since ?? 0,
        );
    }

    /**
     * Grants free permits, after those of processes that have waited longer. Call it after {@see report()}.
     *
     * @return list<int> Milliseconds until each permit may be used
     */
    public function grant(string $id, ProcessIdentity $process, int $share, int $wanted): array
    {
        $me = $this->processes[$id] ?? null;

        if ($wanted === 0) {
            if ($me !== null && $me->since !== 0) {
                $me->held === 0 ? $this->forget($id) : ($this->processes[$id] = $me->with(since: 0));
                $this->changed = true;
            }

            return [];
        }

        $me                   ??= PermitProcess::create($process, $share);
        $this->processes[$id] = $me;
        $due                  = $this->due($id, $me->busy, $wanted);
        $permits              = $due > 0 ? $this->permits($id, $me, $due) : [];

        if ($due <= 0) {
            // It has its share, and the others do not wait for it.
            $this->next = $this->now + self::MAX_RETRY;
            $me         = $me->with(since: 0);
        } elseif ($permits !== []) {
            $me = $me->with(
                held: $me->held + \count($permits),
                until: $this->now + self::LEASE + self::DRAIN,
                since: 0,
            );
        } elseif ($me->since === 0 || ($me->until - $this->now) < (self::GIVEN_UP - self::MAX_RETRY)) {
            $me = $me->with(until: max($me->until, $this->now + self::GIVEN_UP), since: $me->since ?: $this->now);
        } else {
            return [];
        }

        $this->processes[$id] = $me;
        $this->changed        = true;

        return $permits;
    }

    /** Milliseconds until a process that was granted nothing asks again. Random jitter keeps processes apart. */
    public function againIn(int $chance): int
    {
        return min(self::MAX_RETRY, max(10, $this->next - $this->now)) + $chance;
    }

    /**
     * Returns the permits of a process that ends. Those without a request in flight when it last asked count for a
     * second, because it may have used them since.
     *
     * @param bool $inRequest Whether it may have been ended during a request, which Clover then may still be processing
     */
    public function vacate(string $id, bool $inRequest): void
    {
        $me = $this->processes[$id] ?? null;

        if ($me === null) {
            return;
        }

        $this->changed = true;
        $left          = $inRequest ? $me->held : $me->busy;
        $used          = $me->held - $left;

        if ($used > 0) {
            $this->recent[$me->node] = [
                ...($this->recent[$me->node] ?? []),
                ...array_fill(0, $used, $this->now + self::WINDOW),
            ];
        }

        if ($left === 0) {
            $this->forget($id);

            return;
        }

        $until                = min($me->until, $this->now + self::DRAIN);
        $this->processes[$id] = $me->with(held: $left, busy: $left, until: $until, since: 0);
    }

    /** Permits that a process may have: its share, at least two, or some in advance when it works alone. */
    private function due(string $id, int $busy, int $wanted): int
    {
        $places    = $this->limits()['concurrent'];
        $processes = \count($this->active() + [$id => true]);

        if ($processes === 1) {
            return $places;
        }

        $part = max(min(2, $places), intdiv($places + $processes - 1, $processes));

        return min($wanted, $part - $busy);
    }

    /** @return list<int> */
    private function permits(string $id, PermitProcess $me, int $due): array
    {
        $limits = $this->limits();
        $share  = array_map(static fn (int $limit): int => max(1, intdiv($limit * $me->share, 100)), $limits);
        $held   = 0;
        $here   = 0;

        foreach ($this->processes as $process) {
            $held += $process->held;
            $here += $process->node === $me->node ? $process->held : 0;
        }

        $all   = array_merge(...array_values($this->recent));
        $mine  = $this->recent[$me->node] ?? [];
        $ahead = $this->ahead($id, $me->since ?: $this->now);
        sort($all);
        sort($mine);
        $permits = [];

        do {
            $k    = \count($permits);
            $from = max(
                $this->now,
                $this->closed,
                self::from($limits['per_second'], $held + $ahead + $k, $all),
                self::from($share['per_second'], $here + $k, $mine),
            );
            $hasPlace   = ($held + $ahead + $k) < $limits['concurrent'] && ($here + $k) < $share['concurrent'];
            $this->next = $hasPlace
                ? $from - self::AHEAD
                : $this->now + 20 + intdiv(500 * $ahead, $limits['per_second']);
            $granted = $k < $due && $hasPlace && $from <= ($this->now + self::AHEAD);

            if ($granted) {
                $permits[] = $from - $this->now;
            }
        } while ($granted);

        return $permits;
    }

    /** Processes that have waited longer. */
    private function ahead(string $id, int $since): int
    {
        $ahead = array_filter(
            $this->processes,
            static fn (PermitProcess $other, string $name): bool => (
                $other->since > 0
                && [$other->since, $name] < [$since, $id]
            ),
            ARRAY_FILTER_USE_BOTH,
        );

        return \count($ahead);
    }

    /**
     * The time from which one more request stays within the limit.
     *
     * @param int       $held   Permits that count until they are returned
     * @param list<int> $recent When the others stop counting, soonest first
     */
    private static function from(int $limit, int $held, array $recent): int
    {
        $over = $held + \count($recent) - $limit;

        return $over < 0 ? 0 : $recent[$over] ?? PHP_INT_MAX;
    }

    private function forget(string $id): void
    {
        if (isset($this->processes[$id])) {
            unset($this->processes[$id]);
            $this->changed = true;
        }
    }
}
