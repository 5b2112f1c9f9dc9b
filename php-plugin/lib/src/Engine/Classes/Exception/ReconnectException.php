<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** Only the owner can restore the connection: connect to Clover again. */
final class ReconnectException extends CloverException
{
}
