<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

/** What an owner does by hand that changes the shop, Clover or the connection. */
enum OwnerAction: string
{
    case AdoptedAll         = 'adopted_all';
    case AdoptedOne         = 'adopted_one';
    case CategoryChosen     = 'category_chosen';
    case Connected          = 'connected';
    case CurrencyConfirmed  = 'currency_confirmed';
    case DeletesConfirmed   = 'deletes_confirmed';
    case DeletesKept        = 'deletes_kept';
    case Disconnected       = 'disconnected';
    case Moved              = 'moved';
    case OrderPushed        = 'order_pushed';
    case OrderRetried       = 'order_retried';
    case RelinkedAll        = 'relinked_all';
    case ReserveSet         = 'reserve_set';
    case Restocked          = 'restocked';
    case Resumed            = 'resumed';
    case Resynced           = 'resynced';
    case SalesSent          = 'sales_sent';
    case SandboxUnpublished = 'sandbox_unpublished';
    case SettingsSaved      = 'settings_saved';
    case SettledApplied     = 'settled_applied';
    case SettledLeave       = 'settled_leave';
    case SettledNotApplied  = 'settled_not_applied';
    case SyncStarted        = 'sync_started';
    case Unlinked           = 'unlinked';
}
