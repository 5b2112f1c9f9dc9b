<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Why something could not be done, as a script reads it. The command line and Joomla each have a sentence for it. */
enum ErrorCode: string
{
    /** The PHP extension is missing or of another version. */
    case Extension = 'extension';
    /** The extension refuses to work on this host. */
    case Host        = 'host';
    case Settings    = 'settings';
    case SiteSecret  = 'site_secret';
    case Callback    = 'callback';
    case Permission  = 'permission';
    case Reconnect   = 'reconnect';
    case Refused     = 'refused';
    case Unavailable = 'unavailable';
    /** Clover cannot be reached, and time does not change that; the exception's message says what does. */
    case Blocked         = 'blocked';
    case NotConnected    = 'not_connected';
    case SiteMoved       = 'site_moved';
    case Currency        = 'currency';
    case DefaultCategory = 'default_category';
    case AlreadyRunning  = 'already_running';
    case AlreadySending  = 'already_sending';
    case Database        = 'database';
    /** Another reason outside this code; the exception's message says what to do. */
    case Clover = 'clover';
    case Shop   = 'shop';
    /** A fault in this code. */
    case Unexpected = 'unexpected';
}
