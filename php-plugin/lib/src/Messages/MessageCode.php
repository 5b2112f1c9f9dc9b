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

    // Items that the settings leave out
    case ItemLeftOut         = 'item_left_out';
    case ProductLeftOut      = 'product_left_out';
    case VariantLeftOut      = 'variant_left_out';
    case VariantLeftOutStays = 'variant_left_out_stays';

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

    // Words of other people, as they are; and texts around others
    case Said            = 'said';
    case Reasons         = 'reasons';
    case AboutProduct    = 'about_product';
    case AboutVariant    = 'about_variant';
    case WithWarnings    = 'with_warnings';
    case SettingsWrong   = 'settings_wrong';
    case SettingWrong    = 'setting_wrong';
    case Unexpected      = 'unexpected';
    case DatabaseRefused = 'database_refused';

    // The app's own tables
    case SchemaBusy  = 'schema_busy';
    case SchemaNewer = 'schema_newer';
    case SchemaLost  = 'schema_lost';

    // The connection
    case AppDisabled        = 'app_disabled';
    case SiteMoved          = 'site_moved';
    case EnvironmentUnknown = 'environment_unknown';
    case CurrencyUnknown    = 'currency_unknown';
    case CurrencyDiffers    = 'currency_differs';
    case TokenRefreshed     = 'token_refreshed';
    case TokenNotRefreshed  = 'token_not_refreshed';

    // Syncs
    case SyncRunning         = 'sync_running';
    case SyncTakenOver       = 'sync_taken_over';
    case SyncRemoved         = 'sync_removed';
    case SyncDone            = 'sync_done';
    case SyncInterrupted     = 'sync_interrupted';
    case SyncStopped         = 'sync_stopped';
    case ManyGone            = 'many_gone';
    case GoneKept            = 'gone_kept';
    case ManyLeftOut         = 'many_left_out';
    case LeftOutKept         = 'left_out_kept';
    case GoneAnswered        = 'gone_answered';
    case FieldsWithheld      = 'fields_withheld';
    case OnlineUnknown       = 'online_unknown';
    case PictureRefused      = 'picture_refused';
    case TaxOnlyInClover     = 'tax_only_in_clover';
    case TaxOnlyInShop       = 'tax_only_in_shop';
    case TaxDiffers          = 'tax_differs';
    case TaxMixed            = 'tax_mixed';
    case TaxNone             = 'tax_none';
    case TaxPercent          = 'tax_percent';
    case TaxProfileGone      = 'tax_profile_gone';
    case TaxUnmapped         = 'tax_unmapped';
    case DefaultCategoryNone = 'default_category_none';
    case DefaultCategoryGone = 'default_category_gone';
    case ParentCategoryGone  = 'parent_category_gone';
    case NoWorkflowStage     = 'no_workflow_stage';
    case CountsNotRead       = 'counts_not_read';

    // Products and categories that a sync writes
    case Imported             = 'imported';
    case LeftGroup            = 'left_group';
    case Restored             = 'restored';
    case ChosenAgain          = 'chosen_again';
    case Updated              = 'updated';
    case FieldTitle           = 'field_title';
    case FieldCategory        = 'field_category';
    case FieldTags            = 'field_tags';
    case FieldTax             = 'field_tax';
    case FieldSale            = 'field_sale';
    case FieldOptions         = 'field_options';
    case FieldModifiers       = 'field_modifiers';
    case FieldVariants        = 'field_variants';
    case FieldSku             = 'field_sku';
    case FieldUpc             = 'field_upc';
    case FieldPrice           = 'field_price';
    case FieldCount           = 'field_count';
    case FieldLowStock        = 'field_low_stock';
    case FieldAvailability    = 'field_availability';
    case CountNow             = 'count_now';
    case NotCounted           = 'not_counted';
    case TrackingEnded        = 'tracking_ended';
    case OpenInEditor         = 'open_in_editor';
    case OptionsRequiredAgain = 'options_required_again';
    case CategoryRenamed      = 'category_renamed';
    case SearchRefused        = 'search_refused';
    case RefusedProduct       = 'refused_product';
    case RefusedDeletion      = 'refused_deletion';
    case RefusedGroup         = 'refused_group';
    case RefusedVariant       = 'refused_variant';

    // Links between Clover's items and the shop's products, and conflicts about SKUs
    case SkuTaken            = 'sku_taken';
    case VariantSkuTaken     = 'variant_sku_taken';
    case ConflictGone        = 'conflict_gone';
    case Adopted             = 'adopted';
    case AdoptSeveral        = 'adopt_several';
    case AdoptGone           = 'adopt_gone';
    case AdoptNoVariants     = 'adopt_no_variants';
    case AdoptIsVariant      = 'adopt_is_variant';
    case AdoptHasVariants    = 'adopt_has_variants';
    case AdoptJustTaken      = 'adopt_just_taken';
    case AdoptOtherOptions   = 'adopt_other_options';
    case AdoptOptionsUnknown = 'adopt_options_unknown';
    case AdoptSameSku        = 'adopt_same_sku';
    case LinkGone            = 'link_gone';
    case LinkDeleted         = 'link_deleted';
    case Unlinked            = 'unlinked';
    case ReserveOwn          = 'reserve_own';
    case ReserveOfSettings   = 'reserve_of_settings';
    case ReserveWrong        = 'reserve_wrong';

    // Units of web sales
    case UnitsInClover         = 'units_in_clover';
    case UnitsFoundInClover    = 'units_found_in_clover';
    case UnitsNotSent          = 'units_not_sent';
    case UnitsItemGone         = 'units_item_gone';
    case UnitsRefused          = 'units_refused';
    case UnitsTooLate          = 'units_too_late';
    case UnitsUncertain        = 'units_uncertain';
    case StockPushOff          = 'stock_push_off';
    case SaleNeverSent         = 'sale_never_sent';
    case SaleUnknown           = 'sale_unknown';
    case SaleNotCounted        = 'sale_not_counted';
    case WaitsForSale          = 'waits_for_sale';
    case NotExecuted           = 'not_executed';
    case CountChanged          = 'count_changed';
    case ItemGone              = 'item_gone';
    case MerchantTracksNoStock = 'merchant_tracks_no_stock';
    case RestockAsked          = 'restock_asked';
    case RowApplied            = 'row_applied';
    case RowLeft               = 'row_left';
    case RowSentAgain          = 'row_sent_again';
    case PartRefund            = 'part_refund';

    // Counts that differ between shop and Clover
    case DriftUntracked = 'drift_untracked';
    case DriftTracked   = 'drift_tracked';
    case DriftSold      = 'drift_sold';
    case DriftGivenBack = 'drift_given_back';
    case DriftOverlap   = 'drift_overlap';
    case DriftReserve   = 'drift_reserve';
    case DriftStale     = 'drift_stale';
    case DriftBelowZero = 'drift_below_zero';
    case DriftFraction  = 'drift_fraction';

    // Web orders
    case OrderUnreadable       = 'order_unreadable';
    case OrderLineGone         = 'order_line_gone';
    case OrderDeleted          = 'order_deleted';
    case OrderFoundByScan      = 'order_found_by_scan';
    case AlreadySending        = 'already_sending';
    case OrderWaitsForCurrency = 'order_waits_for_currency';
    case OrderInClover         = 'order_in_clover';
    case OrderCannotBeSent     = 'order_cannot_be_sent';
    case OrderRefused          = 'order_refused';
    case OrderRestRefused      = 'order_rest_refused';
    case OrderThereTwice       = 'order_there_twice';
    case OrderNotFound         = 'order_not_found';
    case OrderSearched         = 'order_searched';
    case OrderIncomplete       = 'order_incomplete';
    case OrderUncertain        = 'order_uncertain';

    // The print of web orders, and their order type
    case Printed             = 'printed';
    case NotPrinted          = 'not_printed';
    case PrintUnknown        = 'print_unknown';
    case PrintWaits          = 'print_waits';
    case PrintTooLate        = 'print_too_late';
    case PrintsRefused       = 'prints_refused';
    case OrderTypeUnknown    = 'order_type_unknown';
    case OrderTypeNotAllowed = 'order_type_not_allowed';
    case OrderTypeUnread     = 'order_type_unread';
    case OrderTypeNotTaken   = 'order_type_not_taken';

    // Work that is paused
    case WorkStock        = 'work_stock';
    case WorkOrders       = 'work_orders';
    case WorkPayments     = 'work_payments';
    case WorkCatalog      = 'work_catalog';
    case Paused           = 'paused';
    case PausedByRefusals = 'paused_by_refusals';
    case WorksAgain       = 'works_again';

    case DebugOn = 'debug_on';

    // Webhook requests
    case WebhookCode    = 'webhook_code';
    case WebhookRefused = 'webhook_refused';
    case WebhookUnused  = 'webhook_unused';
    case WebhookUnknown = 'webhook_unknown';
    case WebhookGivenUp = 'webhook_given_up';

    // Troubles in a few words, and those that are counted
    case TroubleDisconnected = 'trouble_disconnected';
    case TroubleSiteMoved    = 'trouble_site_moved';
    case TroubleNotRunning   = 'trouble_not_running';
    case TroublePaused       = 'trouble_paused';
    case TroubleSyncFailed   = 'trouble_sync_failed';
    case TroubleSyncStalled  = 'trouble_sync_stalled';
    case TroubleSyncOverdue  = 'trouble_sync_overdue';
    case TroubleSyncAsks     = 'trouble_sync_asks';
    case TroubleUncertain    = 'trouble_uncertain';
    case TroubleDead         = 'trouble_dead';
    case TroubleCorrections  = 'trouble_corrections';
    case TroubleConflicts    = 'trouble_conflicts';
    case SalesUncertain      = 'sales_uncertain';
    case SalesDead           = 'sales_dead';
    case SalesToCorrect      = 'sales_to_correct';
    case ConflictsOpen       = 'conflicts_open';
    case AdviceSync          = 'advice_sync';
    case AdviceTryAgain      = 'advice_try_again';

    // Mails to the owner
    case DayUnits        = 'day_units';
    case DayOrders       = 'day_orders';
    case DaySyncs        = 'day_syncs';
    case DayStopped      = 'day_stopped';
    case DayErrors       = 'day_errors';
    case DayBacklog      = 'day_backlog';
    case DayQuiet        = 'day_quiet';
    case DayNothingWaits = 'day_nothing_waits';
    case MailAboutDay    = 'mail_about_day';
    case MailAboutTest   = 'mail_about_test';
    case MailGivenUp     = 'mail_given_up';
    case MailInterrupted = 'mail_interrupted';
    case MailLater       = 'mail_later';
    case MailOff         = 'mail_off';
    case MailRefused     = 'mail_refused';
    case MailSent        = 'mail_sent';

    // Checks
    case BacklogEvents          = 'backlog_events';
    case BacklogInbox           = 'backlog_inbox';
    case BacklogOrders          = 'backlog_orders';
    case BacklogPostponed       = 'backlog_postponed';
    case BacklogStock           = 'backlog_stock';
    case CheckApiToken          = 'check_api_token';
    case CheckBacklog           = 'check_backlog';
    case CheckBacklogNone       = 'check_backlog_none';
    case CheckBacklogOld        = 'check_backlog_old';
    case CheckBacklogSince      = 'check_backlog_since';
    case CheckClocks            = 'check_clocks';
    case CheckClocksDiffer      = 'check_clocks_differ';
    case CheckCloverClock       = 'check_clover_clock';
    case CheckCloverClockAhead  = 'check_clover_clock_ahead';
    case CheckCloverClockBehind = 'check_clover_clock_behind';
    case CheckCloverClockUnseen = 'check_clover_clock_unseen';
    case CheckConnected         = 'check_connected';
    case CheckExtension         = 'check_extension';
    case CheckHelper            = 'check_helper';
    case CheckHelperChosen      = 'check_helper_chosen';
    case CheckLimits            = 'check_limits';
    case CheckLimitsLearned     = 'check_limits_learned';
    case CheckMails             = 'check_mails';
    case CheckNeverSynced       = 'check_never_synced';
    case CheckPermissions       = 'check_permissions';
    case CheckPermissionsUsed   = 'check_permissions_used';
    case CheckRefused           = 'check_refused';
    case CheckSales             = 'check_sales';
    case CheckSalesWaiting      = 'check_sales_waiting';
    case CheckShop              = 'check_shop';
    case CheckSite              = 'check_site';
    case CheckSyncOverdue       = 'check_sync_overdue';
    case CheckSyncStalled       = 'check_sync_stalled';
    case CheckSynced            = 'check_synced';
    case CheckTasks             = 'check_tasks';
    case CheckTasksElsewhere    = 'check_tasks_elsewhere';
    case CheckTasksLate         = 'check_tasks_late';
    case CheckTasksNever        = 'check_tasks_never';
    case CheckTasksOff          = 'check_tasks_off';
    case CheckTax               = 'check_tax';
    case CheckTaxDiffers        = 'check_tax_differs';
    case CheckTokenEnds         = 'check_token_ends';
    case CheckVersions          = 'check_versions';
    case CheckWebhookApiToken   = 'check_webhook_api_token';
    case CheckWebhookCode       = 'check_webhook_code';
    case CheckWebhookHeard      = 'check_webhook_heard';
    case CheckWebhookNever      = 'check_webhook_never';
    case CheckWebhookOff        = 'check_webhook_off';
    case CheckWebhookRefused    = 'check_webhook_refused';
    case CheckWebhookSecret     = 'check_webhook_secret';
    case CheckWebhookSilent     = 'check_webhook_silent';
}
