<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** A sealed text cannot be decrypted with this secret in this context. */
final class VaultException extends CloverException
{
}
