<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Engine\PhpFacts;
use CloverSync\Shop\Engine\SeenPhp;
use Joomla\CMS\Language\Text;

/** A text that the owner can send to the host's support: what is needed, and why. */
final class HostRequest
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_HOST_';

    /**
     * @param ?string $line The line for php.ini that would do instead
     *
     * @return ?string Null when there is nothing that the host could do
     */
    public static function text(PhpFacts $php, SeenPhp $web, ?SeenPhp $cli, ?string $line): ?string
    {
        $requests = array_unique([...self::requests($web), ...($cli === null ? [] : self::requests($cli))]);

        if ($requests === []) {
            return (
                $line === null || $web->engine->engine === Engine::Extension
                    ? null
                    : self::join([Text::_(self::PREFIX . 'INTRO'), Text::sprintf(self::PREFIX . 'LINE', $line)], $php)
            );
        }

        $parts = [Text::_(self::PREFIX . 'INTRO'), Text::_(self::PREFIX . 'PROGRAM'), ...$requests];

        if ($line !== null) {
            $parts[] = Text::sprintf(self::PREFIX . 'LINE_INSTEAD', $line);
        }

        return self::join($parts, $php);
    }

    /** @return list<string> */
    private static function requests(SeenPhp $seen): array
    {
        $problem  = $seen->engine->problem;
        $requests = [];

        // Only a new installation of the package replaces files of another version.
        if ($problem !== null && $problem !== HelperProblem::OtherVersion) {
            $requests[] = Text::sprintf(self::PREFIX . 'ASK_' . strtoupper($problem->value), $seen->engine->detail);
        }

        if ($seen->lacks !== null) {
            $requests[] = Text::sprintf(self::PREFIX . 'ASK_LACKS', $seen->lacks);
        }

        return $requests;
    }

    /** @param list<string> $parts */
    private static function join(array $parts, PhpFacts $php): string
    {
        $version = "PHP $php->version ($php->sapi)";
        $parts[] = Text::sprintf(self::PREFIX . 'FACTS', $version, $php->iniFile ?? '-', Engine::folder());

        return implode("\n\n", $parts);
    }
}
