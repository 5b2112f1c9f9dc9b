<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** A sealed text does not open with this secret in this context. */
final class VaultException extends CloverException
{
}
