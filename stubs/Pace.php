<?php

declare(strict_types=1);

namespace CloverSync;

/**
 * Divides the pace of one token among all processes of a site. Implemented in PHP, over the shop's database.
 *
 * The pace is five lanes. Who holds k of them may have k requests in flight and start floor(16 k / 5) within any
 * second. Where Clover named smaller limits (r a second, c at once) there are min(5, r, c) lanes, and k of them are
 * that part of r and c. The object must not hold the Connection: PHP's cycle collector cannot see that loop.
 */
interface Pace
{
    /**
     * Asks for lanes, gives some back, prolongs the rest, and hears how things stand. Called between two waits, about
     * twice a second while requests are made, and at their end. Waits for nobody.
     *
     * @param int       $wanted    Lanes that this process could use now; 0 to 5
     * @param int       $returned  Lanes it gives back with this call; nothing is in flight on them
     * @param list<int> $recent    Requests made on the lanes given back: for how many milliseconds each still counts
     * @param int       $closedFor For how many milliseconds Clover wants no request from anybody
     * @param bool      $away      Requests are in flight, and this process may not call again for a minute
     * @param array<string, array{limit: int, forgottenIn: int, step: int}> $learned
     *        Limits that this process learned from a 429: `per_second`, `concurrent`. limit: the lowest value.
     *        forgottenIn: milliseconds until the documented limit is back. step: before that the limit is lower by one
     *        for each of these milliseconds. A later one replaces an earlier one.
     *
     * @return array{lanes: int, keep: int, crowded: bool, recent: list<int>, validFor: int, closedFor: int,
     *         learned: ?array<string, array{limit: int, forgottenIn: int, step: int}>}
     *         lanes: held now. keep: how many of them it may keep; the others it gives back as soon as it can. crowded:
     *         others wait. recent: as above, of the requests that others made on lanes taken with this call. validFor:
     *         for how many milliseconds from this call on the lanes are its own. closedFor: for how long nobody may
     *         start. learned: as above, of all processes; null when the question failed: what was told is told again
     *         then.
     */
    public function exchange(
        int $wanted,
        int $returned,
        array $recent,
        int $closedFor,
        bool $away,
        array $learned,
    ): array;
}
