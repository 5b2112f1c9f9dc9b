<?php

declare(strict_types=1);

namespace CloverSync;

/**
 * Grants the requests of one token to all processes of a site. Implemented in PHP, over the shop's database.
 *
 * A permit allows one request. It counts towards both limits (requests a second, requests at once) until its request has ended,
 * and then for as long as {@see exchange()} is told. The object must not hold the Connection: PHP's cycle collector cannot see
 * that loop.
 */
interface RateLimiter
{
    /**
     * Tells what this process does, returns permits, and asks for new ones. Called between two waits, when a request needs a
     * permit, and when PHP goes on to something else. Must not wait for permits.
     *
     * Each call tells the whole state: afterwards this process has `$inFlight` permits and those of the answer.
     *
     * @param int       $wanted    Requests that wait for a permit
     * @param int       $unused    Permits that are returned unused
     * @param int       $inFlight  Requests in flight, which keep their permits
     * @param list<int> $ended     Requests that ended since the last call: for how many milliseconds each still counts
     * @param bool      $leaving   This process works on something else and may not call again for a minute
     * @param int       $closedFor For how many milliseconds Clover wants no request at all
     * @param array<string, array{limit: int, forgottenIn: int, step: int}> $learned
     *        Limits that this process learned from a 429: `per_second`, `concurrent`. limit: the lowest value. forgottenIn:
     *        milliseconds until the documented limit is back. step: before that the limit is lower by one for each of
     *        these milliseconds. A later one replaces an earlier one.
     *
     * @return ?array{permits: list<int>, validFor: int, againIn: int, others: bool, closedFor: int,
     *         learned: array<string, array{limit: int, forgottenIn: int, step: int}>}
     *         Null: the call had no effect, and all is as before. Otherwise, in milliseconds: permits: after what time each new
     *         permit may be used. validFor: how long the permits are valid, from the call on. againIn: when to ask again if none
     *         was granted. others: whether other processes have permits or wait. closedFor: how long nothing may start.
     *         learned: as above, of all processes.
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
