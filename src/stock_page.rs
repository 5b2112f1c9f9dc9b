//! `CloverSync\StockPage`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_service::page::StockPage as Core;
use clover_service::rows::catalog;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::ClassEntry;

use crate::input::Php;
use crate::output::{PhpArray, list, zval};
use crate::zend::class::{Finish, only_from_rust, returned_object};

returned_object!(
    /// A page of counts, as PHP gets it.
    StockPageObject,
    "CloverSync\\StockPage"
);

/// One page of items with only their counts.
#[php_class]
#[php(
    name = "CloverSync\\StockPage",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct StockPage {
    pub(crate) core: Core,
}

#[php_impl]
impl StockPage {
    /// The cursor of the next page.
    pub fn cursor(&self) -> Option<String> {
        self.core.cursor.clone()
    }

    /// Milliseconds since the request for the page.
    pub fn age(&self) -> i64 {
        self.core.age()
    }

    /// The count of each item.
    pub fn items(&self) -> PhpResult<PhpArray> {
        Ok(list(catalog::counts(&self.core).map(|row| zval(&row)))?)
    }

    /// Counts that must be written.
    pub fn changes(&self, known: &ZendHashTable, trackStock: bool) -> PhpResult<PhpArray> {
        let known = catalog::known(Php::Array(known));
        let changes = catalog::count_changes(&self.core, &known, trackStock);
        Ok(list(changes.map(|row| zval(&row)))?)
    }
}

impl Finish for StockPage {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
