//! `CloverSync\Page`.

use std::collections::HashMap;

use clover_core::diff::Known;
use clover_core::money::ColumnPrice;
use clover_service::page::{Fault, Page as Core};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::ClassEntry;

use crate::product_change;
use crate::zend::array::{
    PhpArray, borrowed, integer, list, record, rows as array_rows, text, try_list, zval,
};
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
        Ok(PhpArray(list(self.core.ids.iter().map(String::as_str))?))
    }

    /// Changes that the shop must write.
    pub fn changes(&self, known: &ZendHashTable) -> PhpResult<PhpArray> {
        let known = known_rows(known);
        let changes = self.core.changes(&known);
        Ok(PhpArray(try_list(
            changes.map(|change| product_change::object(&change)),
        )?))
    }

    /// Items of groups.
    pub fn members(&self) -> PhpResult<PhpArray> {
        let rows = self.core.members().map(|member| {
            record([
                ("item_id", zval(member.item.as_str())?),
                ("group_id", zval(member.group.as_str())?),
                ("payload", zval(member.payload)?),
            ])
        });
        Ok(PhpArray(try_list(rows)?))
    }

    /// Items that could not be read or mapped.
    pub fn errors(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(fault_rows(&self.core.faults)?))
    }
}

/// Faults as PHP rows.
pub fn fault_rows(faults: &[Fault]) -> Result<ZBox<ZendHashTable>> {
    try_list(faults.iter().map(|fault| {
        record([
            ("item_id", fault.item.as_deref().into_zval(false)?),
            ("path", zval(fault.path.as_str())?),
            ("message", zval(fault.message.as_str())?),
        ])
    }))
}

/// The `$known` rows by Clover id. A row without an id is skipped. Its item then counts as new,
/// and a unique key in the shop refuses the duplicate.
pub fn known_rows(rows: &ZendHashTable) -> HashMap<String, Known> {
    let mut known_by_id = HashMap::with_capacity(rows.len());
    for row in array_rows(rows) {
        if let Some(id) = text(row, "clover_id") {
            known_by_id.insert(id, known(row));
        }
    }
    known_by_id
}

fn known(row: &ZendHashTable) -> Known {
    let number = |field| integer(row, field);
    Known {
        fingerprint: text(row, "fingerprint"),
        deleted: number("deleted") == Some(1),
        place: text(row, "place"),
        sku: text(row, "sku"),
        upc: text(row, "upc"),
        price: borrowed(row, "price").and_then(|price| ColumnPrice::parse(&price)),
        manage_stock: number("manage_stock") == Some(1),
        quantity: number("quantity"),
        availability: number("availability").unwrap_or(1),
        committed: number("committed").unwrap_or(0),
    }
}

impl Finish for Page {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
