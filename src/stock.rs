//! `CloverSync\Stock`.

use std::rc::Rc;
use std::time::Instant;

use clover_client::items::STOCK_EXPANSION;
use clover_client::stock::{Overwritten, Wanted, Wrote};
use clover_client::{Access, Error, chain};
use clover_core::ids::ItemId;
use clover_core::ledger::{CountWrite, Exposure};
use clover_core::quantity::Quantity;
use clover_core::wire::{ItemCount, Listing};
use clover_service::page::StockPage as Counts;
use clover_service::stock::{Ready, StockOutcome};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable};

use crate::connection::Connection;
use crate::engine::array::{PhpArray, integer, record, text, try_list, zval};
use crate::exception;
use crate::items::count_of;
use crate::link::Link;
use crate::stock_batch::{StockBatch, StockBatchObject, outcomes};
use crate::stock_page::{StockPage, StockPageObject};

/// The counts of Clover's items.
#[php_class]
#[php(name = "CloverSync\\Stock", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Stock {
    link: Rc<Link>,
}

/// One row of the shop's ledger, as far as its count goes.
struct Row {
    key: i64,
    item: ItemId,
}

fn row(array: &ZendHashTable) -> PhpResult<Row> {
    let key = integer(array, "key").ok_or_else(|| exception::item("a row has no key", "key"))?;
    let id = text(array, "clover_id").unwrap_or_default();
    let item = ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "clover_id"))?;
    Ok(Row { key, item })
}

fn rows(arrays: &ZendHashTable) -> impl Iterator<Item = &ZendHashTable> {
    crate::engine::array::rows(arrays)
}

fn count(array: &ZendHashTable, field: &str) -> PhpResult<Quantity> {
    text(array, field)
        .and_then(|text| Quantity::parse(&text))
        .ok_or_else(|| exception::item("must be a count with at most three places", field))
}

#[php_impl]
impl Stock {
    /// Asks Clover nothing.
    pub fn __construct(connection: &Connection) -> Self {
        Self {
            link: Rc::clone(&connection.link),
        }
    }

    /// Reads what is to be changed.
    pub fn prepare(&self, changes: &ZendHashTable) -> PhpResult<StockBatchObject> {
        let mut wanted = Vec::new();
        for array in rows(changes) {
            let delta = integer(array, "delta")
                .ok_or_else(|| exception::item("must be a whole number", "delta"))?;
            let misses = integer(array, "misses").unwrap_or(0);
            wanted.push((row(array)?, delta, misses));
        }
        let items: Vec<Wanted> = wanted
            .iter()
            .map(|(row, _, misses)| Wanted {
                item: row.item.clone(),
                misses: u32::try_from(*misses).unwrap_or(0),
            })
            .collect();
        let read = self
            .link
            .call(|api, access| api.read_counts(&access, items.clone()))?;
        let (mut seen, mut ready) = (Vec::new(), Vec::new());
        for ((row, delta, _), outcome) in wanted.into_iter().zip(read) {
            let (outcome, may_write) = StockOutcome::prepared(row.key, row.item, delta, outcome);
            seen.push(outcome);
            ready.extend(may_write);
        }
        let batch = ZendClassObject::new(StockBatch::new(seen, ready));
        Ok(StockBatchObject(batch.into_zval(false)?))
    }

    /// Writes what was prepared and stored.
    pub fn commit(&self, batch: &StockBatch, keys: &ZendHashTable) -> PhpResult<PhpArray> {
        let keys: Vec<i64> = crate::engine::array::values(keys)
            .map(ext_php_rs::ffi::_zval_struct::long)
            .collect::<Option<_>>()
            .ok_or_else(|| exception::item("must be whole numbers", "keys"))?;
        let mut pending: Vec<Ready> = batch.ready.take();
        pending.retain(|ready| keys.contains(&ready.key));
        let mut done: Vec<StockOutcome> = Vec::with_capacity(pending.len());
        if pending.is_empty() {
            return Ok(PhpArray(outcomes(&done)?));
        }
        // Without a token nothing is sent, and the next reading says why. To throw here would leave
        // the shop with rows that it must take for sent.
        let Ok(mut access) = self.link.access() else {
            done.extend(pending.iter().map(StockOutcome::without_token));
            return Ok(PhpArray(outcomes(&done)?));
        };
        let refused = self.write(&access, pending, &mut done)?;
        if !refused.is_empty() {
            // A 401 was not carried out. It may be the token's fault once.
            match self.link.another_token(&access.token) {
                Ok(Some(token)) => {
                    access.token = token;
                    let (pending, _): (Vec<Ready>, Vec<Error>) = refused.into_iter().unzip();
                    let refused = self.write(&access, pending, &mut done)?;
                    done.extend(
                        refused
                            .iter()
                            .map(|(ready, error)| StockOutcome::failed(ready.key, error)),
                    );
                }
                Ok(None) => done.extend(
                    refused
                        .iter()
                        .map(|(ready, error)| StockOutcome::failed(ready.key, error)),
                ),
                Err(_) => done.extend(
                    refused
                        .iter()
                        .map(|(ready, _)| StockOutcome::without_token(ready)),
                ),
            }
        }
        Ok(PhpArray(outcomes(&done)?))
    }

    /// Settles writes that got no answer.
    pub fn settle(&self, sent: &ZendHashTable) -> PhpResult<PhpArray> {
        let mut wanted = Vec::new();
        for array in rows(sent) {
            let written = CountWrite {
                before: count(array, "before")?,
                modified: integer(array, "modified"),
                target: count(array, "target")?,
            };
            wanted.push((row(array)?, written));
        }
        let items: Vec<ItemId> = wanted.iter().map(|(row, _)| row.item.clone()).collect();
        let read = self
            .link
            .call(|api, access| api.read_counts_again(&access, items.clone()))?;
        let settled: Vec<StockOutcome> = wanted
            .into_iter()
            .zip(read)
            .map(|((row, written), now)| StockOutcome::settled(row.key, &written, now))
            .collect();
        Ok(PhpArray(outcomes(&settled)?))
    }

    /// One page of all counts.
    pub fn counts(&self, after: Option<String>) -> PhpResult<StockPageObject> {
        let asked = Instant::now();
        let page = self
            .link
            .call(|api, access| api.counts_page(&access, after.clone()))?;
        let page = match page {
            None => Counts::new(Vec::new(), None, asked),
            Some(page) => {
                let mut listing = Listing::<ItemCount>::parse(&page.body).map_err(|e| {
                    exception::bug(
                        &format!("Clover's item list makes no sense at {e}"),
                        page.call.request_id.as_deref(),
                    )
                })?;
                if self.link.withheld().has(STOCK_EXPANSION[0]) {
                    for item in &mut listing.elements {
                        item.item_stock = count_of(&self.link, &item.id)?;
                    }
                }
                let cursor = page.cursor.filter(|_| !page.last);
                Counts::new(listing.elements, cursor, page.asked.into_std())
            }
        };
        Ok(StockPageObject(
            ZendClassObject::new(StockPage { core: page }).into_zval(false)?,
        ))
    }

    /// What the till sold while counts were overwritten.
    #[php(name = "soldWithin")]
    pub fn sold_within(&self, writes: &ZendHashTable) -> PhpResult<PhpArray> {
        let mut overwritten = Vec::new();
        for array in rows(writes) {
            let id = text(array, "clover_id").unwrap_or_default();
            let item = ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "clover_id"))?;
            let time = |field| {
                integer(array, field).ok_or_else(|| exception::item("must be milliseconds", field))
            };
            let exposure = Exposure {
                before: integer(array, "modified_before"),
                after: time("modified_after")?,
                window: time("window")?,
            };
            overwritten.push(Overwritten { item, exposure });
        }
        let sold = self
            .link
            .call(|api, access| api.sold_within(&access, &overwritten))?;
        let found = sold.into_iter().filter(|(_, sold)| *sold > 0);
        Ok(PhpArray(try_list(found.map(|(item, sold)| {
            record([
                ("clover_id", zval(item.as_str())?),
                ("units", zval(Quantity::from_thousandths(sold).to_string())?),
            ])
        }))?))
    }
}

impl Stock {
    /// Notes what is decided, and gives back what the token was refused for.
    fn write(
        &self,
        access: &Access,
        pending: Vec<Ready>,
        done: &mut Vec<StockOutcome>,
    ) -> PhpResult<Vec<(Ready, Error)>> {
        let sets = pending.iter().map(Ready::set).collect();
        let api = self.link.api()?;
        let written = self.link.finish(api.write_counts(access, sets))?;
        let mut refused = Vec::new();
        match written {
            Ok(written) => {
                for (ready, outcome) in pending.into_iter().zip(written) {
                    match outcome {
                        Err(error @ Error::Unauthorized { .. }) => refused.push((ready, error)),
                        outcome => done.push(StockOutcome::written(&ready, outcome)),
                    }
                }
            }
            Err(error) => done.extend(
                pending
                    .iter()
                    .map(|ready| StockOutcome::written(ready, Ok(Wrote::Unknown(chain(&error))))),
            ),
        }
        Ok(refused)
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Stock>()
}
