<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

/** A row of {@see SearchQueue}. */
final readonly class QueuedArticle
{
    public function __construct(
        public int $id,
        /** Number of changes when the row was read. */
        public int $changes,
        /** Number of times that Smart Search refused it. */
        public int $attempts,
    ) {
    }
}
