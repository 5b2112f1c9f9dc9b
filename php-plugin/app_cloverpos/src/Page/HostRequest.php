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
use Joomla\CMS\Language\Language;

/** A text that the owner can send to the host's support: what is needed, and why. */
final readonly class HostRequest
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_HOST_';

    public function __construct(
        private Language $language,
    ) {
    }

    /**
     * @param ?string $line The line for php.ini that would do instead
     *
     * @return ?string Null when there is nothing that the host could do
     */
    public function text(PhpFacts $php, SeenPhp $web, ?SeenPhp $cli, ?string $line): ?string
    {
        $requests = array_unique([...$this->requests($web), ...($cli === null ? [] : $this->requests($cli))]);

        if ($requests === []) {
            return (
                $line === null || $web->engine->engine === Engine::Extension
                    ? null
                    : $this->join([
                        $this->words(self::PREFIX . 'INTRO'),
                        $this->words(self::PREFIX . 'LINE', $line),
                    ], $php)
            );
        }

        $parts = [$this->words(self::PREFIX . 'INTRO'), $this->words(self::PREFIX . 'PROGRAM'), ...$requests];

        if ($line !== null) {
            $parts[] = $this->words(self::PREFIX . 'LINE_INSTEAD', $line);
        }

        return $this->join($parts, $php);
    }

    private function words(string $key, string ...$values): string
    {
        return \sprintf($this->language->_($key), ...$values);
    }

    /** @return list<string> */
    private function requests(SeenPhp $seen): array
    {
        $problem  = $seen->engine->problem;
        $requests = [];

        // Only a new installation of the package replaces files of another version.
        if ($problem !== null && $problem !== HelperProblem::OtherVersion) {
            $requests[] = $this->words(self::PREFIX . 'ASK_' . strtoupper($problem->value), $seen->engine->detail);
        }

        if ($seen->lacks !== null) {
            $requests[] = $this->words(self::PREFIX . 'ASK_LACKS', $seen->lacks);
        }

        return $requests;
    }

    /** @param list<string> $parts */
    private function join(array $parts, PhpFacts $php): string
    {
        $version = "PHP $php->version ($php->sapi)";
        $parts[] = $this->words(self::PREFIX . 'FACTS', $version, $php->iniFile ?? '-', Engine::folder());

        return implode("\n\n", $parts);
    }
}
