<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/**
 * What a message is about. Its text has the key LIB_CLOVERSYNC_ and this code in capitals in the library's language
 * file. Codes are stored in tables: a text may change, a code stays.
 */
enum MessageCode: string
{
    case Said = 'said';

    // Deletions in Clover
    case ProductDeleted       = 'product_deleted';
    case GroupEmptied         = 'group_emptied';
    case SoldAsVariant        = 'sold_as_variant';
    case VariantDeleted       = 'variant_deleted';
    case VariantLeft          = 'variant_left';
    case DeleteLeft           = 'delete_left';
    case DeleteTrashed        = 'delete_trashed';
    case DeleteUnpublished    = 'delete_unpublished';
    case DeleteWasUnpublished = 'delete_was_unpublished';

    // Title and note of orders in Clover
    case MarkLocked  = 'mark_locked';
    case MarkRefused = 'mark_refused';
    case MarkShown   = 'mark_shown';

    // Webhook events
    case WebhookCreated  = 'webhook_created';
    case WebhookUpdated  = 'webhook_updated';
    case WebhookDeleted  = 'webhook_deleted';
    case LookedAtAgain   = 'looked_at_again';
    case ShopHasIt       = 'shop_has_it';
    case WebhookCategory = 'webhook_category';
    case WebhookNothing  = 'webhook_nothing';
}
