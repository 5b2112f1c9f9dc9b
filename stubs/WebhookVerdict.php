<?php

declare(strict_types=1);

namespace CloverSync;

/** The verdict on a webhook request. */
final readonly class WebhookVerdict
{
    /** The HTTP status of the response: 200, or 400, 403 or 413 when the request is refused. */
    public int $status;

    public VerdictKind $kind;

    /** The verification code: at most 64 hexadecimal digits and hyphens; null in every other kind. */
    public ?string $code;

    /**
     * One event for each object, in the order in which the objects first occur; empty in every kind except
     * {@see VerdictKind::Events}.
     *
     * object_id: of {@see WebhookObject::Other} it is Clover's whole text, such as "P:…". type: of several events
     * about an object the newest counts, except that a later event never hides a Delete. The type is only a hint: check
     * it with Clover. ts: milliseconds, of the newest event about the object. Deliveries can overtake each other, so
     * times of two deliveries are not comparable.
     *
     * @var list<array{object_type: WebhookObject, object_id: string, type: WebhookEvent, ts: ?int}>
     */
    public array $events;

    /**
     * Numbers of ignored events: unknown (objects or types that this version does not know), other_merchants,
     * malformed; and skipped: objects that would be in {@see $events} if webhooks were switched on. example: the form
     * of the first unknown or malformed event, for the log; it contains neither an id nor another value.
     *
     * @var array{unknown: int, other_merchants: int, malformed: int, skipped: int, example: ?string}
     */
    public array $ignored;

    /**
     * For the log, of {@see VerdictKind::Disabled} and {@see VerdictKind::Refused}; otherwise null. Contains no text
     * of the request. Do not put it into the response: an unknown sender must learn only the status.
     */
    public ?Problem $problem;

    private function __construct()
    {
    }
}
