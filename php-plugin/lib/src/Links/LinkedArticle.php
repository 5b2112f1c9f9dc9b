<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** Facts about a linked product's article that the sync needs. */
final readonly class LinkedArticle
{
    public function __construct(
        public string $title,
        public int $category,
        public string $alias,
        /** Joomla's: 1 published, 0 unpublished, 2 archived, -2 trashed. */
        public int $state,
        /** Whether it is open in an editor. */
        public bool $checkedOut,
    ) {
    }
}
