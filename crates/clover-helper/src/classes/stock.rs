//! `CloverSync\Stock`, `StockBatch` and `StockPage`.

use std::rc::Rc;

use clover_client::stock::Overwritten;
use clover_core::ids::ItemId;
use clover_core::ledger::{CountWrite, Exposure};
use clover_core::quantity::Quantity;
use clover_service::Error;
use clover_service::stock::{SentWrite, Stock, StockChange, StockOutcome};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, unknown};
use crate::classes::catalog::known_rows;
use crate::json::Json;
use crate::objects::{Object, Objects};
use crate::value::{Row, integer, rows, text, values};

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    class: &str,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    match class {
        "Stock" => stock(objects, object, method, arguments),
        "StockBatch" if method == "rows" => Ok(outcomes(&objects.stock_batch(object)?.rows)),
        "StockPage" => stock_page(objects, object, method, arguments),
        _ => Err(unknown(method)),
    }
}

fn stock(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    if method == "new" {
        let session = objects.connection(arguments.object(0))?;
        return Ok(objects.keep(Object::Stock(Rc::new(Stock::new(&session)))));
    }
    if method == "sellable" {
        let count = Quantity::parse(&arguments.text(0, "count")?)
            .ok_or_else(|| Error::item("must be a count with at most three places", "count"))?;
        return Ok(Json::of(&count.sellable(arguments.integer(1))));
    }
    let stock = objects.stock(object)?;
    match method {
        "prepare" => {
            let changes = read(arguments.at(0), change)?;
            let batch = stock.prepare(changes)?;
            Ok(objects.keep(Object::StockBatch(Rc::new(batch))))
        }
        "commit" => {
            let batch = objects.stock_batch(arguments.object(0))?;
            let keys: Vec<i64> = values(arguments.at(1))
                .map(Value::as_i64)
                .collect::<Option<_>>()
                .ok_or_else(|| Error::item("must be whole numbers", "keys"))?;
            Ok(outcomes(&stock.commit(&batch, &keys)?))
        }
        "settle" => {
            let sent = read(arguments.at(0), sent_write)?;
            Ok(outcomes(&stock.settle(&sent)?))
        }
        "counts" => {
            let after = arguments.optional_text(0, "after")?;
            let page = stock.counts(after.as_deref())?;
            Ok(objects.keep(Object::StockPage(Rc::new(page))))
        }
        "soldWithin" => {
            let writes = read(arguments.at(0), overwritten)?;
            let sold = stock.sold_within(&writes)?;
            Ok(Json::list(sold.into_iter().map(|(item, units)| {
                Json::of(&SoldRow {
                    clover_id: item.as_str(),
                    units: units.to_string(),
                })
            })))
        }
        _ => Err(unknown(method)),
    }
}

fn stock_page(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    let page = objects.stock_page(object)?;
    match method {
        "cursor" => Ok(Json::of(&page.cursor)),
        "age" => Ok(Json::of(&page.age())),
        "items" => Ok(Json::list(page.counts().map(|(item, count)| {
            Json::of(&CountRow {
                clover_id: item.as_str(),
                count: count.map(|count| count.to_string()),
                whole: count.map(Quantity::floor),
            })
        }))),
        "changes" => {
            let known = known_rows(arguments.at(0));
            let changes = page.changes(&known, arguments.is_true(1));
            Ok(Json::list(changes.map(|(item, change)| {
                Json::of(&ChangeRow {
                    clover_id: item.as_str(),
                    manage_stock: change.quantity.is_some(),
                    quantity: change.quantity,
                    availability: change.availability,
                })
            })))
        }
        _ => Err(unknown(method)),
    }
}

#[derive(Serialize)]
struct SoldRow<'a> {
    clover_id: &'a str,
    units: String,
}

#[derive(Serialize)]
struct CountRow<'a> {
    clover_id: &'a str,
    count: Option<String>,
    whole: Option<i64>,
}

#[derive(Serialize)]
struct ChangeRow<'a> {
    clover_id: &'a str,
    manage_stock: bool,
    quantity: Option<i64>,
    availability: Option<i64>,
}

#[derive(Serialize)]
struct OutcomeRow<'a> {
    key: i64,
    state: &'a str,
    before: Option<String>,
    modified: Option<i64>,
    target: Option<String>,
    window: Option<i64>,
    message: &'a str,
    retry_after: i64,
    permission: Option<&'a str>,
}

fn outcomes(rows: &[StockOutcome]) -> Json {
    let count = |quantity: Option<Quantity>| quantity.map(|q| q.to_string());
    Json::list(rows.iter().map(|row| {
        Json::of(&OutcomeRow {
            key: row.key,
            state: row.state.key(),
            before: count(row.before),
            modified: row.modified,
            target: count(row.target),
            window: row.window,
            message: &row.message,
            retry_after: row.retry_after,
            permission: row.permission,
        })
    }))
}

fn read<T>(list: &Value, each: impl Fn(&Row) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    rows(list).map(|row| each(&row)).collect()
}

fn key(row: &Row) -> Result<i64, Error> {
    integer(row, "key").ok_or_else(|| Error::item("a row has no key", "key"))
}

fn item(row: &Row) -> Result<ItemId, Error> {
    let id = text(row, "clover_id").unwrap_or_default();
    ItemId::new(id).map_err(|e| Error::item(e.to_string(), "clover_id"))
}

fn count(row: &Row, field: &str) -> Result<Quantity, Error> {
    text(row, field)
        .and_then(|text| Quantity::parse(&text))
        .ok_or_else(|| Error::item("must be a count with at most three places", field))
}

fn change(row: &Row) -> Result<StockChange, Error> {
    let delta =
        integer(row, "delta").ok_or_else(|| Error::item("must be a whole number", "delta"))?;
    let misses = integer(row, "misses").unwrap_or(0);
    Ok(StockChange {
        key: key(row)?,
        item: item(row)?,
        delta,
        misses: u32::try_from(misses).unwrap_or(0),
    })
}

fn sent_write(row: &Row) -> Result<SentWrite, Error> {
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

fn overwritten(row: &Row) -> Result<Overwritten, Error> {
    let time =
        |field| integer(row, field).ok_or_else(|| Error::item("must be milliseconds", field));
    Ok(Overwritten {
        item: item(row)?,
        exposure: Exposure {
            before: integer(row, "modified_before"),
            after: time("modified_after")?,
            window: time("window")?,
        },
    })
}
