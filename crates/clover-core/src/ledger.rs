//! The stock ledger: what the lines of an order have still to take out of Clover or to give back, what became of a write
//! that got no answer, and how many units of a count in Clover are the shop's no more.
//!
//! A row says by how much Clover's count is to fall (`delta`, negative when units go back) and never changes that number.
//! Every return names the sale it reverses, so no line can ever give back more than it took.

mod committed;
mod line;
mod settle;
mod status;

pub use committed::{LedgerEntry, committed};
pub use line::{
    Cause, LedgerError, LedgerRow, Line, NewRow, NextStep, Plan, Reason, Resolution, RowChange,
    RowState,
};
pub use settle::{CountReading, CountWrite, Exposure, Settlement, settle};
pub use status::{OrderEvent, SaleState, StatusSets};

#[cfg(test)]
mod tests;
