<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Problem;
use CloverSync\ProblemCode;
use CloverSync\Shop\Messages\Message;
use CloverSync\StockState;

/** The result of one change of a count, from {@see \CloverSync\Stock}. */
final readonly class StockOutcome
{
    private function __construct(
        public int $key,
        public StockState $state,
        /** Decimal text. */
        public ?string $before,
        /** Milliseconds: Clover's modifiedTime of the count. */
        public ?int $modified,
        /** Decimal text. */
        public ?string $target,
        /** Milliseconds. */
        public ?int $window,
        private ?Message $problem,
        /** Seconds. */
        public int $retryAfter,
        /** The missing permission; empty unless one is. */
        public string $permission,
    ) {
    }

    /** Why it is not confirmed. */
    public function reason(): Message
    {
        return $this->problem ?? new Message(ProblemCode::Fault);
    }

    /**
     * @param list<array{key: int, state: StockState, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   problem: ?Problem, retry_after: int, permission: ?string, ...}> $outcomes
     *
     * @return list<self>
     */
    public static function all(array $outcomes): array
    {
        return array_map(
            static fn (array $o): self => new self(
                $o['key'],
                $o['state'],
                $o['before'],
                $o['modified'],
                $o['target'],
                $o['window'],
                $o['problem'] === null ? null : Message::ofProblem($o['problem']),
                $o['retry_after'],
                $o['permission'] ?? '',
            ),
            $outcomes,
        );
    }
}
