<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\UtcTime;

/**
 * The server as plain text, for those who help the owner. It contains no secret and no name of a user, and it is the
 * same in every language.
 */
final class SupportReport
{
    /**
     * @param array<string, string> $versions Of programs, by name
     * @param list<HelperTrial>     $trials
     * @param list<string>          $extensions Of PHP
     */
    public static function text(
        array $versions,
        PhpFacts $php,
        SeenPhp $web,
        ?SeenPhp $cli,
        array $trials,
        array $extensions,
    ): string {
        $lines = [];

        foreach ($versions as $name => $version) {
            $lines[] = "$name: $version";
        }

        $lines[] = "PHP: $php->version $php->sapi" . ($php->hasPlainBuild ? '' : ' (thread-safe or debug)');
        $lines[] = 'System: ' . $php->system . ', ' . ($php->machine ?? 'unknown machine') . ", $php->libc";
        $lines[] = 'php.ini: ' . ($php->iniFile ?? 'none');
        $lines[] = 'Disabled functions: ' . self::list($php->disabled);
        $lines[] = 'open_basedir: ' . ($php->isConfined ? 'set' : 'not set');
        $lines[] = 'noexec: ' . ($php->noexec ? 'yes' : 'no');
        $lines[] = 'Web server: ' . self::engine($web);
        $lines[] = 'Command line: ' . ($cli === null ? 'not seen yet' : self::engine($cli));
        $lines[] = 'Programs in ' . Engine::folder() . ($trials === [] ? ': none' : ':');

        foreach ($trials as $trial) {
            $lines[] = "  $trial->name: " . self::result($trial) . ", checksum {$trial->checksum->value}";
        }

        $lines[] = 'PHP extensions: ' . self::list($extensions);

        return PhpFacts::withoutUsers(implode("\n", $lines) . "\n");
    }

    private static function engine(SeenPhp $seen): string
    {
        $report = $seen->engine;
        $parts  = ['PHP ' . ($seen->php ?? 'unknown'), $report->engine->value . ' ' . ($report->version ?? 'unusable')];

        if ($report->problem !== null) {
            $parts[] = "{$report->problem->value} ($report->detail)";
        }

        if ($seen->lacks !== null) {
            $parts[] = "lacks $seen->lacks";
        }

        if ($seen->seenAt !== null) {
            $parts[] = 'seen ' . UtcTime::sql($seen->seenAt) . ' UTC';
        }

        return Platform::join($parts);
    }

    private static function result(HelperTrial $trial): string
    {
        return match (true) {
            $trial->problem === null => 'works',
            $trial->isForeign() => 'for another machine',
            default => "{$trial->problem->value} ($trial->detail)",
        };
    }

    /** @param list<string> $names */
    private static function list(array $names): string
    {
        return $names === [] ? 'none' : Platform::join($names);
    }
}
