<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\ItemException;

/**
 * Checks webhook requests and returns a verdict on each. Opens no connection, keeps no state, takes microseconds.
 *
 * Clover does not sign webhooks. The header X-Clover-Auth is the same text in every delivery, so it proves neither that
 * the delivery is complete nor that it is new. An event only triggers a re-fetch of its object; it is never data.
 */
final class Webhook
{
    /**
     * The maximum length of a body in bytes. Read one byte more than that from php://input, so that a longer body is
     * refused without being held in memory.
     */
    public const MAX_BODY = 262144;

    /** Takes webhook_secret and webhooks from the settings. */
    public function __construct(Settings $settings)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * The verdict on one request. Store the events, then respond with the verdict's status and an empty body.
     *
     * Clover sends a verification before an Auth Code exists. It is accepted without the header and with any settings.
     * All other requests need the right header, even while webhooks are switched off. Checks run in this order: size,
     * header, form.
     *
     * @param string                  $body       The raw body
     * @param array<array-key, mixed> $headers    Name => value or list of values, in any letter case; or $_SERVER
     * @param ?string                 $merchantId The merchant that the shop is connected to; with null, every event
     *   counts as another merchant's
     *
     * @throws ItemException with the path "merchantId" when that is not an id; a request never causes an exception
     */
    public function judge(
        #[\SensitiveParameter]
        string $body,
        #[\SensitiveParameter]
        array $headers,
        ?string $merchantId = null,
    ): WebhookVerdict {
        throw new \LogicException('provided by the extension');
    }
}
