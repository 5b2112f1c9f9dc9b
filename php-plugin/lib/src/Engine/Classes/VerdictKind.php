<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The kind of a verdict on a webhook request. */
enum VerdictKind: string
{
    /**
     * Show {@see WebhookVerdict::$code} to the owner, who copies it into Clover's dashboard. Any sender can post one.
     */
    case Verification = 'verification';

    /** Process {@see WebhookVerdict::$events}; there may be none. */
    case Events = 'events';

    /** Events while webhooks are switched off: only log how many were skipped. */
    case Disabled = 'disabled';

    /** Only log {@see WebhookVerdict::$reason}. */
    case Refused = 'refused';
}
