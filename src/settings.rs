//! `CloverSync\Settings`.

use std::collections::BTreeMap;

use clover_client::Hosts;
use clover_core::settings::{
    Description, SETTINGS, Setting, SettingKind, Settings as Core, SettingsError, Shown,
};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::{Error, Result};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use ext_php_rs::zend::ClassEntry;

use crate::zend::array::{
    Key, NOT_UTF8, PhpArray, entries, from_json, list, record, to_json, try_list, zval,
};
use crate::zend::class::{
    Finish, PropertyType as T, fill_properties, only_from_rust, readonly_property, returned_object,
    sensitive,
};
use crate::zend::text_enum::{Case, EnumSlot};
use crate::{enums, exception};

returned_object!(
    /// Settings, on their way to PHP.
    SettingsObject,
    "CloverSync\\Settings"
);

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
    pub fn from_array(parameters: &ZendHashTable) -> PhpResult<SettingsObject> {
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
                Ok(Self { core, hosts }.into_object()?)
            }
            _ => Err(exception::of(SettingsError { fields: problems }.into())),
        }
    }

    /// What settings there are.
    pub fn describe() -> PhpResult<PhpArray> {
        Ok(PhpArray(try_list(SETTINGS.iter().map(described))?))
    }

    /// The same settings with another default category.
    #[php(name = "withDefaultCategory")]
    pub fn with_default_category(&self, category: i64) -> PhpResult<SettingsObject> {
        let core = Core {
            default_category: category,
            ..self.core.clone()
        };
        let hosts = self.hosts.clone();
        Ok(Self { core, hosts }.into_object()?)
    }

    /// Whether App ID and App Secret are both set.
    pub fn has_credentials(&self) -> bool {
        !self.core.app_id.is_empty() && self.core.app_secret.is_some()
    }
}

impl Settings {
    /// The PHP object, with its properties.
    fn into_object(self) -> Result<SettingsObject> {
        let values = visible().map(|(setting, description)| match setting.show(&self.core) {
            Shown::Hidden => Ok(Zval::null()),
            Shown::Text(text) => text.into_zval(false),
            Shown::Choice(index) => case_of(&description, index),
            Shown::Integer(number) => zval(number),
            Shown::Switch(on) => zval(on),
            Shown::Ids(ids) => zval(list(ids.iter().copied())?),
        });
        let values = values.collect::<Result<Vec<_>>>()?;
        let mut object = ZendClassObject::new(self);
        fill_properties(&mut object.std, values);
        object.into_zval(false).map(SettingsObject)
    }
}

/// The settings that are properties: all but the secrets.
fn visible() -> impl Iterator<Item = (&'static Setting, Description)> {
    SETTINGS
        .iter()
        .map(|setting| (setting, setting.describe()))
        .filter(|(_, description)| description.kind != SettingKind::Secret)
}

fn enum_of(description: &Description) -> Option<&'static EnumSlot> {
    enums::slot_of(description.choice_of?)
}

fn case_of(description: &Description, index: usize) -> Result<Zval> {
    enum_of(description)
        .ok_or(Error::InvalidPointer)?
        .case(index)
}

fn described(setting: &Setting) -> Result<ZBox<ZendHashTable>> {
    let description = setting.describe();
    let range = description.range.as_ref();
    let longest = description.longest.and_then(|n| i64::try_from(n).ok());
    record([
        ("name", zval(setting.name)?),
        ("property", zval(setting.property())?),
        ("kind", zval(Case(description.kind))?),
        ("default", from_json(&description.default)?),
        ("min", range.map(|range| *range.start()).into_zval(false)?),
        ("max", range.map(|range| *range.end()).into_zval(false)?),
        ("choices", zval(list(description.choices.iter().copied())?)?),
        ("longest", longest.into_zval(false)?),
    ])
}

impl Finish for Settings {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
        sensitive(ce, "fromArray", 0);
        for (setting, description) in visible() {
            let ty = match description.kind {
                SettingKind::Text | SettingKind::Decimal | SettingKind::Secret => T::STRING,
                SettingKind::OptionalText => T::STRING.or_null(),
                SettingKind::Integer => T::INT,
                SettingKind::Switch => T::BOOL,
                SettingKind::Statuses => T::ARRAY,
                SettingKind::Choice => T::of_slot(
                    enum_of(&description).expect("every choice is in the table of enums"),
                ),
            };
            readonly_property(ce, &setting.property(), ty);
        }
    }
}
