//! `CloverSync\Settings`.

use clover_core::settings::{Description, SettingKind};
use clover_service::settings::{Settings as Core, describe, visible};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable};
use ext_php_rs::zend::ClassEntry;

use crate::input::Php;
use crate::output::{PhpArray, array, zval};
use crate::zend::class::{
    Finish, PropertyType as T, fill_properties, only_from_rust, readonly_property, returned_object,
    sensitive,
};
use crate::zend::text_enum::EnumSlot;
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
}

#[php_impl]
impl Settings {
    /// Checks the parameters.
    pub fn from_array(parameters: &ZendHashTable) -> PhpResult<SettingsObject> {
        let core = Core::from_row(Php::Array(parameters)).map_err(exception::of)?;
        Ok(Self { core }.into_object()?)
    }

    /// What settings there are.
    pub fn describe() -> PhpResult<PhpArray> {
        Ok(array(&describe())?)
    }

    /// The same settings with another default category.
    #[php(name = "withDefaultCategory")]
    pub fn with_default_category(&self, category: i64) -> PhpResult<SettingsObject> {
        let core = self.core.with_default_category(category);
        Ok(Self { core }.into_object()?)
    }

    /// Whether App ID and App Secret are both set.
    pub fn has_credentials(&self) -> bool {
        self.core.has_credentials()
    }
}

impl Settings {
    /// The PHP object, with its properties.
    fn into_object(self) -> Result<SettingsObject> {
        let values = self.core.properties().map(|value| zval(&value));
        let values = values.collect::<Result<Vec<_>>>()?;
        let mut object = ZendClassObject::new(self);
        fill_properties(&mut object.std, values);
        object.into_zval(false).map(SettingsObject)
    }
}

fn enum_of(description: &Description) -> Option<&'static EnumSlot> {
    enums::slot_of(description.choice_of?)
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
                SettingKind::Statuses
                | SettingKind::Names
                | SettingKind::Markups
                | SettingKind::TaxProfiles
                | SettingKind::NameFilter
                | SettingKind::Emails => T::ARRAY,
                SettingKind::Choice => T::of_slot(
                    enum_of(&description).expect("every choice is in the table of enums"),
                ),
            };
            readonly_property(ce, &setting.property(), ty);
        }
    }
}
