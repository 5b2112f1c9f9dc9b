//! The stock ledger: what the lines of an order have still to take out of Clover or to give back, what became of a write
//! that got no answer, and how many units of a count in Clover are the shop's no more.
//!
//! A row says by how much Clover's count is to fall (`delta`, negative when units go back) and never changes that number.
//! Every return names the sale it reverses, so no line can ever give back more than it took.

mod committed;
mod line;
mod settle;
mod status;

pub use committed::{Posted, committed};
pub use line::{Cause, Change, Entry, Line, Plan, Reason, Refusal, Row, State, Turn, Word};
pub use settle::{Exposure, Reading, Verdict, Written, settle};
pub use status::{Deciding, Standing, Told};

#[cfg(test)]
mod tests;
