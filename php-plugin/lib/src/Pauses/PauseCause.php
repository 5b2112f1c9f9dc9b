<?php

declare(strict_types=1);

namespace CloverSync\Shop\Pauses;

\defined('_JEXEC') or die();

/** Why work is paused, which decides how it goes on. */
enum PauseCause: string
{
    /** The app lacks a permission. The work is tried again now and then, since it may have been granted. */
    case Permission = 'permission';
    /** Clover refused repeatedly. Further attempts would use up those of each row, so the owner decides. */
    case Refusals = 'refusals';
}
