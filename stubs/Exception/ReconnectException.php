<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** Only the owner can restore the connection: connect to Clover again. */
final class ReconnectException extends CloverException
{
}
