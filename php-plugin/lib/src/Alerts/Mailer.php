<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\MailException;

/** Sends mails in the language of their reader. */
interface Mailer
{
    /**
     * Hands one mail over to the mail server. It must not take longer than about a minute.
     *
     * @throws MailException when it was not handed over
     */
    public function send(string $address, Mail $mail): void;
}
