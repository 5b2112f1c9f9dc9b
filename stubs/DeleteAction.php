<?php

declare(strict_types=1);

namespace CloverSync;

/** What happens to a product whose item was deleted in Clover. */
enum DeleteAction: string
{
    /** Hidden, and shown again when the item comes back. */
    case Unpublish = 'unpublish';

    /** Into the trash, and out of it when the item comes back. */
    case Trash = 'trash';

    /** Nothing. */
    case Ignore = 'ignore';
}
