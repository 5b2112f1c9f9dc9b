<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The change of a product or a variant. */
enum ChangeAction: string
{
    /** It does not exist in the shop. */
    case Create = 'create';

    /** It exists in the shop, and a field differs. */
    case Update = 'update';

    /** It was deleted in Clover and exists again. */
    case Restore = 'restore';

    /** A variant belongs to another product of the shop. */
    case Move = 'move';

    /** No change. */
    case Keep = 'keep';
}
