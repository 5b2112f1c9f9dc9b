<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Product;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Status\CautiousProduct;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;

/**
 * J2Commerce's list of products: it shows Clover's state, and does not publish what would be sold at 0.
 *
 * The list fires no event of its own, neither for its rows nor before it publishes. J2Commerce's event for its scripts
 * comes before any task or view of the component.
 */
final readonly class ProductList
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_';

    /** Titles that fit into a message. */
    private const NAMED = 10;

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function prepare(): void
    {
        $input = $this->app->getInput();

        if (!$this->app->isClient('administrator') || $input->getCmd('option') !== 'com_j2commerce') {
            return;
        }

        $task = $input->getCmd('task', '');

        if ($task === 'products.publish') {
            $this->publish();
        } elseif (
            ($task === '' || $task === 'display')
            && $input->getCmd('view', '') === 'products'
            && J2CommerceHelper::canAccess('j2commerce.editsetup')
        ) {
            Template::style($this->app);
            Template::script($this->app, 'products', ['PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_IN_CLOVER']);
        }
    }

    /** Takes products that Clover has no price for out of the selection, and warns of the others. */
    private function publish(): void
    {
        $input    = $this->app->getInput();
        $selected = self::ids($input->get('cid', [], 'array'));
        $merchant = $this->factory->shop()->merchantId();

        if ($selected === [] || $merchant === null) {
            return;
        }

        $cautious = $this->factory->shop()->cautiousProducts()->of($selected);
        $free     = array_filter($cautious, static fn (CautiousProduct $product): bool => $product->isFree);
        $others   = array_diff_key($cautious, $free);

        if ($free !== []) {
            $input->set('cid', array_values(array_diff($selected, array_keys($free))));
            $this->app->enqueueMessage(
                Text::plural(self::PREFIX . 'N_NOT_PUBLISHED', \count($free), self::titles($free)),
                'warning',
            );
        }

        if ($others !== []) {
            $this->app->enqueueMessage(
                Text::plural(self::PREFIX . 'N_PUBLISHED_ODD', \count($others), self::titles($others)),
                'warning',
            );
        }
    }

    /**
     * @param mixed $selected mixed: whatever was posted
     *
     * @return list<int>
     */
    private static function ids(mixed $selected): array
    {
        return array_map(
            intval(...),
            array_values(array_filter(\is_array($selected) ? $selected : [], is_numeric(...))),
        );
    }

    /** @param array<int, CautiousProduct> $products */
    private static function titles(array $products): string
    {
        $titles = array_map(
            static fn (CautiousProduct $p): string => htmlspecialchars(
                "“{$p->title}” (" . implode(' ', ProductText::cautions($p->cautions)) . ')',
                ENT_QUOTES,
                'UTF-8',
                false,
            ),
            \array_slice($products, 0, self::NAMED),
        );

        return implode(', ', $titles) . (\count($products) > self::NAMED ? ', …' : '');
    }
}
