<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

/** Where a mail to one address stands. The values are stored. */
enum Delivery: string
{
    case Due = 'due';

    /** It is being handed over to the mail server; or it was, when its process ended. */
    case Sending = 'sending';

    case Sent = 'sent';

    /** Its process ended while it was handed over. It is not repeated, because it may have arrived. */
    case Unknown = 'unknown';

    /** Tried too often. */
    case GivenUp = 'given_up';
}
