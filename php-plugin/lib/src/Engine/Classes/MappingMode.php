<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** How Clover's categories and groups become the shop's categories and tags. */
enum MappingMode: string
{
    /** Item-group names and Clover tags become tags; no category is created. */
    case Tag = 'tag';

    /** The first Clover category becomes the article's, and is created if it is missing; the others become tags. */
    case Category = 'category';
}
