//! `CloverSync\Ledger`.

use std::collections::HashMap;
use std::rc::Rc;

use clover_core::ledger::{
    LedgerCause, LedgerEntry, LedgerRow, Line, NewRow, OrderEvent, OrderEventKind, Plan,
    Resolution, RowChange, SaleState, SendState, committed,
};
use clover_core::text_enum::TextEnum;
use clover_service::Error;
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, unknown};
use crate::json::Json;
use crate::objects::{Ledger, Object, Objects};
use crate::value::{
    self, Key, NOT_UTF8, Row, integer, is_text, row as as_row, rows as rows_of, text, value_text,
};

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    if method == "new" {
        let settings = objects.settings(arguments.object(0))?;
        let ledger = Ledger {
            push: settings.core.push_stock,
            paid: settings.core.paid_statuses.clone(),
            refunded: settings.core.refunded_statuses.clone(),
        };
        return Ok(objects.keep(Object::Ledger(Rc::new(ledger))));
    }
    let ledger = objects.ledger(object)?;
    match method {
        "saleState" => {
            let events = order_events(arguments.at(1))?;
            let state = ledger
                .statuses()
                .sale_state(arguments.at(0).as_i64(), &events);
            Ok(Json::of(state.key()))
        }
        "releasingStatuses" => {
            let statuses: Vec<i64> = ledger.statuses().releasing().collect();
            Ok(Json::of(&statuses))
        }
        "wasPaid" => {
            let events = order_events(arguments.at(0))?;
            Ok(Json::of(&ledger.statuses().was_paid(&events)))
        }
        "plan" => {
            let state: SaleState = argument_case(arguments.at(1), "state")?;
            Ok(plan_json(&line(arguments.at(0))?.plan(state, ledger.push)))
        }
        "restock" => {
            let plan = line(arguments.at(0))?
                .restock(arguments.integer(1), ledger.push)
                .map_err(|e| Error::item(e.to_string(), "units"))?;
            Ok(plan_json(&plan))
        }
        "resolve" => {
            let resolution: Resolution = argument_case(arguments.at(2), "resolution")?;
            let plan = line(arguments.at(0))?
                .resolve(arguments.integer(1), resolution)
                .map_err(|e| Error::item(e.to_string(), "seq"))?;
            Ok(plan_json(&plan))
        }
        "nextStep" => {
            let step = line(arguments.at(0))?.next_step(arguments.integer(1));
            Ok(Json::of(&StepRow {
                step: step.kind().key(),
                changes: step.changes().iter().map(change_row).collect(),
            }))
        }
        "committed" => committed_units(arguments),
        _ => Err(unknown(method)),
    }
}

fn committed_units(arguments: &Arguments<'_>) -> Result<Json, Error> {
    let mut units = HashMap::new();
    for (item, value) in value::entries(arguments.at(0)) {
        let value = value
            .as_i64()
            .ok_or_else(|| Error::item("must be whole numbers", "taken"))?;
        if matches!(item, Key::Bytes(_)) {
            return Err(Error::item(NOT_UTF8, "taken"));
        }
        units.insert(item.shown(), value);
    }
    let rows = rows_of(arguments.at(1))
        .map(|row| ledger_entry(&row))
        .collect::<Result<Vec<LedgerEntry>, _>>()?;
    Ok(Json::of(&committed(&units, &rows, arguments.integer(2))))
}

/// A case of an enum in a row. None for null, or where there is no such field.
fn case<T: PhpEnum>(row: &Row, name: &str, path: &str) -> Result<Option<T>, Error> {
    match row.get(name).filter(|value| !value.is_null()) {
        None => Ok(None),
        Some(value) => argument_case(value, path).map(Some),
    }
}

fn argument_case<T: PhpEnum>(value: &Value, path: &str) -> Result<T, Error> {
    let key = value_text(value);
    let case = key.as_deref().and_then(|key| T::from_key(key).ok());
    case.ok_or_else(|| {
        let shown = key.map_or("the value".to_owned(), |key| format!("“{key}”"));
        Error::item(format!("{shown} is not a case of {}", T::CLASS), path)
    })
}

/// An enum of which PHP gives cases in rows.
trait PhpEnum: TextEnum {
    /// Its name in PHP.
    const CLASS: &'static str;
}

macro_rules! php_enums {
    ($($ty:ident;)*) => {
        $(impl PhpEnum for $ty {
            const CLASS: &'static str = concat!("CloverSync\\", stringify!($ty));
        })*
    };
}

php_enums! {
    LedgerCause;
    OrderEventKind;
    Resolution;
    SaleState;
    SendState;
}

fn order_events(events: &Value) -> Result<Vec<OrderEvent>, Error> {
    let read = |(index, event): (usize, &Value)| {
        let path = |field: &str| format!("events[{index}].{field}");
        let event = as_row(event)
            .ok_or_else(|| Error::item("must be an event", format!("events[{index}]")))?;
        let kind = case::<OrderEventKind>(&event, "kind", &path("kind"))?;
        let kind = required(kind, &path("kind"))?;
        OrderEvent::new(kind, integer(&event, "old"), integer(&event, "new"))
            .map_err(|e| Error::item(e.to_string(), path(e.field)))
    };
    value::values(events).enumerate().map(read).collect()
}

fn required<T>(value: Option<T>, field: &str) -> Result<T, Error> {
    value.ok_or_else(|| Error::item("is missing", field))
}

/// Clover's id of an item; empty if there is none. Invalid bytes must not count as none.
fn id(row: &Row) -> Result<String, Error> {
    match (text(row, "clover_id"), row.get("clover_id")) {
        (Some(id), _) => Ok(id),
        (None, Some(value)) if is_text(value) => Err(Error::item(NOT_UTF8, "clover_id")),
        (None, _) => Ok(String::new()),
    }
}

fn ledger_entry(row: &Row) -> Result<LedgerEntry, Error> {
    let reversed = case(row, "reversed_state", "reversed_state")?;
    Ok(LedgerEntry {
        item: required(text(row, "clover_id"), "clover_id")?,
        delta: required(integer(row, "delta"), "delta")?,
        state: required(case(row, "state", "state")?, "state")?,
        settled: integer(row, "settled"),
        reverses: reversed.map(|state| (state, integer(row, "reversed_settled"))),
        counted: integer(row, "counted") == Some(1),
    })
}

fn line(line: &Value) -> Result<Line, Error> {
    let line = as_row(line).unwrap_or_default();
    let rows = line.get("rows").into_iter().flat_map(rows_of);
    let rows = rows
        .map(|row| {
            Ok(LedgerRow {
                seq: required(integer(&row, "seq"), "rows.seq")?,
                cause: required(case(&row, "cause", "rows.cause")?, "rows.cause")?,
                reverses: integer(&row, "reverses"),
                item: id(&row)?,
                delta: required(integer(&row, "delta"), "rows.delta")?,
                state: required(case(&row, "state", "rows.state")?, "rows.state")?,
            })
        })
        .collect::<Result<Vec<LedgerRow>, Error>>()?;
    Ok(Line {
        item: id(&line)?,
        quantity: required(integer(&line, "quantity"), "quantity")?,
        rows,
    })
}

#[derive(Serialize)]
struct StepRow {
    step: &'static str,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct Change {
    seq: i64,
    state: &'static str,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct Entry<'a> {
    seq: i64,
    cause: &'static str,
    reverses: Option<i64>,
    clover_id: &'a str,
    delta: i64,
    state: &'static str,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct PlanRow<'a> {
    entries: Vec<Entry<'a>>,
    changes: Vec<Change>,
}

fn change_row(change: &RowChange) -> Change {
    Change {
        seq: change.seq,
        state: change.state.key(),
        reason: change.reason.map(TextEnum::key),
    }
}

fn plan_json(plan: &Plan) -> Json {
    let entries = plan.entries.iter().map(|NewRow { row, reason }| Entry {
        seq: row.seq,
        cause: row.cause.key(),
        reverses: row.reverses,
        clover_id: &row.item,
        delta: row.delta,
        state: row.state.key(),
        reason: reason.map(TextEnum::key),
    });
    Json::of(&PlanRow {
        entries: entries.collect(),
        changes: plan.changes.iter().map(change_row).collect(),
    })
}
