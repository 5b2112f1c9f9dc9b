//! `CloverSync\LookUp`.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};

use crate::engine::array::{PhpArray, list};
use crate::engine::class::only_from_rust;
use crate::page::{Page, PageObject};

/// Clover's own word on single items.
#[php_class]
#[php(name = "CloverSync\\LookUp", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct LookUp {
    deleted: Vec<String>,
    page: Zval,
}

impl LookUp {
    /// Ids that are gone, and what is there.
    pub fn new(deleted: Vec<String>, page: Page) -> PhpResult<Self> {
        Ok(Self {
            deleted,
            page: ZendClassObject::new(page).into_zval(false)?,
        })
    }
}

#[php_impl]
impl LookUp {
    /// Ids that Clover does not have any more.
    pub fn deleted(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(list(self.deleted.iter().map(String::as_str))?))
    }

    /// The items that Clover still has.
    pub fn page(&self) -> PageObject {
        PageObject(self.page.shallow_clone())
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<LookUp>()
}

/// What only the registered class can be told.
pub fn finish() {
    only_from_rust(<LookUp as ext_php_rs::class::RegisteredClass>::get_metadata().ce());
}
