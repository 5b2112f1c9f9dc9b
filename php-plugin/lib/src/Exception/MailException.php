<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** A mail was not handed over to a mail server, as far as is known. It may be tried again. */
final class MailException extends ShopException
{
}
