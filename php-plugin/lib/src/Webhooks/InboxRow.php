<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** An object in Clover with unprocessed webhook events. */
final readonly class InboxRow
{
    private function __construct(
        public int $id,
        /** As {@see \CloverSync\WebhookVerdict::$events} names it. */
        public string $objectType,
        public string $objectId,
        /** The newest event: "CREATE", "UPDATE", "DELETE" or {@see Inbox::ASK}. */
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
        return $this->objectType === 'item';
    }

    /** The owner asked for it; Clover sent no event. */
    public function isAsked(): bool
    {
        return $this->event === Inbox::ASK;
    }
}
