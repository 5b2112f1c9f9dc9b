//! Units that a count in Clover still holds and that the shop has sold already.

use std::collections::{BTreeMap, HashMap};

use super::line::SendState;

/// What [`committed`] needs of a ledger row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Clover's item.
    pub item: String,
    /// As in [`LedgerRow`](super::LedgerRow).
    pub delta: i64,
    /// As in [`LedgerRow`](super::LedgerRow).
    pub state: SendState,
    /// When the row was settled, by the clock and in the unit of `as_of`, which may be any. A
    /// skipped row has a time too.
    pub settled: Option<i64>,
    /// Of a return: state and settling time of the sale that it reverses.
    pub reverses: Option<(SendState, Option<i64>)>,
    /// Whether `taken` holds the order's units as well. Of an order older than the connection only
    /// the rows count.
    pub counted: bool,
}

impl LedgerEntry {
    /// Units by which a count read at `as_of` is already lower because of this row. Where that is
    /// not known, the value is the one that leaves the shop fewer units.
    fn seen_in_clover(&self, as_of: i64) -> i64 {
        // A count that was requested earlier, or in the same moment, does not hold the row. A
        // skipped row is treated alike: the owner may have set the count when choosing to leave it.
        let has_ended = |state: SendState, settled: Option<i64>| match state {
            SendState::Confirmed => settled.is_some_and(|time| time < as_of),
            SendState::Skipped => settled.is_none_or(|time| time < as_of),
            _ => false,
        };
        let is_seen = match (self.delta > 0, self.state) {
            (true, state) => has_ended(state, self.settled),
            (false, SendState::Intended) => false,
            (false, SendState::Skipped) => self
                .reverses
                .is_none_or(|(sale, settled)| has_ended(sale, settled)),
            (false, _) => true,
        };
        if is_seen { self.delta } else { 0 }
    }
}

/// Units of each item that the shop has taken for orders and that a count read at `as_of` still
/// holds; negative for units that were given back in the shop only.
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
