<?php

declare(strict_types=1);

namespace CloverSync;

/** What a product is in Clover. */
enum ProductKind: string
{
    /** One item: a simple product. */
    case Item = 'item';

    /** An item group: a variable product. */
    case Group = 'group';
}
