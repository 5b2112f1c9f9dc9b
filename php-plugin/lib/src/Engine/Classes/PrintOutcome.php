<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

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

    /**
     * @internal
     *
     * @param list<mixed> $row The properties' values, in their order
     */
    public static function fromRow(#[\SensitiveParameter] array $row): self
    {
        $self = new self();
        $self->state = PrintState::from($row[0]);
        $self->eventId = $row[1];
        $self->problem = $row[2] === null ? null : Problem::fromRow($row[2]);
        $self->retryAfter = $row[3];

        return $self;
    }
}
