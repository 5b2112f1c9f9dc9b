//! `CloverSync\Page`.

use clover_service::page::Page as Core;
use clover_service::rows::{Output, catalog};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::ClassEntry;

use crate::input::Php;
use crate::output::{PhpArray, array, list, zval};
use crate::zend::class::{Finish, only_from_rust, returned_object};

returned_object!(
    /// A page, as PHP gets it.
    PageObject,
    "CloverSync\\Page"
);

/// One page of mapped items.
#[php_class]
#[php(name = "CloverSync\\Page", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Page {
    pub(crate) core: Core,
}

#[php_impl]
impl Page {
    /// The cursor of the next page.
    pub fn cursor(&self) -> String {
        self.core.cursor.clone()
    }

    /// Milliseconds since the request for the page.
    pub fn age(&self) -> i64 {
        self.core.age()
    }

    /// The id of every item on the page.
    pub fn item_ids(&self) -> PhpResult<PhpArray> {
        Ok(array(&Output::list(&self.core.ids))?)
    }

    /// Changes that the shop must write.
    pub fn changes(&self, known: &ZendHashTable) -> PhpResult<PhpArray> {
        let known = catalog::known(Php::Array(known));
        let changes = self.core.changes(&known);
        Ok(list(changes.map(|one| zval(&catalog::change(&one))))?)
    }

    /// Items of groups.
    pub fn members(&self) -> PhpResult<PhpArray> {
        Ok(list(catalog::members(&self.core).map(|row| zval(&row)))?)
    }

    /// How Clover taxes the items without a group.
    pub fn taxes(&self) -> PhpResult<PhpArray> {
        Ok(list(
            catalog::taxes(self.core.taxes()).map(|row| zval(&row)),
        )?)
    }

    /// Items that could not be read or mapped.
    pub fn errors(&self) -> PhpResult<PhpArray> {
        Ok(array(&catalog::faults(&self.core.faults))?)
    }

    /// Number of items that are imported because Clover does not say whether they are sold online.
    #[php(name = "onlineUnknown")]
    pub fn online_unknown(&self) -> i64 {
        i64::try_from(self.core.online_unknown).unwrap_or(i64::MAX)
    }

    /// Items that the settings leave out.
    #[php(name = "leftOut")]
    pub fn left_out(&self) -> PhpResult<PhpArray> {
        Ok(array(&catalog::left_out(&self.core))?)
    }
}

impl Finish for Page {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
