<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Page;
use CloverSync\Shop\Messages\Message;

/** An item of Clover that the settings leave out. */
final readonly class LeftOutItem
{
    public function __construct(
        public string $cloverId,
        /** Clover's. Empty for an item that a run has staged. */
        public string $name,
        public Message $reason,
    ) {
    }

    /** @return list<self> */
    public static function ofPage(Page $page): array
    {
        return array_map(
            static fn (array $row): self => new self($row['item_id'], $row['name'], Message::ofProblem($row['reason'])),
            $page->leftOut(),
        );
    }
}
