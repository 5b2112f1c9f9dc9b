<?php

declare(strict_types=1);

namespace CloverSync;

/** What is to be done with a webhook request. */
enum VerdictKind: string
{
    /** Show {@see WebhookVerdict::$code} to the owner, who copies it into Clover's dashboard. Anyone can post one. */
    case Verification = 'verification';

    /** Look at {@see WebhookVerdict::$events}; there may be none. */
    case Events = 'events';

    /** Events while webhooks are switched off: log how many were skipped, and do nothing. */
    case Disabled = 'disabled';

    /** Log {@see WebhookVerdict::$reason}, and do nothing. */
    case Refused = 'refused';
}
