<?php

declare(strict_types=1);

namespace CloverSync;

/** What became of the print of an order: {@see Orders::printOrder()}. */
final readonly class PrintOutcome
{
    public PrintState $state;

    /** Clover's id of the print; null in all states but {@see PrintState::Accepted}. */
    public ?string $eventId;

    /** Why it is not as wished; null in the states Accepted and Printed. */
    public ?Problem $problem;

    /** Seconds; 0 in all states but {@see PrintState::Later}. */
    public int $retryAfter;

    private function __construct()
    {
    }
}
