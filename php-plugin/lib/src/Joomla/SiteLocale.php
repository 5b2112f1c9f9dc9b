<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Digits;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\Locale;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Language;

/** A language of the site, and a time zone: those of whoever uses the site right now, or of another reader. */
final readonly class SiteLocale implements Locale
{
    private const FILE = 'lib_cloversync';

    private function __construct(
        private Language $language,
        /** Null: that of whoever uses the site right now. */
        private ?\DateTimeZone $zone = null,
    ) {
    }

    public static function formatter(): Formatter
    {
        return self::of(Factory::getApplication()->getLanguage());
    }

    public static function of(Language $language, ?\DateTimeZone $zone = null): Formatter
    {
        $language->load(self::FILE, \dirname(__DIR__, 2));

        return new Formatter(new self($language, $zone));
    }

    public function text(string $key): ?string
    {
        return $this->language->hasKey($key) ? $this->language->_($key) : null;
    }

    public function pluralSuffixes(int $count): array
    {
        /** @var list<string> $suffixes */
        $suffixes = $this->language->getPluralSuffixes($count);

        return [(string) $count, ...$suffixes];
    }

    public function number(string $digits): string
    {
        return Digits::grouped(
            $digits,
            $this->text('DECIMALS_SEPARATOR') ?? '.',
            $this->text('THOUSANDS_SEPARATOR') ?? ',',
        );
    }

    public function time(int $unix): string
    {
        return $this->zone === null
            ? LocalTime::unix($unix)
            : (new \DateTimeImmutable("@$unix"))
                ->setTimezone($this->zone)
                ->format($this->text('DATE_FORMAT_LC6') ?? 'Y-m-d H:i');
    }
}
