//! Why something is not as wished, as a code with data. The shop has a text for each code in its
//! readers' languages.

use std::fmt;

/// A part of a problem that its text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// A number, written as the reader's language does.
    Number(i64),
    /// Text as it is: a name, an id, words of other people.
    Text(String),
    /// Several of them.
    Texts(Vec<String>),
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Datum {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<&str>> for Datum {
    fn from(texts: Vec<&str>) -> Self {
        Self::Texts(texts.into_iter().map(str::to_owned).collect())
    }
}

impl From<Vec<String>> for Datum {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

/// What is wrong. For developers it prints as its code, data and details; for owners the shop puts
/// it into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which text.
    pub code: ProblemCode,
    /// What the text names.
    pub data: Vec<(&'static str, Datum)>,
    /// For technicians, such as the request and its status; shown apart from the text.
    pub details: String,
}

impl Problem {
    /// One with a code alone.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self {
            code,
            data: Vec::new(),
            details: String::new(),
        }
    }

    /// With a value of the code's [`ProblemCode::fields`].
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<Datum>) -> Self {
        debug_assert!(
            self.code.fields().contains(&field),
            "{:?} has no {field}",
            self.code
        );
        self.data.push((field, value.into()));
        self
    }

    /// With technical details.
    #[must_use]
    pub fn because(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.key())?;
        for (index, (field, value)) in self.data.iter().enumerate() {
            write!(f, "{}{field} {value}", if index == 0 { ": " } else { ", " })?;
        }
        if self.details.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", self.details)
        }
    }
}

macro_rules! problems {
    ($($(#[$meta:meta])* $case:ident = $key:literal [$($field:ident),*],)+) => {
        crate::text_enum! {
            /// Which text tells the owner what is wrong.
            pub enum ProblemCode {
                $($(#[$meta])* $case = $key,)+
            }
        }

        impl ProblemCode {
            /// What its text names.
            #[must_use]
            pub const fn fields(self) -> &'static [&'static str] {
                match self {
                    $(Self::$case => &[$(stringify!($field)),*],)+
                }
            }
        }
    };
}

problems! {
    // Calls to Clover

    /// The Clover app lacks a permission.
    PermissionMissing = "permission_missing" [permission],
    /// Clover refuses a new token, and does not say which permission is missing.
    PermissionUnknown = "permission_unknown" [],
    /// Clover does not have it, or no longer.
    NotInClover = "not_in_clover" [],
    /// Clover refused the request, and would again.
    Refused = "refused" [said],
    /// Clover asks to wait.
    RateLimited = "rate_limited" [],
    /// The token's own limit is used up.
    RateLimitUsed = "rate_limit_used" [],
    /// Other processes use up the limit.
    RateLimitShared = "rate_limit_shared" [],
    /// Nothing was sent: no name, no route, no connection.
    Unreachable = "unreachable" [],
    /// Sent, and no complete answer came.
    NoResponse = "no_response" [],
    /// The answer is none of those that Clover documents.
    UnexpectedResponse = "unexpected_response" [],
    /// A server in between answered.
    Intercepted = "intercepted" [host],
    /// TLS failed.
    Insecure = "insecure" [host],
    /// Clover neither gave tokens nor refused them.
    TokensUndecided = "tokens_undecided" [],
    /// A list was not read to its end.
    Interrupted = "interrupted" [],
    /// The server's PHP cannot call Clover.
    ServerUnfit = "server_unfit" [],

    // The connection

    /// There is no connection.
    NotConnected = "not_connected" [],
    /// Clover refused to renew the connection, for the first time.
    RenewalRefused = "renewal_refused" [minutes],
    /// Clover refused to renew the connection for good.
    ConnectionLost = "connection_lost" [],
    /// Clover refused the merchant's API token, for the first time.
    ApiTokenRefused = "api_token_refused" [minutes],
    /// Clover accepts an API token for nothing of this merchant.
    ApiTokenNotAccepted = "api_token_not_accepted" [merchant, permissions],
    /// An API token lacks permissions.
    ApiTokenPermission = "api_token_permission" [permissions],
    /// The text cannot be an API token.
    ApiTokenForm = "api_token_form" [],
    /// The text cannot be a merchant id.
    MerchantIdForm = "merchant_id_form" [],
    /// Another process refreshes the token.
    TokenBusy = "token_busy" [],
    /// The stored tokens do not open.
    TokensSealed = "tokens_sealed" [],
    /// A stored secret does not open.
    SecretSealed = "secret_sealed" [],
    /// The owner did not consent.
    CallbackDenied = "callback_denied" [],
    /// Clover reports another error.
    CallbackFailed = "callback_failed" [said],
    /// A part of the address is missing.
    CallbackMissing = "callback_missing" [part],
    /// The callback is for another app.
    CallbackOtherApp = "callback_other_app" [app],
    /// The callback belongs to another attempt.
    CallbackOtherAttempt = "callback_other_attempt" [],
    /// The merchant id is none.
    CallbackMerchant = "callback_merchant" [],
    /// Clover did not accept the code.
    CallbackCode = "callback_code" [],

    // Items of the catalog

    /// Clover's data of it cannot be read.
    ItemUnreadable = "item_unreadable" [path],
    /// It has no name.
    ItemNameless = "item_nameless" [],
    /// It has no price.
    ItemWithoutPrice = "item_without_price" [],
    /// Its price is below zero.
    ItemPriceNegative = "item_price_negative" [],
    /// The shop cannot store its price.
    ItemPriceTooLarge = "item_price_too_large" [price],
    /// Its count is beyond any stock.
    ItemCountTooLarge = "item_count_too_large" [],
    /// Clover does not show its options to this app.
    ItemOptionsUnseen = "item_options_unseen" [],
    /// Clover does not show its categories to this app, which decide whether it is imported.
    ItemCategoriesUnseen = "item_categories_unseen" [],
    /// Clover does not show its tags to this app, which decide whether it is imported.
    ItemTagsUnseen = "item_tags_unseen" [],
    /// Another item of its group has the same options.
    ItemOptionsTaken = "item_options_taken" [item, options],
    /// It has several values for an option.
    ItemOptionTwice = "item_option_twice" [option],
    /// It has no value for an option.
    ItemOptionMissing = "item_option_missing" [option],
    /// It has neither options nor a name.
    ItemIndistinct = "item_indistinct" [],
    /// Its group has no name.
    GroupNameless = "group_nameless" [],
    /// A category without a name is left out.
    CategoryNameless = "category_nameless" [],
    /// A tag without a name is left out.
    TagNameless = "tag_nameless" [],
    /// The price is 0.
    PriceZero = "price_zero" [item],
    /// The price is typed in at the till.
    PriceAtTill = "price_at_till" [item],
    /// The price is per unit of weight or length.
    PricePerUnit = "price_per_unit" [item],
    /// The kind of price is unknown.
    PriceTypeUnknown = "price_type_unknown" [item, price_type],
    /// It is not revenue, as a gift card or a deposit.
    NotRevenue = "not_revenue" [item],
    /// It is sold only to adults.
    AgeRestricted = "age_restricted" [item],
    /// The till asks for modifiers.
    ModifiersRequired = "modifiers_required" [item],
    /// It is not taxed by the default rates.
    NotDefaultTax = "not_default_tax" [item],
    /// All of it is hidden in Clover.
    HiddenInClover = "hidden_in_clover" [],

    // Items that the settings leave out

    /// It is hidden in Clover.
    LeftOutHidden = "left_out_hidden" [],
    /// It is not revenue.
    LeftOutNonRevenue = "left_out_non_revenue" [],
    /// It is sold only to adults.
    LeftOutAgeRestricted = "left_out_age_restricted" [],
    /// Clover does not sell it online.
    LeftOutNotOnline = "left_out_not_online" [],
    /// This category is excepted.
    LeftOutCategory = "left_out_category" [category],
    /// None of its categories is chosen.
    LeftOutCategories = "left_out_categories" [categories],
    /// It has no category.
    LeftOutUncategorized = "left_out_uncategorized" [],
    /// This tag is excepted.
    LeftOutTag = "left_out_tag" [tag],
    /// None of its tags is chosen.
    LeftOutTags = "left_out_tags" [tags],
    /// It has no tag.
    LeftOutUntagged = "left_out_untagged" [],

    // Stock

    /// Clover does not count the item.
    StockUntracked = "stock_untracked" [],
    /// The new count would be beyond any stock.
    StockOutOfRange = "stock_out_of_range" [],
    /// The count was not written in time.
    StockLate = "stock_late" [],
    /// The count was not sent.
    StockNotSent = "stock_not_sent" [],
    /// No usable token was at hand.
    StockWithoutToken = "stock_without_token" [],
    /// Fewer units can be given back.
    RestockTooMany = "restock_too_many" [count],
    /// The row needs no decision.
    RowDecided = "row_decided" [],
    /// The decision on the sale comes first.
    RowFollows = "row_follows" [],

    // Orders

    /// Clover did not answer, so the order may be there.
    OrderMaybeCreated = "order_maybe_created" [],
    /// Clover did not answer in time, so the order may not be complete.
    OrderMaybeIncomplete = "order_maybe_incomplete" [],
    /// Another program changed the order in Clover.
    OrderChanged = "order_changed" [],
    /// The order is paid or locked in Clover, so its title was not changed.
    OrderLocked = "order_locked" [],
    /// Clover did not answer in time, so the title may be changed.
    OrderMaybeMarked = "order_maybe_marked" [],
    /// Clover does not have the order.
    OrderGone = "order_gone" [],
    /// The order shows a payment already.
    PaymentShown = "payment_shown" [],
    /// The order costs nothing.
    PaymentNothing = "payment_nothing" [],
    /// The permission to record payments is missing.
    PaymentPermission = "payment_permission" [permission],
    /// The merchant has no tender for payments that were taken elsewhere.
    PaymentNoTender = "payment_no_tender" [],
    /// Clover did not answer in time, so the payment may be recorded.
    PaymentMaybeRecorded = "payment_maybe_recorded" [],
    /// Clover did not answer, so the order may be printed.
    PrintMaybeSent = "print_maybe_sent" [],
    /// Clover reports that the printer did not print the order.
    PrintFailed = "print_failed" [],
    /// Clover takes the order only without its order type.
    OrderTypeRefused = "order_type_refused" [said],
    /// The shop's data of the order cannot be used.
    OrderUnusable = "order_unusable" [path],

    // Webhook requests

    /// The body is too large.
    WebhookTooLarge = "webhook_too_large" [most],
    /// The body has too many events or merchants.
    WebhookTooMany = "webhook_too_many" [events, merchants],
    /// No Auth Code is set.
    WebhookNoAuthCode = "webhook_no_auth_code" [],
    /// The header is missing.
    WebhookNoHeader = "webhook_no_header" [header],
    /// The header is not the Auth Code.
    WebhookWrongHeader = "webhook_wrong_header" [header],
    /// The header is given more than once.
    WebhookSeveralHeaders = "webhook_several_headers" [header],
    /// The body is not of the form of a delivery.
    WebhookMalformed = "webhook_malformed" [],
    /// Webhooks are switched off.
    WebhookSwitchedOff = "webhook_switched_off" [],

    // Settings

    /// One of several words is needed.
    SettingChoice = "setting_choice" [choices],
    /// A whole number in a range is needed.
    SettingRange = "setting_range" [least, most],
    /// Yes or no is needed.
    SettingSwitch = "setting_switch" [],
    /// Ids of order statuses are needed.
    SettingStatuses = "setting_statuses" [],
    /// Names of plugins are needed.
    SettingNames = "setting_names" [],
    /// It is not an address of mail.
    SettingEmail = "setting_email" [address],
    /// A list of a few addresses of mail is needed.
    SettingEmails = "setting_emails" [most],
    /// A mode and a list of names are needed.
    SettingNameFilter = "setting_name_filter" [choices],
    /// At least one name is needed.
    SettingNameFilterEmpty = "setting_name_filter_empty" [],
    /// An App ID is needed.
    SettingAppId = "setting_app_id" [],
    /// Text is needed.
    SettingText = "setting_text" [],
    /// The text is too long, or has several lines.
    SettingLength = "setting_length" [most],
    /// There is no such setting.
    SettingUnknown = "setting_unknown" [],
    /// A markup is needed.
    SettingMarkup = "setting_markup" [most, digits],
    /// Markups by category are needed.
    SettingMarkups = "setting_markups" [],
    /// A category needs a type and a value, and nothing else.
    SettingMarkupsEntry = "setting_markups_entry" [category],
    /// A markup has no category.
    SettingMarkupsNameless = "setting_markups_nameless" [value],
    /// A category is named twice.
    SettingMarkupsTwice = "setting_markups_twice" [category],
    /// The type of a category's markup is wrong.
    SettingMarkupsType = "setting_markups_type" [category, choices],
    /// The value of a category's markup is wrong.
    SettingMarkupsValue = "setting_markups_value" [category, most, digits],
    /// Tax profiles by rate are needed.
    SettingTaxes = "setting_taxes" [],
    /// A tax profile has no rate.
    SettingTaxesNameless = "setting_taxes_nameless" [],
    /// A rate is named twice.
    SettingTaxesTwice = "setting_taxes_twice" [rate],
    /// A rate has no tax profile.
    SettingTaxesProfile = "setting_taxes_profile" [rate],
    /// It is needed to connect.
    SettingNeeded = "setting_needed" [],
    /// A value of another kind is needed.
    SettingKind = "setting_kind" [],
    /// The bytes are not text.
    SettingNotText = "setting_not_text" [],
    /// A code of ISO 4217 is needed.
    SettingCurrency = "setting_currency" [],
    /// The secret is too short.
    SettingSecretShort = "setting_secret_short" [least],
    /// The address of Clover cannot be used.
    SettingAddress = "setting_address" [],

    // This software

    /// The program that calls Clover has ended.
    HelperGone = "helper_gone" [],
    /// The program that calls Clover ended in the middle of a call.
    HelperLost = "helper_lost" [],
    /// An argument of a call is wrong.
    Argument = "argument" [name],
    /// Clover or this software did what is not foreseen.
    Fault = "fault" [],
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    const LANGUAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../php-plugin/lib/language");

    fn placeholders(text: &str) -> BTreeSet<&str> {
        let opened = text.split('{').skip(1);
        opened
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect()
    }

    #[test]
    fn every_problem_has_a_text_that_names_its_fields_in_each_language() {
        let mut languages = 0;
        for folder in fs::read_dir(LANGUAGES).unwrap() {
            let file = folder.unwrap().path().join("lib_cloversync.ini");
            let texts = fs::read_to_string(Path::new(&file)).unwrap();
            for code in ProblemCode::ALL {
                let key = format!("LIB_CLOVERSYNC_{}=", code.key().to_uppercase());
                let text = texts.lines().find_map(|line| line.strip_prefix(&key));
                let text = text.unwrap_or_else(|| panic!("{} lacks {key}", file.display()));
                let fields: BTreeSet<&str> = code.fields().iter().copied().collect();
                assert_eq!(placeholders(text), fields, "{key} in {}", file.display());
            }
            languages += 1;
        }
        assert!(languages > 0);
    }

    #[test]
    fn a_problem_prints_as_its_code_data_and_details() {
        let problem = Problem::new(ProblemCode::SettingRange)
            .with("least", 1_i64)
            .with("most", 10_usize)
            .because("GET /v3");
        assert_eq!(
            problem.to_string(),
            "setting_range: least 1, most 10 (GET /v3)"
        );
        assert_eq!(Problem::from(ProblemCode::Fault).to_string(), "fault");
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "has no nonsense")]
    fn a_problem_has_no_other_fields_than_its_text() {
        let _ = Problem::new(ProblemCode::Fault).with("nonsense", 1_i64);
    }
}
