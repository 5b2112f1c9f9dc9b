<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Console\Console;
use CloverSync\Shop\Console\ExitCode;
use CloverSync\Shop\Console\Options;
use CloverSync\Shop\Console\UsageException;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\SystemClock;

/** `order FILE`: a customer orders, pays or cancels, or the owner edits an order. */
final readonly class OrderCommand
{
    public function __construct(
        private Console $console,
    ) {
    }

    /** @throws UsageException when the order is invalid */
    public function run(Services $shop, Options $options): ExitCode
    {
        $order = OrderFile::read((string) $options->get('FILE'));
        // A shop also sells before it is connected; no product is linked then.
        $desk = new FakeCheckout(
            $shop->sql,
            new Links($shop->sql, $shop->settings->environment->value, $shop->merchantId() ?? ''),
            new SystemClock(),
        );

        if ($order->deleted) {
            $desk->delete($order->orderId);
            $this->console->line("Order $order->orderId is deleted; the stock that it held stays taken.");
            $this->console->done(['order_id' => $order->orderId, 'status' => null, 'lines' => 0, 'total' => 0]);

            return ExitCode::Done;
        }

        $before = $desk->statusOf($order->orderId);
        $desk->place($order);

        if (!$options->has('no-event')) {
            $shop->orderEvents()->statusChanged($order->orderId, $order->oldStatus ?? $before, $order->newStatus);
        }

        $this->console->line(\sprintf(
            'Order %s: status %s%d, %d lines, total %d minor units of %s%s.',
            $order->orderId,
            $before === null || $before === $order->newStatus ? '' : "$before → ",
            $order->newStatus,
            \count($order->lines),
            $order->total,
            $order->currency,
            $options->has('no-event') ? ', without event' : '',
        ));
        $this->console->done([
            'order_id' => $order->orderId,
            'status'   => $order->newStatus,
            'lines'    => \count($order->lines),
            'total'    => $order->total,
        ]);

        return ExitCode::Done;
    }
}
