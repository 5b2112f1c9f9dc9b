<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Order;

\defined('_JEXEC') or die;

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Shop\ShopFactory;

/** What J2Commerce's events say of orders, put into the outbox. */
final readonly class OrderHooks
{
    public function __construct(private ShopFactory $factory)
    {
    }

    /** @param array<int|string, mixed> $arguments Of onJ2CommerceOrderStatusChange, which comes with two different lists */
    public function statusChanged(array $arguments): void
    {
        $list = self::positional($arguments);

        // Five from OrderModel::updateOrderStatus(): primary key, order id, old, new, notify. Three from OrderTable::store(): order id, old, new.
        if (\count($list) >= 5) {
            array_shift($list);
        }

        [$orderId, $old, $new] = [...$list, null, null, null];

        if ($orderId !== null && $new !== null) {
            $this->factory->orderEvents()->statusChanged((string) $orderId, $old === null ? null : (int) $old, (int) $new);
        }
    }

    /** @param array<int|string, mixed> $arguments Of onJ2CommerceRefundPayment: gateway, order id as a number, amount; and the gateway's answer in "result" */
    public function refunded(array $arguments): void
    {
        [, $orderId, $amount] = [...self::positional($arguments), null, null, null];
        $answer = $arguments['result'] ?? null;

        // What J2Commerce itself takes for a success.
        if ($orderId === null || !\is_array($answer) || empty($answer['success'])) {
            return;
        }

        // The ledger and the order's sum of refunds are written after this event. All three amounts are in the shop's currency, this one reckoned back from
        // cents of the customer's.
        $whole = ($answer['action'] ?? '') === 'void' || (int) $this->factory->sql()->fetchValue(
            'SELECT CASE WHEN COALESCE(order_refund, 0) + CAST(? AS DECIMAL(15,5)) >= order_total - 0.005 / CASE WHEN currency_value > 0 AND currency_value < 1 THEN currency_value ELSE 1 END
                         THEN 1 ELSE 0 END FROM #__j2commerce_orders WHERE order_id = ?',
            [(string) $amount, (string) $orderId],
        ) === 1;
        $this->factory->orderEvents()->refunded((string) $orderId, $whole);
    }

    /** @param array<int|string, mixed> $arguments Of onJ2CommerceAfterAdminOrderEdit: order id, primary key, user */
    public function edited(array $arguments): void
    {
        $orderId = self::positional($arguments)[0] ?? null;

        if ($orderId !== null) {
            $this->factory->orderEvents()->edited((string) $orderId);
        }
    }

    /**
     * Other listeners may have put named arguments among them.
     *
     * @param array<int|string, mixed> $arguments
     *
     * @return list<mixed>
     */
    private static function positional(array $arguments): array
    {
        return array_values(array_filter($arguments, \is_int(...), ARRAY_FILTER_USE_KEY));
    }
}
