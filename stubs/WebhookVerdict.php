<?php

declare(strict_types=1);

namespace CloverSync;

/** What is to be done with a webhook request. */
final readonly class WebhookVerdict
{
    /** The HTTP status to answer with: 200, or 400, 403 or 413 when it is refused. */
    public int $status;

    /**
     * "verification": show {@see $code} to the owner, who copies it into Clover's dashboard. Anybody can send one.
     * "events":       look at {@see $events}; there may be none.
     * "disabled":     events of Clover's while webhooks are switched off: log how many were skipped, and do nothing.
     * "refused":      log {@see $reason}, and do nothing.
     */
    public string $kind;

    /** The verification code, of hexadecimal digits and hyphens, at most 64; null in every other kind. */
    public ?string $code;

    /**
     * One an object, in the order in which the objects were first named; empty in every kind but "events".
     *
     * object_type: "item" (its stock and availability too), "category", "order", "merchant", "app" (installed,
     * uninstalled or another subscription), or "other" for what Clover documents and a shop has no use for; object_id
     * is then Clover's whole text, such as "P:…". type: "CREATE", "UPDATE" or "DELETE". Of several events about an
     * object the newest counts, but DELETE is never hidden by a later one. It is a hint to be checked with Clover. ts:
     * milliseconds, of the newest event about the object. Deliveries overtake each other: compare it with no other
     * delivery's.
     *
     * @var list<array{object_type: string, object_id: string, type: string, ts: ?int}>
     */
    public array $events;

    /**
     * How many events became nothing: unknown (objects or types that this version does not know), other_merchants,
     * malformed. And skipped: objects that would be in {@see $events} if webhooks were switched on. example: the form
     * of the first unknown or malformed one, for the log; it quotes no id and no other value.
     *
     * @var array{unknown: int, other_merchants: int, malformed: int, skipped: int, example: ?string}
     */
    public array $ignored;

    /**
     * For the log, in "disabled" and "refused"; else empty. Quotes nothing of the request. Not for the answer: a
     * stranger learns the status alone.
     */
    public string $reason;

    private function __construct()
    {
    }
}
