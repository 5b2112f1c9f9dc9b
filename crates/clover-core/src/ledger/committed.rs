//! How many units of a count in Clover are the shop's no more.

use std::collections::{BTreeMap, HashMap};

use super::line::RowState;

/// A row as far as it concerns a count that was read at a certain time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Clover's item.
    pub item: String,
    /// As in [`LedgerRow`].
    pub delta: i64,
    /// As in [`LedgerRow`].
    pub state: RowState,
    /// When it came to its end, in the unit of `as_of`; of a skipped row too.
    pub settled: Option<i64>,
    /// State and settling of the sale that a return reverses.
    pub reverses: Option<(RowState, Option<i64>)>,
    /// Whether the shop's own books of the order are counted beside it; of an older order its rows alone speak.
    pub counted: bool,
}

impl LedgerEntry {
    /// By how much a count read at `as_of` is already lower for this row. Where that is not known, the answer is the one
    /// that leaves the shop fewer units.
    fn seen_in_clover(&self, as_of: i64) -> i64 {
        // Not so when the count was asked for before, or at the same moment. That goes for a skipped row too: the owner may
        // have set the count when he said to leave it.
        let has_ended = |state: RowState, settled: Option<i64>| match state {
            RowState::Confirmed => settled.is_some_and(|time| time < as_of),
            RowState::Skipped => settled.is_none_or(|time| time < as_of),
            _ => false,
        };
        let is_seen = match (self.delta > 0, self.state) {
            (true, state) => has_ended(state, self.settled),
            (false, RowState::Intended) => false,
            (false, RowState::Skipped) => self
                .reverses
                .is_none_or(|(sale, settled)| has_ended(sale, settled)),
            (false, _) => true,
        };
        if is_seen { self.delta } else { 0 }
    }
}

/// Units of each item that the shop has taken for orders and that a count read at `as_of` still holds; negative for units
/// that were given back in the shop only.
///
/// `taken` are the units that the shop's own books hold for its orders now.
#[must_use]
pub fn committed<S: std::hash::BuildHasher>(
    taken: &HashMap<String, i64, S>,
    rows: &[LedgerEntry],
    as_of: i64,
) -> BTreeMap<String, i64> {
    let mut units: BTreeMap<String, i64> =
        taken.iter().map(|(item, n)| (item.clone(), *n)).collect();
    for row in rows {
        let asked = if row.counted { 0 } else { row.delta };
        *units.entry(row.item.clone()).or_default() += asked - row.seen_in_clover(as_of);
    }
    units.retain(|_, n| *n != 0);
    units
}
