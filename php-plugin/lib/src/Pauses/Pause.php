<?php

declare(strict_types=1);

namespace CloverSync\Shop\Pauses;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Why one kind of work with Clover is paused. */
final readonly class Pause
{
    public function __construct(
        public WorkKind $kind,
        public PauseCause $cause,
        /** Unix seconds. */
        public int $since,
        /** The missing permission, by its name in Clover; empty when Clover did not show which one. */
        public string $permission,
        /** The last answer. */
        public Message $message,
        /** Attempts that failed. */
        public int $tries,
        /** Unix seconds from when the work is tried again by itself; null when the owner decides. */
        public ?int $nextTry,
    ) {
    }

    /** For the Sync Log and the command line. */
    public function words(): Message
    {
        $what = $this->kind->words();

        return (
            $this->cause === PauseCause::Refusals
                ? new Message(MessageCode::PausedByRefusals, [
                    'work'   => $what,
                    'count'  => $this->tries,
                    'reason' => $this->message,
                ])
                : new Message(MessageCode::Paused, ['work' => $what, 'reason' => $this->message])
        );
    }

    /** @param array<string, scalar|array<array-key, scalar|null>|null> $value From {@see toArray()} */
    public static function fromArray(WorkKind $kind, array $value): ?self
    {
        $cause = PauseCause::tryFrom(\is_string($value['cause'] ?? null) ? $value['cause'] : '');
        $next  = $value['next_try'] ?? null;

        return $cause !== null && \is_int($value['since'] ?? null)
            ? new self(
                $kind,
                $cause,
                $value['since'],
                \is_string($value['permission'] ?? null) ? $value['permission'] : '',
                Message::read(\is_string($value['message'] ?? null) ? $value['message'] : ''),
                \is_int($value['tries'] ?? null) ? $value['tries'] : 0,
                \is_int($next) ? $next : null,
            )
            : null;
    }

    /** @return array<string, int|string|null> */
    public function toArray(): array
    {
        return [
            'cause'      => $this->cause->value,
            'since'      => $this->since,
            'permission' => $this->permission,
            'message'    => $this->message->json(),
            'tries'      => $this->tries,
            'next_try'   => $this->nextTry,
        ];
    }
}
