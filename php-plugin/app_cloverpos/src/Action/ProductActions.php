<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Status\FormValues;
use CloverSync\Shop\Status\ListedLink;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductText;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/**
 * What J2Commerce's list of products shows of Clover, what the shop has of a product whose form is open, and how many
 * of its units are kept for the till.
 */
final readonly class ProductActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_';

    /** Products that are asked for at once at most; the list shows no more on a page. */
    private const ASKED = 500;

    public function __construct(
        private ShopFactory $factory,
        private OwnerActions $owner,
    ) {
    }

    public function actions(): array
    {
        return [
            'product.reserve' => $this->reserve(...),
            'product.states'  => $this->states(...),
            'product.values'  => $this->values(...),
        ];
    }

    /** @return array{message: string} */
    private function reserve(Input $input): array
    {
        $typed = trim($input->post->getString('units', ''));
        $units = match (true) {
            $typed === '' => null,
            preg_match('/^\d{1,9}$/D', $typed) === 1 => (int) $typed,
            // Refused with the range.
            default => -1,
        };
        $shop = $this->factory->shop();
        $id   = $input->post->getString('clover_id', '');
        $shop->reserve($id, $units);
        $this->owner->didToProduct(OwnerAction::ReserveSet, $id, static fn (): ?ListedLink => $shop->linkList()->one(
            $id,
        ));

        return ['message' => Text::_(self::PREFIX . 'RESERVE_SAVED')];
    }

    /** @return array{values: array<string, string>} */
    private function values(Input $input): array
    {
        return ['values' => (new FormValues($this->factory->sql()))->of($input->post->getInt('product'))];
    }

    /**
     * @return array{products: array<int, array{state: string, label: string, color: string, differences: list<string>,
     *   notes: list<string>}>}
     */
    private function states(Input $input): array
    {
        $shop     = $this->factory->shop();
        $ids      = array_map(intval(...), explode(',', $input->post->getString('products', '')));
        $products = [];

        if ($shop->merchantId() === null) {
            return ['products' => []];
        }

        foreach ($shop->linkList()->ofProducts(\array_slice($ids, 0, self::ASKED)) as $row) {
            $state = $row->shownState();
            $id    = $row->productId;

            if ($id !== null) {
                $products[$id] = [
                    'state'       => $state,
                    'label'       => Text::_(self::PREFIX . 'STATE_' . strtoupper($state)),
                    'color'       => ProductText::color($state),
                    'differences' => array_map(ProductText::difference(...), $row->differences),
                    'notes'       => ProductText::notes($row),
                ];
            }
        }

        return ['products' => $products];
    }
}
