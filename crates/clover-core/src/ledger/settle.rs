//! Rules that settle a write without an answer.

use crate::quantity::Quantity;

/// A count as Clover shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountReading {
    /// None for an item that is not counted.
    pub count: Option<Quantity>,
    /// Clover's `modifiedTime` of the count, in milliseconds of whole seconds.
    pub modified: Option<i64>,
}

/// A write as it was stored before it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountWrite {
    /// The count it started from.
    pub before: Quantity,
    /// `modifiedTime` of that count.
    pub modified: Option<i64>,
    /// The count it aimed at.
    pub target: Quantity,
}

/// What became of a write without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Clover carried it out.
    Confirmed,
    /// Clover did not carry it out: read and send again.
    SendAgain,
    /// It is not known.
    Uncertain,
}

/// Settles a write by what Clover shows after the request's own time is over.
///
/// `modifiedTime` moves in whole seconds, so an unchanged one does not prove that nothing was
/// written; the count must agree.
#[must_use]
pub fn settle(written: &CountWrite, now: &CountReading) -> Settlement {
    match now.count {
        Some(count) if count == written.target => Settlement::Confirmed,
        Some(count) if now.modified == written.modified && count == written.before => {
            Settlement::SendAgain
        }
        _ => Settlement::Uncertain,
    }
}

/// The time in which a write may have overwritten a sale at the till, in milliseconds of Clover's
/// clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// `modifiedTime` of the count that the write started from.
    pub before: Option<i64>,
    /// `modifiedTime` of the count that was found afterwards.
    pub after: i64,
    /// The longest time that can lie between the reading and `after`.
    pub window: i64,
}

impl Exposure {
    /// First and last moment of a sale that may be lost. Clover's times are whole seconds, so a
    /// sale that was counted may lie in it as well; one that was lost never lies outside. A sale
    /// before `before` was counted, since each sale moves it.
    #[must_use]
    pub fn stretch(&self) -> (i64, i64) {
        let earliest = self.after.saturating_sub(self.window).saturating_sub(1_000);
        let from = self.before.map_or(earliest, |before| before.max(earliest));
        (from.min(self.after), self.after)
    }
}
