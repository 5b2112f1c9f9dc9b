<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** State of a link, as the column `state` has it. */
enum LinkState: string
{
    case Synced  = 'synced';
    case Pending = 'pending';
    case Error   = 'error';
    /** The item was deleted in Clover. */
    case Deleted = 'deleted';
    /** The settings leave the item out; the column `error` has the reason. */
    case LeftOut = 'left_out';
    /** The shop already had a product with the SKU. */
    case Conflict = 'conflict';

    /** For SQL: the states of products to which the delete action was applied. */
    public const GONE = "('deleted', 'left_out')";

    /** Whether the delete action was applied to the product. */
    public function isGone(): bool
    {
        return $this === self::Deleted || $this === self::LeftOut;
    }
}
