<?php

declare(strict_types=1);

namespace CloverSync;

/** The result of one step of {@see Orders}. */
final readonly class OrderOutcome
{
    public OrderState $state;

    /** Clover's id of the order that was created, filled or paid. */
    public ?string $orderId;

    /** Why it is not as wished; null in the states Done, unless it says what was left out, and Recorded. */
    public ?Problem $problem;

    /** Seconds; 0 in all states but {@see OrderState::Later}. */
    public int $retryAfter;

    private function __construct()
    {
    }
}
