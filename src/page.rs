//! `CloverSync\Page`.

use std::collections::HashMap;
use std::time::Instant;

use clover_core::diff::{Known, compare};
use clover_core::ids::ItemId;
use clover_core::json::JsonError;
use clover_core::mapping::{ItemError, Mapper};
use clover_core::money::ColumnPrice;
use clover_core::product::Product;
use clover_core::wire::{ElementError, Item};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use crate::engine::array::{
    PhpArray, borrowed, integer, list, record, rows as array_rows, text, try_list, zval,
};
use crate::engine::class::{only_from_rust, returned_object};
use crate::product_change;

returned_object!(
    /// A page, on its way to PHP.
    PageObject,
    "CloverSync\\Page"
);

/// One page of mapped items.
#[php_class]
#[php(name = "CloverSync\\Page", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Page {
    cursor: String,
    ids: Vec<String>,
    products: Vec<Product>,
    members: Vec<Item>,
    errors: Vec<Fault>,
    asked: Instant,
}

/// What was wrong with one item.
#[derive(Clone)]
pub struct Fault {
    item: Option<String>,
    path: String,
    message: String,
}

impl Fault {
    /// A staged payload that does not read back.
    pub fn staged(item: Option<String>, error: JsonError) -> Self {
        Self {
            item,
            path: error.path,
            message: error.reason,
        }
    }

    /// An item that is there and makes no sense.
    pub fn unreadable(id: &ItemId, path: String, message: String) -> Self {
        Self {
            item: Some(id.as_str().to_owned()),
            path,
            message,
        }
    }

    /// Whether it is about this item.
    pub fn concerns(&self, id: &str) -> bool {
        self.item.as_deref() == Some(id)
    }
}

impl From<ElementError> for Fault {
    fn from(error: ElementError) -> Self {
        Self {
            item: error.id,
            path: error.error.path,
            message: error.error.reason,
        }
    }
}

impl From<ItemError> for Fault {
    fn from(error: ItemError) -> Self {
        Self {
            item: error.item.map(Into::into),
            path: error.path,
            message: error.message,
        }
    }
}

impl Page {
    /// Maps the items of one page; deleted ones count as not there.
    pub fn new(
        asked: Instant,
        cursor: String,
        items: Vec<Item>,
        faults: Vec<Fault>,
        mapper: &Mapper,
    ) -> Self {
        let mut page = Self {
            cursor,
            ids: faults
                .iter()
                .filter_map(|fault| fault.item.clone())
                .collect(),
            products: Vec::with_capacity(items.len()),
            members: Vec::new(),
            errors: faults,
            asked,
        };
        for item in items.into_iter().filter(|item| !item.is_deleted()) {
            page.ids.push(item.id.as_str().to_owned());
            if item.item_group.is_some() {
                page.members.push(item);
                continue;
            }
            match mapper.item(&item) {
                Ok(product) => page.products.push(product),
                Err(error) => page.errors.push(error.into()),
            }
        }
        page
    }
}

#[php_impl]
impl Page {
    /// Where to go on.
    pub fn cursor(&self) -> String {
        self.cursor.clone()
    }

    /// How long ago Clover was asked for it.
    pub fn age(&self) -> i64 {
        age(self.asked)
    }

    /// Every item on the page.
    pub fn item_ids(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(list(self.ids.iter().map(String::as_str))?))
    }

    /// What must be written.
    pub fn changes(&self, known: &ZendHashTable) -> PhpResult<PhpArray> {
        let known = known_rows(known);
        let changes = self
            .products
            .iter()
            .filter_map(|product| compare(product, &known));
        Ok(PhpArray(try_list(
            changes.map(|change| product_change::object(&change)),
        )?))
    }

    /// Items of groups.
    pub fn members(&self) -> PhpResult<PhpArray> {
        let members = self
            .members
            .iter()
            .filter_map(|item| Some((item, item.item_group.as_ref()?)));
        let rows = members.map(|(item, group)| {
            // Panic: the wire model has text keys and finite numbers only, which JSON can always hold.
            let payload = serde_json::to_string(item).expect("a wire item is JSON");
            record([
                ("item_id", zval(item.id.as_str())?),
                ("group_id", zval(group.as_str())?),
                ("payload", zval(payload)?),
            ])
        });
        Ok(PhpArray(try_list(rows)?))
    }

    /// Items that could not be read or mapped.
    pub fn errors(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(fault_rows(&self.errors)?))
    }
}

/// Milliseconds since then, rounded up.
pub fn age(asked: Instant) -> i64 {
    i64::try_from(asked.elapsed().as_millis() + 1).unwrap_or(i64::MAX)
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

/// The `$known` rows by Clover id. A row without an id is skipped; the item is then taken for new, which a unique key in the shop refuses.
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

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Page>()
}

/// What only the registered class can be told.
pub fn finish() {
    only_from_rust(<Page as ext_php_rs::class::RegisteredClass>::get_metadata().ce());
}
