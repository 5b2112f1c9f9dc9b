<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** What happens to items of a special kind, such as hidden ones. */
enum ImportRule: string
{
    /** As to all other items. */
    case Import = 'import';

    /** They are imported unpublished. */
    case Unpublished = 'unpublished';

    /** They are left out. */
    case Skip = 'skip';
}
