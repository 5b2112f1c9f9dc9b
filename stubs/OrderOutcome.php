<?php

declare(strict_types=1);

namespace CloverSync;

/** The result of one step of {@see Orders}. */
final readonly class OrderOutcome
{
    /**
     * In any step: "unknown" (a write has no response: wait, then look), "later" (certainly not completed: repeat the
     * step after {@see $retryAfter}), "refused" (Clover rejects it and would reject it again).
     *
     * create: "done".
     * fill: "done", "differs" (the order was changed in Clover; nothing more is written), "missing" (the order does
     * not exist in Clover).
     * pay: "recorded", "not_granted" (a permission is missing), "no_tender" (the merchant has no external payment),
     * "nothing" (the order costs nothing, or has a payment that this shop may not have recorded).
     */
    public string $state;

    /** Clover's id of the order that was created, filled or paid. */
    public ?string $orderId;

    /** For the log. Contains neither tokens nor customer data. */
    public string $message;

    /** Seconds; 0 in all states but "later". */
    public int $retryAfter;

    private function __construct()
    {
    }
}
