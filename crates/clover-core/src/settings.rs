//! The owner's settings, checked as a whole: all errors are reported at once, by field.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::pricing::{MarkupValue, Pricing};

/// What is wrong, by field name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError {
    /// Field name → sentence. Quotes no value, since the wrong field may be a secret.
    pub fields: BTreeMap<String, String>,
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

/// How Clover's categories and groups become the shop's categories and tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingMode {
    /// Item-group names and Clover tags become tags; no category is made.
    Tag,
    /// The first Clover category is the article's, made when missing; the others become tags.
    Category,
}

/// What happens to a product whose item was deleted in Clover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteAction {
    /// Hidden, and shown again when the item comes back.
    Unpublish,
    /// Into the trash, and out of it when the item comes back.
    Trash,
    /// Nothing.
    Ignore,
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

/// Settings that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // One for each of the owner's switches.
pub struct Settings {
    /// Which Clover.
    pub environment: Environment,
    /// The app's public id; empty until the owner sets it.
    pub app_id: String,
    /// The app's secret.
    pub app_secret: Option<Secret>,
    /// A Clover elsewhere, for tests: only loopback addresses are accepted when hosts are built.
    pub base_url: Option<String>,
    /// What Clover sends as `X-Clover-Auth`.
    pub webhook_secret: Option<Secret>,
    /// Whether new products are shown at once.
    pub import_published: bool,
    /// Joomla category id; 0 is none.
    pub default_category: i64,
    /// Tax profile id of new products; 0 is not taxable.
    pub default_tax_profile: i64,
    /// Categories and tags.
    pub mapping_mode: MappingMode,
    /// Deleted items.
    pub delete_action: DeleteAction,
    /// Prices.
    pub pricing: Pricing,
    /// As typed, for showing it again.
    pub markup_value: String,
    /// Percentage or fixed, also while the mode is direct.
    pub markup_is_percentage: bool,
    /// Whether webhook events are worked.
    pub webhooks: bool,
    /// Minutes between scheduled syncs.
    pub sync_interval: i64,
    /// Whether web sales move Clover's counts.
    pub push_stock: bool,
    /// Whether web orders are sent to Clover.
    pub sync_sale: bool,
    /// Days that log entries are kept.
    pub log_retention: i64,
    /// Whether diagnostics are logged.
    pub debug: bool,
    /// Order statuses that count as paid.
    pub paid_statuses: Vec<i64>,
    /// Order statuses that count as refunded.
    pub refunded_statuses: Vec<i64>,
    /// Percent of the token's pace that this node may use; more than all of it with another address
    /// only.
    pub pace_share: i64,
}

/// J2Commerce's Confirmed, Processed, Shipped and Delivered.
const PAID_BY_DEFAULT: [i64; 4] = [1, 2, 7, 8];

impl Settings {
    /// Checks the plugin's parameters. A key that is absent, null or an empty text has its default.
    ///
    /// # Errors
    /// [`SettingsError`] with every field that is wrong, unknown ones included.
    pub fn from_parameters(parameters: BTreeMap<String, Value>) -> Result<Self, SettingsError> {
        let mut form = Form {
            parameters,
            problems: BTreeMap::new(),
        };
        let environment = form.word(
            "environment",
            &Environment::ALL.map(|e| (e.key(), e)),
            Environment::Sandbox,
        );
        let markup = form.word(
            "pricing_mode",
            &[("direct", false), ("markup", true)],
            false,
        );
        let markup_is_percentage = form.word(
            "markup_type",
            &[("percentage", true), ("fixed", false)],
            true,
        );
        let markup_value = form.text("markup_value", 40).unwrap_or_else(|| "0".into());
        let pricing = match MarkupValue::parse(&markup_value) {
            Ok(value) if markup && markup_is_percentage => Pricing::Percentage(value),
            Ok(value) if markup => Pricing::Fixed(value),
            Ok(_) => Pricing::Direct,
            Err(problem) => {
                form.refuse("markup_value", problem.to_string());
                Pricing::Direct
            }
        };
        let app_id = form.text("app_id", 64).unwrap_or_default();
        if !app_id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            form.refuse(
                "app_id",
                "must be the App ID from the Clover Developer Dashboard: letters and digits only",
            );
        }
        let base_url = form.text("base_url", 200);
        // Only a simulator has another address, and its limits can be off.
        let most_share = if base_url.is_some() { 100_000 } else { 100 };
        let settings = Self {
            environment,
            app_id,
            app_secret: form.secret("app_secret"),
            base_url,
            webhook_secret: form.secret("webhook_secret"),
            import_published: form.word(
                "import_status",
                &[("unpublished", false), ("published", true)],
                false,
            ),
            default_category: form.integer("default_category", 0, 0..=i64::from(i32::MAX)),
            default_tax_profile: form.integer("default_tax_profile", 0, 0..=i64::from(i32::MAX)),
            mapping_mode: form.word(
                "mapping_mode",
                &[
                    ("tag", MappingMode::Tag),
                    ("category", MappingMode::Category),
                ],
                MappingMode::Tag,
            ),
            delete_action: form.word(
                "delete_action",
                &[
                    ("unpublish", DeleteAction::Unpublish),
                    ("trash", DeleteAction::Trash),
                    ("ignore", DeleteAction::Ignore),
                ],
                DeleteAction::Unpublish,
            ),
            pricing,
            markup_value,
            markup_is_percentage,
            webhooks: form.switch("webhooks", true),
            sync_interval: form.integer("sync_interval", 60, 5..=44_640),
            push_stock: form.switch("push_stock", true),
            sync_sale: form.switch("sync_sale", true),
            log_retention: form.integer("log_retention", 30, 1..=3650),
            debug: form.switch("debug", false),
            paid_statuses: form.statuses("paid_statuses", &PAID_BY_DEFAULT),
            refunded_statuses: form.statuses("refunded_statuses", &[]),
            pace_share: form.integer("pace_share", 100, 7..=most_share),
        };
        form.finish()?;
        Ok(settings)
    }
}

struct Form {
    parameters: BTreeMap<String, Value>,
    problems: BTreeMap<String, String>,
}

impl Form {
    fn take(&mut self, field: &str) -> Option<Value> {
        match self.parameters.remove(field)? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => None,
            value => Some(value),
        }
    }

    fn refuse(&mut self, field: &str, problem: impl Into<String>) {
        self.problems
            .entry(field.into())
            .or_insert_with(|| problem.into());
    }

    fn text(&mut self, field: &str, longest: usize) -> Option<String> {
        let text = match self.take(field)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => {
                self.refuse(field, "must be text");
                return None;
            }
        };
        if text.chars().count() > longest || text.chars().any(char::is_control) {
            self.refuse(
                field,
                format!("must be at most {longest} characters on one line"),
            );
            return None;
        }
        Some(text)
    }

    fn secret(&mut self, field: &str) -> Option<Secret> {
        self.text(field, 255).map(Secret::new)
    }

    fn word<T: Copy>(&mut self, field: &str, words: &[(&str, T)], default: T) -> T {
        match self.take(field) {
            None => default,
            Some(value) => match words
                .iter()
                .find(|(word, _)| value.as_str().is_some_and(|v| v.trim() == *word))
            {
                Some((_, meaning)) => *meaning,
                None => {
                    let allowed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                    self.refuse(field, format!("must be one of: {}", allowed.join(", ")));
                    default
                }
            },
        }
    }

    fn integer(&mut self, field: &str, default: i64, range: std::ops::RangeInclusive<i64>) -> i64 {
        match self.take(field) {
            None => default,
            Some(value) => match whole(&value).filter(|n| range.contains(n)) {
                Some(number) => number,
                None => {
                    self.refuse(
                        field,
                        format!(
                            "must be a whole number from {} to {}",
                            range.start(),
                            range.end()
                        ),
                    );
                    default
                }
            },
        }
    }

    fn switch(&mut self, field: &str, default: bool) -> bool {
        match self.take(field) {
            None => default,
            Some(Value::Bool(on)) => on,
            Some(value) => match whole(&value) {
                Some(0) => false,
                Some(1) => true,
                _ => {
                    self.refuse(field, "must be yes or no (1 or 0)");
                    default
                }
            },
        }
    }

    /// A list of ids, or Joomla's comma text. An empty list means the default, for Joomla drops the
    /// key of an empty multi-select.
    fn statuses(&mut self, field: &str, default: &[i64]) -> Vec<i64> {
        let values = match self.take(field) {
            None => return default.to_vec(),
            Some(Value::Array(values)) => values,
            Some(Value::String(text)) => text
                .split(',')
                .map(|part| Value::String(part.into()))
                .collect(),
            Some(value) => vec![value],
        };
        let ids: Option<Vec<i64>> = values
            .iter()
            .map(|v| whole(v).filter(|id| *id > 0))
            .collect();
        match ids {
            Some(ids) if ids.is_empty() => default.to_vec(),
            Some(ids) => ids,
            None => {
                self.refuse(field, "must be a list of order status ids");
                default.to_vec()
            }
        }
    }

    fn finish(mut self) -> Result<(), SettingsError> {
        let unknown: Vec<String> = self.parameters.keys().cloned().collect();
        for field in unknown {
            self.refuse(&field, "is not a setting of this app");
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
            (s.environment, s.import_published, s.mapping_mode),
            (Environment::Sandbox, false, MappingMode::Tag)
        );
        assert_eq!(
            (s.delete_action, s.pricing, s.sync_interval, s.log_retention),
            (DeleteAction::Unpublish, Pricing::Direct, 60, 30)
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
        assert_eq!(s.pricing, Pricing::Fixed(MarkupValue::parse("2").unwrap()));
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
