//! `CloverSync\Ledger`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::collections::HashMap;

use clover_core::ledger::{
    LedgerEntry, LedgerRow, Line, NewRow, OrderEvent, OrderEventKind, Plan, Resolution, RowChange,
    SaleState, StatusSets, committed,
};
use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::error::Result;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::exception;
use crate::settings::Settings;
use crate::zend::array::{
    Key, NOT_UTF8, PhpArray, entries, field, integer, list, record, rows as rows_of, text,
    try_list, value_text, values, zval,
};
use crate::zend::class::Finish;
use crate::zend::text_enum::{Case, PhpEnum};

/// The rules of the stock ledger.
#[php_class]
#[php(
    name = "CloverSync\\Ledger",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Ledger {
    push: bool,
    paid: Vec<i64>,
    refunded: Vec<i64>,
}

#[php_impl]
impl Ledger {
    /// Rules under these settings.
    pub fn __construct(settings: &Settings) -> Self {
        Self {
            push: settings.core.push_stock,
            paid: settings.core.paid_statuses.clone(),
            refunded: settings.core.refunded_statuses.clone(),
        }
    }

    /// Whether an order's units are sold.
    #[php(name = "saleState")]
    pub fn sale_state(
        &self,
        status: Option<i64>,
        events: &ZendHashTable,
    ) -> PhpResult<Case<SaleState>> {
        let state = self.statuses().sale_state(status, &order_events(events)?);
        Ok(Case(state))
    }

    /// Whether an event reported a payment.
    #[php(name = "wasPaid")]
    pub fn was_paid(&self, events: &ZendHashTable) -> PhpResult<bool> {
        Ok(self.statuses().was_paid(&order_events(events)?))
    }

    /// The statuses that release an order's units.
    #[php(name = "releasingStatuses")]
    pub fn releasing_statuses(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(list(self.statuses().releasing())?))
    }

    /// Units that one line must still take or return.
    pub fn plan(&self, line: &ZendHashTable, saleState: Case<SaleState>) -> PhpResult<PhpArray> {
        Ok(plan_array(&read(line)?.plan(saleState.0, self.push))?)
    }

    /// Returns units by hand.
    pub fn restock(&self, line: &ZendHashTable, units: i64) -> PhpResult<PhpArray> {
        let plan = read(line)?
            .restock(units, self.push)
            .map_err(|e| exception::item(&e.to_string(), "units"))?;
        Ok(plan_array(&plan)?)
    }

    /// Applies the owner's decision on a row.
    pub fn resolve(
        &self,
        line: &ZendHashTable,
        seq: i64,
        resolution: Case<Resolution>,
    ) -> PhpResult<PhpArray> {
        let plan = read(line)?
            .resolve(seq, resolution.0)
            .map_err(|e| exception::item(&e.to_string(), "seq"))?;
        Ok(plan_array(&plan)?)
    }

    /// Whether a row should be sent now.
    #[php(name = "nextStep")]
    pub fn next_step(&self, line: &ZendHashTable, seq: i64) -> PhpResult<PhpArray> {
        let step = read(line)?.next_step(seq);
        Ok(PhpArray(record([
            ("step", zval(Case(step.kind()))?),
            (
                "changes",
                zval(try_list(step.changes().iter().map(change_array))?)?,
            ),
        ])?))
    }

    /// Units that Clover's count still includes and the shop has taken for orders.
    pub fn committed(
        &self,
        taken: &ZendHashTable,
        rows: &ZendHashTable,
        asOf: i64,
    ) -> PhpResult<PhpArray> {
        let mut units = HashMap::new();
        for (item, value) in entries(taken) {
            let value = value
                .long()
                .ok_or_else(|| exception::item("must be whole numbers", "taken"))?;
            if matches!(item, Key::Bytes(_)) {
                return Err(exception::item(NOT_UTF8, "taken"));
            }
            units.insert(item.shown(), value);
        }
        let rows = rows_of(rows)
            .map(ledger_entry)
            .collect::<PhpResult<Vec<LedgerEntry>>>()?;
        let mut found = ZendHashTable::new();
        for (item, units) in committed(&units, &rows, asOf) {
            found.insert(item.as_str(), units)?;
        }
        Ok(PhpArray(found))
    }
}

impl Ledger {
    fn statuses(&self) -> StatusSets<'_> {
        StatusSets {
            paid: &self.paid,
            refunded: &self.refunded,
        }
    }
}

/// A case of an enum in a row. None for null, or where there is no such field.
fn case<T: PhpEnum>(row: &ZendHashTable, name: &str, path: &str) -> PhpResult<Option<T>> {
    let Some(value) = field(row, name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let Some(Case(case)) = Case::<T>::from_zval(value) else {
        let message = format!("{} is not a case of {}", shown(value), T::CLASS);
        return Err(exception::item(&message, path));
    };
    Ok(Some(case))
}

/// A value as a message can name it.
fn shown(value: &Zval) -> String {
    match value_text(value) {
        Some(text) => format!("“{text}”"),
        None => format!("a value of the type {}", value.get_type()),
    }
}

fn order_events(events: &ZendHashTable) -> PhpResult<Vec<OrderEvent>> {
    let read = |(index, event): (usize, &Zval)| {
        let path = |field: &str| format!("events[{index}].{field}");
        let event = event
            .array()
            .ok_or_else(|| exception::item("must be an event", &format!("events[{index}]")))?;
        let kind = case::<OrderEventKind>(event, "kind", &path("kind"))?;
        let kind = required(kind, &path("kind"))?;
        OrderEvent::new(kind, integer(event, "old"), integer(event, "new"))
            .map_err(|e| exception::item(&e.to_string(), &path(e.field)))
    };
    values(events).enumerate().map(read).collect()
}

fn required<T>(value: Option<T>, field: &str) -> PhpResult<T> {
    value.ok_or_else(|| exception::item("is missing", field))
}

/// Clover's id of an item; empty if there is none. Invalid bytes must not count as none.
fn id(row: &ZendHashTable) -> PhpResult<String> {
    match (text(row, "clover_id"), field(row, "clover_id")) {
        (Some(id), _) => Ok(id),
        (None, None) => Ok(String::new()),
        (None, Some(value)) if value.is_null() => Ok(String::new()),
        (None, Some(_)) => Err(exception::item(NOT_UTF8, "clover_id")),
    }
}

fn ledger_entry(row: &ZendHashTable) -> PhpResult<LedgerEntry> {
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

fn read(line: &ZendHashTable) -> PhpResult<Line> {
    let rows = field(line, "rows").and_then(Zval::array);
    let rows = rows
        .into_iter()
        .flat_map(rows_of)
        .map(|row| {
            Ok(LedgerRow {
                seq: required(integer(row, "seq"), "rows.seq")?,
                cause: required(case(row, "cause", "rows.cause")?, "rows.cause")?,
                reverses: integer(row, "reverses"),
                item: id(row)?,
                delta: required(integer(row, "delta"), "rows.delta")?,
                state: required(case(row, "state", "rows.state")?, "rows.state")?,
            })
        })
        .collect::<PhpResult<Vec<LedgerRow>>>()?;
    Ok(Line {
        item: id(line)?,
        quantity: required(integer(line, "quantity"), "quantity")?,
        rows,
    })
}

fn change_array(change: &RowChange) -> Result<ext_php_rs::boxed::ZBox<ZendHashTable>> {
    record([
        ("seq", zval(change.seq)?),
        ("state", zval(Case(change.state))?),
        ("reason", change.reason.map(Case).into_zval(false)?),
    ])
}

fn plan_array(plan: &Plan) -> Result<PhpArray> {
    let entries = try_list(plan.entries.iter().map(|NewRow { row, reason }| {
        record([
            ("seq", zval(row.seq)?),
            ("cause", zval(Case(row.cause))?),
            ("reverses", row.reverses.into_zval(false)?),
            ("clover_id", zval(row.item.as_str())?),
            ("delta", zval(row.delta)?),
            ("state", zval(Case(row.state))?),
            ("reason", reason.map(Case).into_zval(false)?),
        ])
    }))?;
    Ok(PhpArray(record([
        ("entries", zval(entries)?),
        (
            "changes",
            zval(try_list(plan.changes.iter().map(change_array))?)?,
        ),
    ])?))
}

impl Finish for Ledger {}
