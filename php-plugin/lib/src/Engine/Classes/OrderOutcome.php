<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

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

    /**
     * @internal
     *
     * @param list<mixed> $row The properties' values, in their order
     */
    public static function fromRow(#[\SensitiveParameter] array $row): self
    {
        $self = new self();
        $self->state = OrderState::from($row[0]);
        $self->orderId = $row[1];
        $self->problem = $row[2] === null ? null : Problem::fromRow($row[2]);
        $self->retryAfter = $row[3];

        return $self;
    }
}
