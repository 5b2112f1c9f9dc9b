<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Messages\Message;

/** An error of one item of a product. */
final readonly class LinkProblem
{
    private function __construct(
        public string $cloverId,
        public string $name,
        public string $sku,
        public Message $message,
    ) {
    }

    /** What the owner knows the item by, among the others of a product. */
    public function item(): string
    {
        return match (true) {
            $this->sku !== '' => $this->sku,
            $this->name !== '' => $this->name,
            default => $this->cloverId,
        };
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::string($row, 'clover_id'),
            Row::string($row, 'name'),
            Row::string($row, 'sku'),
            Message::read(Row::string($row, 'error')),
        );
    }
}
