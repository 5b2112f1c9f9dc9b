<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

/** What a check is about. */
enum CheckSubject: string
{
    /** The PHP extension or the helper program. */
    case Engine = 'engine';

    /** Settings, secrets and tables: all that the shop's services need. */
    case Shop = 'shop';

    /** The connection and its tokens. */
    case Access = 'access';

    /** Whether this site is the one that was connected, and not a copy. */
    case Site = 'site';

    /** What Clover refuses for lack of a permission. */
    case Permissions = 'permissions';

    /** The last sync. */
    case Sync = 'sync';

    /** How Clover and the shop tax the same products. */
    case Tax = 'tax';

    /** Web sales on their way to Clover. */
    case Sales = 'sales';

    /** What waits to be exchanged with Clover. */
    case Backlog = 'backlog';

    /** How many requests Clover allows. */
    case Limits = 'limits';

    /** This server's clock and Clover's. */
    case CloverClock = 'clover_clock';

    /** What starts syncs without the owner. */
    case Cron = 'cron';

    case Webhook = 'webhook';

    /** Whether mails to the owner are sent. */
    case Mails = 'mails';

    /** The clocks of PHP and of the database. */
    case Clock = 'clock';

    case Versions = 'versions';
}
