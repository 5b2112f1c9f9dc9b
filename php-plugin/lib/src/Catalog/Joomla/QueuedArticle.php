<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

/** A row of {@see SearchQueue}, with what Smart Search needs of its product. */
final readonly class QueuedArticle
{
    public function __construct(
        public int $id,
        /** Number of changes when the row was read. */
        public int $changes,
        /** Number of times that Smart Search refused it. */
        public int $attempts,
        /** Null when the article or its product no longer exists. */
        public ?int $productId,
        /** Whether the shop offers the product at all. */
        public bool $enabled,
        /** Joomla's access level of the article. */
        public int $access,
    ) {
    }
}
