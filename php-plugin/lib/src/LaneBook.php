<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die();

use CloverSync\Shop\Locking\ProcessIdentity;

/**
 * Who holds which of a token's lanes, who waits for one, and what weighs on those that are free: the rules, without a
 * database.
 *
 * All times are milliseconds of the database server's clock.
 */
final class LaneBook
{
    public const LANES = 5;

    /** What Clover documents for a token; a learned limit is below it. */
    public const DOCUMENTED = ['per_second' => 16, 'concurrent' => 5];

    /** A process that says nothing for so long holds no lane any more; it stops by itself before. */
    public const LEASE = 4_000;

    /** The same for one that has requests in flight and is busy elsewhere. */
    public const AWAY = 60_000;

    /** With more than this left of a lease it is not worth a write. */
    private const RENEW = 2_500;

    /**
     * How long a lane lies fallow that was not given back: requests of its last holder may still be on their way, or be
     * worked on.
     */
    private const REST = 3_000;

    /** How long a process may keep its last lane while others wait. */
    private const TURN = 2_000;

    /** Lanes that are free this soon are as good as free to who looks only now and then. */
    private const SOON = 250;

    /** For how long a request counts, with some time for clocks and timers. */
    private const WINDOW = 1_010;

    /** Nobody is told to wait for longer. */
    private const CLOSED = 3_600_000;

    /** A gate that closes this much later is no news. */
    private const NO_NEWS = 100;

    private bool $changed = false;

    /** @var array<string, int> Lanes by holder */
    private array $held = [];

    /** @var array<string, int> Holders by node */
    private array $there = [];

    /** @var array<string, int> Lanes by node */
    private array $heldThere = [];

    /**
     * @param list<array{holder: string, from: int, recent: list<int>}> $lanes   from: not to be taken before; recent:
     *   until when requests count
     * @param array<string, array{node: string, pid: int, started: int, cap: int, until: int, away: bool, wants: int,
     *   waits: int, turn: int}> $holders cap: lanes that its node may hold; waits: since when it lacks a lane that is
     *   due to it, or 0; turn: since when it holds one
     * @param int $closed Until when nobody may start
     * @param array<string, array{limit: int, until: int, step: int}> $learned Limits that Clover named; see {@see
     *   limits()}
     * @param int $now When the row was read
     */
    private function __construct(
        private array $lanes,
        private array $holders,
        private int $closed,
        private array $learned,
        private readonly int $now,
    ) {
        $this->resize();
        $this->count();
    }

    public static function fromJson(string $json, int $now): self
    {
        $book = json_decode($json, true);

        if (!\is_array($book['lanes'] ?? null) || $book['lanes'] === [] || \count($book['lanes']) > self::LANES) {
            return new self([], [], 0, [], $now);
        }

        // A row from the future was written under a clock that ran ahead. Of each wait in it remains what it was then.
        $ahead   = max(0, ($book['at'] ?? 0) - $now);
        $shifted = static fn (int $time): int => max(0, $time - $ahead);

        foreach ($book['lanes'] as &$lane) {
            $lane['from']   = min($shifted($lane['from']), $now + self::AWAY + self::REST);
            $lane['recent'] = array_map(static fn (int $until): int => min(
                $shifted($until),
                $now + (2 * self::WINDOW),
            ), $lane['recent']);
        }

        unset($lane);

        foreach ($book['holders'] as &$holder) {
            $holder['until'] = min($shifted($holder['until']), $now + self::AWAY);
            $holder['waits'] = $shifted($holder['waits']);
            $holder['turn']  = $shifted($holder['turn']);
        }

        unset($holder);
        $learned = [];

        foreach (array_intersect_key($book['learned'] ?? [], self::DOCUMENTED) as $name => $entry) {
            $entry['until'] = $shifted($entry['until']);

            if ($entry['until'] > $now) {
                $learned[$name] = $entry;
            }
        }

        $read = new self(
            $book['lanes'],
            $book['holders'],
            min($shifted($book['closed']), $now + self::CLOSED),
            $learned,
            $now,
        );
        $read->changed = $read->changed || $ahead > 0;

        return $read;
    }

    public function toJson(): string
    {
        return json_encode([
            'at'      => $this->now,
            'closed'  => $this->closed,
            'learned' => (object) $this->learned,
            'lanes'   => $this->lanes,
            'holders' => $this->holders,
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
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

    /**
     * @param array<string, array{limit: int, forgottenIn: int, step: int}> $news What a process has just learned; the
     *   last one is right
     */
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

        $this->resize();
        $this->count();
    }

    /** Whether anything was written into it that others must see. */
    public function hasChanged(): bool
    {
        return $this->changed;
    }

    public function knows(string $id): bool
    {
        return isset($this->holders[$id]);
    }

    public function held(string $id): int
    {
        return $this->held[$id] ?? 0;
    }

    public function until(string $id): int
    {
        return $this->holders[$id]['until'] ?? 0;
    }

    public function closedFor(int $now): int
    {
        return max(0, $this->closed - $now);
    }

    public function close(int $until): void
    {
        if ($until > ($this->closed + self::NO_NEWS)) {
            $this->closed  = $until;
            $this->changed = true;
        }
    }

    /** Frees what processes hold that are gone: dead on this node, or silent for longer than their lease anywhere. */
    public function sweep(string $me, ProcessIdentity $process, int $now): void
    {
        foreach ($this->holders as $id => $holder) {
            if ($id === $me) {
                continue;
            }

            $dead = $process->isDead($holder['node'], $holder['pid'], $holder['started']);

            if ($dead || $holder['until'] <= $now) {
                $this->free($id, self::LANES, [], ($dead ? $now : $holder['until']) + self::REST);
                $this->forget($id);
            }
        }
    }

    /** @param list<int> $recent Until when requests count that were made on the lanes given back */
    public function giveBack(string $id, int $count, array $recent): void
    {
        $this->free($id, $count, $recent, 0);
    }

    /** Gives everything back on behalf of a process that cannot say any more what weighs on it. */
    public function vacate(string $id, int $now): void
    {
        if ($this->holders[$id]['away'] ?? false) {
            $this->free($id, self::LANES, [], $now + self::REST);
        } else {
            $this->free(
                $id,
                self::LANES,
                array_fill(0, ($this->startsOfALane() + 1) * $this->held($id), $now + self::WINDOW),
                0,
            );
        }

        $this->forget($id);
    }

    /**
     * Puts a process down for so many lanes, gives it what is free and due to it, and prolongs its lease.
     *
     * @return list<int> Until when requests count that others made on the lanes it took
     */
    public function take(string $id, ProcessIdentity $process, int $wanted, int $cap, bool $away, int $now): array
    {
        $held = $this->held($id);

        if ($wanted === 0 && $held === 0) {
            $this->forget($id);

            return [];
        }

        $before             = $this->holders[$id] ?? null;
        $this->holders[$id] ??= [
            'node'    => $process->node,
            'pid'     => $process->pid,
            'started' => $process->started,
            'cap'     => $cap,
            'until'   => 0,
            'away'    => false,
            'wants'   => 0,
            'waits'   => 0,
            'turn'    => 0,
        ];
        $this->count();
        $me          = &$this->holders[$id];
        $me['cap']   = $cap;
        $me['away']  = $away;
        $me['wants'] = max($held, $away ? 0 : min($wanted, $this->fair($id)));

        if ($this->claim($id) > 0 && $me['waits'] === 0) {
            $me['waits'] = $now;
        }

        $recent = $away ? [] : $this->serve($id, $wanted, $now);
        $held   = $this->held($id);

        if ($held === 0) {
            $me['turn'] = 0;
        } elseif ($me['turn'] === 0) {
            $me['turn'] = $now;
        }

        if ($this->claim($id) === 0) {
            $me['waits'] = 0;
        }

        if ($me !== $before || ($me['until'] - $now) < self::RENEW) {
            $me['until']   = $now + ($away ? self::AWAY : self::LEASE);
            $this->changed = true;
        }

        return $recent;
    }

    /** Whether others lack a lane that is due to them. */
    public function isCrowded(string $id): bool
    {
        return $this->waiters($id) !== [];
    }

    /** How many lanes a process may keep, for others wait whom the free ones do not satisfy. */
    public function keep(string $id, int $now): int
    {
        $held = $this->held;
        $mine = $this->held($id);

        // A limit that was learned may be below what is held: that much goes back at once.
        for ($over = array_sum($held) - $this->size(); $over > 0; $over--) {
            $most = array_keys($held, max($held), true);
            sort($most);
            $held[$most[0]]--;
        }

        $free = \count(array_filter(
            $this->lanes,
            static fn (array $lane): bool => $lane['holder'] === '' && $lane['from'] <= ($now + self::SOON),
        ));

        foreach ($this->waiters($id) as $waiter) {
            $node  = $this->holders[$waiter]['node'];
            $lacks = $this->claim($waiter);
            $room  = max(0, $this->roomOnNode($waiter));
            $taken = min($free, $lacks, $room);
            $free  -= $taken;

            $room -= $taken;

            for ($lack = $lacks - $taken; $lack > 0 && $mine > 0; $lack--) {
                // Where its node has all that it may have, only a neighbour can help.
                $giver = $this->giver($held, $waiter, $room > 0 ? null : $node, $now);

                if ($giver === null) {
                    break;
                }

                $held[$giver]--;
                $room -= $this->holders[$giver]['node'] === $node ? 0 : 1;
            }
        }

        return min($mine, $held[$id] ?? 0);
    }

    /**
     * Who gives the next lane up: who has more than its part, else who has had its turn for longest.
     *
     * @param array<string, int> $held
     */
    private function giver(array $held, string $for, ?string $node, int $now): ?string
    {
        $best  = null;
        $order = [0, 0, ''];

        foreach ($held as $id => $lanes) {
            $holder = $this->holders[$id];
            $over   = $lanes - $this->fair($id);

            if ($id === $for || $lanes === 0 || $holder['away'] || $node !== null && $holder['node'] !== $node) {
                continue;
            }

            if ($over > 0 || ($now - $holder['turn']) >= self::TURN) {
                $rank = [-max(0, $over), $holder['turn'], $id];

                if ($best === null || $rank < $order) {
                    $best  = $id;
                    $order = $rank;
                }
            }
        }

        return $best;
    }

    /** @return list<int> */
    private function serve(string $id, int $wanted, int $now): array
    {
        $free = array_keys(array_filter(
            $this->lanes,
            static fn (array $lane): bool => $lane['holder'] === '' && $lane['from'] <= $now,
        ));
        usort(
            $free,
            fn (int $a, int $b): int => \count($this->lanes[$a]['recent']) <=> \count($this->lanes[$b]['recent']),
        );

        $mine  = [$this->holders[$id]['waits'], $id];
        $ahead = 0;
        $all   = 0;

        foreach ($this->waiters($id) as $waiter) {
            $claim = min($this->claim($waiter), max(0, $this->roomOnNode($waiter)));
            $all   += $claim;
            $ahead += [$this->holders[$waiter]['waits'], $waiter] < $mine ? $claim : 0;
        }

        $due   = max(0, min($this->claim($id), \count($free) - $ahead));
        $extra = max(0, min($wanted - $this->held($id), $this->size()) - $due);
        $extra = max(0, min($extra, \count($free) - $due - $all));
        $count = max(0, min($due + $extra, $this->roomOnNode($id)));
        $taken = [];

        foreach (\array_slice($free, 0, $count) as $lane) {
            array_push($taken, ...$this->lanes[$lane]['recent']);
            $this->lanes[$lane] = ['holder' => $id, 'from' => 0, 'recent' => []];
            $this->changed      = true;
        }

        $this->count();

        return $taken;
    }

    /** @param list<int> $recent */
    private function free(string $id, int $count, array $recent, int $from): void
    {
        $lanes = array_keys(array_filter($this->lanes, static fn (array $lane): bool => $lane['holder'] === $id));
        $lanes = \array_slice($lanes, -min($count, \count($lanes)), $count);
        sort($recent);

        // Few heavy lanes and many light ones are worth more to the next than the same weight on all.
        foreach ($lanes as $n => $lane) {
            $load = $n === (\count($lanes) - 1) ? $recent : array_splice($recent, 0, $this->startsOfALane());

            $this->lanes[$lane] = ['holder' => '', 'from' => $from, 'recent' => $load];
            $this->changed      = true;
        }

        $this->resize();
        $this->count();
    }

    /** Lanes that the limits allow: each needs a place and a start a second. */
    private function size(): int
    {
        return min(self::LANES, ...array_values($this->limits()));
    }

    private function startsOfALane(): int
    {
        return intdiv($this->limits()['per_second'], $this->size());
    }

    /** As many lanes as the limits allow. Those that are held stay until they are given back. */
    private function resize(): void
    {
        $size = $this->size();

        // What counts on a lane that goes is over before the wait that came with the smaller limit.
        for ($i = \count($this->lanes) - 1; $i >= 0 && \count($this->lanes) > $size; $i--) {
            if ($this->lanes[$i]['holder'] === '') {
                array_splice($this->lanes, $i, 1);
                $this->changed = true;
            }
        }

        while (\count($this->lanes) < $size) {
            $this->lanes[] = ['holder' => '', 'from' => 0, 'recent' => []];
        }
    }

    private function forget(string $id): void
    {
        if (isset($this->holders[$id])) {
            unset($this->holders[$id]);
            $this->changed = true;
            $this->count();
        }
    }

    /** Keeps the sums, for a site may have a hundred processes. */
    private function count(): void
    {
        $this->held      = [];
        $this->heldThere = [];
        $this->there     = array_count_values(array_column($this->holders, 'node'));

        foreach ($this->lanes as ['holder' => $holder]) {
            if (isset($this->holders[$holder])) {
                $this->held[$holder]    = ($this->held[$holder] ?? 0) + 1;
                $node                   = $this->holders[$holder]['node'];
                $this->heldThere[$node] = ($this->heldThere[$node] ?? 0) + 1;
            }
        }
    }

    /** The part that is due to a process while everybody wants some. */
    private function fair(string $id): int
    {
        $me = $this->holders[$id];

        return max(1, min(
            intdiv($this->size(), \count($this->holders)),
            intdiv($this->cap($me['cap']), $this->there[$me['node']]),
        ));
    }

    /** Lanes that are due to it and that it has not. */
    private function claim(string $id): int
    {
        return max(0, min($this->holders[$id]['wants'], $this->fair($id)) - $this->held($id));
    }

    /** @return list<string> Others that lack a lane that is due to them, who waits longest first */
    private function waiters(string $besides): array
    {
        $waiters = array_filter(
            array_keys($this->holders),
            fn (string $id): bool => $id !== $besides && $this->claim($id) > 0,
        );
        usort(
            $waiters,
            fn (string $a, string $b): int => [$this->holders[$a]['waits'], $a] <=> [$this->holders[$b]['waits'], $b],
        );

        return $waiters;
    }

    private function roomOnNode(string $id): int
    {
        $me = $this->holders[$id];

        return $this->cap($me['cap']) - ($this->heldThere[$me['node']] ?? 0);
    }

    /** A node's part of the lanes that there are. */
    private function cap(int $ofAll): int
    {
        return max(1, intdiv($ofAll * $this->size(), self::LANES));
    }
}
