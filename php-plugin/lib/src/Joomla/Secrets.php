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
use CloverSync\Vault;

/** The App Secret and the Auth Code of one environment, sealed in the app's own table. */
final readonly class Secrets
{
    /** Names of the settings that are secrets. */
    public const NAMES = ['app_secret', 'webhook_secret'];

    private const PREFIX = 'secret_';

    public function __construct(
        private KeyValueStore $state,
        private string $environment,
    ) {
    }

    public function has(string $name): bool
    {
        return $this->state->get(self::PREFIX . $name) !== null;
    }

    public function keep(string $name, #[\SensitiveParameter] string $secret, Vault $vault): void
    {
        $this->state->set(self::PREFIX . $name, $vault->seal($secret, $this->context($name)));
    }

    public function forget(string $name): void
    {
        $this->state->delete(self::PREFIX . $name);
    }

    /**
     * @return array<string, string> The stored ones by name
     *
     * @throws \CloverSync\Exception\VaultException when they were sealed with another secret of the site
     */
    public function open(Vault $vault): array
    {
        $secrets = [];

        foreach (self::NAMES as $name) {
            $sealed = $this->state->get(self::PREFIX . $name);

            if ($sealed !== null) {
                $secrets[$name] = $vault->open($sealed, $this->context($name));
                // The site's secret has changed, and the previous one still opens this: sealed again, it is no longer
                // needed.
                if (!$vault->isCurrent($sealed)) {
                    $this->keep($name, $secrets[$name], $vault);
                }
            }
        }

        return $secrets;
    }

    private function context(string $name): string
    {
        return "$this->environment/$name";
    }
}
