//! The stock ledger: what the lines of an order have still to take out of Clover or to give back, what became of a write
//! that got no answer, and how many units of a count in Clover are the shop's no more.
//!
//! A row says by how much Clover's count is to fall (`delta`, negative when units go back) and never changes that number.
//! Every return names the sale it reverses, so no line can ever give back more than it took.

use std::collections::{BTreeMap, HashMap};

use crate::quantity::Quantity;

/// What an order's status says of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The units are sold.
    Paid,
    /// The units are free again.
    Released,
    /// Nothing: what was asked stays asked.
    Unchanged,
}

/// J2Commerce's Failed, New and Cancelled: the statuses that hold no stock.
const RELEASING: [i64; 3] = [3, 5, 6];

/// Statuses that decide, as the owner has set them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deciding<'a> {
    /// Those of a sold order.
    pub paid: &'a [i64],
    /// Those of a refunded one, beside the ones that release anyway.
    pub refunded: &'a [i64],
}

/// What an event told of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Its status changed.
    Status {
        /// 0 for an order that had none.
        old: i64,
        /// What it became.
        new: i64,
    },
    /// A gateway has paid it back whole. J2Commerce keeps its status.
    Refunded,
}

impl Told {
    /// Reads `5>1,R,1>6`; what is none of it is passed over.
    #[must_use]
    pub fn list(text: &str) -> Vec<Self> {
        let word = |word: &str| {
            if word.trim() == "R" {
                return Some(Self::Refunded);
            }
            let (old, new) = word.split_once('>')?;
            Some(Self::Status {
                old: old.trim().parse().ok()?,
                new: new.trim().parse().ok()?,
            })
        };
        text.split(',').filter_map(word).collect()
    }
}

impl Deciding<'_> {
    fn of(&self, status: i64) -> Standing {
        if RELEASING.contains(&status) || self.refunded.contains(&status) {
            Standing::Released
        } else if self.paid.contains(&status) {
            Standing::Paid
        } else {
            Standing::Unchanged
        }
    }

    /// What an order's present status says, none when the order is gone. One that says nothing leaves the word to the last
    /// one that an event told, for an order may have been paid on its way there.
    #[must_use]
    pub fn standing(&self, status: Option<i64>, told: &[Told]) -> Standing {
        let Some(status) = status else {
            return Standing::Released;
        };
        let before = told.iter().rev().map(|told| match told {
            Told::Status { new, .. } => self.of(*new),
            Told::Refunded => Standing::Unchanged,
        });
        let standing = std::iter::once(self.of(status))
            .chain(before)
            .find(|standing| *standing != Standing::Unchanged)
            .unwrap_or(Standing::Unchanged);
        if standing == Standing::Paid && self.was_refunded(told) {
            return Standing::Released;
        }
        standing
    }

    /// Whether the order was paid back and not paid once more after that.
    fn was_refunded(&self, told: &[Told]) -> bool {
        told.iter()
            .rev()
            .find_map(|told| match told {
                Told::Refunded => Some(true),
                told => self.is_payment(told).then_some(false),
            })
            .unwrap_or(false)
    }

    fn is_payment(&self, told: &Told) -> bool {
        matches!(told, Told::Status { old, new }
            if self.of(*new) == Standing::Paid && self.of(*old) != Standing::Paid)
    }

    /// Whether an event told that the order came to be paid. Of an order older than the connection nothing else counts.
    #[must_use]
    pub fn was_paid(&self, told: &[Told]) -> bool {
        told.iter().any(|told| self.is_payment(told))
    }
}

/// Why a row was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The order's lines ask for it.
    Order,
    /// The order was cancelled, refunded or deleted.
    Release,
    /// The owner gave units back by hand, for a refund that named no lines.
    Hand,
}

impl Cause {
    /// As it stands in the shop's database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Release => "release",
            Self::Hand => "hand",
        }
    }

    /// The cause of that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Order, Self::Release, Self::Hand]
            .into_iter()
            .find(|cause| cause.key() == key)
    }
}

/// How far a row has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// To be sent.
    Intended,
    /// Sent, and not answered yet.
    Sent,
    /// In Clover's count.
    Confirmed,
    /// Nobody knows whether it is in Clover's count: the owner decides.
    Uncertain,
    /// Never to be sent, with a reason.
    Skipped,
    /// Clover refuses it: the owner may try again.
    Dead,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Intended,
        Self::Sent,
        Self::Confirmed,
        Self::Uncertain,
        Self::Skipped,
        Self::Dead,
    ];

    /// As it stands in the shop's database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Uncertain => "uncertain",
            Self::Skipped => "skipped",
            Self::Dead => "dead",
        }
    }

    /// The state of that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether Clover and the shop agree on the row for good.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Confirmed | Self::Skipped)
    }
}

/// Why a row is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The product is linked to no item of Clover.
    Unlinked,
    /// Push Stock on Sale was off.
    PushOff,
    /// The sale it reverses never reached Clover.
    NeverTaken,
    /// Sale and return met before either was sent.
    Moot,
    /// A newer row took its place.
    Replaced,
    /// Whether the sale before it reached Clover is not known.
    AfterUncertain,
    /// The owner has settled it.
    Owner,
}

impl Reason {
    /// As it stands in the shop's database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Unlinked => "unlinked",
            Self::PushOff => "push_off",
            Self::NeverTaken => "never_taken",
            Self::Moot => "moot",
            Self::Replaced => "replaced",
            Self::AfterUncertain => "after_uncertain",
            Self::Owner => "owner",
        }
    }
}

/// A row of a line, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Counts from 1 within the line.
    pub seq: i64,
    /// Why it was made.
    pub cause: Cause,
    /// The sale that a return reverses.
    pub reverses: Option<i64>,
    /// Clover's item; empty for a product that was linked to none.
    pub item: String,
    /// Units to take out of Clover; negative ones go back.
    pub delta: i64,
    /// How far it has come.
    pub state: State,
}

/// A line of an order, with all its rows in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Clover's item; empty when the product is linked to none.
    pub item: String,
    /// Units ordered; 0 when the line is gone.
    pub quantity: i64,
    /// What was asked so far.
    pub rows: Vec<Row>,
}

/// A row to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The row.
    pub row: Row,
    /// Why it is not to be sent, for a row that is not.
    pub reason: Option<Reason>,
}

/// What a decision changes in a line's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Rows to add.
    pub entries: Vec<Entry>,
    /// Rows that are there, by number, and what they become.
    pub changes: Vec<Change>,
}

/// A row that becomes something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub seq: i64,
    /// Its state from now on.
    pub state: State,
    /// Why it is not to be sent, when it is not.
    pub reason: Option<Reason>,
}

/// What a row's turn brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is sent.
    Send,
    /// What it reverses is still under way.
    Wait,
    /// It is not sent; these rows change.
    Become(Vec<Change>),
}

/// The owner's word on a row that nobody can settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Clover's count holds it.
    Applied,
    /// Clover's count does not hold it: send it.
    NotApplied,
    /// The owner has set the count: leave it.
    Leave,
}

impl Word {
    /// The word of that key: `applied`, `not_applied` or `leave`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "applied" => Some(Self::Applied),
            "not_applied" => Some(Self::NotApplied),
            "leave" => Some(Self::Leave),
            _ => None,
        }
    }
}

/// Why the owner's wish cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The line does not hold so many units.
    #[error("{left} units of this line can be given back")]
    TooMany {
        /// So many can.
        left: i64,
    },
    /// The row is in another state.
    #[error("row {0} of the line waits for nobody's word")]
    NotWaiting(i64),
    /// The row is uncertain because the sale before it is.
    #[error("row {0} of the line waits for what is said of the sale before it")]
    Follows(i64),
}

impl Line {
    /// Units asked for so far.
    fn asked(&self, item: &str) -> i64 {
        self.rows
            .iter()
            .filter(|row| row.item == item)
            .map(|row| row.delta)
            .sum()
    }

    /// Units that the owner gave back by hand since the line was last released: the order still names them.
    fn given_by_hand(&self, item: &str) -> i64 {
        let mut units = 0;
        for row in self.rows.iter().filter(|row| row.item == item) {
            match row.cause {
                Cause::Release => units = 0,
                Cause::Hand => units -= row.delta,
                Cause::Order => {}
            }
        }
        units
    }

    /// Units of a sale that no return has reversed.
    fn left_of(&self, sale: &Row) -> i64 {
        let returned: i64 = self
            .rows
            .iter()
            .filter(|row| row.reverses == Some(sale.seq))
            .map(|row| row.delta)
            .sum();
        sale.delta + returned
    }

    fn next_seq(&self) -> i64 {
        self.rows.iter().map(|row| row.seq).max().unwrap_or(0) + 1
    }

    /// What the order's standing asks of Clover beyond what was asked already. Level-triggered: the same question twice asks
    /// for nothing the second time, whatever events were lost, doubled or out of order.
    ///
    /// While `push` is off rows are made all the same, as skipped, so that switching it on never replays the past.
    #[must_use]
    pub fn plan(&self, standing: Standing, push: bool) -> Plan {
        let mut plan = Plan::default();
        if standing == Standing::Unchanged {
            return plan;
        }
        let mut items: Vec<&str> = vec![self.item.as_str()];
        for row in &self.rows {
            if !items.contains(&row.item.as_str()) {
                items.push(row.item.as_str());
            }
        }
        // A line that was given another product returns the old one first.
        items.reverse();
        for item in items {
            let wanted = if standing == Standing::Paid && item == self.item {
                (self.quantity - self.given_by_hand(item)).max(0)
            } else {
                0
            };
            let delta = wanted - self.asked(item);
            if delta > 0 {
                let (state, reason) = match (item.is_empty(), push) {
                    (true, _) => (State::Skipped, Some(Reason::Unlinked)),
                    (false, false) => (State::Skipped, Some(Reason::PushOff)),
                    (false, true) => (State::Intended, None),
                };
                self.add(&mut plan, item, delta, None, Cause::Order, state, reason);
            } else if delta < 0 {
                let cause = match standing {
                    Standing::Released => Cause::Release,
                    _ => Cause::Order,
                };
                self.give_back(&mut plan, item, -delta, cause, push);
            } else if standing == Standing::Released && self.given_by_hand(item) > 0 {
                // Nothing is left to give back, but what was given by hand must not count against the next sale.
                let moot = Some(Reason::Moot);
                self.add(
                    &mut plan,
                    item,
                    0,
                    None,
                    Cause::Release,
                    State::Skipped,
                    moot,
                );
            }
        }
        plan
    }

    /// Gives units back because the owner says so.
    ///
    /// # Errors
    /// [`Refusal::TooMany`].
    pub fn restock(&self, units: i64, push: bool) -> Result<Plan, Refusal> {
        let left = self.asked(&self.item).max(0);
        if units < 1 || units > left {
            return Err(Refusal::TooMany { left });
        }
        let mut plan = Plan::default();
        self.give_back(&mut plan, &self.item, units, Cause::Hand, push);
        Ok(plan)
    }

    /// Follows the owner's word on a row that is uncertain or dead.
    ///
    /// # Errors
    /// [`Refusal`] for a row that waits for no word.
    pub fn resolve(&self, seq: i64, word: Word) -> Result<Plan, Refusal> {
        let row = self
            .rows
            .iter()
            .find(|row| row.seq == seq && matches!(row.state, State::Uncertain | State::Dead))
            .ok_or(Refusal::NotWaiting(seq))?;
        if self.follows(row) {
            return Err(Refusal::Follows(seq));
        }
        let mut plan = Plan::default();
        let followers: Vec<i64> = self
            .rows
            .iter()
            .filter(|other| other.reverses == Some(seq) && self.follows(other))
            .map(|other| other.seq)
            .collect();
        let left = self.left_of(row);
        let (state, reason, theirs, their_reason) = match word {
            Word::Applied => (State::Confirmed, None, State::Intended, None),
            Word::Leave => (
                State::Skipped,
                Some(Reason::Owner),
                State::Skipped,
                Some(Reason::Owner),
            ),
            Word::NotApplied => {
                let never = Some(Reason::NeverTaken);
                if row.delta < 0 || left == row.delta {
                    (State::Intended, None, State::Skipped, never)
                } else if left == 0 {
                    (State::Skipped, Some(Reason::Moot), State::Skipped, never)
                } else {
                    let replaced = Some(Reason::Replaced);
                    self.add(
                        &mut plan,
                        &row.item,
                        -left,
                        Some(seq),
                        Cause::Order,
                        State::Skipped,
                        replaced,
                    );
                    self.add(
                        &mut plan,
                        &row.item,
                        left,
                        None,
                        Cause::Order,
                        State::Intended,
                        None,
                    );
                    (State::Skipped, replaced, State::Skipped, never)
                }
            }
        };
        plan.changes.push(Change { seq, state, reason });
        plan.changes.extend(followers.into_iter().map(|seq| Change {
            seq,
            state: theirs,
            reason: their_reason,
        }));
        Ok(plan)
    }

    /// What is to be done with a row that is to be sent, now that it is its turn: the sale that a return reverses may have
    /// ended otherwise than was thought when the return was planned.
    #[must_use]
    pub fn turn(&self, seq: i64) -> Turn {
        let Some(row) = self.rows.iter().find(|row| row.seq == seq) else {
            return Turn::Wait;
        };
        let sale = self.rows.iter().find(|sale| row.reverses == Some(sale.seq));
        let change = |seq, state, reason| Change {
            seq,
            state,
            reason: Some(reason),
        };
        let mut changes = Vec::new();
        match sale {
            None => return Turn::Send,
            Some(sale) => match sale.state {
                State::Confirmed => return Turn::Send,
                State::Intended | State::Sent => return Turn::Wait,
                State::Uncertain => {
                    changes.push(change(seq, State::Uncertain, Reason::AfterUncertain));
                }
                State::Skipped | State::Dead => {
                    changes.push(change(seq, State::Skipped, Reason::NeverTaken));
                    if sale.state == State::Dead && self.left_of(sale) == 0 {
                        changes.push(change(sale.seq, State::Skipped, Reason::Moot));
                    }
                }
            },
        }
        Turn::Become(changes)
    }

    /// Whether a return is uncertain only because the sale that it reverses is.
    fn follows(&self, row: &Row) -> bool {
        row.state == State::Uncertain
            && self
                .rows
                .iter()
                .any(|sale| row.reverses == Some(sale.seq) && sale.state == State::Uncertain)
    }

    fn give_back(&self, plan: &mut Plan, item: &str, units: i64, cause: Cause, push: bool) {
        let mut units = units;
        let sales = self
            .rows
            .iter()
            .rev()
            .filter(|row| row.item == item && row.delta > 0 && row.reverses.is_none());
        for sale in sales {
            let left = self.left_of(sale);
            let part = units.min(left);
            if part <= 0 {
                continue;
            }
            units -= part;
            // Not a word of it was said to Clover, so nothing needs to be said.
            let moot = part == sale.delta && sale.state == State::Intended;
            let (state, reason) = match sale.state {
                _ if moot => (State::Skipped, Some(Reason::Moot)),
                State::Skipped | State::Dead => (State::Skipped, Some(Reason::NeverTaken)),
                _ if !push => (State::Skipped, Some(Reason::PushOff)),
                State::Uncertain => (State::Uncertain, Some(Reason::AfterUncertain)),
                State::Intended | State::Sent | State::Confirmed => (State::Intended, None),
            };
            if moot || (sale.state == State::Dead && part == left) {
                plan.changes.push(Change {
                    seq: sale.seq,
                    state: State::Skipped,
                    reason: Some(Reason::Moot),
                });
            }
            self.add(plan, item, -part, Some(sale.seq), cause, state, reason);
        }
    }

    #[allow(clippy::too_many_arguments)] // The columns of a row.
    fn add(
        &self,
        plan: &mut Plan,
        item: &str,
        delta: i64,
        reverses: Option<i64>,
        cause: Cause,
        state: State,
        reason: Option<Reason>,
    ) {
        let planned = i64::try_from(plan.entries.len()).unwrap_or(i64::MAX);
        plan.entries.push(Entry {
            row: Row {
                seq: self.next_seq() + planned,
                cause,
                reverses,
                item: item.to_owned(),
                delta,
                state,
            },
            reason,
        });
    }
}

/// A count as Clover shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// None for an item that is not counted.
    pub count: Option<Quantity>,
    /// Clover's `modifiedTime` of the count, in milliseconds of whole seconds.
    pub modified: Option<i64>,
}

/// A write as it was stored before it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The count it started from.
    pub before: Quantity,
    /// `modifiedTime` of that count.
    pub modified: Option<i64>,
    /// The count it aimed at.
    pub target: Quantity,
}

/// What became of a write without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Clover carried it out.
    Confirmed,
    /// Clover did not carry it out: read and send again.
    SendAgain,
    /// Nobody can tell.
    Uncertain,
}

/// Settles a write by what Clover shows after the request's own time is over.
///
/// `modifiedTime` moves in whole seconds, so an unchanged one does not prove that nothing was written; the count must agree.
#[must_use]
pub fn settle(written: &Written, now: &Reading) -> Verdict {
    match now.count {
        Some(count) if count == written.target => Verdict::Confirmed,
        Some(count) if now.modified == written.modified && count == written.before => {
            Verdict::SendAgain
        }
        _ => Verdict::Uncertain,
    }
}

/// What is known of the time in which a write may have overwritten what others took, in milliseconds of Clover's clock.
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
    /// First and last moment of a sale that may be lost. Clover's times are whole seconds, so a sale that was counted may
    /// lie in it as well; one that was lost never lies outside. A sale before `before` was counted, for each moves it.
    #[must_use]
    pub fn stretch(&self) -> (i64, i64) {
        let earliest = self.after.saturating_sub(self.window).saturating_sub(1_000);
        let from = self.before.map_or(earliest, |before| before.max(earliest));
        (from.min(self.after), self.after)
    }
}

/// A row as far as it concerns a count that was read at a certain time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Clover's item.
    pub item: String,
    /// As in [`Row`].
    pub delta: i64,
    /// As in [`Row`].
    pub state: State,
    /// When it came to its end, in the unit of `as_of`; of a skipped row too.
    pub settled: Option<i64>,
    /// State and settling of the sale that a return reverses.
    pub reverses: Option<(State, Option<i64>)>,
    /// Whether the shop's own books of the order are counted beside it; of an older order its rows alone speak.
    pub counted: bool,
}

impl Posted {
    /// By how much a count read at `as_of` is already lower for this row. Where that is not known, the answer is the one
    /// that leaves the shop fewer units.
    fn seen_in_clover(&self, as_of: i64) -> i64 {
        // Not so when the count was asked for before, or at the same moment. That goes for a skipped row too: the owner may
        // have set the count when he said to leave it.
        let has_ended = |state: State, settled: Option<i64>| match state {
            State::Confirmed => settled.is_some_and(|time| time < as_of),
            State::Skipped => settled.is_none_or(|time| time < as_of),
            _ => false,
        };
        let is_seen = match (self.delta > 0, self.state) {
            (true, state) => has_ended(state, self.settled),
            (false, State::Intended) => false,
            (false, State::Skipped) => self
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
    rows: &[Posted],
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUSH: bool = true;

    /// They stand in the databases of shops: none may ever change.
    #[test]
    fn words_are_stored_and_read_as_they_always_were() {
        for (cause, key) in [
            (Cause::Order, "order"),
            (Cause::Release, "release"),
            (Cause::Hand, "hand"),
        ] {
            assert_eq!(cause.key(), key);
            assert_eq!(Cause::from_key(key), Some(cause));
        }
        for (state, key, is_settled) in [
            (State::Intended, "intended", false),
            (State::Sent, "sent", false),
            (State::Confirmed, "confirmed", true),
            (State::Uncertain, "uncertain", false),
            (State::Skipped, "skipped", true),
            (State::Dead, "dead", false),
        ] {
            assert_eq!((state.key(), state.is_settled()), (key, is_settled));
            assert_eq!(State::from_key(key), Some(state));
        }
        for (reason, key) in [
            (Reason::Unlinked, "unlinked"),
            (Reason::PushOff, "push_off"),
            (Reason::NeverTaken, "never_taken"),
            (Reason::Moot, "moot"),
            (Reason::Replaced, "replaced"),
            (Reason::AfterUncertain, "after_uncertain"),
            (Reason::Owner, "owner"),
        ] {
            assert_eq!(reason.key(), key);
        }
        for (word, key) in [
            (Word::Applied, "applied"),
            (Word::NotApplied, "not_applied"),
            (Word::Leave, "leave"),
        ] {
            assert_eq!(Word::from_key(key), Some(word));
        }
        assert_eq!(Word::from_key("Leave"), None);
        assert_eq!(Cause::from_key("Order"), None);
        assert_eq!(State::from_key(""), None);
    }

    #[test]
    fn a_lost_sale_lies_after_the_old_count_and_within_the_window_of_the_write() {
        let exposure = |before, window| Exposure {
            before,
            after: 100_000,
            window,
        };
        assert_eq!(exposure(None, 400).stretch(), (98_600, 100_000));
        assert_eq!(exposure(Some(50_000), 400).stretch(), (98_600, 100_000));
        assert_eq!(exposure(Some(99_000), 31_000).stretch(), (99_000, 100_000));
        assert_eq!(
            exposure(Some(100_000), 31_000).stretch(),
            (100_000, 100_000)
        );
    }

    fn line(item: &str, quantity: i64) -> Line {
        Line {
            item: item.into(),
            quantity,
            rows: Vec::new(),
        }
    }

    /// Stores a plan as the shop does.
    fn store(line: &mut Line, plan: Plan) -> Vec<(i64, State)> {
        for change in plan.changes {
            let row = line.rows.iter_mut().find(|r| r.seq == change.seq).unwrap();
            row.state = change.state;
        }
        let made = plan
            .entries
            .iter()
            .map(|e| (e.row.delta, e.row.state))
            .collect();
        line.rows.extend(plan.entries.into_iter().map(|e| e.row));
        made
    }

    fn ask(line: &mut Line, standing: Standing) -> Vec<(i64, State)> {
        let plan = line.plan(standing, PUSH);
        store(line, plan)
    }

    fn end(line: &mut Line, state: State) {
        let last = line.rows.last_mut().unwrap();
        last.state = state;
    }

    #[test]
    fn a_status_is_paid_released_or_says_nothing() {
        let deciding = Deciding {
            paid: &[1, 2, 7, 8],
            refunded: &[9],
        };
        let of = |status, told: &str| deciding.standing(status, &Told::list(told));
        for paid in [1, 2, 7, 8] {
            assert_eq!(of(Some(paid), ""), Standing::Paid);
        }
        for released in [3, 5, 6, 9] {
            assert_eq!(of(Some(released), "5>1"), Standing::Released);
        }
        assert_eq!(of(Some(4), "5>4"), Standing::Unchanged);
        assert_eq!(of(Some(10), "5>1,1>10"), Standing::Paid, "on its way");
        assert_eq!(of(Some(10), "5>1,1>6,6>10"), Standing::Released);
        assert_eq!(of(None, "5>1"), Standing::Released, "deleted");
        assert_eq!(of(Some(1), "5>1,R"), Standing::Released, "refunded");
        assert_eq!(of(Some(7), "5>1,R,1>7"), Standing::Released, "and shipped");
        assert_eq!(of(Some(1), "5>1,R,1>6,6>1"), Standing::Paid, "paid anew");
        assert!(deciding.was_paid(&Told::list("5>4, 4>1")));
        assert!(!deciding.was_paid(&Told::list("1>7,x,7>8,>1,8>6")));
    }

    #[test]
    fn a_paid_line_is_asked_for_once_however_often_it_is_told() {
        let mut l = line("A", 2);
        assert_eq!(ask(&mut l, Standing::Paid), [(2, State::Intended)]);
        assert_eq!(ask(&mut l, Standing::Paid), []);
        assert_eq!(ask(&mut l, Standing::Unchanged), []);
    }

    #[test]
    fn confirm_cancel_confirm_takes_gives_back_and_takes_again() {
        let mut l = line("A", 2);
        ask(&mut l, Standing::Paid);
        end(&mut l, State::Confirmed);
        assert_eq!(ask(&mut l, Standing::Released), [(-2, State::Intended)]);
        end(&mut l, State::Confirmed);
        assert_eq!(ask(&mut l, Standing::Released), []);
        assert_eq!(ask(&mut l, Standing::Paid), [(2, State::Intended)]);
        assert_eq!(l.rows[1].reverses, Some(1));
    }

    #[test]
    fn an_edit_after_payment_moves_the_difference() {
        let mut l = line("A", 5);
        ask(&mut l, Standing::Paid);
        end(&mut l, State::Confirmed);
        l.quantity = 3;
        assert_eq!(ask(&mut l, Standing::Paid), [(-2, State::Intended)]);
        l.quantity = 4;
        assert_eq!(ask(&mut l, Standing::Paid), [(1, State::Intended)]);
        l.quantity = 0;
        assert_eq!(
            ask(&mut l, Standing::Paid),
            [(-1, State::Skipped), (-3, State::Intended)]
        );
    }

    #[test]
    fn a_line_with_another_product_returns_the_old_one() {
        let mut l = line("A", 2);
        ask(&mut l, Standing::Paid);
        end(&mut l, State::Confirmed);
        l.item = "B".into();
        let plan = l.plan(Standing::Paid, PUSH);
        let made: Vec<_> = plan
            .entries
            .iter()
            .map(|e| (e.row.item.as_str(), e.row.delta))
            .collect();
        assert_eq!(made, [("A", -2), ("B", 2)]);
    }

    #[test]
    fn a_sale_that_was_not_sent_and_its_return_cancel_out() {
        let mut l = line("A", 2);
        ask(&mut l, Standing::Paid);
        assert_eq!(ask(&mut l, Standing::Released), [(-2, State::Skipped)]);
        assert_eq!(l.rows[0].state, State::Skipped);
    }

    #[test]
    fn what_never_reached_clover_is_not_given_back() {
        for state in [State::Skipped, State::Dead] {
            let mut l = line("A", 2);
            ask(&mut l, Standing::Paid);
            end(&mut l, state);
            assert_eq!(ask(&mut l, Standing::Released), [(-2, State::Skipped)]);
            assert_eq!(l.rows[0].state, State::Skipped);
        }
    }

    #[test]
    fn a_return_waits_for_the_word_on_an_uncertain_sale() {
        for (word, sale, back) in [
            (Word::Applied, State::Confirmed, State::Intended),
            (Word::NotApplied, State::Skipped, State::Skipped),
            (Word::Leave, State::Skipped, State::Skipped),
        ] {
            let mut l = line("A", 2);
            ask(&mut l, Standing::Paid);
            end(&mut l, State::Uncertain);
            assert_eq!(ask(&mut l, Standing::Released), [(-2, State::Uncertain)]);
            assert_eq!(l.resolve(2, word), Err(Refusal::Follows(2)));
            let plan = l.resolve(1, word).unwrap();
            store(&mut l, plan);
            assert_eq!([l.rows[0].state, l.rows[1].state], [sale, back], "{word:?}");
        }
    }

    #[test]
    fn a_dead_row_is_tried_again_for_what_is_still_wanted() {
        let mut l = line("A", 5);
        ask(&mut l, Standing::Paid);
        end(&mut l, State::Dead);
        l.quantity = 3;
        assert_eq!(ask(&mut l, Standing::Paid), [(-2, State::Skipped)]);
        assert_eq!(l.rows[0].state, State::Dead, "three are still wanted");
        let plan = l.resolve(1, Word::NotApplied).unwrap();
        assert_eq!(
            store(&mut l, plan),
            [(-3, State::Skipped), (3, State::Intended)]
        );
        assert_eq!(ask(&mut l, Standing::Paid), []);
        end(&mut l, State::Confirmed);
        assert_eq!(l.resolve(4, Word::Leave), Err(Refusal::NotWaiting(4)));
        assert_eq!(ask(&mut l, Standing::Released), [(-3, State::Intended)]);
    }

    #[test]
    fn switching_push_stock_on_replays_nothing() {
        let mut l = line("A", 2);
        let plan = l.plan(Standing::Paid, false);
        assert_eq!(store(&mut l, plan), [(2, State::Skipped)]);
        assert_eq!(ask(&mut l, Standing::Paid), []);
        l.quantity = 3;
        assert_eq!(ask(&mut l, Standing::Paid), [(1, State::Intended)]);
        end(&mut l, State::Confirmed);
        assert_eq!(
            ask(&mut l, Standing::Released),
            [(-1, State::Intended), (-2, State::Skipped)]
        );
    }

    #[test]
    fn units_given_back_by_hand_stay_given_back_until_the_order_is_released() {
        let mut l = line("A", 3);
        ask(&mut l, Standing::Paid);
        end(&mut l, State::Confirmed);
        assert_eq!(l.restock(4, PUSH), Err(Refusal::TooMany { left: 3 }));
        let plan = l.restock(1, PUSH).unwrap();
        assert_eq!(store(&mut l, plan), [(-1, State::Intended)]);
        assert_eq!(ask(&mut l, Standing::Paid), []);
        let plan = l.restock(2, PUSH).unwrap();
        store(&mut l, plan);
        assert_eq!(ask(&mut l, Standing::Paid), []);
        assert_eq!(ask(&mut l, Standing::Released), [(0, State::Skipped)]);
        assert_eq!(ask(&mut l, Standing::Released), []);
        assert_eq!(ask(&mut l, Standing::Paid), [(3, State::Intended)]);
    }

    #[test]
    fn a_product_that_is_not_linked_asks_nothing_of_clover() {
        let mut l = line("", 2);
        assert_eq!(ask(&mut l, Standing::Paid), [(2, State::Skipped)]);
        assert_eq!(ask(&mut l, Standing::Released), [(-2, State::Skipped)]);
    }

    fn q(count: f64) -> Quantity {
        Quantity::from_clover(count).unwrap()
    }

    #[test]
    fn a_write_without_an_answer_is_settled_by_time_and_count() {
        let written = Written {
            before: q(9.0),
            modified: Some(1000),
            target: q(8.0),
        };
        let now = |count: Option<f64>, modified| Reading {
            count: count.map(q),
            modified: Some(modified),
        };
        assert_eq!(settle(&written, &now(Some(9.0), 1000)), Verdict::SendAgain);
        assert_eq!(settle(&written, &now(Some(8.0), 2000)), Verdict::Confirmed);
        assert_eq!(
            settle(&written, &now(Some(8.0), 1000)),
            Verdict::Confirmed,
            "within one second"
        );
        assert_eq!(settle(&written, &now(Some(9.0), 2000)), Verdict::Uncertain);
        assert_eq!(settle(&written, &now(Some(7.0), 2000)), Verdict::Uncertain);
        assert_eq!(settle(&written, &now(Some(7.0), 1000)), Verdict::Uncertain);
        assert_eq!(settle(&written, &now(None, 1000)), Verdict::Uncertain);
    }

    fn posted(delta: i64, state: State) -> Posted {
        Posted {
            item: "A".into(),
            delta,
            state,
            settled: state.is_settled().then_some(100),
            reverses: (delta < 0).then_some((State::Confirmed, Some(100))),
            counted: true,
        }
    }

    fn held(taken: i64, rows: &[Posted], as_of: i64) -> i64 {
        let taken = HashMap::from([("A".to_owned(), taken)]);
        committed(&taken, rows, as_of)
            .get("A")
            .copied()
            .unwrap_or(0)
    }

    #[test]
    fn a_count_leaves_out_what_the_shop_has_sold_and_clover_has_not() {
        assert_eq!(held(2, &[], 200), 2, "a pending order");
        for (state, units) in [
            (State::Intended, 2),
            (State::Sent, 2),
            (State::Uncertain, 2),
            (State::Dead, 2),
            (State::Confirmed, 0),
            (State::Skipped, 0),
        ] {
            assert_eq!(held(2, &[posted(2, state)], 200), units, "{state:?}");
        }
    }

    #[test]
    fn a_count_is_lifted_only_by_a_return_that_certainly_is_not_in_it() {
        for (state, units) in [
            (State::Intended, -2),
            (State::Sent, 0),
            (State::Uncertain, 0),
            (State::Dead, 0),
            (State::Confirmed, 0),
            (State::Skipped, 0),
        ] {
            assert_eq!(
                held(0, &[posted(2, State::Confirmed), posted(-2, state)], 200),
                units,
                "{state:?}"
            );
        }
    }

    #[test]
    fn a_count_asked_for_before_a_write_was_confirmed_does_not_hold_it() {
        let sale = posted(2, State::Confirmed);
        assert_eq!(held(2, std::slice::from_ref(&sale), 101), 0);
        assert_eq!(
            held(2, std::slice::from_ref(&sale), 100),
            2,
            "the same moment"
        );
        assert_eq!(held(2, &[sale], 99), 2);
    }

    #[test]
    fn a_count_asked_for_before_the_owner_set_it_does_not_hold_the_sale_he_left() {
        let left = posted(3, State::Skipped);
        assert_eq!(held(3, std::slice::from_ref(&left), 101), 0);
        assert_eq!(held(3, std::slice::from_ref(&left), 99), 3);
        let back = Posted {
            reverses: Some((State::Skipped, Some(100))),
            ..posted(-3, State::Skipped)
        };
        assert_eq!(held(0, &[left, back], 99), 0, "taken and given back");
        let timeless = Posted {
            settled: None,
            ..posted(3, State::Skipped)
        };
        assert_eq!(held(3, &[timeless], 99), 0, "it was never to be sent");
    }

    #[test]
    fn a_return_that_was_skipped_because_nothing_was_taken_lowers_nothing() {
        let mut back = posted(-2, State::Skipped);
        back.reverses = Some((State::Dead, None));
        assert_eq!(held(0, &[posted(2, State::Dead), back], 200), 0);
    }

    #[test]
    fn of_an_order_outside_the_books_only_its_open_rows_count() {
        let old = |delta, state| Posted {
            counted: false,
            ..posted(delta, state)
        };
        assert_eq!(held(0, &[old(2, State::Confirmed)], 200), 0);
        assert_eq!(held(0, &[old(2, State::Intended)], 200), 2);
        assert_eq!(
            held(
                0,
                &[old(2, State::Confirmed), old(-2, State::Intended)],
                200
            ),
            -2
        );
        assert_eq!(
            held(
                0,
                &[old(2, State::Confirmed), old(-2, State::Uncertain)],
                200
            ),
            0
        );
    }

    #[derive(Debug, Clone)]
    enum Step {
        Ask(Standing, bool),
        Edit(bool, i64),
        Hand(i64),
        Progress(usize, State),
        Owner(i64, Word),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        let standing = prop::sample::select(vec![
            Standing::Paid,
            Standing::Paid,
            Standing::Released,
            Standing::Unchanged,
        ]);
        let state = prop::sample::select(State::ALL.to_vec());
        let word = prop::sample::select(vec![Word::Applied, Word::NotApplied, Word::Leave]);
        prop_oneof![
            4 => (standing, prop::bool::weighted(0.8)).prop_map(|(s, push)| Step::Ask(s, push)),
            2 => (prop::bool::weighted(0.2), 0..6_i64).prop_map(|(other, q)| Step::Edit(other, q)),
            1 => (1..4_i64).prop_map(Step::Hand),
            4 => (0..8_usize, state).prop_map(|(n, s)| Step::Progress(n, s)),
            2 => (1..9_i64, word).prop_map(|(n, w)| Step::Owner(n, w)),
        ]
    }

    /// What the worker may make of a row.
    fn may_become(from: State, to: State) -> bool {
        matches!(
            (from, to),
            (State::Intended, State::Sent | State::Skipped | State::Dead)
                | (
                    State::Sent,
                    State::Confirmed | State::Uncertain | State::Intended
                )
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn no_history_gives_back_more_than_was_sold(steps in prop::collection::vec(any_step(), 1..30)) {
            let mut l = line("A", 3);
            for step in steps {
                match step {
                    Step::Ask(standing, push) => {
                        let plan = l.plan(standing, push);
                        store(&mut l, plan);
                        prop_assert_eq!(l.plan(standing, push), Plan::default(), "asked twice");
                        match standing {
                            Standing::Paid => prop_assert_eq!(l.asked(&l.item), (l.quantity - l.given_by_hand(&l.item)).max(0)),
                            Standing::Released => prop_assert!(["A", "B"].iter().all(|item| l.asked(item) == 0)),
                            Standing::Unchanged => {}
                        }
                    }
                    Step::Edit(other, quantity) => {
                        l.item = if other { "B".into() } else { "A".into() };
                        l.quantity = quantity;
                    }
                    Step::Hand(units) => if let Ok(plan) = l.restock(units, PUSH) { drop(store(&mut l, plan)); },
                    Step::Progress(n, to) => {
                        let Some(at) = n.checked_rem(l.rows.len()) else { continue };
                        match l.turn(l.rows[at].seq) {
                            Turn::Become(changes) if l.rows[at].state == State::Intended => {
                                drop(store(&mut l, Plan { changes, ..Plan::default() }));
                            }
                            Turn::Send if may_become(l.rows[at].state, to) => l.rows[at].state = to,
                            _ => {}
                        }
                    }
                    Step::Owner(seq, word) => if let Ok(plan) = l.resolve(seq, word) { drop(store(&mut l, plan)); },
                }
                for sale in l.rows.iter().filter(|r| r.reverses.is_none()) {
                    prop_assert!((0..=sale.delta).contains(&l.left_of(sale)));
                }
                for back in l.rows.iter().filter(|r| r.delta < 0 && matches!(r.state, State::Sent | State::Confirmed)) {
                    let sale = l.rows.iter().find(|r| Some(r.seq) == back.reverses).unwrap();
                    prop_assert_eq!(sale.state, State::Confirmed, "gives back what was not taken: {:?}", l.rows);
                }
                let numbers: Vec<i64> = l.rows.iter().map(|r| r.seq).collect();
                prop_assert!(numbers.windows(2).all(|w| w[0] < w[1]));
            }
        }
    }
}
