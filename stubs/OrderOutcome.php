<?php

declare(strict_types=1);

namespace CloverSync;

/** How one step of {@see Orders} ended. */
final readonly class OrderOutcome
{
    /**
     * In any step: "unknown" (a write was not answered: wait, then look), "later" (certainly not carried out as a
     * whole; the same step again after {@see $retryAfter}), "refused" (Clover rejects it, and would again).
     *
     * create: "done".
     * fill:   "done", "differs" (the order was changed in Clover; nothing more is written), "missing" (Clover does
     * not have it). pay:    "recorded", "not_granted" (a permission is missing), "no_tender" (the merchant has no
     * external payment), "nothing" (the order costs
     *         nothing, or shows a payment that is not known to be ours).
     */
    public string $state;

    /** Clover's id: the new order's, or the one that was asked about. */
    public ?string $orderId;

    /** For the log. Holds neither tokens nor the customer's data. */
    public string $message;

    /** Seconds; 0 in all states but "later". */
    public int $retryAfter;

    private function __construct()
    {
    }
}
