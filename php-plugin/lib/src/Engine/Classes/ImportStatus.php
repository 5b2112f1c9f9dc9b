<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** Whether new products are published. */
enum ImportStatus: string
{
    /** The owner publishes them. */
    case Unpublished = 'unpublished';

    /** They are published at once. */
    case Published = 'published';
}
