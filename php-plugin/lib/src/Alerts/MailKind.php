<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

/** Kinds of mails to the owner. Each has a template, whose name ends in the value. */
enum MailKind: string
{
    /** Troubles that have begun. */
    case Alert = 'alert';

    /** What a day was like. */
    case Summary = 'summary';

    /** The owner wants to see whether mails arrive. */
    case Test = 'test';
}
