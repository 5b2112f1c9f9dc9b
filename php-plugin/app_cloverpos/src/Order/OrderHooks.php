<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Order;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;

/** Records J2Commerce's events about orders. */
final readonly class OrderHooks
{
    public function __construct(
        private ShopFactory $factory,
    ) {
    }

    /**
     * @param array<int|string, mixed> $arguments Of onJ2CommerceOrderStatusChange, which has two different lists of
     *   arguments
     */
    public function statusChanged(array $arguments): void
    {
        $list = self::positional($arguments);

        // Five from OrderModel::updateOrderStatus(): primary key, order id, old, new, notify. Three from
        // OrderTable::store(): order id, old, new.
        if (\count($list) >= 5) {
            array_shift($list);
        }

        [$orderId, $old, $new] = [...$list, null, null, null];

        if ($orderId !== null && $new !== null) {
            $this->factory->orderEvents()->statusChanged(
                (string) $orderId,
                $old === null ? null : (int) $old,
                (int) $new,
            );
        }
    }

    /**
     * @param array<int|string, mixed> $arguments Of onJ2CommerceRefundPayment: gateway, order id as a number, amount;
     *   and the gateway's response in "result"
     */
    public function refunded(array $arguments): void
    {
        [, $orderId, $amount] = [...self::positional($arguments), null, null, null];
        $answer = $arguments['result'] ?? null;

        // The same test for success as in J2Commerce.
        if ($orderId === null || !\is_array($answer) || !($answer['success'] ?? false)) {
            return;
        }

        ($answer['action'] ?? '') === 'void'
            ? $this->factory->orderEvents()->refunded((string) $orderId, true)
            : $this->factory->orderEvents()->paidBack((string) $orderId, (string) $amount);
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
     * Other listeners may have added named arguments.
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
