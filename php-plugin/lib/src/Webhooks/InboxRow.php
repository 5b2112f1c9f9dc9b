<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\WebhookObject;

/** An object in Clover with unprocessed webhook events. */
final readonly class InboxRow
{
    private function __construct(
        public int $id,
        /** The value of a {@see WebhookObject}. */
        public string $objectType,
        public string $objectId,
        /** The newest event: the value of a {@see \CloverSync\WebhookEvent}, or {@see Inbox::ASK}. */
        public string $event,
        /** Events received so far. */
        public int $received,
        public int $attempts,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::int($row, 'id'),
            Row::string($row, 'object_type'),
            Row::string($row, 'object_id'),
            Row::string($row, 'event'),
            Row::int($row, 'told'),
            Row::int($row, 'attempts'),
        );
    }

    public function isItem(): bool
    {
        return $this->objectType === WebhookObject::Item->value;
    }

    public function isOrder(): bool
    {
        return $this->objectType === WebhookObject::Order->value;
    }

    /** The owner asked for it; Clover sent no event. */
    public function isAsked(): bool
    {
        return $this->event === Inbox::ASK;
    }
}
