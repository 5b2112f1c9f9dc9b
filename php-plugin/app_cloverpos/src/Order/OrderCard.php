<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Order;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Sales\OrderStatus;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\PauseText;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;

/** Shows what Clover has of an order, on the order's page in the administrator. */
final readonly class OrderCard
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_ORDER_';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    /** @param mixed $item The order on the page */
    public function render(mixed $item): string
    {
        $orderId = \is_object($item) ? (string) ($item->order_id ?? '') : '';

        if ($orderId === '') {
            return '';
        }

        Template::style($this->app);
        Template::script($this->app, 'order', [self::PREFIX . 'NOTHING_CHOSEN']);

        return Template::render('ordercard', ['orderId' => $orderId, 'body' => $this->body($orderId)]);
    }

    /** The card's content; a script replaces it after each action. */
    public function body(string $orderId): string
    {
        $status = null;
        $shop   = null;

        try {
            $problem = Requirements::problem();
            $shop    = $problem === null ? $this->factory->shop() : null;
            $status  = $shop === null ? null : OrderStatus::of($shop->sales(), $orderId);
        } catch (NotConnectedException) {
            $problem = Text::_(self::PREFIX . 'NEVER_CONNECTED');
        } catch (\Throwable $e) {
            $problem = ErrorPresenter::of($e)['message'];
        }

        return Template::render('orderstatus', [
            'orderId'   => $orderId,
            'status'    => $status,
            'problem'   => $problem,
            'connected' => $status !== null && $shop?->connection->status()->connected === true,
            'paused'    => $status === null || $shop === null
                ? []
                : PauseText::all($shop->sales()->worker()->waiting()->paused),
            'settings'  => $status === null ? null : $shop?->settings,
            'mayAct'    => $status !== null && J2CommerceHelper::canAccess('j2commerce.editsetup'),
        ]);
    }
}
