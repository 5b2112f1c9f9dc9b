<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\Settings;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/**
 * Finds changes of the shop's recent orders that no event announced: J2Commerce announces a change of status once, and
 * edits of lines or the deletion of an order not at all.
 */
final readonly class OrderReconciler
{
    /** Orders of one scan; the next scans find the others. */
    private const LIMIT = 200;

    public function __construct(
        private ShopOrders $orders,
        private OrderEventLog $events,
        private Planner $planner,
        private SyncLog $log,
        private Ledger $rules,
        private Settings $settings,
    ) {
    }

    /** @return int Changed orders, each recorded as an event */
    public function run(): int
    {
        if ($this->orders->since() === null) {
            return 0;
        }

        $this->orders->raiseFloor();
        $suspects = $this->orders->suspects(
            $this->settings->paidStatuses,
            $this->rules->releasingStatuses(),
            self::LIMIT,
        );
        $found = array_values(array_filter(
            array_diff($suspects, $this->events->waiting($suspects)),
            $this->isFound(...),
        ));
        $this->events->found($found);

        foreach ($found as $id) {
            $this->log->add('sync', 'order', $id, 'success', new Message(MessageCode::OrderFoundByScan));
        }

        return \count($found);
    }

    private function isFound(string $orderId): bool
    {
        try {
            if ($this->planner->wouldChange($orderId)) {
                return true;
            }

            $this->planner->compared($orderId);

            return false;
        } catch (\Throwable) {
            // An order that cannot be read gets an event as well: the tries are counted there.
            return true;
        }
    }
}
