<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Health\Checks;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteFacts;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\DayFigures;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\HTML\HTMLHelper;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** The checks of the doctor, and what was exchanged with Clover on each of the last days. */
final readonly class HealthPage implements Page
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_HEALTH_';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_HEALTH_TITLE';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);
        ToolbarButtons::help($toolbar, '10. Day to day: dashboard, log, mappings, outbox');
        $page = $this->page();

        $days = $page->days ?? [];

        if ($days !== [] && Template::chart($this->app)) {
            Template::script($this->app, 'health', [self::PREFIX . 'HIDE_TABLE', self::PREFIX . 'SHOW_TABLE']);
            $this->app->getDocument()->addScriptOptions(Template::MEDIA, ['days' => self::series($days)]);
        }

        return Template::render('health', ['page' => $page]);
    }

    private function page(): HealthView
    {
        $shop    = null;
        $problem = null;

        try {
            $shop = $this->factory->shop();
        } catch (\Throwable $e) {
            // A shop that cannot be opened is a result.
            $problem = $e;
        }

        $sql  = $this->factory->siteSql();
        $zone = LocalTime::siteZone($this->app);

        return new HealthView(
            (new Checks(SiteFacts::read($sql, $this->factory), $shop, $problem))->all(),
            $shop === null ? null : self::days($shop, $zone),
            $zone,
            $shop->settings->logRetention ?? 0,
            SettingsForm::url($sql),
        );
    }

    /** @return ?list<DayFigures> */
    private static function days(Services $shop, \DateTimeZone $zone): ?array
    {
        try {
            return $shop->merchantId() === null ? [] : $shop->dailyFigures()->read($zone);
        } catch (CloverException) {
            // The stored tokens cannot be read, and the checks say so.
            return null;
        }
    }

    /** A day of the site as the reader writes dates, without a change of the time zone. */
    public static function date(string $day): string
    {
        $text = HTMLHelper::_('date', "$day 00:00:00", Text::_('DATE_FORMAT_LC4'), null);

        return \is_string($text) ? $text : $day;
    }

    /**
     * @param list<DayFigures> $days
     *
     * @return array{labels: list<string>, units: list<int>, syncs: list<?int>, errors: list<?int>, backlog: list<int>,
     *   names: array<string, string>} For the chart
     */
    private static function series(array $days): array
    {
        return [
            'labels'  => array_map(static fn (DayFigures $day): string => self::date($day->date), $days),
            'units'   => array_column($days, 'units'),
            'syncs'   => array_column($days, 'syncs'),
            'errors'  => array_column($days, 'errors'),
            'backlog' => array_column($days, 'backlog'),
            'names'   => [
                'units'   => Text::_(self::PREFIX . 'UNITS'),
                'syncs'   => Text::_(self::PREFIX . 'SYNCS'),
                'errors'  => Text::_(self::PREFIX . 'ERRORS'),
                'backlog' => Text::_(self::PREFIX . 'BACKLOG'),
            ],
        ];
    }
}
