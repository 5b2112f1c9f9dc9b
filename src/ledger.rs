//! `CloverSync\Ledger`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::collections::HashMap;

use clover_core::ledger::{
    Cause, LedgerEntry, LedgerRow, Line, NewRow, NextStep, OrderEvent, Plan, Resolution, RowChange,
    RowState, SaleState, StatusSets, committed,
};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::exception;
use crate::settings::Settings;
use crate::zend::array::{
    Key, NOT_UTF8, PhpArray, entries, field, integer, record, rows as rows_of, text, try_list, zval,
};

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
    pub fn sale_state(&self, status: Option<i64>, events: &str) -> &'static str {
        match self
            .statuses()
            .sale_state(status, &OrderEvent::parse_list(events))
        {
            SaleState::Paid => "paid",
            SaleState::Released => "released",
            SaleState::Unchanged => "unchanged",
        }
    }

    /// Whether an event reported a payment.
    #[php(name = "wasPaid")]
    pub fn was_paid(&self, events: &str) -> bool {
        self.statuses().was_paid(&OrderEvent::parse_list(events))
    }

    /// Units that one line must still take or return.
    pub fn plan(&self, line: &ZendHashTable, saleState: &str) -> PhpResult<PhpArray> {
        let state = match saleState {
            "paid" => SaleState::Paid,
            "released" => SaleState::Released,
            "unchanged" => SaleState::Unchanged,
            _ => {
                return Err(exception::item(
                    "must be paid, released or unchanged",
                    "saleState",
                ));
            }
        };
        Ok(plan_array(&read(line)?.plan(state, self.push))?)
    }

    /// Returns units by hand.
    pub fn restock(&self, line: &ZendHashTable, units: i64) -> PhpResult<PhpArray> {
        let plan = read(line)?
            .restock(units, self.push)
            .map_err(|e| exception::item(&e.to_string(), "units"))?;
        Ok(plan_array(&plan)?)
    }

    /// Applies the owner's decision on a row.
    pub fn resolve(&self, line: &ZendHashTable, seq: i64, resolution: &str) -> PhpResult<PhpArray> {
        let resolution = Resolution::from_key(resolution).ok_or_else(|| {
            exception::item("must be applied, not_applied or leave", "resolution")
        })?;
        let plan = read(line)?
            .resolve(seq, resolution)
            .map_err(|e| exception::item(&e.to_string(), "seq"))?;
        Ok(plan_array(&plan)?)
    }

    /// Whether a row should be sent now.
    #[php(name = "nextStep")]
    pub fn next_step(&self, line: &ZendHashTable, seq: i64) -> PhpResult<PhpArray> {
        let (action, changes) = match read(line)?.next_step(seq) {
            NextStep::Send => ("send", Vec::new()),
            NextStep::Wait => ("wait", Vec::new()),
            NextStep::Become(changes) => ("become", changes),
        };
        Ok(PhpArray(record([
            ("action", zval(action)?),
            (
                "changes",
                zval(try_list(changes.iter().map(change_array))?)?,
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

fn state(row: &ZendHashTable, field: &str) -> PhpResult<Option<RowState>> {
    match text(row, field) {
        None => Ok(None),
        Some(key) => RowState::from_key(&key)
            .map(Some)
            .ok_or_else(|| exception::item("there is no such state", field)),
    }
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
    let reversed = state(row, "reversed_state")?;
    Ok(LedgerEntry {
        item: required(text(row, "clover_id"), "clover_id")?,
        delta: required(integer(row, "delta"), "delta")?,
        state: required(state(row, "state")?, "state")?,
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
            let cause = text(row, "cause").and_then(|key| Cause::from_key(&key));
            Ok(LedgerRow {
                seq: required(integer(row, "seq"), "rows.seq")?,
                cause: required(cause, "rows.cause")?,
                reverses: integer(row, "reverses"),
                item: id(row)?,
                delta: required(integer(row, "delta"), "rows.delta")?,
                state: required(state(row, "state")?, "rows.state")?,
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
        ("state", zval(change.state.key())?),
        (
            "reason",
            change
                .reason
                .map(clover_core::ledger::Reason::key)
                .into_zval(false)?,
        ),
    ])
}

fn plan_array(plan: &Plan) -> Result<PhpArray> {
    let entries = try_list(plan.entries.iter().map(|NewRow { row, reason }| {
        record([
            ("seq", zval(row.seq)?),
            ("cause", zval(row.cause.key())?),
            ("reverses", row.reverses.into_zval(false)?),
            ("clover_id", zval(row.item.as_str())?),
            ("delta", zval(row.delta)?),
            ("state", zval(row.state.key())?),
            (
                "reason",
                reason
                    .map(clover_core::ledger::Reason::key)
                    .into_zval(false)?,
            ),
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

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Ledger>()
}
