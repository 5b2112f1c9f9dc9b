//! `CloverSync\ItemLookup`.

use clover_service::catalog::ItemLookup as Core;
use clover_service::rows::Output;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ClassEntry;

use crate::output::{PhpArray, array};
use crate::page::{Page, PageObject};
use crate::zend::class::{Finish, only_from_rust};

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
        Ok(array(&Output::list(&self.deleted))?)
    }

    /// The items that still exist.
    pub fn page(&self) -> PageObject {
        PageObject(self.page.shallow_clone())
    }
}

impl Finish for ItemLookup {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
