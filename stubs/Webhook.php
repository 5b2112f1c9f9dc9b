<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\ItemException;

/**
 * Judges webhook requests: one request in, one verdict out. Opens no connection, keeps nothing, costs microseconds.
 *
 * Clover signs nothing. The header X-Clover-Auth is the same text in every delivery, so a delivery proves neither that
 * it is whole nor that it is new: take an event as "ask Clover about this object", never as news by itself.
 */
final class Webhook
{
    /**
     * Bytes of a body that are taken. Read one more than that from php://input, so that a longer one is refused without
     * being held in memory.
     */
    public const MAX_BODY = 262144;

    /** Takes webhook_secret and webhooks from the settings. */
    public function __construct(Settings $settings)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Answer with the verdict's status and an empty body; store the events first.
     *
     * The verification that Clover sends before there is an Auth Code is accepted without the header and whatever the
     * settings say. All else needs the right header, also while webhooks are switched off. Checked in this order: size,
     * header, form.
     *
     * @param string               $body       As it came, before any decoding
     * @param array<string, mixed> $headers    Name => value or list of values, in any case of letters; or $_SERVER as
     *   it is
     * @param ?string              $merchantId The merchant that the shop is connected with; null makes every event
     *   another merchant's
     *
     * @throws ItemException with the path "merchantId" when that is no id; a request never throws
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
