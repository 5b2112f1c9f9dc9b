<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\ItemException;

/**
 * The rules of the stock ledger: what a line of an order has still to take out of Clover or to give back.
 *
 * A line has the keys clover_id (empty when the product is linked to no item), quantity (int, 0 when the line is gone)
 * and rows, all rows of the line in the order of their numbers, each with seq, cause ("order", "release", "hand"),
 * reverses (?int, the number of the sale that a return reverses), clover_id, delta (int, units to take out of Clover;
 * negative ones go back) and state ("intended", "sent", "confirmed", "uncertain", "skipped", "dead"). Numbers may come
 * as text.
 *
 * A plan is array{entries: list<array{seq: int, cause: string, reverses: ?int, clover_id: string, delta: int, state:
 * string, reason: ?string}>, changes: list<array{seq: int, state: string, reason: ?string}>}: rows to add, and rows
 * that become something else. Reasons: "unlinked", "push_off" (Push Stock on Sale is off), "never_taken" (the sale it
 * reverses never reached Clover), "moot" (sale and return met before either was sent), "replaced" (by a newer row),
 * "after_uncertain", "owner".
 */
final class Ledger
{
    public function __construct(Settings $settings)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What an order's status says of its units: "paid", "released" or "unchanged".
     *
     * @param ?int   $status J2Commerce's status id now; null when the order is gone
     * @param string $told   What events told, oldest first: changes of status such as "5>4,4>1", and "R" for a whole
     *   refund by the gateway
     */
    public function standing(?int $status, string $told): string
    {
        throw new \LogicException('provided by the extension');
    }

    /** Whether one of these changes led from a status that is not paid into one that is. */
    public function wasPaid(string $told): bool
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What an order's standing asks of Clover for one line beyond what was asked already; the same question twice asks
     * for nothing the second time.
     *
     * @param array<string, mixed> $line
     *
     * @return array{entries: list<array{seq: int, cause: string, reverses: ?int, clover_id: string, delta: int, state:
     *   string, reason: ?string}>, changes: list<array{seq: int, state: string, reason: ?string}>}
     *
     * @throws ItemException when the line is malformed, with its field as path
     */
    public function plan(array $line, string $standing): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Gives units back because the owner says so, for a refund that names no lines.
     *
     * @param array<string, mixed> $line
     *
     * @return array{entries: list<array{seq: int, cause: string, reverses: ?int, clover_id: string, delta: int, state:
     *   string, reason: ?string}>, changes: list<array{seq: int, state: string, reason: ?string}>}
     *
     * @throws ItemException with the path "units" when the line does not hold so many
     */
    public function restock(array $line, int $units): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Applies the owner's decision on a row that is uncertain or dead: "applied" (Clover's count holds it), "not_applied"
     * (it does not: send it), "leave" (the owner has set the count).
     *
     * @param array<string, mixed> $line
     *
     * @return array{entries: list<array{seq: int, cause: string, reverses: ?int, clover_id: string, delta: int, state:
     *   string, reason: ?string}>, changes: list<array{seq: int, state: string, reason: ?string}>}
     *
     * @throws ItemException with the path "seq" when that row waits for no word, "word" for an unknown one
     */
    public function resolve(array $line, int $seq, string $word): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Whether an intended row is to be sent now: "send", "wait" (for the sale that it reverses) or "become" (it is not
     * sent, and these rows change).
     *
     * @param array<string, mixed> $line
     *
     * @return array{action: string, changes: list<array{seq: int, state: string, reason: ?string}>}
     *
     * @throws ItemException when the line is malformed
     */
    public function turn(array $line, int $seq): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Units of each item that a count of Clover's still holds and the shop has taken for orders; negative for units
     * that were given back in the shop only. Where it is not known whether Clover holds a row, the lower count wins.
     *
     * @param array<string, int>         $taken Units that the shop's books hold for its orders, by Clover id; without
     *   those of released orders, and without what an owner gave back by hand
     * @param list<array<string, mixed>> $rows  Rows of the ledger: clover_id, delta, state, settled (?int, a time in
     *   any unit), reversed_state and reversed_settled of the sale that a return reverses, counted (1 when the order's
     *   units are among $taken)
     * @param int                        $asOf  When Clover was asked for the count, in the same unit
     *
     * @return array<string, int> Without those that are 0
     *
     * @throws ItemException when a row is malformed
     */
    public function committed(array $taken, array $rows, int $asOf): array
    {
        throw new \LogicException('provided by the extension');
    }
}
