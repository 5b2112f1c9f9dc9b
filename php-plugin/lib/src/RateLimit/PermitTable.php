<?php

declare(strict_types=1);

namespace CloverSync\Shop\RateLimit;

\defined('_JEXEC') or die();

use CloverSync\Shop\Locking\ProcessIdentity;

/**
 * The requests of one token: which ones still count, which processes hold permits, and who waits since when. Without a database.
 *
 * A permit is held from its grant until its request has ended, and takes a place and a start of the current second. A request
 * that has ended counts for its second only. All times are milliseconds of the database server's clock.
 */
final class PermitTable
{
    /** What Clover documents for a token; a learned limit is below it. */
    public const DOCUMENTED = ['per_second' => 16, 'concurrent' => 5];

    /** A process uses no permit for longer without asking again. */
    public const LEASE = 4_000;

    /** The same for a process that has requests in flight and works on something else. */
    public const AWAY = 60_000;

    /** Requests of a process that died, or of a lease that ended, may be on their way for so long. */
    public const REST = 3_000;

    /** For how long a request counts, with some time for clocks and timers. */
    public const WINDOW = 1_010;

    /** Permits are granted for starts up to this far ahead. */
    private const AHEAD = 400;

    /** A process that waits and does not ask for so long has given up. */
    private const PATIENCE = 3_000;

    /** The longest time until a process that waits asks again. */
    private const LONGEST_NAP = 500;

    /** No wait lasts longer. */
    private const CLOSED = 3_600_000;

    /** A gate that closes this much later is no news. */
    private const NO_NEWS = 100;

    private bool $changed = false;

    /** From when on a process that was granted nothing could start, were there a place. */
    private int $next = 0;

    /**
     * @param array<string, list<int>> $recent Until when requests count that have ended, by node
     * @param array<string, array{node: string, pid: int, started: int, share: int, held: int, busy: int, until: int, since: int}> $processes
     *        share: percent of the limits that its node may use; held: permits; busy: those with a request in flight when it last
     *        asked; since: when it began to wait, or 0
     * @param int $closed Until when nothing may start
     * @param array<string, array{limit: int, until: int, step: int}> $learned Limits that Clover named; see {@see limits()}
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
        $row = json_decode($json, true);
        $row = \is_array($row) ? $row : [];

        // A row from the future was written under a clock that ran ahead. Of each wait in it remains what it was then.
        $ahead     = max(0, ($row['at'] ?? 0) - $now);
        $until     = static fn (int $time, int $longest): int => min($time - $ahead, $now + $longest);
        $recent    = [];
        $processes = $row['processes'] ?? [];
        $learned   = [];

        foreach ($row['recent'] ?? [] as $node => $times) {
            $times = array_map(static fn (int $time): int => $until($time, 2 * self::WINDOW), $times);
            $times = array_values(array_filter($times, static fn (int $time): bool => $time > $now));

            if ($times !== []) {
                $recent[$node] = $times;
            }
        }

        foreach ($processes as &$process) {
            $process['until'] = $until($process['until'], self::AWAY + self::REST);
            $process['since'] = max(0, $process['since'] - $ahead);
        }

        unset($process);

        foreach (array_intersect_key($row['learned'] ?? [], self::DOCUMENTED) as $name => $entry) {
            $entry['until'] -= $ahead;

            if ($entry['until'] > $now) {
                $learned[$name] = $entry;
            }
        }

        $table          = new self($recent, $processes, $until($row['closed'] ?? 0, self::CLOSED), $learned, $now);
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

    /** Whether anything was written into it that others must see. */
    public function hasChanged(): bool
    {
        return $this->changed;
    }

    /**
     * The limits in force: the documented ones, or those that Clover named. A learned limit rises by one with each step
     * of time until it is the documented one again.
     *
     * @return array{per_second: int, concurrent: int}
     */
    public function limits(): array
    {
        $limits = self::DOCUMENTED;

        foreach ($this->learned as $name => ['limit' => $limit, 'until' => $until, 'step' => $step]) {
            $steps         = (int) ceil(max(0, $until - $this->now) / $step);
            $limits[$name] = max(1, $limit, self::DOCUMENTED[$name] - $steps);
        }

        return $limits;
    }

    /** @return array<string, array{limit: int, forgottenIn: int, step: int}> */
    public function learned(): array
    {
        return array_map(fn (array $entry): array => [
            'limit'       => $entry['limit'],
            'forgottenIn' => $entry['until'] - $this->now,
            'step'        => $entry['step'],
        ], $this->learned);
    }

    /** @param array<string, array{limit: int, forgottenIn: int, step: int}> $news What a process has just learned; the last one is right */
    public function learn(array $news): void
    {
        foreach (array_intersect_key($news, self::DOCUMENTED) as $name => $entry) {
            if ($entry['forgottenIn'] <= 0 || $entry['step'] <= 0) {
                unset($this->learned[$name]);
            } else {
                $this->learned[$name] = [
                    'limit' => $entry['limit'],
                    'until' => $this->now + $entry['forgottenIn'],
                    'step'  => $entry['step'],
                ];
            }

            $this->changed = true;
        }
    }

    public function close(int $closedFor): void
    {
        if ($closedFor > 0 && ($this->now + $closedFor) > ($this->closed + self::NO_NEWS)) {
            $this->closed  = $this->now + $closedFor;
            $this->changed = true;
        }
    }

    public function closedFor(): int
    {
        return max(0, $this->closed - $this->now);
    }

    /** Whether other processes hold permits or wait. */
    public function hasOthers(string $id): bool
    {
        return array_diff_key($this->processes, [$id => true]) !== [];
    }

    /** Takes the permits of processes that are gone: dead on this node, or silent for longer than their lease anywhere. */
    public function sweep(string $me, ProcessIdentity $here): void
    {
        foreach (array_diff_key($this->processes, [$me => true]) as $id => $process) {
            $rest = $this->now + ($process['held'] > 0 ? self::REST : 0);

            if ($process['until'] > $rest && $here->isDead($process['node'], $process['pid'], $process['started'])) {
                $process['until']     = $rest;
                $process['since']     = 0;
                $this->processes[$id] = $process;
                $this->changed        = true;
            }

            if ($process['until'] <= $this->now) {
                $this->forget($id);
            }
        }
    }

    /**
     * Writes down what a process does now. Permits of requests that have ended, and unused ones, are free again.
     *
     * @param int       $share    Percent of the limits that its node may use
     * @param int       $inFlight Requests in flight
     * @param list<int> $ended    For how many milliseconds each request still counts that ended since it last asked
     * @param bool      $leaving  It may not ask again for a minute
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

        if ($inFlight === 0 && ($known['since'] ?? 0) === 0) {
            $this->forget($id);

            return;
        }

        $this->changed        = $this->changed || $known === null || $known['held'] > 0 || $inFlight > 0;
        $this->processes[$id] = [
            'node'    => $process->node,
            'pid'     => $process->pid,
            'started' => $process->started,
            'share'   => $share,
            'held'    => $inFlight,
            'busy'    => $inFlight,
            'since'   => $known['since'] ?? 0,
            'until'   => $inFlight === 0
                ? $known['until']
                : $this->now + self::REST + ($leaving ? self::AWAY : self::LEASE),
        ];
    }

    /**
     * Grants what is free after those that wait for longer. Must follow {@see report()}.
     *
     * @return list<int> In how many milliseconds each permit may be used
     */
    public function grant(string $id, ProcessIdentity $process, int $share, int $wanted): array
    {
        $me = $this->processes[$id] ?? null;

        if ($wanted === 0) {
            if ($me !== null && $me['since'] !== 0) {
                $me['held'] === 0 ? $this->forget($id) : ($this->processes[$id]['since'] = 0);
                $this->changed = true;
            }

            return [];
        }

        $me ??= [
            'node'    => $process->node,
            'pid'     => $process->pid,
            'started' => $process->started,
            'share'   => $share,
            'held'    => 0,
            'busy'    => 0,
            'since'   => 0,
            'until'   => 0,
        ];
        $this->processes[$id] = $me;
        $due                  = $this->due($me['busy'], $wanted);
        $permits              = $due > 0 ? $this->permits($id, $due) : [];

        if ($due <= 0) {
            // It has its part, and others do not wait behind it.
            $this->next  = $this->now + self::LONGEST_NAP;
            $me['since'] = 0;
        } elseif ($permits !== []) {
            $me['held']  += \count($permits);
            $me['since'] = 0;
            $me['until'] = $this->now + self::LEASE + self::REST;
        } elseif ($me['since'] === 0 || ($me['until'] - $this->now) < (self::PATIENCE - self::LONGEST_NAP)) {
            $me['since'] = $me['since'] ?: $this->now;
            $me['until'] = max($me['until'], $this->now + self::PATIENCE);
        } else {
            return [];
        }

        $this->processes[$id] = $me;
        $this->changed        = true;

        return $permits;
    }

    /** When a process that was granted nothing asks again, in milliseconds. Some chance keeps processes apart. */
    public function againIn(int $chance): int
    {
        return min(self::LONGEST_NAP, max(10, $this->next - $this->now)) + $chance;
    }

    /** Gives all permits back on behalf of a process that cannot say any more what became of them. */
    public function vacate(string $id): void
    {
        $me = $this->processes[$id] ?? null;

        if ($me === null) {
            return;
        }

        $this->changed = true;

        if ($me['busy'] > 0) {
            // Its requests may still be worked on.
            $this->processes[$id] = ['until' => min($me['until'], $this->now + self::REST), 'since' => 0] + $me;

            return;
        }

        $this->recent[$me['node']] = [
            ...($this->recent[$me['node']] ?? []),
            ...($me['held'] > 0 ? array_fill(0, $me['held'], $this->now + self::WINDOW) : []),
        ];
        $this->forget($id);
    }

    /** Permits that are due to a process: its part, two at least, or some in advance when it works alone. */
    private function due(int $busy, int $wanted): int
    {
        $places    = $this->limits()['concurrent'];
        $processes = \count($this->processes);

        if ($processes === 1) {
            return $places;
        }

        $part = max(min(2, $places), intdiv($places + $processes - 1, $processes));

        return min($wanted, $part - $busy);
    }

    /** @return list<int> */
    private function permits(string $id, int $due): array
    {
        $me     = $this->processes[$id];
        $limits = $this->limits();
        $share  = array_map(static fn (int $limit): int => max(1, intdiv($limit * $me['share'], 100)), $limits);
        $held   = array_sum(array_column($this->processes, 'held'));
        $here   = array_sum(array_column(
            array_filter($this->processes, static fn (array $p): bool => $p['node'] === $me['node']),
            'held',
        ));
        $all   = array_merge(...array_values($this->recent));
        $mine  = $this->recent[$me['node']] ?? [];
        $ahead = $this->ahead($id);
        sort($all);
        sort($mine);
        $permits = [];

        for ($k = 0;; $k++) {
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

            if ($k >= $due || !$hasPlace || $from > ($this->now + self::AHEAD)) {
                return $permits;
            }

            $permits[] = $from - $this->now;
        }
    }

    /** Processes that wait for longer. */
    private function ahead(string $id): int
    {
        $since = $this->processes[$id]['since'] ?: $this->now;
        $ahead = array_filter(
            $this->processes,
            static fn (array $other, string $name): bool => (
                $other['since'] > 0
                && [$other['since'], $name] < [$since, $id]
            ),
            ARRAY_FILTER_USE_BOTH,
        );

        return \count($ahead);
    }

    /**
     * From when on one more request stays within the limit.
     *
     * @param int       $held   Permits that count until further notice
     * @param list<int> $recent Until when the others count, soonest first
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
