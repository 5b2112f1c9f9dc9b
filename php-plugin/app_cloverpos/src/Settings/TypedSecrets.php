<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\Secrets;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\Session\SessionInterface;

/**
 * Secrets that the owner entered while nothing could encrypt them. They wait for the next Save in the owner's session,
 * where Joomla keeps every form that it refused, and are never sent back to the browser.
 */
final readonly class TypedSecrets
{
    private const NAME = 'plg_j2commerce_app_cloverpos.typed';

    public function __construct(
        private ?SessionInterface $session,
    ) {
    }

    public static function of(?CMSApplicationInterface $app): self
    {
        return new self($app instanceof CMSWebApplicationInterface ? $app->getSession() : null);
    }

    /**
     * @param ?string $environment As the form names it; null for any
     *
     * @return array<string, string>
     */
    public function read(?string $environment = null): array
    {
        $typed = $this->session?->get(self::NAME);
        $found = [];

        if (!\is_array($typed) || ($environment ?? $typed['environment']) !== $typed['environment']) {
            return [];
        }

        foreach (Secrets::NAMES as $name) {
            if (\is_string($typed[$name] ?? null)) {
                $found[$name] = $typed[$name];
            }
        }

        return $found;
    }

    /** @param array<string, string> $secrets */
    public function keep(string $environment, #[\SensitiveParameter] array $secrets): void
    {
        $this->session?->set(self::NAME, ['environment' => $environment] + $secrets + $this->read($environment));
    }

    public function forget(): void
    {
        $this->session?->remove(self::NAME);
    }
}
