//! Rows of stock counts.

use std::collections::BTreeMap;

use clover_client::stock::Overwritten;
use clover_core::ids::ItemId;
use clover_core::ledger::{CountWrite, Exposure};
use clover_core::quantity::Quantity;

use super::{Input, Output, errors, row};
use crate::error::Error;
use crate::stock::{SentWrite, StockChange, StockOutcome};

/// Counts that are to be changed.
///
/// # Errors
/// A row has no key, or a field is malformed; so for all of them.
pub fn changes<'a>(rows: impl Input<'a>) -> Result<Vec<StockChange>, Error> {
    rows.read("changes", |row| {
        let delta = row
            .integer_of("delta")
            .ok_or_else(|| Error::argument("must be a whole number", "delta"))?;
        let misses = row.integer_of("misses").unwrap_or(0);
        Ok(StockChange {
            key: key(row)?,
            item: item(row)?,
            delta,
            misses: u32::try_from(misses).unwrap_or(0),
        })
    })
}

/// Keys of rows.
///
/// # Errors
/// One is not a whole number.
pub fn keys<'a>(list: impl Input<'a>) -> Result<Vec<i64>, Error> {
    let keys: Option<_> = list.values().map(Input::whole).collect();
    keys.ok_or_else(|| Error::argument("must be whole numbers", "keys"))
}

/// Writes that got no answer.
///
/// # Errors
/// As [`changes`].
pub fn sent<'a>(rows: impl Input<'a>) -> Result<Vec<SentWrite>, Error> {
    rows.read("sent", |row| {
        let count = |field| count(row.text_of(field).as_deref(), field);
        let write = CountWrite {
            before: count("before")?,
            modified: row.integer_of("modified"),
            target: count("target")?,
        };
        Ok(SentWrite {
            key: key(row)?,
            item: item(row)?,
            write,
        })
    })
}

/// Counts that were overwritten.
///
/// # Errors
/// As [`changes`].
pub fn overwritten<'a>(rows: impl Input<'a>) -> Result<Vec<Overwritten>, Error> {
    rows.read("writes", |row| {
        let time = |field| {
            row.integer_of(field)
                .ok_or_else(|| Error::argument("must be milliseconds", field))
        };
        Ok(Overwritten {
            item: item(row)?,
            exposure: Exposure {
                before: row.integer_of("modified_before"),
                after: time("modified_after")?,
                window: time("window")?,
            },
        })
    })
}

/// A count.
///
/// # Errors
/// With the name of its field or argument.
pub(crate) fn count(text: Option<&str>, name: &str) -> Result<Quantity, Error> {
    text.and_then(Quantity::parse)
        .ok_or_else(|| Error::argument("must be a count with at most three places", name))
}

fn key<'a>(row: impl Input<'a>) -> Result<i64, Error> {
    row.integer_of("key")
        .ok_or_else(|| Error::argument("a row has no key", "key"))
}

fn item<'a>(row: impl Input<'a>) -> Result<ItemId, Error> {
    let id = row.text_of("clover_id").unwrap_or_default();
    ItemId::new(id).map_err(|e| Error::argument(e.to_string(), "clover_id"))
}

/// What became of counts.
#[must_use]
pub fn outcomes(rows: &[StockOutcome]) -> Output<'_> {
    let count = |count: Option<Quantity>| count.map(|count| count.to_string());
    Output::list(rows.iter().map(|row| {
        row! {
            key: row.key,
            state: Output::case(row.state),
            before: count(row.before),
            modified: row.modified,
            target: count(row.target),
            window: row.window,
            problem: errors::maybe(row.problem.as_ref()),
            retry_after: row.retry_after,
            permission: row.permission,
        }
    }))
}

/// Units that the till sold.
#[must_use]
pub fn sold(units: &BTreeMap<ItemId, Quantity>) -> Output<'_> {
    Output::list(units.iter().map(|(item, units)| {
        row! { clover_id: item.as_str(), units: units.to_string() }
    }))
}
