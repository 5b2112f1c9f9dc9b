<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** A line of an order with the actions that the owner can take. */
final readonly class OrderStatusLine
{
    /** @param list<int> $open Numbers of the rows that need the owner's decision now */
    public function __construct(
        public LineBooks $books,
        /** Units that may be given back by hand. */
        public int $returnable,
        private array $open,
    ) {
    }

    /** Whether a row of the line needs the owner's decision now. */
    public function isOpen(LedgerRow $row): bool
    {
        return \in_array($row->seq, $this->open, true);
    }
}
