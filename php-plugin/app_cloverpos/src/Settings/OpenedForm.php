<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\Session\SessionInterface;

/**
 * Knows whether settings were changed while their form was open: the form carries the settings that were stored when it
 * was opened.
 */
final readonly class OpenedForm
{
    /** The form's hidden field; it is never stored. */
    public const FIELD = 'opened';

    private const NAME = 'plg_j2commerce_app_cloverpos.reported';

    public function __construct(
        private ?SessionInterface $session,
    ) {
    }

    public static function of(?CMSApplicationInterface $app): self
    {
        return new self($app instanceof CMSWebApplicationInterface ? $app->getSession() : null);
    }

    /** @param array<string, scalar|array<array-key, scalar|array|null>|null> $stored */
    public static function write(array $stored): string
    {
        return json_encode($stored, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }

    /**
     * Settings that the form would overwrite though they were changed after it was opened. Each change is reported
     * once: when the form is sent again, the owner has decided.
     *
     * @param mixed                                                    $opened As the form sent it, from {@see write()}
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $given  What the form would store
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $stored
     *
     * @return list<string> Their names
     */
    public function changed(mixed $opened, array $given, array $stored): array
    {
        $known = \is_string($opened) && $opened !== '' ? ShopFactory::decode($opened) : $stored;
        $names = array_values(array_filter(
            array_keys($stored),
            static fn (string $name): bool => (
                self::isOther($known[$name] ?? null, $stored[$name])
                && self::isOther($given[$name] ?? null, $stored[$name])
            ),
        ));
        $print = hash('sha256', self::write($stored));

        if ($names === [] || $this->session?->get(self::NAME) === $print) {
            return [];
        }

        $this->session?->set(self::NAME, $print);

        return $names;
    }

    /**
     * @param scalar|array<array-key, scalar|array|null>|null $one
     * @param scalar|array<array-key, scalar|array|null>|null $other
     */
    private static function isOther(
        array|bool|float|int|string|null $one,
        array|bool|float|int|string|null $other,
    ): bool {
        return self::text($one) !== self::text($other);
    }

    /**
     * Forms store numbers and switches as text, and rows by keys that change.
     *
     * @param scalar|array<array-key, scalar|array|null>|null $value
     */
    private static function text(array|bool|float|int|string|null $value): string
    {
        if (!\is_array($value)) {
            return (string) $value;
        }

        $texts = [];
        array_walk_recursive($value, static function (bool|float|int|string|null $leaf) use (&$texts): void {
            $texts[] = (string) $leaf;
        });

        return implode("\n", $texts);
    }
}
