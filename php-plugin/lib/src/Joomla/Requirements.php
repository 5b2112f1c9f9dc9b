<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\EngineReport;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Engine\SeenPhp;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\NeededFunctions;
use CloverSync\Shop\Support\Platform;
use Joomla\CMS\Language\Text;

/**
 * Whether this PHP has what the app needs. The web server and the command line are two PHPs with separate settings. The
 * last result of each is stored, so that the owner reads both in one place.
 */
final readonly class Requirements
{
    private const CLI = 'php_cli';

    /** @param KeyValueStore $state The facts of the whole site, without an environment */
    public function __construct(
        private KeyValueStore $state,
        private Clock $clock,
    ) {
    }

    /** Tries a helper program where the extension is not loaded, once a process. */
    public static function isMet(): bool
    {
        return Engine::report()->isUsable() && self::lacks() === null;
    }

    /** One sentence for the owner; null when nothing is missing. */
    public static function problem(): ?string
    {
        return self::problemOf(self::here(), PHP_SAPI === 'cli');
    }

    /** The command line's last result; null when nothing is missing there, or before its first check. */
    public function problemOfCommandLine(): ?string
    {
        $seen = $this->commandLine();

        return $seen === null ? null : self::problemOf($seen, true);
    }

    /** What the command line's PHP last was; null before its first check. */
    public function commandLine(): ?SeenPhp
    {
        $seen   = $this->state->getArray(self::CLI);
        $engine = Engine::tryFrom((string) self::text($seen, 'engine'));

        return $engine === null
            ? null
            : new SeenPhp(
                engine: new EngineReport(
                    $engine,
                    self::text($seen, 'version'),
                    HelperProblem::tryFrom((string) self::text($seen, 'problem')),
                    (string) self::text($seen, 'detail'),
                ),
                lacks: self::text($seen, 'lacks'),
                php: self::text($seen, 'php'),
                iniFile: self::text($seen, 'ini'),
                seenAt: \is_int($seen['at'] ?? null) ? $seen['at'] : null,
            );
    }

    /** The same sentence of one of the site's PHPs. */
    public static function problemOf(SeenPhp $seen, bool $cli): ?string
    {
        return self::sentence($seen->engine, $cli, $seen->lacks);
    }

    /** The PHP that runs this. */
    public static function here(): SeenPhp
    {
        return new SeenPhp(Engine::report(), self::lacks(), PHP_VERSION, Platform::iniFile(), null);
    }

    /** @param array<string, scalar|array<array-key, scalar|null>|null> $seen As {@see remember()} stored it */
    private static function text(array $seen, string $name): ?string
    {
        return \is_string($seen[$name] ?? null) ? $seen[$name] : null;
    }

    /** Call it on the command line. */
    public function remember(): void
    {
        $report = Engine::report();
        $seen   = [
            'engine'  => $report->engine->value,
            'version' => $report->version,
            'problem' => $report->problem?->value,
            'detail'  => $report->detail,
            'lacks'   => self::lacks(),
            'php'     => PHP_VERSION,
            'ini'     => Platform::iniFile(),
        ];

        if (array_diff_key($this->state->getArray(self::CLI), ['at' => 0]) !== $seen) {
            $this->state->setArray(self::CLI, $seen + ['at' => $this->clock->now()]);
        }
    }

    /** Names of functions and other PHP extensions that this PHP lacks; null when it lacks none. */
    private static function lacks(): ?string
    {
        foreach ([NeededFunctions::LIBRARY, NeededFunctions::JOOMLA] as $needed) {
            foreach (Platform::lacks($needed) as $names) {
                if ($names !== []) {
                    return Platform::join($names);
                }
            }
        }

        return null;
    }

    private static function sentence(EngineReport $report, bool $cli, ?string $lacks): ?string
    {
        $where = Text::_($cli ? 'PLG_J2COMMERCE_APP_CLOVERPOS_PHP_CLI' : 'PLG_J2COMMERCE_APP_CLOVERPOS_PHP_WEB');

        return match (true) {
            $report->problem !== null => Text::sprintf(
                'PLG_J2COMMERCE_APP_CLOVERPOS_HELPER_' . strtoupper($report->problem->value),
                $where,
                $report->detail,
            ),
            $report->version === null => Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_EXTENSION_MISSING', $where),
            !$report->isUsable() => Text::sprintf(
                'PLG_J2COMMERCE_APP_CLOVERPOS_EXTENSION_VERSION',
                $where,
                $report->version,
                Engine::MINOR,
            ),
            $lacks !== null => Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_PHP_LACKS', $where, $lacks),
            default => null,
        };
    }
}
