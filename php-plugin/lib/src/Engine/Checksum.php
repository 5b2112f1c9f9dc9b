<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** Whether a helper program is the file that the package contains, as the checksums in its folder say. */
enum Checksum: string
{
    case Same = 'same';

    /** The content has changed. */
    case Changed = 'changed';

    /** The file has gone. */
    case Vanished = 'vanished';

    /** No checksum of the file is there, or the file cannot be read. */
    case Unknown = 'unknown';
}
