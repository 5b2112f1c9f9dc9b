<?php

declare(strict_types=1);

namespace CloverSync\Shop\Tasks;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\Time;

/** What a scheduled task has done and what it has left. */
final class TaskReport
{
    public const DONE    = 'done';
    public const MORE    = 'more';
    public const NOTHING = 'nothing';

    /**
     * Messages in this order: the name of a sentence, and its values.
     *
     * @var array<string, list<int|Message|Time>>
     */
    public array $facts = [];

    /** Whether rows of the shop's products were written: caches may then be out of date. */
    public bool $shopChanged = false;

    private bool $worked = false;

    /** @var array<string, true> Parts of the work that time was too short for */
    private array $left = [];

    /** @var array<string, \Throwable> By part of the work */
    private array $failures = [];

    public function say(string $fact, int|Message|Time ...$values): void
    {
        $this->facts[$fact] = array_values($values);
    }

    /** Sets a count of the present state; zero removes the message. */
    public function setCount(string $fact, int $count): void
    {
        unset($this->facts[$fact]);

        if ($count > 0) {
            $this->say($fact, $count);
        }
    }

    /** Adds to a count of completed work. */
    public function worked(string $fact, int $more): void
    {
        if ($more > 0) {
            $this->worked = true;
            $before       = $this->facts[$fact][0] ?? 0;
            $this->say($fact, (\is_int($before) ? $before : 0) + $more);
        }
    }

    /** Reports the result of the task's own work. */
    public function report(string $fact, int|Message|Time ...$values): void
    {
        $this->worked = true;
        $this->say($fact, ...$values);
    }

    public function leaves(string $part, bool $more): void
    {
        if ($more) {
            $this->left[$part] = true;
        } else {
            unset($this->left[$part]);
        }
    }

    public function failed(string $part, \Throwable $e): void
    {
        $this->failures[$part] = $e;
        unset($this->left[$part]);
    }

    public function hasFailed(string $part): bool
    {
        return isset($this->failures[$part]);
    }

    /** @return list<\Throwable> Equal failures of several parts occur once */
    public function failures(): array
    {
        $different = [];

        foreach ($this->failures as $e) {
            $different[$e::class . $e->getMessage()] ??= $e;
        }

        return array_values($different);
    }

    /** @return self::DONE|self::MORE|self::NOTHING */
    public function outcome(): string
    {
        return match (true) {
            $this->left !== [] => self::MORE,
            $this->worked => self::DONE,
            default => self::NOTHING,
        };
    }
}
