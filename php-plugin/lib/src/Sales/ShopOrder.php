<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** An order of the shop, as far as its stock goes. */
final readonly class ShopOrder
{
    /** @param array<int, ShopOrderLine> $lines By id; lines without a product are left out */
    public function __construct(
        public string $orderId,
        /** Primary key: the shop's order ids can come again. */
        public int $pk,
        /** J2Commerce's status id. */
        public int $status,
        /** Unix seconds. */
        public int $created,
        public array $lines,
    ) {
    }
}
