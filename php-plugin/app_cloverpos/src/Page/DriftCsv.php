<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\Message;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\LongRequest;
use Joomla\CMS\Language\Text;

/** The drift report as a file; it reads all counts from Clover. */
final readonly class DriftCsv implements CsvList
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_';

    public function __construct(
        private ShopFactory $factory,
    ) {
    }

    public function title(): string
    {
        return self::PREFIX . 'DRIFT_TITLE';
    }

    public function name(): string
    {
        return 'clover-drift';
    }

    public function permission(): string
    {
        return 'j2commerce.editsetup';
    }

    public function header(): array
    {
        return [
            Text::_(self::PREFIX . 'PRODUCT'),
            Text::_(self::PREFIX . 'SKU'),
            Text::_(self::PREFIX . 'CLOVER_ID'),
            Text::_(self::PREFIX . 'DRIFT_SHOP'),
            Text::_(self::PREFIX . 'DRIFT_CLOVER'),
            Text::_(self::PREFIX . 'DRIFT_REASON'),
        ];
    }

    public function write(\Closure $row): void
    {
        LongRequest::begin(LongRequest::REPORT);
        $words = SiteLocale::formatter();
        $this->factory
            ->shop()
            ->sales()
            ->drift()
            ->run(static fn (array $item) => $row(self::cells($item, $words)));
    }

    /**
     * @param array{clover_id: string, name: string, sku: string, shop: ?int, clover: ?string, reason: Message} $item
     *
     * @return list<string>
     */
    private static function cells(array $item, Formatter $words): array
    {
        $untracked = Text::_(self::PREFIX . 'DRIFT_UNTRACKED');

        return [
            $item['name'],
            $item['sku'],
            $item['clover_id'],
            $item['shop'] === null ? $untracked : (string) $item['shop'],
            $item['clover'] ?? $untracked,
            $words->text($item['reason']),
        ];
    }
}
