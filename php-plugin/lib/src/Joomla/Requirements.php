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
    /** Versions of the extension that fit: those of the same minor version. */
    public const EXTENSION = '0.2';

    private const CLI = 'php_cli';

    /** Name under which the extension loads when PHP loads it too late to be usable. */
    private const REFUSED = 'cloversync-refused';

    /** @param KeyValueStore $state The facts of the whole site, without an environment */
    public function __construct(
        private KeyValueStore $state,
        private Clock $clock,
    ) {
    }

    /** Version of the loaded extension; null when it is not loaded. */
    public static function loaded(): ?string
    {
        return Platform::extensionVersion('cloversync');
    }

    public static function isMet(): bool
    {
        return self::fits(self::loaded()) && self::lacks() === null;
    }

    /** One sentence for the owner; null when all is well. */
    public static function problem(): ?string
    {
        if (Platform::hasExtension(self::REFUSED)) {
            return Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_EXTENSION_LATE');
        }

        return self::sentence(self::loaded(), PHP_SAPI === 'cli', PHP_VERSION, self::lacks());
    }

    /** The command line's last result; null when nothing is missing there, or before its first check. */
    public function problemOfCommandLine(): ?string
    {
        $seen = $this->state->getArray(self::CLI);

        return $seen === []
            ? null
            : self::sentence(
                self::text($seen, 'extension'),
                true,
                self::text($seen, 'php') ?? '',
                self::text($seen, 'lacks'),
            );
    }

    /** @param array<string, scalar|array<array-key, scalar|null>|null> $seen As {@see remember()} stored it */
    private static function text(array $seen, string $name): ?string
    {
        return \is_string($seen[$name] ?? null) ? $seen[$name] : null;
    }

    /** Call it on the command line. */
    public function remember(): void
    {
        $seen = ['extension' => self::loaded(), 'php' => PHP_VERSION, 'lacks' => self::lacks()];

        if (array_diff_key($this->state->getArray(self::CLI), ['at' => 0]) !== $seen) {
            $this->state->setArray(self::CLI, $seen + ['at' => $this->clock->now()]);
        }
    }

    private static function fits(?string $version): bool
    {
        return $version !== null && str_starts_with($version, self::EXTENSION . '.');
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

    private static function sentence(?string $version, bool $cli, string $php, ?string $lacks): ?string
    {
        $where = Text::_($cli ? 'PLG_J2COMMERCE_APP_CLOVERPOS_PHP_CLI' : 'PLG_J2COMMERCE_APP_CLOVERPOS_PHP_WEB');

        return match (true) {
            $version === null => Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_EXTENSION_MISSING', $where, $php),
            !self::fits($version) => Text::sprintf(
                'PLG_J2COMMERCE_APP_CLOVERPOS_EXTENSION_VERSION',
                $where,
                $version,
                self::EXTENSION,
            ),
            $lacks !== null => Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_PHP_LACKS', $where, $lacks),
            default => null,
        };
    }
}
