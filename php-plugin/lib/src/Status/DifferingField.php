<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

/** What Clover owns of a product, as far as the shop can differ. */
enum DifferingField: string
{
    case Price = 'price';
    case Stock = 'stock';
    case Sku   = 'sku';
    /** Clover's, as long as the owner has not changed it. */
    case Title = 'title';
}
