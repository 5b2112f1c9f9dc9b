<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** A sealed text cannot be decrypted with this secret in this context. */
final class VaultException extends CloverException
{
}
