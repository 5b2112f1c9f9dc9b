//! `CloverSync\Stock`.

use clover_client::stock::Overwritten;
use clover_core::ids::ItemId;
use clover_core::ledger::{CountWrite, Exposure};
use clover_core::quantity::Quantity;
use clover_service::stock::{SentWrite, Stock as Core, StockChange};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};

use crate::connection::Connection;
use crate::exception::{self, of};
use crate::stock_batch::{StockBatch, StockBatchObject, outcomes};
use crate::stock_page::{StockPage, StockPageObject};
use crate::zend::array::{PhpArray, integer, record, rows, text, try_list, values, zval};
use crate::zend::class::Finish;

/// Reads and writes stock counts in Clover.
#[php_class]
#[php(name = "CloverSync\\Stock", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Stock {
    core: Core,
}

fn key(row: &ZendHashTable) -> PhpResult<i64> {
    integer(row, "key").ok_or_else(|| exception::item("a row has no key", "key"))
}

fn item(row: &ZendHashTable) -> PhpResult<ItemId> {
    let id = text(row, "clover_id").unwrap_or_default();
    ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "clover_id"))
}

fn count(row: &ZendHashTable, field: &str) -> PhpResult<Quantity> {
    text(row, field)
        .and_then(|text| Quantity::parse(&text))
        .ok_or_else(|| exception::item("must be a count with at most three places", field))
}

fn change(row: &ZendHashTable) -> PhpResult<StockChange> {
    let delta =
        integer(row, "delta").ok_or_else(|| exception::item("must be a whole number", "delta"))?;
    let misses = integer(row, "misses").unwrap_or(0);
    Ok(StockChange {
        key: key(row)?,
        item: item(row)?,
        delta,
        misses: u32::try_from(misses).unwrap_or(0),
    })
}

fn sent_write(row: &ZendHashTable) -> PhpResult<SentWrite> {
    let write = CountWrite {
        before: count(row, "before")?,
        modified: integer(row, "modified"),
        target: count(row, "target")?,
    };
    Ok(SentWrite {
        key: key(row)?,
        item: item(row)?,
        write,
    })
}

fn overwritten(row: &ZendHashTable) -> PhpResult<Overwritten> {
    let time =
        |field| integer(row, field).ok_or_else(|| exception::item("must be milliseconds", field));
    Ok(Overwritten {
        item: item(row)?,
        exposure: Exposure {
            before: integer(row, "modified_before"),
            after: time("modified_after")?,
            window: time("window")?,
        },
    })
}

#[php_impl]
impl Stock {
    /// Sends no request.
    pub fn __construct(connection: &Connection) -> Self {
        Self {
            core: Core::new(&connection.session),
        }
    }

    /// Reads the counts that will be changed.
    pub fn prepare(&self, changes: &ZendHashTable) -> PhpResult<StockBatchObject> {
        let changes = rows(changes).map(change).collect::<PhpResult<_>>()?;
        let core = self.core.prepare(changes).map_err(of)?;
        let batch = ZendClassObject::new(StockBatch { core });
        Ok(StockBatchObject(batch.into_zval(false)?))
    }

    /// Writes counts that were prepared and stored.
    pub fn commit(&self, batch: &StockBatch, keys: &ZendHashTable) -> PhpResult<PhpArray> {
        let keys: Vec<i64> = values(keys)
            .map(Zval::long)
            .collect::<Option<_>>()
            .ok_or_else(|| exception::item("must be whole numbers", "keys"))?;
        let done = self.core.commit(&batch.core, &keys).map_err(of)?;
        Ok(PhpArray(outcomes(&done)?))
    }

    /// Finds out whether unanswered writes were carried out.
    pub fn settle(&self, sent: &ZendHashTable) -> PhpResult<PhpArray> {
        let sent: Vec<SentWrite> = rows(sent).map(sent_write).collect::<PhpResult<_>>()?;
        let settled = self.core.settle(&sent).map_err(of)?;
        Ok(PhpArray(outcomes(&settled)?))
    }

    /// One page of all counts.
    pub fn counts(&self, after: Option<String>) -> PhpResult<StockPageObject> {
        let core = self.core.counts(after.as_deref()).map_err(of)?;
        let page = ZendClassObject::new(StockPage { core });
        Ok(StockPageObject(page.into_zval(false)?))
    }

    /// Units that the shop may sell of a count.
    pub fn sellable(count: &str, committed: i64) -> PhpResult<i64> {
        let count = Quantity::parse(count)
            .ok_or_else(|| exception::item("must be a count with at most three places", "count"))?;
        Ok(count.sellable(committed))
    }

    /// Units that the till sold while their counts were overwritten.
    #[php(name = "soldWithin")]
    pub fn sold_within(&self, writes: &ZendHashTable) -> PhpResult<PhpArray> {
        let writes: Vec<Overwritten> = rows(writes).map(overwritten).collect::<PhpResult<_>>()?;
        let sold = self.core.sold_within(&writes).map_err(of)?;
        Ok(PhpArray(try_list(sold.into_iter().map(
            |(item, units)| {
                record([
                    ("clover_id", zval(item.as_str())?),
                    ("units", zval(units.to_string())?),
                ])
            },
        ))?))
    }
}

impl Finish for Stock {}
