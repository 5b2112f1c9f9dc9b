<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Product;

\defined('_JEXEC') or die();

use CloverSync\Settings;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Status\FormValues;
use CloverSync\Shop\Status\ListedLink;
use CloverSync\Shop\Status\ProductStatus;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;

/** The sync status of a product, on its edit screen. */
final readonly class ProductBadge
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    /** @param mixed $item The form's product */
    public function render(mixed $item): string
    {
        $product  = \is_object($item) ? (int) ($item->j2commerce_product_id ?? 0) : 0;
        $merchant = $product === 0 ? null : $this->merchant();

        if ($merchant === null) {
            return '';
        }

        $status = ProductStatus::of(
            $this->factory->sql(),
            new Links($this->factory->sql(), $this->factory->environment(), $merchant),
            $product,
        );

        if ($status === null) {
            return '';
        }

        Template::style($this->app);
        Template::script($this->app, 'product', [
            self::PREFIX . 'SYNCING',
            self::PREFIX . 'FORM_RENEWED',
            self::PREFIX . 'FORM_DIFFERS',
            self::PREFIX . 'FORM_OLD',
        ]);
        $listed  = $this->listed($status->cloverId);
        $maySync = Requirements::isMet()
        && $status->state !== LinkState::Conflict
        && J2CommerceHelper::canAccess('j2commerce.editsetup');

        return Template::render('badge', [
            'product'     => $product,
            'values'      => (new FormValues($this->factory->sql()))->of($product),
            'status'      => $status,
            'differences' => $listed->differences ?? [],
            'cautions'    => $listed->cautions ?? [],
            'tax'         => $listed?->tax,
            'problem'     => Requirements::problem(),
            'maySync'     => $maySync,
            'reserve'     => $maySync && $listed !== null && $listed->productId !== null
                ? $this->reserve($listed->reserve)
                : null,
        ]);
    }

    /** @return array{own: ?int, common: int, most: int} */
    private function reserve(?int $own): array
    {
        return [
            'own'    => $own,
            'common' => $this->factory->shop()->settings->stockReserve,
            'most'   => (int) array_column(Settings::describe(), 'max', 'name')['stock_reserve'],
        ];
    }

    /** Null without the program that knows the rules of counts. */
    private function listed(string $cloverId): ?ListedLink
    {
        try {
            return $this->factory->shop()->linkList()->one($cloverId);
        } catch (\Throwable) {
            return null;
        }
    }

    /** The links remain without the connection and the extension, so the badge is shown too. */
    private function merchant(): ?string
    {
        try {
            return $this->factory->shop()->merchantId();
        } catch (\Throwable) {
            return $this->factory->knownEnvironment() === null
                ? null
                : MerchantProfile::merchantIn($this->factory->state());
        }
    }
}
