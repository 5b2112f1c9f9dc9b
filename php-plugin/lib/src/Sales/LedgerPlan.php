<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\LedgerCause;
use CloverSync\LedgerReason;
use CloverSync\SendState;

/** What {@see \CloverSync\Ledger} decides about one line: rows to add, and rows whose state changes. */
final readonly class LedgerPlan
{
    /**
     * @param list<array{seq: int, cause: LedgerCause, reverses: ?int, clover_id: string, delta: int, state: SendState,
     *   reason: ?LedgerReason}> $entries
     * @param list<array{seq: int, state: SendState, reason: ?LedgerReason}> $changes
     */
    private function __construct(
        public array $entries,
        public array $changes,
    ) {
    }

    /**
     * @param array{entries: list<array{seq: int, cause: LedgerCause, reverses: ?int, clover_id: string, delta: int,
     *   state: SendState, reason: ?LedgerReason}>, changes: list<array{seq: int, state: SendState, reason:
     *   ?LedgerReason}>} $plan
     */
    public static function fromRules(array $plan): self
    {
        return new self($plan['entries'], $plan['changes']);
    }

    public function isEmpty(): bool
    {
        return $this->entries === [] && $this->changes === [];
    }
}
