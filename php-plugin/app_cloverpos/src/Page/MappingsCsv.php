<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Status\ListedLink;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\LongRequest;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductText;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;

/** The mappings as a file. */
final readonly class MappingsCsv implements CsvList
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_';

    private const PORTION = 500;

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return self::PREFIX . 'TITLE';
    }

    public function name(): string
    {
        return 'clover-mappings';
    }

    public function permission(): string
    {
        return 'j2commerce.viewsetup';
    }

    public function header(): array
    {
        return [
            Text::_(self::PREFIX . 'PRODUCT'),
            Text::_(self::PREFIX . 'SKU'),
            Text::_(self::PREFIX . 'CLOVER_ID'),
            Text::_(self::PREFIX . 'STATE'),
            Text::_(self::PREFIX . 'LAST_SYNCED'),
            Text::_(self::PREFIX . 'NOTES'),
        ];
    }

    public function write(\Closure $row): void
    {
        $products = new MappedProducts($this->factory->shop(), $this->app);
        LongRequest::begin(LongRequest::REPORT);
        $words = SiteLocale::formatter();
        $start = 0;

        do {
            $page  = $products->page($start, self::PORTION);
            $start += self::PORTION;

            foreach ($page as $link) {
                $row([
                    $link->title === '' ? $link->cloverId : $link->title,
                    $link->sku,
                    $link->cloverId,
                    Text::_(self::PREFIX . 'STATE_' . strtoupper($link->shownState())),
                    $link->lastSynced === null ? Text::_(self::PREFIX . 'NEVER') : LocalTime::sql($link->lastSynced),
                    implode(' ', self::notes($link, $words)),
                ]);
            }
        } while (\count($page) === self::PORTION);
    }

    /** @return list<string> */
    private static function notes(ListedLink $link, Formatter $words): array
    {
        $notes = ProductText::notes($link);

        foreach ($link->problems as $problem) {
            $item    = $link->isGroup && $problem->cloverId !== $link->cloverId ? "{$problem->item()}: " : '';
            $notes[] = $item . $words->withDetails($problem->message, Text::_(CsvPage::DETAILS));
        }

        return $notes;
    }
}
