//! `CloverSync\CountPage`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::time::Instant;

use clover_core::diff::{CountChange, compare_count};
use clover_core::quantity::Quantity;
use clover_core::wire::ItemCount;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use crate::engine::array::{PhpArray, record, try_list, zval};
use crate::engine::class::{only_from_rust, returned_object};
use crate::page::{age, known_rows};

returned_object!(
    /// A page of counts, on its way to PHP.
    CountPageObject,
    "CloverSync\\CountPage"
);

/// One page of items with their counts and nothing else.
#[php_class]
#[php(name = "CloverSync\\CountPage", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct CountPage {
    items: Vec<ItemCount>,
    cursor: Option<String>,
    asked: Instant,
}

impl CountPage {
    /// What Clover answered.
    pub fn new(items: Vec<ItemCount>, cursor: Option<String>, asked: Instant) -> Self {
        Self {
            items,
            cursor,
            asked,
        }
    }
}

fn count(item: &ItemCount) -> Option<Quantity> {
    item.item_stock.and_then(Quantity::from_clover)
}

#[php_impl]
impl CountPage {
    /// Where to go on.
    pub fn cursor(&self) -> Option<String> {
        self.cursor.clone()
    }

    /// How long ago Clover was asked for it.
    pub fn age(&self) -> i64 {
        age(self.asked)
    }

    /// What Clover counts.
    pub fn items(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(try_list(self.items.iter().map(|item| {
            let count = count(item);
            record([
                ("clover_id", zval(item.id.as_str())?),
                ("count", count.map(|q| q.to_string()).into_zval(false)?),
                ("whole", count.map(Quantity::floor).into_zval(false)?),
            ])
        }))?))
    }

    /// Counts that must be written.
    pub fn changes(&self, known: &ZendHashTable, trackStock: bool) -> PhpResult<PhpArray> {
        let known = known_rows(known);
        let changes = self.items.iter().filter_map(|item| {
            let row = known.get(item.id.as_str())?;
            let stock = count(item).filter(|_| trackStock);
            let change = compare_count(stock, item.available && !item.hidden, row)?;
            Some((item, change))
        });
        Ok(PhpArray(try_list(changes.map(
            |(
                item,
                CountChange {
                    quantity,
                    availability,
                },
            )| {
                record([
                    ("clover_id", zval(item.id.as_str())?),
                    ("manage_stock", zval(quantity.is_some())?),
                    ("quantity", quantity.into_zval(false)?),
                    ("availability", availability.into_zval(false)?),
                ])
            },
        ))?))
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<CountPage>()
}

/// What only the registered class can be told.
pub fn finish() {
    only_from_rust(<CountPage as ext_php_rs::class::RegisteredClass>::get_metadata().ce());
}
