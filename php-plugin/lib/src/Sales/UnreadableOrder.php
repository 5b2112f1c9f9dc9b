<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Messages\Message;

/** An order that repeatedly could not be read and needs the owner's decision. */
final readonly class UnreadableOrder
{
    private function __construct(
        /** The newest event of the order. */
        public int $id,
        public string $orderId,
        /** Primary key; 0 when the order is gone. */
        public int $orderPk,
        public Message $message,
        /** Unix seconds of the oldest event. */
        public int $created,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row, int $orderPk): self
    {
        return new self(
            Row::int($row, 'id'),
            Row::string($row, 'order_id'),
            $orderPk,
            Message::read(Row::string($row, 'error')),
            Row::int($row, 'created'),
        );
    }
}
