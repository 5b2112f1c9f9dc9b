<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** The fields of a shop's order that concern stock. */
final readonly class ShopOrder
{
    /** @param array<int, ShopOrderLine> $lines By id; lines without a product are left out */
    public function __construct(
        public string $orderId,
        /** Primary key: the shop can reuse order ids. */
        public int $pk,
        /** J2Commerce's status id. */
        public int $status,
        /** Unix seconds. */
        public int $created,
        /** Time of the last change, as the column has it. */
        public string $modified,
        /** The payment plugin's element. */
        public string $paymentMethod,
        /** J2Commerce's sum of refunds has reached the total. */
        public bool $isPaidBack,
        public array $lines,
    ) {
    }
}
