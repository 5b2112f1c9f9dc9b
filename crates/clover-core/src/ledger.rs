//! The stock ledger: units that order lines take out of Clover's counts or return to them, how a
//! write without an answer is settled, and units that a count still holds and that are sold
//! already.
//!
//! A row holds by how much Clover's count is to fall (`delta`, negative for a return) and never
//! changes that number. Every return names the sale it reverses, so a line never returns more than
//! it took.

mod committed;
mod line;
mod settle;
mod status;

pub use committed::{LedgerEntry, committed};
pub use line::{
    LedgerCause, LedgerError, LedgerReason, LedgerRow, Line, NewRow, NextStep, NextStepKind, Plan,
    Resolution, RowChange, SendState,
};
pub use settle::{CountReading, CountWrite, Exposure, Settlement, settle};
pub use status::{OrderEvent, OrderEventError, OrderEventKind, SaleState, StatusSets};

#[cfg(test)]
mod tests;
