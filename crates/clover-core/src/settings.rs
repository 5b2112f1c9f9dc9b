//! The owner's settings: each is described once, in [`SETTINGS`]. They are checked as a whole, and
//! all errors are reported at once, by field.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::ops::RangeInclusive;

use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::item_filter::{ImportRule, ItemFilter, NameFilter, NameFilterMode};
use crate::pricing::{LARGEST_MARKUP, MARKUP_PLACES, MarkupValue, PriceEnding, Prices, Pricing};
use crate::problem::{Problem, ProblemCode};
use crate::quantity::LARGEST_RESERVE;
use crate::tax::{TaxProfile, TaxRule};
use crate::text;
use crate::text_enum::TextEnum;

/// What is wrong, by field name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError {
    /// By field name. Quotes no value that may be a secret.
    pub fields: BTreeMap<String, Problem>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (field, problem)) in self.fields.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{field}: {problem}")?;
        }
        Ok(())
    }
}

crate::text_enum! {
    /// Whether new products are shown.
    pub enum ImportStatus {
        /// The owner publishes them.
        Unpublished = "unpublished",
        /// At once.
        Published = "published",
    }
}

crate::text_enum! {
    /// How Clover's categories and groups become the shop's categories and tags.
    pub enum MappingMode {
        /// Item-group names and Clover tags become tags; no category is made.
        Tag = "tag",
        /// The first Clover category is the article's, made when missing; the others become tags.
        Category = "category",
    }
}

crate::text_enum! {
    /// What happens to a product whose item was deleted in Clover.
    pub enum DeleteAction {
        /// Hidden, and shown again when the item comes back.
        Unpublish = "unpublish",
        /// Into the trash, and out of it when the item comes back.
        Trash = "trash",
        /// Nothing.
        Ignore = "ignore",
    }
}

crate::text_enum! {
    /// How the shop's price comes from Clover's.
    pub enum PricingMode {
        /// Clover's price as it is.
        Direct = "direct",
        /// With the markup on top.
        Markup = "markup",
    }
}

crate::text_enum! {
    /// What the markup counts.
    pub enum MarkupType {
        /// Percent of Clover's price.
        Percentage = "percentage",
        /// Currency units.
        Fixed = "fixed",
    }
}

crate::text_enum! {
    /// What becomes of Clover's modifier groups.
    pub enum ModifierMode {
        /// The shop does not offer them.
        Off = "off",
        /// Options of the product, with prices.
        Options = "options",
    }
}

/// A number on top of Clover's price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup {
    /// As typed, for showing it again.
    pub text: String,
    /// The exact number.
    pub value: MarkupValue,
}

/// The markup of a category, in place of the general one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryMarkup {
    /// Name of Clover's category.
    pub category: String,
    /// Percentage or fixed.
    pub kind: MarkupType,
    /// How much is put on top.
    pub markup: Markup,
}

/// The App Secret or the webhook's secret. Prints as `REDACTED`, and is wiped from memory in the
/// end.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(crate) Zeroizing<String>);

impl Secret {
    /// Takes any text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself. Never for a log, an error or a page.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the given bytes are this secret. An empty secret matches nothing.
    ///
    /// Both sides are hashed first, so that what is compared in constant time has one length: the
    /// time taken depends on the length of what was given, which the sender knows anyway, and on
    /// nothing else that a sender could vary.
    #[must_use]
    pub fn matches(&self, given: &[u8]) -> bool {
        let same = Sha256::digest(self.0.as_bytes()).ct_eq(&Sha256::digest(given));
        !self.0.is_empty() && bool::from(same)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("REDACTED")
    }
}

/// Defines [`Settings`] and [`SETTINGS`] from one line a setting: its name, its type, and the kind
/// that checks and describes it.
macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $value:ty = $kind:expr;)+) => {
        /// Settings that passed every check.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(clippy::struct_excessive_bools)] // One for each of the owner's switches.
        pub struct Settings {
            $($(#[$doc])* pub $name: $value,)+
        }

        /// Every setting.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            name: stringify!($name),
            describe: || $kind.describe(),
            show: |settings| $kind.show(&settings.$name),
        },)+];

        fn read(form: &mut Form) -> Settings {
            Settings {
                $($name: $kind.read(form, stringify!($name)),)+
            }
        }
    };
}

settings! {
    /// Which Clover.
    environment: Environment = Choice(Environment::Sandbox);
    /// The app's public id; empty until the owner sets it.
    app_id: String = AppId;
    /// The app's secret.
    app_secret: Option<Secret> = SecretText;
    /// A Clover elsewhere, for tests: only loopback addresses are accepted when hosts are built.
    base_url: Option<String> = Address;
    /// What Clover sends as `X-Clover-Auth`.
    webhook_secret: Option<Secret> = SecretText;
    /// Whether new products are shown at once.
    import_status: ImportStatus = Choice(ImportStatus::Unpublished);
    /// Joomla category id; 0 is none.
    default_category: i64 = Integer(0, 0..=i64::from(i32::MAX));
    /// Tax profile id of new products; 0 is not taxable.
    default_tax_profile: i64 = Integer(0, 0..=i64::from(i32::MAX));
    /// Tax profiles by Clover's rates. No two rates are the same.
    tax_mapping: Vec<TaxProfile> = TaxProfiles;
    /// Categories and tags.
    mapping_mode: MappingMode = Choice(MappingMode::Tag);
    /// Items that are deleted in Clover or left out.
    delete_action: DeleteAction = Choice(DeleteAction::Unpublish);
    /// Categories whose items are imported.
    import_categories: NameFilter = NamesToChoose;
    /// Tags whose items are imported.
    import_tags: NameFilter = NamesToChoose;
    /// Items that are hidden in Clover.
    import_hidden: ImportRule = Choice(ImportRule::Unpublished);
    /// Items that are not revenue.
    import_non_revenue: ImportRule = Choice(ImportRule::Unpublished);
    /// Items that are sold only to adults.
    import_age_restricted: ImportRule = Choice(ImportRule::Unpublished);
    /// Whether items that Clover does not sell online are left out.
    import_online_only: bool = Switch(false);
    /// Modifier groups of single items.
    modifiers: ModifierMode = Choice(ModifierMode::Off);
    /// Whether prices have a markup.
    pricing_mode: PricingMode = Choice(PricingMode::Direct);
    /// Percentage or fixed, also while the mode is direct.
    markup_type: MarkupType = Choice(MarkupType::Percentage);
    /// How much is put on top, while the mode is markup.
    markup_value: Markup = MarkupNumber;
    /// By Clover category, whatever the mode. No two names are the same.
    category_markups: Vec<CategoryMarkup> = CategoryMarkups;
    /// How prices end, whatever the mode.
    price_ending: PriceEnding = Choice(PriceEnding::None);
    /// Whether webhook events are processed.
    webhooks: bool = Switch(true);
    /// Minutes between scheduled syncs.
    sync_interval: i64 = Integer(60, 5..=44_640);
    /// Whether web sales move Clover's counts.
    push_stock: bool = Switch(true);
    /// Units of each count that are kept for the till.
    stock_reserve: i64 = Integer(0, 0..=LARGEST_RESERVE);
    /// Whether web orders are sent to Clover.
    sync_sale: bool = Switch(true);
    /// Whether orders of goods that are not in Clover are sent to it too.
    push_foreign_orders: bool = Switch(true);
    /// Payment plugins whose orders are paid later.
    pay_later_methods: Vec<String> = Names(&[
        "payment_cash",
        "payment_banktransfer",
        "payment_moneyorder",
    ]);
    /// Name of the order type that orders get in Clover; empty for none.
    order_type: String = Label;
    /// Whether the till's order printer prints each order that was sent.
    print_orders: bool = Switch(false);
    /// Who gets mails about what needs the owner; none: no mails.
    alert_email: Vec<String> = Emails;
    /// Whether the same people get a mail about each day.
    daily_summary: bool = Switch(false);
    /// Days that log entries are kept.
    log_retention: i64 = Integer(30, 1..=3650);
    /// Whether diagnostics are logged.
    debug: bool = Switch(false);
    /// Order statuses that count as paid. By default J2Commerce's Confirmed, Processed, Shipped and
    /// Delivered.
    paid_statuses: Vec<i64> = Statuses(&[1, 2, 7, 8]);
    /// Order statuses that count as refunded.
    refunded_statuses: Vec<i64> = Statuses(&[]);
    /// Percent of the token's rate limit that this node may use; more than all of it with another
    /// address only.
    pace_share: i64 = Share;
}

/// A setting.
pub struct Setting {
    /// Its name in forms and files.
    pub name: &'static str,
    describe: fn() -> Description,
    show: fn(&Settings) -> Shown<'_>,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Setting {
    /// The name of its property in PHP: `syncInterval` of `sync_interval`.
    #[must_use]
    pub fn property(&self) -> String {
        let mut words = self.name.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| {
            let (initial, rest) = word.split_at(1);
            name + &initial.to_ascii_uppercase() + rest
        })
    }

    /// What it may be.
    #[must_use]
    pub fn describe(&self) -> Description {
        (self.describe)()
    }

    /// Its value in these settings.
    #[must_use]
    pub fn show<'a>(&self, settings: &'a Settings) -> Shown<'a> {
        (self.show)(settings)
    }
}

crate::text_enum! {
    /// What a setting holds.
    pub enum SettingKind {
        /// Text.
        Text = "text",
        /// Text that may be missing.
        OptionalText = "optional_text",
        /// Text that is never shown.
        Secret = "secret",
        /// One of several texts.
        Choice = "choice",
        /// A whole number.
        Integer = "integer",
        /// Decimal text.
        Decimal = "decimal",
        /// Yes or no.
        Switch = "switch",
        /// Ids of order statuses.
        Statuses = "statuses",
        /// Names of extensions.
        Names = "names",
        /// Markups by category.
        Markups = "markups",
        /// Tax profiles by Clover's rates.
        TaxProfiles = "tax_profiles",
        /// How a list of names chooses items, and the names.
        NameFilter = "name_filter",
        /// Addresses of mail.
        Emails = "emails",
    }
}

/// What a setting may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What it holds.
    pub kind: SettingKind,
    /// Its value while it is not set.
    pub default: Value,
    /// Of a number.
    pub range: Option<RangeInclusive<i64>>,
    /// Of a choice.
    pub choices: Vec<&'static str>,
    /// Of a choice: the enum.
    pub choice_of: Option<TypeId>,
    /// Characters that a text may have.
    pub longest: Option<usize>,
}

impl Description {
    fn new(kind: SettingKind, default: impl Into<Value>) -> Self {
        Self {
            kind,
            default: default.into(),
            range: None,
            choices: Vec::new(),
            choice_of: None,
            longest: None,
        }
    }
}

/// The value of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'a> {
    /// A secret.
    Hidden,
    /// Text, or none.
    Text(Option<&'a str>),
    /// The case of an enum by its place.
    Choice(usize),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Switch(bool),
    /// A list of ids.
    Ids(&'a [i64]),
    /// A list of names.
    Names(&'a [String]),
    /// Markups by category.
    Markups(&'a [CategoryMarkup]),
    /// Tax profiles by Clover's rates.
    TaxProfiles(&'a [TaxProfile]),
    /// A choice by names.
    NameFilter(&'a NameFilter),
}

/// How the value of a setting is checked, described and shown.
trait Kind {
    type Value;

    fn read(&self, form: &mut Form, name: &str) -> Self::Value;

    fn describe(&self) -> Description;

    fn show<'a>(&self, value: &'a Self::Value) -> Shown<'a>;
}

/// With the default.
struct Choice<T>(T);

impl<T: TextEnum> Kind for Choice<T> {
    type Value = T;

    fn read(&self, form: &mut Form, name: &str) -> T {
        let Some(value) = form.take(name) else {
            return self.0;
        };
        let found = value
            .as_str()
            .and_then(|text| T::from_key(text.trim()).ok());
        found.unwrap_or_else(|| {
            let allowed: Vec<_> = T::ALL.iter().map(|case| case.key()).collect();
            form.refuse(
                name,
                Problem::new(ProblemCode::SettingChoice).with("choices", allowed),
            );
            self.0
        })
    }

    fn describe(&self) -> Description {
        Description {
            choices: T::ALL.iter().map(|case| case.key()).collect(),
            choice_of: Some(TypeId::of::<T>()),
            ..Description::new(SettingKind::Choice, self.0.key())
        }
    }

    fn show<'a>(&self, value: &'a T) -> Shown<'a> {
        Shown::Choice(value.index())
    }
}

/// With the default, and the smallest and largest number.
struct Integer(i64, RangeInclusive<i64>);

impl Kind for Integer {
    type Value = i64;

    fn read(&self, form: &mut Form, name: &str) -> i64 {
        let Self(default, range) = self;
        let Some(value) = form.take(name) else {
            return *default;
        };
        whole(&value)
            .filter(|n| range.contains(n))
            .unwrap_or_else(|| {
                let (from, to) = (range.start(), range.end());
                form.refuse(
                    name,
                    Problem::new(ProblemCode::SettingRange)
                        .with("least", *from)
                        .with("most", *to),
                );
                *default
            })
    }

    fn describe(&self) -> Description {
        Description {
            range: Some(self.1.clone()),
            ..Description::new(SettingKind::Integer, self.0)
        }
    }

    fn show<'a>(&self, value: &'a i64) -> Shown<'a> {
        Shown::Integer(*value)
    }
}

/// Percent. Only a simulator has another address, and its limits can be off.
struct Share;

impl Share {
    const OWNERS: Integer = Integer(100, 7..=100);
    const ELSEWHERE: Integer = Integer(100, 7..=100_000);
}

impl Kind for Share {
    type Value = i64;

    fn read(&self, form: &mut Form, name: &str) -> i64 {
        let range = if form.is_elsewhere {
            Self::ELSEWHERE
        } else {
            Self::OWNERS
        };
        range.read(form, name)
    }

    fn describe(&self) -> Description {
        Self::OWNERS.describe()
    }

    fn show<'a>(&self, value: &'a i64) -> Shown<'a> {
        Shown::Integer(*value)
    }
}

/// With the default.
struct Switch(bool);

impl Kind for Switch {
    type Value = bool;

    fn read(&self, form: &mut Form, name: &str) -> bool {
        match form.take(name) {
            None => self.0,
            Some(Value::Bool(on)) => on,
            Some(value) => match whole(&value) {
                Some(0) => false,
                Some(1) => true,
                _ => {
                    form.refuse(name, ProblemCode::SettingSwitch);
                    self.0
                }
            },
        }
    }

    fn describe(&self) -> Description {
        Description::new(SettingKind::Switch, self.0)
    }

    fn show<'a>(&self, value: &'a bool) -> Shown<'a> {
        Shown::Switch(*value)
    }
}

/// With the default. A list of ids, or Joomla's comma text. An empty list means the default, for
/// Joomla drops the key of an empty multi-select.
struct Statuses(&'static [i64]);

impl Kind for Statuses {
    type Value = Vec<i64>;

    fn read(&self, form: &mut Form, name: &str) -> Vec<i64> {
        let Some(values) = form.list(name) else {
            return self.0.to_vec();
        };
        let ids: Option<Vec<i64>> = values
            .iter()
            .map(|v| whole(v).filter(|id| *id > 0))
            .collect();
        match ids {
            Some(ids) if ids.is_empty() => self.0.to_vec(),
            Some(ids) => ids,
            None => {
                form.refuse(name, ProblemCode::SettingStatuses);
                self.0.to_vec()
            }
        }
    }

    fn describe(&self) -> Description {
        Description::new(SettingKind::Statuses, self.0.to_vec())
    }

    fn show<'a>(&self, value: &'a Vec<i64>) -> Shown<'a> {
        Shown::Ids(value)
    }
}

/// With the default. A list of names of extensions, or Joomla's comma text. An empty list means the
/// default, as in [`Statuses`]; a name that no extension has, such as `none`, stands for no
/// extension.
struct Names(&'static [&'static str]);

impl Names {
    const LONGEST: usize = 100;

    fn default(&self) -> Vec<String> {
        self.0.iter().map(|name| (*name).to_owned()).collect()
    }
}

impl Kind for Names {
    type Value = Vec<String>;

    fn read(&self, form: &mut Form, name: &str) -> Vec<String> {
        let Some(values) = form.list(name) else {
            return self.default();
        };
        let is_name = |text: &&str| {
            (1..=Self::LONGEST).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        };
        let names: Option<Vec<String>> = values
            .iter()
            .map(|value| value.as_str().map(str::trim).filter(is_name))
            .map(|name| name.map(str::to_ascii_lowercase))
            .collect();
        match names {
            Some(names) if names.is_empty() => self.default(),
            Some(names) => names,
            None => {
                form.refuse(name, ProblemCode::SettingNames);
                self.default()
            }
        }
    }

    fn describe(&self) -> Description {
        Description::new(SettingKind::Names, self.default())
    }

    fn show<'a>(&self, value: &'a Vec<String>) -> Shown<'a> {
        Shown::Names(value)
    }
}

/// Addresses of mail: a list, or text with commas.
struct Emails;

impl Emails {
    /// Addresses that are accepted.
    const MOST: usize = 10;
    /// Bytes of an address, and of its two parts.
    const LONGEST: usize = 254;
    const LONGEST_LOCAL: usize = 64;
    const LONGEST_LABEL: usize = 63;
    /// Of an address that is shown in an error.
    const SHOWN: usize = 100;

    fn is_address(text: &str) -> bool {
        let Some((local, domain)) = text.rsplit_once('@') else {
            return false;
        };
        let is_atom = |part: &str| {
            let others = b"!#$%&'*+/=?^_`{|}~-";
            let is_allowed = |b: u8| b.is_ascii_alphanumeric() || others.contains(&b);
            !part.is_empty() && part.bytes().all(is_allowed)
        };
        let is_label = |label: &str| {
            (1..=Self::LONGEST_LABEL).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        text.len() <= Self::LONGEST
            && local.len() <= Self::LONGEST_LOCAL
            && local.split('.').all(is_atom)
            && domain.contains('.')
            && domain.split('.').all(is_label)
    }

    /// Each address once, in the order given.
    fn parse(given: Vec<Value>) -> Result<Vec<String>, Problem> {
        let list = || Problem::new(ProblemCode::SettingEmails).with("most", Self::MOST);
        let mut addresses: Vec<String> = Vec::new();
        for value in given {
            let address = value.as_str().ok_or_else(list)?.trim();
            if address.is_empty() || addresses.iter().any(|a| a.eq_ignore_ascii_case(address)) {
                continue;
            }
            if !Self::is_address(address) {
                let shown = text::cut(address, Self::SHOWN);
                return Err(Problem::new(ProblemCode::SettingEmail).with("address", shown));
            }
            addresses.push(address.to_owned());
        }
        if addresses.len() > Self::MOST {
            return Err(list());
        }
        Ok(addresses)
    }
}

impl Kind for Emails {
    type Value = Vec<String>;

    fn read(&self, form: &mut Form, name: &str) -> Vec<String> {
        let given = form.list(name).unwrap_or_default();
        form.or_refuse(name, Self::parse(given))
    }

    fn describe(&self) -> Description {
        Description::new(SettingKind::Emails, Value::Array(Vec::new()))
    }

    fn show<'a>(&self, value: &'a Vec<String>) -> Shown<'a> {
        Shown::Names(value)
    }
}

/// An object with a mode and names. The names are a list, or text with one name a line.
struct NamesToChoose;

impl NamesToChoose {
    /// Names that are accepted.
    const MOST: usize = 1000;

    /// None when it is not such an object.
    fn parse(value: Value) -> Option<NameFilter> {
        let mut fields = match value {
            Value::Object(fields) => fields,
            // PHP's empty array.
            Value::Array(values) if values.is_empty() => return Some(NameFilter::all()),
            _ => return None,
        };
        let mode = match fields.remove("mode") {
            None | Some(Value::Null) => NameFilterMode::All,
            Some(Value::String(text)) if text.trim().is_empty() => NameFilterMode::All,
            Some(value) => NameFilterMode::from_key(value.as_str()?.trim()).ok()?,
        };
        let given = match fields.remove("names") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(text)) => text.lines().map(str::to_owned).collect(),
            Some(Value::Array(values)) => {
                let names = values.iter().map(|value| value.as_str().map(str::to_owned));
                names.collect::<Option<Vec<String>>>()?
            }
            Some(_) => return None,
        };
        let mut names: Vec<String> = Vec::new();
        for name in given.iter().filter_map(|name| text::clean(name)) {
            if !names.iter().any(|known| text::same(known, &name)) {
                names.push(name);
            }
        }
        (fields.is_empty() && names.len() <= Self::MOST).then_some(NameFilter { mode, names })
    }
}

impl Kind for NamesToChoose {
    type Value = NameFilter;

    fn read(&self, form: &mut Form, name: &str) -> NameFilter {
        let Some(value) = form.take(name) else {
            return NameFilter::all();
        };
        match Self::parse(value) {
            None => {
                let modes = NameFilterMode::ALL.iter().map(|mode| mode.key());
                let problem = Problem::new(ProblemCode::SettingNameFilter);
                form.refuse(name, problem.with("choices", modes.collect::<Vec<_>>()));
                NameFilter::all()
            }
            Some(filter) => {
                // It would leave out the whole catalog.
                if filter.mode == NameFilterMode::Only && filter.names.is_empty() {
                    form.refuse(name, ProblemCode::SettingNameFilterEmpty);
                }
                filter
            }
        }
    }

    fn describe(&self) -> Description {
        let default = NameFilter::all();
        let value = serde_json::json!({"mode": default.mode.key(), "names": default.names});
        Description::new(SettingKind::NameFilter, value)
    }

    fn show<'a>(&self, value: &'a NameFilter) -> Shown<'a> {
        Shown::NameFilter(value)
    }
}

struct SecretText;

impl SecretText {
    const LONGEST: usize = 255;
}

impl Kind for SecretText {
    type Value = Option<Secret>;

    fn read(&self, form: &mut Form, name: &str) -> Option<Secret> {
        form.text(name, Self::LONGEST).map(Secret::new)
    }

    fn describe(&self) -> Description {
        Description {
            longest: Some(Self::LONGEST),
            ..Description::new(SettingKind::Secret, Value::Null)
        }
    }

    fn show<'a>(&self, _: &'a Option<Secret>) -> Shown<'a> {
        Shown::Hidden
    }
}

struct AppId;

impl AppId {
    const LONGEST: usize = 64;
}

impl Kind for AppId {
    type Value = String;

    fn read(&self, form: &mut Form, name: &str) -> String {
        let id = form.text(name, Self::LONGEST).unwrap_or_default();
        if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            form.refuse(name, ProblemCode::SettingAppId);
        }
        id
    }

    fn describe(&self) -> Description {
        Description {
            longest: Some(Self::LONGEST),
            ..Description::new(SettingKind::Text, "")
        }
    }

    fn show<'a>(&self, value: &'a String) -> Shown<'a> {
        Shown::Text(Some(value))
    }
}

/// A name that Clover has, cleaned.
struct Label;

impl Label {
    /// Characters that Clover takes.
    const LONGEST: usize = 127;
}

impl Kind for Label {
    type Value = String;

    fn read(&self, form: &mut Form, name: &str) -> String {
        let label = form.text(name, Self::LONGEST);
        label.as_deref().and_then(text::clean).unwrap_or_default()
    }

    fn describe(&self) -> Description {
        Description {
            longest: Some(Self::LONGEST),
            ..Description::new(SettingKind::Text, "")
        }
    }

    fn show<'a>(&self, value: &'a String) -> Shown<'a> {
        Shown::Text(Some(value))
    }
}

struct Address;

impl Address {
    const LONGEST: usize = 200;
}

impl Kind for Address {
    type Value = Option<String>;

    fn read(&self, form: &mut Form, name: &str) -> Option<String> {
        let address = form.text(name, Self::LONGEST);
        form.is_elsewhere = address.is_some();
        address
    }

    fn describe(&self) -> Description {
        Description {
            longest: Some(Self::LONGEST),
            ..Description::new(SettingKind::OptionalText, Value::Null)
        }
    }

    fn show<'a>(&self, value: &'a Option<String>) -> Shown<'a> {
        Shown::Text(value.as_deref())
    }
}

struct MarkupNumber;

impl MarkupNumber {
    const LONGEST: usize = 40;
    const DEFAULT: &'static str = "0";

    fn limits(code: ProblemCode) -> Problem {
        Problem::new(code)
            .with("most", i64::try_from(LARGEST_MARKUP).unwrap_or(i64::MAX))
            .with("digits", MARKUP_PLACES)
    }
}

impl Kind for MarkupNumber {
    type Value = Markup;

    fn read(&self, form: &mut Form, name: &str) -> Markup {
        let text = form.text(name, Self::LONGEST);
        let text = text.unwrap_or_else(|| Self::DEFAULT.into());
        let value = MarkupValue::parse(&text).unwrap_or_else(|_| {
            form.refuse(name, Self::limits(ProblemCode::SettingMarkup));
            MarkupValue::ZERO
        });
        Markup { text, value }
    }

    fn describe(&self) -> Description {
        Description {
            longest: Some(Self::LONGEST),
            ..Description::new(SettingKind::Decimal, Self::DEFAULT)
        }
    }

    fn show<'a>(&self, value: &'a Markup) -> Shown<'a> {
        Shown::Text(Some(&value.text))
    }
}

/// The entries of a map with their names, or rows that a form posts, without.
fn rows(given: Value) -> Option<Vec<(Option<String>, Value)>> {
    match given {
        Value::Array(rows) => Some(rows.into_iter().map(|row| (None, row)).collect()),
        Value::Object(entries) => Some(
            entries
                .into_iter()
                .map(|(name, entry)| (Some(name), entry))
                .collect(),
        ),
        _ => None,
    }
}

/// Entries by the category's name; or rows with the name in them, as a form posts them.
struct CategoryMarkups;

impl CategoryMarkups {
    fn entries(given: Value) -> Result<Vec<CategoryMarkup>, Problem> {
        let entries = rows(given).ok_or(Problem::from(ProblemCode::SettingMarkups))?;
        let mut markups = Vec::with_capacity(entries.len());
        let mut known = HashSet::new();
        for (name, entry) in entries {
            let Some(markup) = Self::entry(name, entry)? else {
                continue;
            };
            if !known.insert(text::key(&markup.category)) {
                let problem = Problem::new(ProblemCode::SettingMarkupsTwice);
                return Err(problem.with("category", markup.category));
            }
            markups.push(markup);
        }
        Ok(markups)
    }

    /// None for a row in which nothing was entered.
    fn entry(name: Option<String>, entry: Value) -> Result<Option<CategoryMarkup>, Problem> {
        let about = |code, category: &str| Problem::new(code).with("category", category);
        let Value::Object(mut fields) = entry else {
            return Err(name.map_or(ProblemCode::SettingMarkups.into(), |name| {
                about(ProblemCode::SettingMarkupsEntry, &name)
            }));
        };
        // The key of a form's row says nothing.
        let category = match fields.remove("category") {
            Some(Value::String(category)) => Some(category),
            Some(_) => None,
            None => name,
        };
        let category = category.as_deref().and_then(text::clean);
        let value = match fields.remove("value") {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let Some(category) = category else {
            if value.is_empty() {
                return Ok(None);
            }
            let shown = text::cut(&value, MarkupNumber::LONGEST);
            return Err(Problem::new(ProblemCode::SettingMarkupsNameless).with("value", shown));
        };
        let kind = match fields.remove("type").unwrap_or_default() {
            Value::Null => Some(MarkupType::Percentage),
            Value::String(text) if text.trim().is_empty() => Some(MarkupType::Percentage),
            Value::String(text) => MarkupType::from_key(text.trim()).ok(),
            _ => None,
        };
        let kind = kind.ok_or_else(|| {
            let allowed: Vec<_> = MarkupType::ALL.iter().map(|case| case.key()).collect();
            about(ProblemCode::SettingMarkupsType, &category).with("choices", allowed)
        })?;
        let number = MarkupValue::parse(&value).map_err(|_| {
            MarkupNumber::limits(ProblemCode::SettingMarkupsValue).with("category", &*category)
        })?;
        if !fields.is_empty() {
            return Err(about(ProblemCode::SettingMarkupsEntry, &category));
        }
        let markup = Markup {
            text: value,
            value: number,
        };
        Ok(Some(CategoryMarkup {
            category,
            kind,
            markup,
        }))
    }
}

impl Kind for CategoryMarkups {
    type Value = Vec<CategoryMarkup>;

    fn read(&self, form: &mut Form, name: &str) -> Vec<CategoryMarkup> {
        let given = form.take(name);
        form.or_refuse(name, given.map_or(Ok(Vec::new()), Self::entries))
    }

    fn describe(&self) -> Description {
        Description::new(SettingKind::Markups, Value::Array(Vec::new()))
    }

    fn show<'a>(&self, value: &'a Vec<CategoryMarkup>) -> Shown<'a> {
        Shown::Markups(value)
    }
}

/// Profiles by the rate's name or id; or rows with the rate in them, as a form posts them.
struct TaxProfiles;

impl TaxProfiles {
    const LARGEST: i64 = i32::MAX as i64;

    fn entries(given: Value) -> Result<Vec<TaxProfile>, Problem> {
        let entries = rows(given).ok_or(Problem::from(ProblemCode::SettingTaxes))?;
        let mut profiles = Vec::with_capacity(entries.len());
        let mut known = HashSet::new();
        for (name, entry) in entries {
            let Some(profile) = Self::entry(name, entry)? else {
                continue;
            };
            if !known.insert(text::key(&profile.rate)) {
                return Err(Problem::new(ProblemCode::SettingTaxesTwice).with("rate", profile.rate));
            }
            profiles.push(profile);
        }
        Ok(profiles)
    }

    /// None for a row in which nothing was entered.
    fn entry(name: Option<String>, entry: Value) -> Result<Option<TaxProfile>, Problem> {
        let (rate, profile) = match entry {
            Value::Object(mut fields) => {
                // The key of a form's row says nothing.
                let rate = match fields.remove("rate") {
                    Some(Value::String(rate)) => rate,
                    _ => String::new(),
                };
                let profile = fields.remove("profile").unwrap_or_default();
                if !fields.is_empty() {
                    return Err(ProblemCode::SettingTaxes.into());
                }
                (rate, profile)
            }
            profile => (
                name.ok_or(Problem::from(ProblemCode::SettingTaxes))?,
                profile,
            ),
        };
        let is_chosen = match &profile {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        };
        let rate = text::clean(&rate);
        if rate.is_none() && !is_chosen {
            return Ok(None);
        }
        let rate = rate.ok_or(Problem::from(ProblemCode::SettingTaxesNameless))?;
        let id = whole(&profile).filter(|id| (0..=Self::LARGEST).contains(id));
        match id {
            Some(profile) => Ok(Some(TaxProfile { rate, profile })),
            None => Err(Problem::new(ProblemCode::SettingTaxesProfile).with("rate", rate)),
        }
    }
}

impl Kind for TaxProfiles {
    type Value = Vec<TaxProfile>;

    fn read(&self, form: &mut Form, name: &str) -> Vec<TaxProfile> {
        let given = form.take(name);
        form.or_refuse(name, given.map_or(Ok(Vec::new()), Self::entries))
    }

    fn describe(&self) -> Description {
        Description::new(SettingKind::TaxProfiles, Value::Array(Vec::new()))
    }

    fn show<'a>(&self, value: &'a Vec<TaxProfile>) -> Shown<'a> {
        Shown::TaxProfiles(value)
    }
}

impl Settings {
    /// Checks the app's parameters. A key that is absent, null or an empty text has its default.
    ///
    /// # Errors
    /// [`SettingsError`] with every field that is wrong, unknown ones included.
    pub fn from_parameters(parameters: BTreeMap<String, Value>) -> Result<Self, SettingsError> {
        let mut form = Form {
            parameters,
            problems: BTreeMap::new(),
            is_elsewhere: false,
        };
        let settings = read(&mut form);
        form.finish()?;
        Ok(settings)
    }

    /// How the shop's prices come from Clover's.
    #[must_use]
    pub fn prices(&self) -> Prices {
        let own = self.category_markups.iter().map(|own| {
            let pricing = own.kind.pricing(own.markup.value);
            (text::key(&own.category), pricing)
        });
        Prices {
            general: self.general_pricing(),
            by_category: own.collect(),
            ending: self.price_ending,
        }
    }

    /// Which tax profiles the shop's products get.
    #[must_use]
    pub fn tax_rule(&self) -> TaxRule {
        TaxRule::new(&self.tax_mapping, self.default_tax_profile)
    }

    /// Which items the shop imports.
    #[must_use]
    pub fn item_filter(&self) -> ItemFilter {
        ItemFilter::new(
            &self.import_categories,
            &self.import_tags,
            self.import_hidden,
            self.import_non_revenue,
            self.import_age_restricted,
        )
        .online_only(self.import_online_only)
    }

    fn general_pricing(&self) -> Pricing {
        match self.pricing_mode {
            PricingMode::Direct => Pricing::Direct,
            PricingMode::Markup => self.markup_type.pricing(self.markup_value.value),
        }
    }
}

impl MarkupType {
    fn pricing(self, value: MarkupValue) -> Pricing {
        match self {
            Self::Percentage => Pricing::Percentage(value),
            Self::Fixed => Pricing::Fixed(value),
        }
    }
}

struct Form {
    parameters: BTreeMap<String, Value>,
    problems: BTreeMap<String, Problem>,
    /// Whether Clover has another address.
    is_elsewhere: bool,
}

impl Form {
    fn take(&mut self, field: &str) -> Option<Value> {
        match self.parameters.remove(field)? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => None,
            value => Some(value),
        }
    }

    /// A list, or text with commas.
    fn list(&mut self, field: &str) -> Option<Vec<Value>> {
        Some(match self.take(field)? {
            Value::Array(values) => values,
            Value::String(text) => text.split(',').map(Value::from).collect(),
            value => vec![value],
        })
    }

    /// What was read from a field; empty if it was wrong.
    fn or_refuse<T: Default>(&mut self, field: &str, read: Result<T, Problem>) -> T {
        read.unwrap_or_else(|problem| {
            self.refuse(field, problem);
            T::default()
        })
    }

    fn refuse(&mut self, field: &str, problem: impl Into<Problem>) {
        self.problems
            .entry(field.into())
            .or_insert_with(|| problem.into());
    }

    fn text(&mut self, field: &str, longest: usize) -> Option<String> {
        let text = match self.take(field)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => {
                self.refuse(field, ProblemCode::SettingText);
                return None;
            }
        };
        if text.chars().count() > longest || text.chars().any(char::is_control) {
            self.refuse(
                field,
                Problem::new(ProblemCode::SettingLength).with("most", longest),
            );
            return None;
        }
        Some(text)
    }

    fn finish(mut self) -> Result<(), SettingsError> {
        let unknown: Vec<String> = self.parameters.keys().cloned().collect();
        for field in unknown {
            self.refuse(&field, ProblemCode::SettingUnknown);
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(SettingsError {
                fields: self.problems,
            })
        }
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use serde_json::json;

    fn parse(parameters: Value) -> Result<Settings, SettingsError> {
        Settings::from_parameters(serde_json::from_value(parameters).unwrap())
    }

    #[test]
    fn nothing_set_gives_the_manuals_defaults() {
        let s =
            parse(json!({"environment": "", "markup_value": null, "paid_statuses": []})).unwrap();
        assert_eq!(
            (s.environment, s.import_status, s.mapping_mode),
            (
                Environment::Sandbox,
                ImportStatus::Unpublished,
                MappingMode::Tag
            )
        );
        let as_in_clover = Prices {
            general: Pricing::Direct,
            by_category: HashMap::new(),
            ending: PriceEnding::None,
        };
        assert_eq!(
            (
                s.delete_action,
                s.prices(),
                s.sync_interval,
                s.log_retention
            ),
            (DeleteAction::Unpublish, as_in_clover, 60, 30)
        );
        assert!(s.webhooks && s.push_stock && s.sync_sale && !s.debug);
        assert_eq!(
            (s.paid_statuses, s.refunded_statuses),
            (vec![1, 2, 7, 8], vec![])
        );
    }

    #[test]
    fn values_may_be_typed_or_as_a_form_posts_them() {
        let s = parse(json!({
            "pricing_mode": "markup", "markup_type": "fixed", "markup_value": 2,
            "push_stock": "0", "debug": true,
            "paid_statuses": "1, 7", "default_category": "12", "sync_interval": 5,
        }))
        .unwrap();
        assert_eq!(
            s.prices().general,
            Pricing::Fixed(MarkupValue::parse("2").unwrap())
        );
        assert_eq!(
            (
                s.push_stock,
                s.debug,
                s.paid_statuses,
                s.default_category,
                s.sync_interval
            ),
            (false, true, vec![1, 7], 12, 5)
        );
    }

    #[test]
    fn an_order_type_is_a_clean_name_and_nothing_is_printed_unless_the_owner_says_so() {
        let s = parse(json!({})).unwrap();
        assert_eq!((s.order_type.as_str(), s.print_orders), ("", false));
        let s = parse(json!({"order_type": "  Pick\u{a0} Up ", "print_orders": "1"})).unwrap();
        assert_eq!((s.order_type.as_str(), s.print_orders), ("Pick Up", true));
        let wrong = parse(json!({"order_type": "x".repeat(128), "print_orders": "often"}));
        assert_eq!(
            wrong.unwrap_err().fields.into_keys().collect::<Vec<_>>(),
            ["order_type", "print_orders"]
        );
    }

    #[test]
    fn everything_wrong_is_named_at_once_and_no_value_is_quoted() {
        let error = parse(json!({
            "environment": "moon", "app_id": "a b", "app_secret": ["canary"],
            "sync_interval": 4, "markup_value": "ten",
            "paid_statuses": ["x"], "webhooks": "maybe", "default_category": -1, "typo": 1,
        }))
        .unwrap_err();
        let fields: Vec<_> = error.fields.keys().map(String::as_str).collect();
        assert_eq!(
            fields,
            [
                "app_id",
                "app_secret",
                "default_category",
                "environment",
                "markup_value",
                "paid_statuses",
                "sync_interval",
                "typo",
                "webhooks"
            ]
        );
        assert!(!error.to_string().contains("canary"));
    }

    #[test]
    fn a_default_is_what_the_table_says() {
        let settings = parse(json!({})).unwrap();
        for setting in SETTINGS {
            let Description {
                default,
                choices,
                range,
                ..
            } = setting.describe();
            let shown = match setting.show(&settings) {
                Shown::Hidden | Shown::Text(None) => Value::Null,
                Shown::Text(Some(text)) => text.into(),
                Shown::Choice(index) => choices[index].into(),
                Shown::Integer(number) => number.into(),
                Shown::Switch(on) => on.into(),
                Shown::Ids(ids) => ids.into(),
                Shown::Names(names) => names.into(),
                Shown::Markups(markups) => {
                    assert!(markups.is_empty());
                    json!([])
                }
                Shown::TaxProfiles(profiles) => {
                    assert!(profiles.is_empty());
                    json!([])
                }
                Shown::NameFilter(filter) => {
                    json!({"mode": filter.mode.key(), "names": filter.names})
                }
            };
            assert_eq!(shown, default, "{}", setting.name);
            if let Some(range) = range {
                assert!(
                    range.contains(&default.as_i64().unwrap()),
                    "{}",
                    setting.name
                );
            }
        }
    }

    #[test]
    fn every_choice_of_the_table_is_taken_and_every_number_beyond_its_range_refused() {
        for setting in SETTINGS {
            let Description { choices, range, .. } = setting.describe();
            for (index, choice) in choices.into_iter().enumerate() {
                let settings = parse(json!({ setting.name: choice })).unwrap();
                assert_eq!(setting.show(&settings), Shown::Choice(index));
            }
            let ends = range.iter().flat_map(|range| {
                let (from, to) = (*range.start(), *range.end());
                [(from, true), (to, true), (from - 1, false), (to + 1, false)]
            });
            for (number, is_taken) in ends {
                let read = parse(json!({ setting.name: number }));
                assert_eq!(read.is_ok(), is_taken, "{} {number}", setting.name);
            }
        }
    }

    #[test]
    fn payment_methods_are_names_in_a_list_or_a_text() {
        let names = |given| parse(json!({"pay_later_methods": given})).map(|s| s.pay_later_methods);
        for given in [
            json!(["payment_cod", "Payment_X"]),
            json!("payment_cod, payment_x"),
        ] {
            assert_eq!(names(given).unwrap(), ["payment_cod", "payment_x"]);
        }
        assert_eq!(names(json!("none")).unwrap(), ["none"]);
        assert_eq!(names(json!([])).unwrap().len(), 3, "the default");
        for wrong in [
            json!([1]),
            json!("cash on delivery"),
            json!([""]),
            json!(true),
        ] {
            assert!(names(wrong).is_err());
        }
    }

    #[test]
    fn addresses_of_mail_are_a_list_or_a_text_with_commas_and_each_counts_once() {
        let read = |given| parse(json!({ "alert_email": given })).map(|s| s.alert_email);
        let two = ["owner@shop.example", "o'neil+till@mail.shop.example"];
        for given in [
            json!(two),
            json!(" owner@shop.example ,o'neil+till@mail.shop.example, Owner@Shop.Example,"),
        ] {
            assert_eq!(read(given).unwrap(), two);
        }
        for none in [json!(""), json!([]), json!(null), json!(" , ")] {
            assert_eq!(read(none).unwrap(), Vec::<String>::new());
        }
        let ten: Vec<_> = (0..10).map(|n| format!("a{n}@b.example")).collect();
        assert_eq!(read(json!(ten)).unwrap(), ten);
    }

    #[test]
    fn what_is_no_address_of_mail_is_refused_and_named() {
        let long = "a".repeat(65);
        for wrong in [
            "owner",
            "@shop.example",
            "owner@",
            "owner@shop",
            "owner@shop..example",
            "owner@-shop.example",
            "owner@shop.example-",
            ".owner@shop.example",
            "ow..ner@shop.example",
            "owner@shop@shop.example",
            "own er@shop.example",
            "Owner <owner@shop.example>",
            "owner@shop.example; other@shop.example",
            "\u{f6}wner@shop.example",
            "owner@shop.example\r\nBcc: other@shop.example",
            &format!("{long}@shop.example"),
            &format!("owner@{}.example", &long[1..]),
        ] {
            let error = parse(json!({ "alert_email": ["a@b.example", wrong] })).unwrap_err();
            let problem = &error.fields["alert_email"];
            assert_eq!(problem.code, ProblemCode::SettingEmail, "{wrong}");
        }
        let eleven: Vec<_> = (0..11).map(|n| format!("a{n}@b.example")).collect();
        for wrong in [json!(eleven), json!([1]), json!(true), json!({"a": 1})] {
            let error = parse(json!({ "alert_email": wrong })).unwrap_err();
            let found = error.fields["alert_email"].to_string();
            assert_eq!(found, "setting_emails: most 10");
        }
    }

    #[test]
    fn markups_by_category_are_entries_by_name_or_the_rows_of_a_form() {
        let row = |category: &str, kind: &str, value: &str| {
            let text = [("category", category), ("type", kind), ("value", value)];
            text.into_iter().collect::<Value>()
        };
        for given in [
            json!({"Drinks": {"type": "fixed", "value": 1.5}, "Food": {"value": "10"}}),
            json!([
                row(" Drinks\u{200b}", "fixed", "1.5"),
                row("Food", "", " 10 ")
            ]),
            json!({
                "category_markups0": row("Drinks", "fixed", "1.5"),
                "category_markups1": row("Food", "percentage", "10"),
                "category_markups2": row("", "percentage", ""),
            }),
        ] {
            let settings = parse(json!({ "category_markups": given, "price_ending": "0.99" }));
            let settings = settings.unwrap();
            let shown: Vec<_> = settings
                .category_markups
                .iter()
                .map(|own| (&*own.category, own.kind, &*own.markup.text))
                .collect();
            let expected = [
                ("Drinks", MarkupType::Fixed, "1.5"),
                ("Food", MarkupType::Percentage, "10"),
            ];
            assert_eq!(shown, expected, "{given}");
            let prices = settings.prices();
            assert_eq!(prices.general, Pricing::Direct);
            assert_eq!(prices.ending, PriceEnding::NinetyNine);
            let value = |text| MarkupValue::parse(text).unwrap();
            let by_category = [
                ("drinks".to_owned(), Pricing::Fixed(value("1.5"))),
                ("food".to_owned(), Pricing::Percentage(value("10"))),
            ];
            assert_eq!(prices.by_category, by_category.into());
        }
        for none in [json!([]), json!({}), json!(""), json!(null)] {
            let settings = parse(json!({ "category_markups": none })).unwrap();
            assert_eq!(settings.category_markups, []);
        }
    }

    #[test]
    fn a_wrong_markup_of_a_category_is_refused_with_the_category() {
        let value = "most 1000000, digits 4, category Drinks";
        for (given, problem) in [
            (json!("10"), "setting_markups".to_owned()),
            (json!([10]), "setting_markups".to_owned()),
            (
                json!({"Drinks": 10}),
                "setting_markups_entry: category Drinks".to_owned(),
            ),
            (
                json!({"Drinks": {"type": "fixed", "value": 1, "percent": 1}}),
                "setting_markups_entry: category Drinks".to_owned(),
            ),
            (
                json!({"Drinks": {"type": "percent", "value": 1}}),
                "setting_markups_type: category Drinks, choices percentage, fixed".to_owned(),
            ),
            (
                json!({"Drinks": {"type": "fixed"}}),
                format!("setting_markups_value: {value}"),
            ),
            (
                json!([{"category": "Drinks", "type": "fixed", "value": "-1"}]),
                format!("setting_markups_value: {value}"),
            ),
            (
                json!([{"category": "", "type": "fixed", "value": "7"}]),
                "setting_markups_nameless: value 7".to_owned(),
            ),
            (
                json!({"Café": {"value": 1}, "CAFE": {"value": 2}}),
                "setting_markups_twice: category Café".to_owned(),
            ),
        ] {
            let error = parse(json!({ "category_markups": given })).unwrap_err();
            let found = error.fields["category_markups"].to_string();
            assert_eq!(found, problem, "{given}");
        }
    }

    #[test]
    fn tax_profiles_are_given_by_rate_or_as_the_rows_of_a_form() {
        let read = |given| parse(json!({ "tax_mapping": given })).map(|s| s.tax_mapping);
        let entry = |rate: &str, profile| TaxProfile {
            rate: rate.to_owned(),
            profile,
        };
        let rows = json!({
            "tax_mapping0": {"rate": " House  Tax", "profile": "3"},
            "tax_mapping1": {"rate": "NO_TAX_APPLIED", "profile": 0},
            "tax_mapping2": {"rate": "", "profile": ""},
        });
        let expected = vec![entry("House Tax", 3), entry("NO_TAX_APPLIED", 0)];
        assert_eq!(read(rows).unwrap(), expected);
        let list = json!([
            {"rate": "House Tax", "profile": 3},
            {"rate": "NO_TAX_APPLIED", "profile": "0"},
        ]);
        assert_eq!(read(list).unwrap(), expected);
        assert_eq!(
            read(json!({"House Tax": 3, "NO_TAX_APPLIED": "0"})).unwrap(),
            expected
        );
        for nothing in [json!([]), json!({}), json!(""), json!(null)] {
            assert_eq!(read(nothing).unwrap(), []);
        }
        for (wrong, problem) in [
            (json!("House Tax"), "setting_taxes"),
            (json!([3]), "setting_taxes"),
            (
                json!([{"rate": "A", "profile": 1, "more": 1}]),
                "setting_taxes",
            ),
            (
                json!([{"rate": "", "profile": 1}]),
                "setting_taxes_nameless",
            ),
            (json!({"A": ""}), "setting_taxes_profile: rate A"),
            (json!({"A": -1}), "setting_taxes_profile: rate A"),
            (json!({"A": 1.5}), "setting_taxes_profile: rate A"),
            (json!({"A": 1, "a ": 1}), "setting_taxes_twice: rate a"),
        ] {
            let error = read(wrong.clone()).unwrap_err();
            assert_eq!(error.fields["tax_mapping"].to_string(), problem, "{wrong}");
        }
    }

    #[test]
    fn names_that_choose_items_are_a_list_or_lines_and_each_counts_once() {
        let read = |given| parse(json!({"import_categories": given})).map(|s| s.import_categories);
        let two = ["Hot Drinks", "Bar, Grill"];
        for given in [
            json!({"mode": "only", "names": two}),
            json!({"mode": " only ", "names": "\r\n Hot  Drinks\r\nBar, Grill\nhot drinks\n"}),
        ] {
            let filter = read(given).unwrap();
            assert_eq!(
                (filter.mode, filter.names),
                (NameFilterMode::Only, two.map(str::to_owned).to_vec())
            );
        }
        for nothing in [
            json!([]),
            json!({}),
            json!(""),
            json!({"mode": "", "names": ""}),
            json!({"mode": "all"}),
        ] {
            assert_eq!(read(nothing).unwrap(), NameFilter::all());
        }
        assert_eq!(
            read(json!({"mode": "except"})).unwrap().mode,
            NameFilterMode::Except
        );
        for wrong in [
            json!("Drinks"),
            json!(["Drinks"]),
            json!({"mode": "some", "names": two}),
            json!({"mode": "only", "names": 1}),
            json!({"mode": "only", "names": [1]}),
            json!({"mode": "only", "names": two, "more": 1}),
            json!({"mode": "only", "names": " \n"}),
            json!({"mode": "only"}),
        ] {
            let error = read(wrong).unwrap_err();
            assert_eq!(
                error.fields.keys().collect::<Vec<_>>(),
                ["import_categories"]
            );
        }
    }

    #[test]
    fn a_larger_share_of_the_rate_limit_needs_another_address() {
        let share = |parameters| parse(parameters).map(|settings| settings.pace_share);
        let elsewhere = json!({"base_url": "http://127.0.0.1:1", "pace_share": 100_000});
        assert_eq!(share(elsewhere), Ok(100_000));
        assert!(share(json!({"pace_share": 101})).is_err());
    }

    #[test]
    fn secrets_do_not_print() {
        let s = parse(json!({"app_secret": "canary-1", "webhook_secret": "canary-2"})).unwrap();
        assert!(!format!("{s:?}").contains("canary"));
        assert_eq!(s.app_secret.unwrap().expose(), "canary-1");
    }

    #[test]
    fn a_secret_matches_itself_only_and_an_empty_one_nothing() {
        let secret = Secret::new("canary-1");
        assert!(secret.matches(b"canary-1"));
        for wrong in [
            &b""[..],
            b"canary-",
            b"canary-11",
            b"canary-2",
            b"canary-1\0",
        ] {
            assert!(!secret.matches(wrong));
        }
        assert!(!Secret::new("").matches(b""));
    }
}
