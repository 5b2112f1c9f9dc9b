<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Support\UtcTime;

/** Paused kinds of work, for people and for programs. */
final class PauseLines
{
    /** @param list<Pause> $pauses */
    public static function warn(Console $console, array $pauses): void
    {
        foreach ($pauses as $pause) {
            $console->warning(\sprintf(
                '%s (to try again, use %s)',
                $console->words->text($pause->words()),
                $console->command('work --resume'),
            ));
        }
    }

    /**
     * @param list<Pause> $pauses
     *
     * @return list<array{kind: string, since: ?string, reason: string}>
     */
    public static function data(Formatter $words, array $pauses): array
    {
        return array_map(static fn (Pause $pause): array => [
            'kind'   => $pause->kind->value,
            'since'  => UtcTime::iso(UtcTime::sql($pause->since)),
            'reason' => $words->text($pause->words()),
        ], $pauses);
    }
}
