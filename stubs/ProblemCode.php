<?php

declare(strict_types=1);

namespace CloverSync;

/** What is wrong, for {@see Problem}. The shop has a text for each case in its readers' languages. */
enum ProblemCode: string
{
    /** The Clover app lacks a permission. Data: permission. */
    case PermissionMissing = 'permission_missing';
    /** Clover refuses a new token, and does not say which permission is missing. */
    case PermissionUnknown = 'permission_unknown';
    /** Clover does not have it, or no longer. */
    case NotInClover = 'not_in_clover';
    /** Clover refused the request, and would again. Data: said. */
    case Refused = 'refused';
    /** Clover asks to wait. */
    case RateLimited = 'rate_limited';
    /** The token's own limit is used up. */
    case RateLimitUsed = 'rate_limit_used';
    /** Other processes use up the limit. */
    case RateLimitShared = 'rate_limit_shared';
    /** Nothing was sent: no name, no route, no connection. */
    case Unreachable = 'unreachable';
    /** Sent, and no complete answer came. */
    case NoResponse = 'no_response';
    /** The answer is none of those that Clover documents. */
    case UnexpectedResponse = 'unexpected_response';
    /** A server in between answered. Data: host. */
    case Intercepted = 'intercepted';
    /** TLS failed. Data: host. */
    case Insecure = 'insecure';
    /** Clover neither gave tokens nor refused them. */
    case TokensUndecided = 'tokens_undecided';
    /** A list was not read to its end. */
    case Interrupted = 'interrupted';
    /** The server's PHP cannot call Clover. */
    case ServerUnfit = 'server_unfit';
    /** There is no connection. */
    case NotConnected = 'not_connected';
    /** Clover refused to renew the connection, for the first time. Data: minutes. */
    case RenewalRefused = 'renewal_refused';
    /** Clover refused to renew the connection for good. */
    case ConnectionLost = 'connection_lost';
    /** Clover refused the merchant's API token, for the first time. Data: minutes. */
    case ApiTokenRefused = 'api_token_refused';
    /** Clover accepts an API token for nothing of this merchant. Data: merchant, permissions. */
    case ApiTokenNotAccepted = 'api_token_not_accepted';
    /** An API token lacks permissions. Data: permissions. */
    case ApiTokenPermission = 'api_token_permission';
    /** The text cannot be an API token. */
    case ApiTokenForm = 'api_token_form';
    /** The text cannot be a merchant id. */
    case MerchantIdForm = 'merchant_id_form';
    /** Another process refreshes the token. */
    case TokenBusy = 'token_busy';
    /** The stored tokens do not open. */
    case TokensSealed = 'tokens_sealed';
    /** A stored secret does not open. */
    case SecretSealed = 'secret_sealed';
    /** The owner did not consent. */
    case CallbackDenied = 'callback_denied';
    /** Clover reports another error. Data: said. */
    case CallbackFailed = 'callback_failed';
    /** A part of the address is missing. Data: part. */
    case CallbackMissing = 'callback_missing';
    /** The callback is for another app. Data: app. */
    case CallbackOtherApp = 'callback_other_app';
    /** The callback belongs to another attempt. */
    case CallbackOtherAttempt = 'callback_other_attempt';
    /** The merchant id is none. */
    case CallbackMerchant = 'callback_merchant';
    /** Clover did not accept the code. */
    case CallbackCode = 'callback_code';
    /** Clover's data of it cannot be read. Data: path. */
    case ItemUnreadable = 'item_unreadable';
    /** It has no name. */
    case ItemNameless = 'item_nameless';
    /** It has no price. */
    case ItemWithoutPrice = 'item_without_price';
    /** Its price is below zero. */
    case ItemPriceNegative = 'item_price_negative';
    /** The shop cannot store its price. Data: price. */
    case ItemPriceTooLarge = 'item_price_too_large';
    /** Its count is beyond any stock. */
    case ItemCountTooLarge = 'item_count_too_large';
    /** Clover does not show its options to this app. */
    case ItemOptionsUnseen = 'item_options_unseen';
    /** Clover does not show its categories to this app, which decide whether it is imported. */
    case ItemCategoriesUnseen = 'item_categories_unseen';
    /** Clover does not show its tags to this app, which decide whether it is imported. */
    case ItemTagsUnseen = 'item_tags_unseen';
    /** Another item of its group has the same options. Data: item, options. */
    case ItemOptionsTaken = 'item_options_taken';
    /** It has several values for an option. Data: option. */
    case ItemOptionTwice = 'item_option_twice';
    /** It has no value for an option. Data: option. */
    case ItemOptionMissing = 'item_option_missing';
    /** It has neither options nor a name. */
    case ItemIndistinct = 'item_indistinct';
    /** Its group has no name. */
    case GroupNameless = 'group_nameless';
    /** A category without a name is left out. */
    case CategoryNameless = 'category_nameless';
    /** A tag without a name is left out. */
    case TagNameless = 'tag_nameless';
    /** The price is 0. Data: item. */
    case PriceZero = 'price_zero';
    /** The price is typed in at the till. Data: item. */
    case PriceAtTill = 'price_at_till';
    /** The price is per unit of weight or length. Data: item. */
    case PricePerUnit = 'price_per_unit';
    /** The kind of price is unknown. Data: item, price_type. */
    case PriceTypeUnknown = 'price_type_unknown';
    /** It is not revenue, as a gift card or a deposit. Data: item. */
    case NotRevenue = 'not_revenue';
    /** It is sold only to adults. Data: item. */
    case AgeRestricted = 'age_restricted';
    /** The till asks for modifiers. Data: item. */
    case ModifiersRequired = 'modifiers_required';
    /** It is not taxed by the default rates. Data: item. */
    case NotDefaultTax = 'not_default_tax';
    /** All of it is hidden in Clover. */
    case HiddenInClover = 'hidden_in_clover';
    /** It is hidden in Clover. */
    case LeftOutHidden = 'left_out_hidden';
    /** It is not revenue. */
    case LeftOutNonRevenue = 'left_out_non_revenue';
    /** It is sold only to adults. */
    case LeftOutAgeRestricted = 'left_out_age_restricted';
    /** Clover does not sell it online. */
    case LeftOutNotOnline = 'left_out_not_online';
    /** This category is excepted. Data: category. */
    case LeftOutCategory = 'left_out_category';
    /** None of its categories is chosen. Data: categories. */
    case LeftOutCategories = 'left_out_categories';
    /** It has no category. */
    case LeftOutUncategorized = 'left_out_uncategorized';
    /** This tag is excepted. Data: tag. */
    case LeftOutTag = 'left_out_tag';
    /** None of its tags is chosen. Data: tags. */
    case LeftOutTags = 'left_out_tags';
    /** It has no tag. */
    case LeftOutUntagged = 'left_out_untagged';
    /** Clover does not count the item. */
    case StockUntracked = 'stock_untracked';
    /** The new count would be beyond any stock. */
    case StockOutOfRange = 'stock_out_of_range';
    /** The count was not written in time. */
    case StockLate = 'stock_late';
    /** The count was not sent. */
    case StockNotSent = 'stock_not_sent';
    /** No usable token was at hand. */
    case StockWithoutToken = 'stock_without_token';
    /** Fewer units can be given back. Data: count. */
    case RestockTooMany = 'restock_too_many';
    /** The row needs no decision. */
    case RowDecided = 'row_decided';
    /** The decision on the sale comes first. */
    case RowFollows = 'row_follows';
    /** Clover did not answer, so the order may be there. */
    case OrderMaybeCreated = 'order_maybe_created';
    /** Clover did not answer in time, so the order may not be complete. */
    case OrderMaybeIncomplete = 'order_maybe_incomplete';
    /** Another program changed the order in Clover. */
    case OrderChanged = 'order_changed';
    /** The order is paid or locked in Clover, so its title was not changed. */
    case OrderLocked = 'order_locked';
    /** Clover did not answer in time, so the title may be changed. */
    case OrderMaybeMarked = 'order_maybe_marked';
    /** Clover does not have the order. */
    case OrderGone = 'order_gone';
    /** The order shows a payment already. */
    case PaymentShown = 'payment_shown';
    /** The order costs nothing. */
    case PaymentNothing = 'payment_nothing';
    /** The permission to record payments is missing. Data: permission. */
    case PaymentPermission = 'payment_permission';
    /** The merchant has no tender for payments that were taken elsewhere. */
    case PaymentNoTender = 'payment_no_tender';
    /** Clover did not answer in time, so the payment may be recorded. */
    case PaymentMaybeRecorded = 'payment_maybe_recorded';
    /** Clover did not answer, so the order may be printed. */
    case PrintMaybeSent = 'print_maybe_sent';
    /** Clover reports that the printer did not print the order. */
    case PrintFailed = 'print_failed';
    /** Clover takes the order only without its order type. Data: said. */
    case OrderTypeRefused = 'order_type_refused';
    /** The shop's data of the order cannot be used. Data: path. */
    case OrderUnusable = 'order_unusable';
    /** The body is too large. Data: most. */
    case WebhookTooLarge = 'webhook_too_large';
    /** The body has too many events or merchants. Data: events, merchants. */
    case WebhookTooMany = 'webhook_too_many';
    /** No Auth Code is set. */
    case WebhookNoAuthCode = 'webhook_no_auth_code';
    /** The header is missing. Data: header. */
    case WebhookNoHeader = 'webhook_no_header';
    /** The header is not the Auth Code. Data: header. */
    case WebhookWrongHeader = 'webhook_wrong_header';
    /** The header is given more than once. Data: header. */
    case WebhookSeveralHeaders = 'webhook_several_headers';
    /** The body is not of the form of a delivery. */
    case WebhookMalformed = 'webhook_malformed';
    /** Webhooks are switched off. */
    case WebhookSwitchedOff = 'webhook_switched_off';
    /** One of several words is needed. Data: choices. */
    case SettingChoice = 'setting_choice';
    /** A whole number in a range is needed. Data: least, most. */
    case SettingRange = 'setting_range';
    /** Yes or no is needed. */
    case SettingSwitch = 'setting_switch';
    /** Ids of order statuses are needed. */
    case SettingStatuses = 'setting_statuses';
    /** Names of plugins are needed. */
    case SettingNames = 'setting_names';
    /** It is not an address of mail. Data: address. */
    case SettingEmail = 'setting_email';
    /** A list of a few addresses of mail is needed. Data: most. */
    case SettingEmails = 'setting_emails';
    /** A mode and a list of names are needed. Data: choices. */
    case SettingNameFilter = 'setting_name_filter';
    /** At least one name is needed. */
    case SettingNameFilterEmpty = 'setting_name_filter_empty';
    /** An App ID is needed. */
    case SettingAppId = 'setting_app_id';
    /** Text is needed. */
    case SettingText = 'setting_text';
    /** The text is too long, or has several lines. Data: most. */
    case SettingLength = 'setting_length';
    /** There is no such setting. */
    case SettingUnknown = 'setting_unknown';
    /** A markup is needed. Data: most, digits. */
    case SettingMarkup = 'setting_markup';
    /** Markups by category are needed. */
    case SettingMarkups = 'setting_markups';
    /** A category needs a type and a value, and nothing else. Data: category. */
    case SettingMarkupsEntry = 'setting_markups_entry';
    /** A markup has no category. Data: value. */
    case SettingMarkupsNameless = 'setting_markups_nameless';
    /** A category is named twice. Data: category. */
    case SettingMarkupsTwice = 'setting_markups_twice';
    /** The type of a category's markup is wrong. Data: category, choices. */
    case SettingMarkupsType = 'setting_markups_type';
    /** The value of a category's markup is wrong. Data: category, most, digits. */
    case SettingMarkupsValue = 'setting_markups_value';
    /** Tax profiles by rate are needed. */
    case SettingTaxes = 'setting_taxes';
    /** A tax profile has no rate. */
    case SettingTaxesNameless = 'setting_taxes_nameless';
    /** A rate is named twice. Data: rate. */
    case SettingTaxesTwice = 'setting_taxes_twice';
    /** A rate has no tax profile. Data: rate. */
    case SettingTaxesProfile = 'setting_taxes_profile';
    /** It is needed to connect. */
    case SettingNeeded = 'setting_needed';
    /** A value of another kind is needed. */
    case SettingKind = 'setting_kind';
    /** The bytes are not text. */
    case SettingNotText = 'setting_not_text';
    /** A code of ISO 4217 is needed. */
    case SettingCurrency = 'setting_currency';
    /** The secret is too short. Data: least. */
    case SettingSecretShort = 'setting_secret_short';
    /** The address of Clover cannot be used. */
    case SettingAddress = 'setting_address';
    /** The program that calls Clover has ended. */
    case HelperGone = 'helper_gone';
    /** The program that calls Clover ended in the middle of a call. */
    case HelperLost = 'helper_lost';
    /** An argument of a call is wrong. Data: name. */
    case Argument = 'argument';
    /** Clover or this software did what is not foreseen. */
    case Fault = 'fault';
}
