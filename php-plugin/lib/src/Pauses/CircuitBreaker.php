<?php

declare(strict_types=1);

namespace CloverSync\Shop\Pauses;

\defined('_JEXEC') or die();

use CloverSync\Exception\PermissionException;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;

/**
 * Pauses one kind of work after repeated refusals, or when a permission is missing: each further attempt would fail
 * too. A new connection, the owner or the next success resumes it.
 */
final class CircuitBreaker
{
    public const PREFIX = 'pause:';

    /** Refusals in a row, without a success between them. */
    private const LIMIT = 5;

    /** Seconds until a missing permission is looked for again: longer each time, up to the last. */
    private const RETRY      = 300;
    private const LAST_RETRY = 900;

    /** The client's name of a permission that Clover did not show. */
    private const UNKNOWN = 'unknown';

    private int $refusals = 0;

    private bool $isPaused = false;

    public function __construct(
        private readonly WorkKind $kind,
        private readonly KeyValueStore $state,
        private readonly SyncLog $log,
        private readonly Clock $clock,
    ) {
    }

    public function pause(): ?Pause
    {
        $pause          = Pause::fromArray($this->kind, $this->state->getArray($this->name()));
        $this->isPaused = $pause !== null;

        return $pause;
    }

    /** Whether the work may be tried: it is not paused, or it is time to see whether the cause of the pause is over. */
    public function isTryable(): bool
    {
        $pause = $this->pause();

        return $pause === null || $this->isDue($pause);
    }

    private function isDue(Pause $pause): bool
    {
        $wait = ($pause->nextTry ?? PHP_INT_MAX) - $this->clock->now();

        // A longer wait comes from a clock that was ahead.
        return $wait <= 0 || $pause->nextTry !== null && $wait > self::LAST_RETRY;
    }

    /** Whether the work was paused when it was last asked, so that the next attempt is only a trial. */
    public function isOnTrial(): bool
    {
        return $this->isPaused;
    }

    /**
     * Does the work. A missing permission pauses it, its end resumes it.
     *
     * @template T
     *
     * @param string        $action Of the log's entry
     * @param \Closure(): T $work
     *
     * @return T
     *
     * @throws PermissionException
     */
    public function watch(string $action, \Closure $work)
    {
        $this->pause();

        try {
            $result = $work();
        } catch (PermissionException $e) {
            $this->lacks($e->getPermission(), Message::of($e), $action);

            throw $e;
        }

        $this->succeeded();

        return $result;
    }

    /** A permission is missing: further attempts wait, longer each time. */
    public function lacks(string $permission, Message $message, string $action): void
    {
        $before = $this->pause();

        // Other rows of the same attempt.
        if ($before !== null && !$this->isDue($before)) {
            return;
        }

        $tries = ($before->tries ?? 0) + 1;
        $this->begin(
            new Pause(
                $this->kind,
                PauseCause::Permission,
                $before->since ?? $this->clock->now(),
                $permission === self::UNKNOWN ? '' : $permission,
                $message,
                $tries,
                $this->clock->now() + min(self::LAST_RETRY, self::RETRY * $tries),
            ),
            $action,
        );
    }

    /** Clover refused something for a reason that may be its own. */
    public function refused(Message $message): void
    {
        if (++$this->refusals >= self::LIMIT) {
            $this->begin(
                new Pause(
                    $this->kind,
                    PauseCause::Refusals,
                    $this->pause()->since ?? $this->clock->now(),
                    '',
                    $message,
                    $this->refusals,
                    null,
                ),
                'sync',
            );
        }
    }

    public function succeeded(): void
    {
        $this->refusals = 0;

        if ($this->isPaused) {
            $this->end();
            $this->log->add('sync', $this->kind->entity(), '', 'success', new Message(MessageCode::WorksAgain, [
                'work' => $this->kind->words(),
            ]));
        }
    }

    public function end(): void
    {
        $this->refusals = 0;
        $this->isPaused = false;
        $this->state->delete($this->name());
    }

    private function begin(Pause $pause, string $action): void
    {
        $isNew          = !$this->isPaused;
        $this->isPaused = true;
        $this->state->setArray($this->name(), $pause->toArray());

        if ($isNew) {
            $this->log->add($action, $this->kind->entity(), '', 'error', $pause->words());
        }
    }

    private function name(): string
    {
        return self::PREFIX . $this->kind->value;
    }
}
