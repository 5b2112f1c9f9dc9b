//! `CloverSync\ItemLookup`.

use clover_service::catalog::ItemLookup as Core;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};

use crate::page::{Page, PageObject};
use crate::zend::array::{PhpArray, list};
use crate::zend::class::only_from_rust;

/// The result of fetching single items by id.
#[php_class]
#[php(
    name = "CloverSync\\ItemLookup",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct ItemLookup {
    deleted: Vec<String>,
    page: Zval,
}

impl ItemLookup {
    /// From the service's result.
    pub fn new(core: Core) -> PhpResult<Self> {
        let page = Page { core: core.page };
        Ok(Self {
            deleted: core.deleted,
            page: ZendClassObject::new(page).into_zval(false)?,
        })
    }
}

#[php_impl]
impl ItemLookup {
    /// Ids that no longer exist in Clover.
    pub fn deleted(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(list(self.deleted.iter().map(String::as_str))?))
    }

    /// The items that still exist.
    pub fn page(&self) -> PageObject {
        PageObject(self.page.shallow_clone())
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<ItemLookup>()
}

/// Changes that the class entry takes only after registration.
pub fn finish() {
    only_from_rust(<ItemLookup as ext_php_rs::class::RegisteredClass>::get_metadata().ce());
}
