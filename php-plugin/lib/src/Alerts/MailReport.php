<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;

/** What a look at the troubles has sent. */
final class MailReport
{
    /** Mails that were handed over. */
    public int $sent = 0;

    /** Why one was not; null when none failed. */
    public ?Message $failure = null;
}
