//! `CloverSync\StockPage`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_core::quantity::Quantity;
use clover_service::page::StockPage as Core;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::ClassEntry;

use crate::page::known_rows;
use crate::zend::array::{PhpArray, record, try_list, zval};
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
        let rows = self.core.counts().map(|(item, count)| {
            record([
                ("clover_id", zval(item.as_str())?),
                ("count", count.map(|q| q.to_string()).into_zval(false)?),
                ("whole", count.map(Quantity::floor).into_zval(false)?),
            ])
        });
        Ok(PhpArray(try_list(rows)?))
    }

    /// Counts that must be written.
    pub fn changes(&self, known: &ZendHashTable, trackStock: bool) -> PhpResult<PhpArray> {
        let known = known_rows(known);
        let changes = self.core.changes(&known, trackStock);
        Ok(PhpArray(try_list(changes.map(|(item, change)| {
            record([
                ("clover_id", zval(item.as_str())?),
                ("manage_stock", zval(change.quantity.is_some())?),
                ("quantity", change.quantity.into_zval(false)?),
                ("availability", change.availability.into_zval(false)?),
            ])
        }))?))
    }
}

impl Finish for StockPage {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
