//! The rules of the stock ledger over rows of the host.

use std::collections::HashMap;

use clover_core::ledger::{
    LedgerEntry, LedgerRow, Line, NewRow, OrderEvent, Plan, Resolution, RowChange, SaleState,
    StatusSets, committed,
};
use clover_core::order::OrderStanding;
use clover_core::quantity::Reserve;

use crate::error::Error;
use crate::rows::{Input, Key, NOT_UTF8, Output, required, row, stock};
use crate::settings::Settings;

/// The rules under the owner's settings.
#[derive(Debug)]
pub struct Ledger {
    push: bool,
    paid: Vec<i64>,
    refunded: Vec<i64>,
    pay_later: Vec<String>,
    reserve: Reserve,
}

impl Ledger {
    /// The rules under these settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            push: settings.core.push_stock,
            paid: settings.core.paid_statuses.clone(),
            refunded: settings.core.refunded_statuses.clone(),
            pay_later: settings.core.pay_later_methods.clone(),
            reserve: Reserve::new(settings.core.stock_reserve),
        }
    }

    /// Whether an order's units are sold.
    ///
    /// # Errors
    /// An event is malformed.
    pub fn sale_state<'a>(
        &self,
        status: Option<i64>,
        events: impl Input<'a>,
    ) -> Result<SaleState, Error> {
        Ok(self.statuses().sale_state(status, &order_events(events)?))
    }

    /// What became of an order; nothing where its status decides nothing.
    ///
    /// # Errors
    /// An event is malformed.
    pub fn standing<'a>(
        &self,
        status: Option<i64>,
        events: impl Input<'a>,
        payment_method: &str,
    ) -> Result<Option<OrderStanding>, Error> {
        let method = payment_method.trim();
        let pays_later = self.pay_later.iter();
        let pays_later = pays_later
            .map(String::as_str)
            .any(|name| method.eq_ignore_ascii_case(name));
        let events = order_events(events)?;
        Ok(self.statuses().standing(status, &events, pays_later))
    }

    /// Whether an event reported a payment.
    ///
    /// # Errors
    /// An event is malformed.
    pub fn was_paid<'a>(&self, events: impl Input<'a>) -> Result<bool, Error> {
        Ok(self.statuses().was_paid(&order_events(events)?))
    }

    /// The statuses that release an order's units.
    #[must_use]
    pub fn releasing_statuses(&self) -> Output<'static> {
        Output::list(self.statuses().releasing())
    }

    /// Units that one line must still take or return.
    ///
    /// # Errors
    /// The line is malformed.
    pub fn plan<'a>(
        &self,
        line: impl Input<'a>,
        state: SaleState,
    ) -> Result<Output<'static>, Error> {
        Ok(plan(read(line)?.plan(state, self.push)))
    }

    /// Returns units by hand.
    ///
    /// # Errors
    /// The line is malformed or holds fewer units.
    pub fn restock<'a>(&self, line: impl Input<'a>, units: i64) -> Result<Output<'static>, Error> {
        let restock = read(line)?.restock(units, self.push);
        restock
            .map(plan)
            .map_err(|e| Error::item(e.problem(), "units"))
    }

    /// Applies the owner's decision on a row.
    ///
    /// # Errors
    /// The line is malformed, or the row does not need a decision.
    pub fn resolve<'a>(
        &self,
        line: impl Input<'a>,
        seq: i64,
        resolution: Resolution,
    ) -> Result<Output<'static>, Error> {
        let resolve = read(line)?.resolve(seq, resolution);
        resolve
            .map(plan)
            .map_err(|e| Error::item(e.problem(), "seq"))
    }

    /// Whether a row should be sent now.
    ///
    /// # Errors
    /// The line is malformed.
    pub fn next_step<'a>(&self, line: impl Input<'a>, seq: i64) -> Result<Output<'static>, Error> {
        let step = read(line)?.next_step(seq);
        Ok(row! {
            step: Output::case(step.kind()),
            changes: Output::list(step.changes().iter().map(change)),
        })
    }

    /// Units that Clover's count still includes and the shop has taken for orders.
    ///
    /// # Errors
    /// A row is malformed.
    pub fn committed<'a>(
        &self,
        taken: impl Input<'a>,
        rows: impl Input<'a>,
        as_of: i64,
    ) -> Result<Output<'static>, Error> {
        let mut units = HashMap::new();
        for (item, value) in taken.entries() {
            let value = value
                .whole()
                .ok_or_else(|| Error::argument("must be whole numbers", "taken"))?;
            let Key::Text(item) = item else {
                return Err(Error::argument(NOT_UTF8, "taken"));
            };
            units.insert(item, value);
        }
        let found = committed(&units, &rows.read("rows", ledger_entry)?, as_of).into_iter();
        Ok(Output::Row(
            found.map(|(id, units)| (id.into(), units.into())).collect(),
        ))
    }

    /// Units of a product that are kept for the till, by its own number if it has one.
    #[must_use]
    pub fn reserve(&self, own: Option<i64>) -> i64 {
        self.reserve.of(own)
    }

    /// Units that the shop may sell of a count.
    ///
    /// # Errors
    /// The count is not a decimal number.
    pub fn sellable(&self, count: &str, committed: i64, own: Option<i64>) -> Result<i64, Error> {
        let count = stock::count(Some(count), "count")?;
        Ok(count.sellable(committed, self.reserve(own)))
    }

    fn statuses(&self) -> StatusSets<'_> {
        StatusSets {
            paid: &self.paid,
            refunded: &self.refunded,
        }
    }
}

fn order_events<'a>(events: impl Input<'a>) -> Result<Vec<OrderEvent>, Error> {
    let events = events.values().enumerate();
    events
        .map(|(index, event)| order_event(event, &format!("events[{index}]")))
        .collect()
}

fn order_event<'a>(event: impl Input<'a>, path: &str) -> Result<OrderEvent, Error> {
    if !event.is_array() {
        return Err(Error::argument("must be an event", path));
    }
    let kind_path = format!("{path}.kind");
    let kind = required(event.case_of("kind", &kind_path)?, &kind_path)?;
    OrderEvent::new(kind, event.integer_of("old"), event.integer_of("new"))
        .map_err(|e| Error::argument(e.to_string(), format!("{path}.{}", e.field)))
}

fn read<'a>(line: impl Input<'a>) -> Result<Line, Error> {
    let rows = required(line.field("rows"), "rows")?;
    Ok(Line {
        rows: rows.read("rows", ledger_row)?,
        item: id(line)?,
        quantity: required(line.integer_of("quantity"), "quantity")?,
    })
}

fn ledger_row<'a>(row: impl Input<'a>) -> Result<LedgerRow, Error> {
    Ok(LedgerRow {
        seq: required(row.integer_of("seq"), "rows.seq")?,
        cause: required(row.case_of("cause", "rows.cause")?, "rows.cause")?,
        reverses: row.integer_of("reverses"),
        item: id(row)?,
        delta: required(row.integer_of("delta"), "rows.delta")?,
        state: required(row.case_of("state", "rows.state")?, "rows.state")?,
    })
}

fn ledger_entry<'a>(row: impl Input<'a>) -> Result<LedgerEntry, Error> {
    let reversed = row.case_of("reversed_state", "reversed_state")?;
    Ok(LedgerEntry {
        item: required(row.text_of("clover_id"), "clover_id")?,
        delta: required(row.integer_of("delta"), "delta")?,
        state: required(row.case_of("state", "state")?, "state")?,
        settled: row.integer_of("settled"),
        reverses: reversed.map(|state| (state, row.integer_of("reversed_settled"))),
        counted: row.integer_of("counted") == Some(1),
    })
}

/// Clover's id of an item; empty if there is none. Invalid bytes must not count as none.
fn id<'a>(row: impl Input<'a>) -> Result<String, Error> {
    match row.field("clover_id") {
        Some(value) if !value.is_null() => {
            let id = value.text().map(Into::into);
            id.ok_or_else(|| Error::argument(NOT_UTF8, "clover_id"))
        }
        _ => Ok(String::new()),
    }
}

fn plan(plan: Plan) -> Output<'static> {
    let changes = Output::list(plan.changes.iter().map(change));
    let entries = plan.entries.into_iter().map(|NewRow { row, reason }| {
        row! {
            seq: row.seq,
            cause: Output::case(row.cause),
            reverses: row.reverses,
            clover_id: row.item,
            delta: row.delta,
            state: Output::case(row.state),
            reason: reason.map(Output::case),
        }
    });
    row! { entries: Output::list(entries), changes: changes }
}

fn change(change: &RowChange) -> Output<'static> {
    row! {
        seq: change.seq,
        state: Output::case(change.state),
        reason: change.reason.map(Output::case),
    }
}
