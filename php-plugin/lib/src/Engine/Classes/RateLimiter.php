<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/**
 * Grants the requests of one token to all processes of a site. Implemented in PHP, over the shop's database.
 *
 * A permit allows one request. It counts towards both limits (requests a second, requests in flight) until its request
 * has ended, and then for the time that {@see exchange()} receives in `$ended`. The object must not hold the
 * Connection: PHP's cycle collector cannot see that cycle.
 */
interface RateLimiter
{
    /**
     * Reports the state of this process, returns permits and requests new ones. Called between two waits, when a
     * request needs a permit, and when PHP continues with other work. Must not wait for permits.
     *
     * Each call reports the complete state: after it, this process has `$inFlight` permits plus the granted ones.
     *
     * @param int       $wanted    Number of requests that wait for a permit
     * @param int       $unused    Number of permits that are returned unused
     * @param int       $inFlight  Number of requests in flight, which keep their permits
     * @param list<int> $ended     One entry for each request that ended since the last call: the milliseconds for
     *        which it still counts
     * @param bool      $leaving   Whether this process works on something else and may not call again for a minute
     * @param int       $closedFor Milliseconds for which Clover accepts no request
     * @param array<string, array{limit: int, forgottenIn: int, step: int}> $learned
     *        Limits that this process learned from a 429: `per_second`, `concurrent`. limit: the lowest value.
     *        forgottenIn: milliseconds until the documented limit applies again. step: the limit rises by one each
     *        time this many milliseconds pass. A later value replaces an earlier one.
     *
     * @return ?array{permits: list<int>, validFor: int, againIn: int, others: bool, closedFor: int,
     *         learned: array<string, array{limit: int, forgottenIn: int, step: int}>}
     *         Null: the call had no effect. Otherwise, times in milliseconds: permits: for each new permit, the wait
     *         before it may be used. validFor: how long the permits are valid, counted from the call. againIn: when to
     *         call again if none was granted. others: whether other processes have permits or wait for one. closedFor:
     *         how long no request may start. learned: as above, of all processes.
     */
    public function exchange(
        int $wanted,
        int $unused,
        int $inFlight,
        array $ended,
        bool $leaving,
        int $closedFor,
        array $learned,
    ): ?array;
}
