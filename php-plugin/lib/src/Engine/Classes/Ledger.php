<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;
use CloverSync\Exception\ItemException;

/**
 * The rules of the stock ledger: how many units an order line must still take from Clover's count or return to it.
 *
 * A line has the keys clover_id (empty when the product is not linked to an item), quantity (int, 0 when the line no
 * longer exists) and rows: all rows of the line, ordered by seq. A row has seq, cause ({@see LedgerCause}), reverses
 * (?int, the seq of the sale that a return reverses), clover_id, delta (int, units to take from Clover's count;
 * negative to return) and state ({@see SendState}). Numbers may be text.
 *
 * A plan has the rows to add (entries) and the rows to change (changes).
 */
final readonly class Ledger
{
    public function __construct(Settings $settings)
    {
        Handle::bind($this, 'Ledger', [$settings]);
    }

    /**
     * Whether an order's units are sold.
     *
     * @param ?int $status J2Commerce's current status id; null when the order no longer exists
     * @param list<array{kind: OrderEventKind, old: ?int, new: ?int}> $events Oldest first; a refund has no statuses
     *
     * @throws ItemException when an event is malformed, with its place as path
     */
    public function saleState(?int $status, array $events): SaleState
    {
        return SaleState::from(Handle::call($this, 'saleState', [$status, $events]));
    }

    /**
     * What became of an order. An order whose payment method takes the money later is to pay until a paid status
     * follows one that waits, such as Pending.
     *
     * @param ?int $status J2Commerce's current status id; null when the order no longer exists
     * @param list<array{kind: OrderEventKind, old: ?int, new: ?int}> $events Oldest first; a refund has no statuses
     * @param string $paymentMethod The payment plugin's element
     *
     * @return ?OrderStanding Null where the status decides nothing
     *
     * @throws ItemException when an event is malformed, with its place as path
     */
    public function standing(?int $status, array $events, string $paymentMethod): ?OrderStanding
    {
        $answer = Handle::call($this, 'standing', [$status, $events, $paymentMethod]);

        return $answer === null ? null : OrderStanding::from($answer);
    }

    /**
     * Whether one of these events changed the order from a status that is not paid to one that is.
     *
     * @param list<array{kind: OrderEventKind, old: ?int, new: ?int}> $events
     *
     * @throws ItemException when an event is malformed, with its place as path
     */
    public function wasPaid(array $events): bool
    {
        return Handle::call($this, 'wasPaid', [$events]);
    }

    /**
     * The statuses of J2Commerce that release an order's units: Failed, New, Canceled and the owner's refunded ones.
     *
     * @return list<int>
     */
    public function releasingStatuses(): array
    {
        return Handle::call($this, 'releasingStatuses', []);
    }

    /**
     * What one line must still take from Clover or return to it, beyond the ledger rows that exist. A second call with
     * the plan applied returns an empty plan.
     *
     * @param array<string, mixed> $line
     *
     * @return array{entries: list<array{seq: int, cause: LedgerCause, reverses: ?int, clover_id: string, delta: int,
     *   state: SendState, reason: ?LedgerReason}>, changes: list<array{seq: int, state: SendState, reason:
     *   ?LedgerReason}>}
     *
     * @throws ItemException when the line is malformed, with its field as path
     */
    public function plan(array $line, SaleState $saleState): array
    {
        return (static fn (array $row): array => array_replace($row, ['entries' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['cause' => (LedgerCause::from(...))($row['cause']), 'state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['entries']), 'changes' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['changes'])]))(Handle::call($this, 'plan', [$line, $saleState]));
    }

    /**
     * Returns units by the owner's decision, for a refund that does not name lines.
     *
     * @param array<string, mixed> $line
     *
     * @return array{entries: list<array{seq: int, cause: LedgerCause, reverses: ?int, clover_id: string, delta: int,
     *   state: SendState, reason: ?LedgerReason}>, changes: list<array{seq: int, state: SendState, reason:
     *   ?LedgerReason}>}
     *
     * @throws ItemException with the path "units" when the line holds fewer units
     */
    public function restock(array $line, int $units): array
    {
        return (static fn (array $row): array => array_replace($row, ['entries' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['cause' => (LedgerCause::from(...))($row['cause']), 'state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['entries']), 'changes' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['changes'])]))(Handle::call($this, 'restock', [$line, $units]));
    }

    /**
     * Applies the owner's decision on a row that is uncertain or dead.
     *
     * @param array<string, mixed> $line
     *
     * @return array{entries: list<array{seq: int, cause: LedgerCause, reverses: ?int, clover_id: string, delta: int,
     *   state: SendState, reason: ?LedgerReason}>, changes: list<array{seq: int, state: SendState, reason:
     *   ?LedgerReason}>}
     *
     * @throws ItemException with the path "seq" when that row does not need a decision
     */
    public function resolve(array $line, int $seq, Resolution $resolution): array
    {
        return (static fn (array $row): array => array_replace($row, ['entries' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['cause' => (LedgerCause::from(...))($row['cause']), 'state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['entries']), 'changes' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['changes'])]))(Handle::call($this, 'resolve', [$line, $seq, $resolution]));
    }

    /**
     * Whether an intended row should be sent now, and the rows that change when it should not.
     *
     * @param array<string, mixed> $line
     *
     * @return array{step: NextStep, changes: list<array{seq: int, state: SendState, reason: ?LedgerReason}>}
     *
     * @throws ItemException when the line is malformed
     */
    public function nextStep(array $line, int $seq): array
    {
        return (static fn (array $row): array => array_replace($row, ['step' => (NextStep::from(...))($row['step']), 'changes' => (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (SendState::from(...))($row['state']), 'reason' => (static fn ($v) => $v === null ? null : LedgerReason::from($v))($row['reason'])]), $list))($row['changes'])]))(Handle::call($this, 'nextStep', [$line, $seq]));
    }

    /**
     * Units of each item that Clover's count still includes and the shop has taken for orders; negative for units that
     * were returned in the shop only. When it is unknown whether Clover's count includes a row, the lower count wins.
     *
     * @param array<string, int>         $taken Units that the shop's orders hold, by Clover id; without those of
     *   released orders and those that the owner returned by hand
     * @param list<array<string, mixed>> $rows  Rows of the ledger: clover_id, delta, state, settled (?int, a time in
     *   any unit), reversed_state and reversed_settled of the sale that a return reverses, counted (1 when the order's
     *   units are among $taken)
     * @param int                        $asOf  When the count was requested from Clover, in the same unit
     *
     * @return array<string, int> Items with 0 units are left out
     *
     * @throws ItemException when a row is malformed
     */
    public function committed(array $taken, array $rows, int $asOf): array
    {
        return Handle::call($this, 'committed', [$taken, $rows, $asOf]);
    }

    /**
     * Units of a product that are kept for the till.
     *
     * @param ?int $own The product's own number; null: that of the settings
     */
    public function reserve(?int $own = null): int
    {
        return Handle::call($this, 'reserve', [$own]);
    }

    /**
     * Whole units of a count that the shop may sell: without the units that the shop has taken and Clover has not,
     * without those that are kept for the till, and never below 0.
     *
     * @param int  $committed As {@see committed()} returns it
     * @param ?int $own       The product's own reserve; null: that of the settings
     *
     * @throws ItemException when the count is not decimal text
     */
    public function sellable(string $count, int $committed, ?int $own = null): int
    {
        return Handle::call($this, 'sellable', [$count, $committed, $own]);
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
