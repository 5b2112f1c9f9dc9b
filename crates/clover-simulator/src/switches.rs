//! What is not known of the real Clover, or what differs from day to day: one switch each.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// All switches with their defaults; `docs/simulator.md` says what each one answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Whether and when an order made over REST takes stock, where the merchant has `updateStock`.
    pub order_decrements_stock: OrderDecrementsStock,
    /// Which webhook a stock change fires.
    pub stock_webhook_mode: StockWebhookMode,
    /// Whether an in-store sale fires the stock webhook.
    pub sale_emits_stock_event: bool,
    /// Whether the app's own REST writes come back as webhooks.
    pub own_write_echo: bool,
    /// What `GET /items/{id}` answers for a deleted item.
    pub deleted_item_get: DeletedItemGet,
    /// Whether a POST of `quantity` alone keeps the item's `stockAlertThreshold`.
    pub stock_post_keeps_threshold: bool,
    /// Whether the token sees an item's `menuItem`.
    pub menu_item: MenuItemShape,
    /// Whether the merchant has a default printer for `print_event`.
    pub default_printer: bool,
    /// What that printer does with a print.
    pub printer: Printer,
    /// Whether a stock change also moves the item's `modifiedTime`.
    pub stock_bumps_item_modified_time: bool,
    /// What an expanded `itemStock` is for an item that was never counted.
    pub untracked_stock_shape: UntrackedStockShape,
    /// What emoji in item names become.
    pub emoji_in_item_names: EmojiInItemNames,
    /// `limit` above 1000.
    pub limit_over_1000: LimitOver1000,
    /// The fourth and later `expand` value.
    pub expand_over_3: ExpandOver3,
    /// Fields whose expansion is refused, whatever is granted.
    pub refused_expand: Vec<String>,
    /// Lists that answer 401 as for a missing permission, with all below them, whatever is granted.
    pub refused_lists: Vec<String>,
    /// Whether a request under `/v3` needs a `User-Agent`.
    pub require_user_agent: bool,
    /// Timestamps to the millisecond instead of the second.
    pub full_millis: bool,
    /// Seconds by which the header `Date` is ahead of the simulated time.
    pub date_ahead: i64,
    /// Milliseconds of simulated time until an order is found by `externalReferenceId`.
    pub external_ref_search_lag: i64,
    /// Whether the merchant has an old paid order.
    pub order_history: bool,
    /// What the authorize page does.
    pub authorize: Authorize,
    /// Whether the callback carries our `state`.
    pub state_echo: bool,
    /// Life of an access token in seconds.
    pub access_ttl: i64,
    /// Life of a refresh token in seconds.
    pub refresh_ttl: i64,
    /// Life of an authorization code in seconds.
    pub code_ttl: i64,
    /// Whether a refresh ends the previous access token.
    pub refresh_kills_old_access: bool,
    /// Refreshes that rotate the token and then lose the answer.
    pub refresh_lost_response: Times,
    /// Active refresh tokens for app and merchant; the oldest dies above it.
    pub max_refresh_tokens: usize,
    /// The limits, when they are on.
    pub rate_limit: LimitRule,
    /// Milliseconds before every answer under `/v3`.
    pub latency: u64,
    /// Milliseconds that events are gathered into one delivery.
    pub webhook_batch_ms: u64,
    /// How often an unacknowledged delivery is tried again.
    pub webhook_retry: Retry,
    /// Milliseconds between these tries.
    pub webhook_retry_ms: u64,
    /// Deliveries that are sent twice.
    pub duplicate_deliveries: Times,
    /// Deliveries whose events are sent one by one, the last one first.
    pub reorder_deliveries: Times,
    /// Deliveries that are never sent.
    pub drop_deliveries: Times,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            order_decrements_stock: OrderDecrementsStock::Off,
            stock_webhook_mode: StockWebhookMode::LegacyI,
            sale_emits_stock_event: true,
            own_write_echo: true,
            deleted_item_get: DeletedItemGet::NotFound,
            stock_post_keeps_threshold: true,
            menu_item: MenuItemShape::Always,
            default_printer: false,
            printer: Printer::Waits,
            stock_bumps_item_modified_time: false,
            untracked_stock_shape: UntrackedStockShape::IdOnly,
            emoji_in_item_names: EmojiInItemNames::Keep,
            limit_over_1000: LimitOver1000::Clamp,
            expand_over_3: ExpandOver3::Allow,
            refused_expand: Vec::new(),
            refused_lists: Vec::new(),
            require_user_agent: true,
            full_millis: false,
            date_ahead: 0,
            external_ref_search_lag: 0,
            order_history: true,
            authorize: Authorize::Approve,
            state_echo: true,
            access_ttl: 1_800,
            refresh_ttl: 31_536_000,
            code_ttl: 120,
            refresh_kills_old_access: false,
            refresh_lost_response: Times::NEVER,
            max_refresh_tokens: 8,
            rate_limit: LimitRule::default(),
            latency: 0,
            webhook_batch_ms: 100,
            webhook_retry: Retry::Word(NoRetry::None),
            webhook_retry_ms: 1_000,
            duplicate_deliveries: Times::NEVER,
            reorder_deliveries: Times::NEVER,
            drop_deliveries: Times::NEVER,
        }
    }
}

impl Switches {
    /// Sets what `patch` names; the error names the switch that is wrong, and nothing is changed.
    pub fn patched(&self, patch: &Map<String, Value>) -> Result<Self, String> {
        let mut switches = self.clone();
        for (name, value) in patch {
            let mut all = switches.to_map();
            let slot = all
                .get_mut(name)
                .ok_or_else(|| format!("{name}: there is no such switch"))?;
            overlay(slot, value);
            switches = serde_json::from_value(Value::Object(all))
                .map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(switches)
    }

    /// The switches as `POST /__sim/switches` names them.
    pub fn to_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }
}

/// Lays `value` over `slot`: objects key by key, and a number where a word stands as that word
/// (`"limit_over_1000": 400`).
fn overlay(slot: &mut Value, value: &Value) {
    match (slot, value) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                old.insert(key.clone(), value.clone());
            }
        }
        (slot @ Value::String(_), Value::Number(number)) if *slot != "none" => {
            *slot = Value::String(number.to_string());
        }
        (slot, value) => *slot = value.clone(),
    }
}

/// A behavior that happens never (`false`), always (`true`) or the next n times (n).
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// Never or always.
    Flag(bool),
    /// So many times more.
    Next(u32),
}

impl Times {
    /// Not at all.
    pub const NEVER: Times = Times::Flag(false);

    /// Whether it happens now; counts down.
    pub fn take(&mut self) -> bool {
        match self {
            Times::Flag(flag) => *flag,
            Times::Next(0) => false,
            Times::Next(left) => {
                *left -= 1;
                true
            }
        }
    }
}

/// How often a failed delivery is tried again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Retry {
    /// `"none"`.
    Word(NoRetry),
    /// n tries more.
    Times(u32),
}

impl Retry {
    /// The number of further tries.
    pub fn count(self) -> u32 {
        match self {
            Retry::Word(NoRetry::None) => 0,
            Retry::Times(n) => n,
        }
    }
}

/// The word for no further try.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRetry {
    /// `"none"`.
    None,
}

/// The limits of `https://docs.clover.com/dev/docs/api-usage-rate-limits`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Requests a second for a token.
    pub per_second: u32,
    /// Requests at once for a token.
    pub concurrent: u32,
    /// Requests a second for the app.
    pub app_per_second: u32,
    /// Requests at once for the app.
    pub app_concurrent: u32,
    /// Seconds to wait after a trip.
    pub retry_after: u32,
    /// Whether a trip of concurrency says `retry-after`.
    pub retry_after_on_concurrent: bool,
    /// Whether a trip of requests a second says it too.
    pub retry_after_on_per_second: bool,
}

impl Default for LimitRule {
    fn default() -> Self {
        LimitRule {
            per_second: 16,
            concurrent: 5,
            app_per_second: 50,
            app_concurrent: 10,
            retry_after: 1,
            retry_after_on_concurrent: true,
            retry_after_on_per_second: false,
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+ }
    };
}

words! {
    /// When an order made over REST takes stock.
    OrderDecrementsStock {
        /// Never.
        Off = "off",
        /// When a line with an item is added.
        OnLineItem = "on_line_item",
        /// When the order gets its first payment.
        OnPayment = "on_payment",
    }
}
words! {
    /// Which webhook a stock change fires.
    StockWebhookMode {
        /// `I:` for everything, as until 2026.
        LegacyI = "legacy_I",
        /// `IS:` for stock, `IA:` for availability.
        Split = "split_IS_IA",
    }
}
words! {
    /// What `GET /items/{id}` answers for a deleted item.
    DeletedItemGet {
        /// 404 `invalid ID`.
        NotFound = "404",
        /// 200 and the object with `deleted: true`.
        Object = "object",
    }
}
words! {
    /// An expanded `itemStock` of an item that was never counted.
    UntrackedStockShape {
        /// `{"item":{"id":…}}`.
        IdOnly = "id_only",
        /// `{}`.
        Empty = "empty",
        /// No key.
        Absent = "absent",
    }
}
words! {
    /// The part of an item that belongs to online ordering.
    MenuItemShape {
        /// Never there.
        Absent = "absent",
        /// `expand=menuItem` answers 403.
        Forbidden = "forbidden",
        /// With `expand=menuItem`.
        OnRequest = "on_request",
        /// In every answer.
        Always = "always",
    }
}
words! {
    /// What the default printer does.
    Printer {
        /// Nothing: a print stays as it was created.
        Waits = "waits",
        /// Prints, and the print is discarded.
        Prints = "prints",
        /// Fails.
        Fails = "fails",
    }
}
words! {
    /// 4-byte characters in item names.
    EmojiInItemNames {
        /// Stay as they are.
        Keep = "keep",
        /// Become `?`, as they do in line item names.
        QuestionMark = "question_mark",
    }
}
words! {
    /// `limit` above 1000.
    LimitOver1000 {
        /// Is taken as 1000.
        Clamp = "clamp",
        /// Is refused.
        Refuse = "400",
    }
}
words! {
    /// More than three `expand` values.
    ExpandOver3 {
        /// All of them work.
        Allow = "allow",
        /// The first three work.
        Ignore = "ignore",
        /// Is refused.
        Refuse = "400",
    }
}
words! {
    /// What the authorize page does.
    Authorize {
        /// Sends the browser back with a code.
        Approve = "approve",
        /// Sends it back with `error=access_denied`.
        Deny = "deny",
        /// Shows the App Market and never calls back.
        NotInstalled = "not_installed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patch(value: Value) -> Result<Switches, String> {
        Switches::default().patched(value.as_object().unwrap_or(&Map::new()))
    }

    #[test]
    fn a_switch_is_set_by_its_name_alone() {
        let all = patch(
            json!({"limit_over_1000": 400, "rate_limit": {"per_second": 3}, "webhook_retry": 2}),
        )
        .unwrap_or_default();
        assert_eq!(all.limit_over_1000, LimitOver1000::Refuse);
        assert_eq!(all.rate_limit.per_second, 3);
        assert_eq!(all.rate_limit.concurrent, 5);
        assert_eq!(all.webhook_retry.count(), 2);
    }

    #[test]
    fn a_wrong_switch_is_named() {
        for (bad, name) in [
            (json!({"nonsense": 1}), "nonsense"),
            (json!({"state_echo": "yes"}), "state_echo"),
            (json!({"deleted_item_get": "gone"}), "deleted_item_get"),
            (json!({"rate_limit": {"per_hour": 1}}), "rate_limit"),
        ] {
            let message = patch(bad).err().unwrap_or_default();
            assert!(message.starts_with(name), "{message}");
        }
    }

    #[test]
    fn times_counts_down() {
        let mut twice = Times::Next(2);
        assert!(twice.take() && twice.take() && !twice.take());
        let mut never = Times::NEVER;
        assert!(!never.take());
        let mut always = Times::Flag(true);
        assert!(always.take() && always.take());
    }
}
