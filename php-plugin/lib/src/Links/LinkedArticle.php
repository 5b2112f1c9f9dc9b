<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** What the sync must know of a linked product's article. */
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
