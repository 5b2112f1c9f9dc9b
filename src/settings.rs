//! `CloverSync\Settings`.

use std::collections::BTreeMap;

use clover_client::Hosts;
use clover_core::pricing::Pricing;
use clover_core::settings::{DeleteAction, MappingMode, Settings as Core, SettingsError};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use crate::environment::Environment;
use crate::exception;
use crate::zend::array::{Key, NOT_UTF8, PhpArray, entries, list, record, to_json, zval};
use crate::zend::class::{only_from_rust, sensitive};

/// The owner's settings, checked as a whole.
#[php_class]
#[php(
    name = "CloverSync\\Settings",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Settings {
    pub(crate) core: Core,
    pub(crate) hosts: Hosts,
}

#[php_impl]
impl Settings {
    /// Checks the parameters.
    pub fn from_array(parameters: &ZendHashTable) -> PhpResult<Self> {
        let mut checked = BTreeMap::new();
        let mut problems = BTreeMap::new();
        for (key, value) in entries(parameters) {
            let name = key.shown();
            match (key, to_json(value, 0)) {
                (Key::Bytes(_), _) => drop(problems.insert(name, NOT_UTF8.to_owned())),
                (_, Some(value)) => drop(checked.insert(name, value)),
                (_, None) if value.is_string() => drop(problems.insert(name, NOT_UTF8.to_owned())),
                (_, None) => drop(problems.insert(
                    name,
                    "must be text, a number, yes or no, or a list of numbers".to_owned(),
                )),
            }
        }
        let base_url = checked
            .get("base_url")
            .and_then(serde_json::Value::as_str)
            .filter(|url| !url.trim().is_empty());
        let elsewhere = base_url
            .map(Hosts::overridden)
            .transpose()
            .map_err(|e| problems.insert("base_url".into(), e.to_string()));
        let core = Core::from_parameters(checked).map_err(|e| problems.extend(e.fields));
        match (core, elsewhere) {
            (Ok(core), Ok(elsewhere)) if problems.is_empty() => {
                let hosts = elsewhere.unwrap_or_else(|| Hosts::of(core.environment));
                Ok(Self { core, hosts })
            }
            _ => Err(exception::of(SettingsError { fields: problems }.into())),
        }
    }

    /// The Clover environment.
    pub fn environment(&self) -> Environment {
        self.core.environment.into()
    }

    /// Whether App ID and App Secret are both set.
    pub fn has_credentials(&self) -> bool {
        !self.core.app_id.is_empty() && self.core.app_secret.is_some()
    }

    /// All settings except the secrets.
    pub fn to_array(&self) -> PhpResult<PhpArray> {
        let s = &self.core;
        Ok(PhpArray(record([
            ("environment", zval(s.environment.key())?),
            ("app_id", zval(s.app_id.as_str())?),
            ("base_url", s.base_url.as_deref().into_zval(false)?),
            (
                "import_status",
                zval(if s.import_published {
                    "published"
                } else {
                    "unpublished"
                })?,
            ),
            ("default_category", zval(s.default_category)?),
            ("default_tax_profile", zval(s.default_tax_profile)?),
            (
                "mapping_mode",
                zval(match s.mapping_mode {
                    MappingMode::Tag => "tag",
                    MappingMode::Category => "category",
                })?,
            ),
            (
                "delete_action",
                zval(match s.delete_action {
                    DeleteAction::Unpublish => "unpublish",
                    DeleteAction::Trash => "trash",
                    DeleteAction::Ignore => "ignore",
                })?,
            ),
            (
                "pricing_mode",
                zval(if s.pricing == Pricing::Direct {
                    "direct"
                } else {
                    "markup"
                })?,
            ),
            (
                "markup_type",
                zval(if s.markup_is_percentage {
                    "percentage"
                } else {
                    "fixed"
                })?,
            ),
            ("markup_value", zval(s.markup_value.as_str())?),
            ("webhooks", zval(s.webhooks)?),
            ("sync_interval", zval(s.sync_interval)?),
            ("push_stock", zval(s.push_stock)?),
            ("sync_sale", zval(s.sync_sale)?),
            ("log_retention", zval(s.log_retention)?),
            ("debug", zval(s.debug)?),
            (
                "paid_statuses",
                zval(list(s.paid_statuses.iter().copied())?)?,
            ),
            (
                "refunded_statuses",
                zval(list(s.refunded_statuses.iter().copied())?)?,
            ),
            ("pace_share", zval(s.pace_share)?),
        ])?))
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Settings>()
}

/// Changes that the class entry takes only after registration.
pub fn finish() {
    let ce = <Settings as ext_php_rs::class::RegisteredClass>::get_metadata().ce();
    only_from_rust(ce);
    sensitive(ce, "fromArray", 0);
}
