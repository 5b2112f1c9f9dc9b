//! The ledger rows of one order line, and the rules that add and change them.

use super::status::SaleState;

/// Why a row was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The order's lines ask for it.
    Order,
    /// The order was cancelled, refunded or deleted.
    Release,
    /// The owner gave units back by hand, for a refund that named no lines.
    Manual,
}

impl Cause {
    /// As it stands in the shop's database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Release => "release",
            Self::Manual => "hand",
        }
    }

    /// The cause of that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Order, Self::Release, Self::Manual]
            .into_iter()
            .find(|cause| cause.key() == key)
    }
}

/// How far a row has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// To be sent.
    Intended,
    /// Sent, and not answered yet.
    Sent,
    /// In Clover's count.
    Confirmed,
    /// Whether Clover's count holds it is not known: the owner decides.
    Uncertain,
    /// Never to be sent, with a reason.
    Skipped,
    /// Clover refuses it: the owner may try again.
    Dead,
}

impl RowState {
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
    /// The sale was canceled before it was sent.
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
pub struct LedgerRow {
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
    pub state: RowState,
}

/// A line of an order, with all its rows in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Clover's item; empty when the product is linked to none.
    pub item: String,
    /// Units ordered; 0 when the line is gone.
    pub quantity: i64,
    /// What was asked so far.
    pub rows: Vec<LedgerRow>,
}

/// A row to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow {
    /// The row.
    pub row: LedgerRow,
    /// Why it is not to be sent, for a row that is not.
    pub reason: Option<Reason>,
}

/// What a decision changes in a line's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Rows to add.
    pub entries: Vec<NewRow>,
    /// Rows that are there, by number, and what they become.
    pub changes: Vec<RowChange>,
}

/// A row that becomes something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowChange {
    /// Its number.
    pub seq: i64,
    /// Its state from now on.
    pub state: RowState,
    /// Why it is not to be sent, when it is not.
    pub reason: Option<Reason>,
}

/// What is to be done with a row that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// It is sent.
    Send,
    /// The sale that it reverses is still under way.
    Wait,
    /// It is not sent. These rows change.
    Become(Vec<RowChange>),
}

/// The owner's decision on a row that cannot be settled automatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Clover's count holds it.
    Applied,
    /// Clover's count does not hold it: send it.
    NotApplied,
    /// The owner has set the count: leave it.
    Leave,
}

impl Resolution {
    /// The resolution with that key: `applied`, `not_applied` or `leave`.
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

/// Why the owner's request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The line does not hold so many units.
    #[error("{left} units of this line can be given back")]
    TooMany {
        /// So many can.
        left: i64,
    },
    /// The row is in another state.
    #[error("row {0} of the line does not need a decision")]
    NotWaiting(i64),
    /// The row is uncertain because the sale that it reverses is.
    #[error("row {0} of the line depends on the decision on its sale")]
    Follows(i64),
}

impl Line {
    /// Units asked for so far.
    pub(super) fn asked(&self, item: &str) -> i64 {
        self.rows
            .iter()
            .filter(|row| row.item == item)
            .map(|row| row.delta)
            .sum()
    }

    /// Units that the owner returned by hand since the line was last released. The order still
    /// lists them.
    pub(super) fn returned_manually(&self, item: &str) -> i64 {
        let mut units = 0;
        for row in self.rows.iter().filter(|row| row.item == item) {
            match row.cause {
                Cause::Release => units = 0,
                Cause::Manual => units -= row.delta,
                Cause::Order => {}
            }
        }
        units
    }

    /// Units of a sale that no return has reversed.
    pub(super) fn left_of(&self, sale: &LedgerRow) -> i64 {
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

    /// The rows that bring the line to the order's state. Level-triggered: a second call with the
    /// same state adds nothing, whatever events were lost, doubled or out of order.
    ///
    /// While `push` is off, rows are added as skipped, so that switching it on never replays the
    /// past.
    #[must_use]
    pub fn plan(&self, sale_state: SaleState, push: bool) -> Plan {
        let mut plan = Plan::default();
        if sale_state == SaleState::Unchanged {
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
            let wanted = if sale_state == SaleState::Paid && item == self.item {
                (self.quantity - self.returned_manually(item)).max(0)
            } else {
                0
            };
            let delta = wanted - self.asked(item);
            if delta > 0 {
                let (state, reason) = match (item.is_empty(), push) {
                    (true, _) => (RowState::Skipped, Some(Reason::Unlinked)),
                    (false, false) => (RowState::Skipped, Some(Reason::PushOff)),
                    (false, true) => (RowState::Intended, None),
                };
                self.add(&mut plan, item, delta, None, Cause::Order, state, reason);
            } else if delta < 0 {
                let cause = match sale_state {
                    SaleState::Released => Cause::Release,
                    _ => Cause::Order,
                };
                self.return_units(&mut plan, item, -delta, cause, push);
            } else if sale_state == SaleState::Released && self.returned_manually(item) > 0 {
                // Nothing is left to return, but what was returned by hand must not count against
                // the next sale.
                let moot = Some(Reason::Moot);
                self.add(
                    &mut plan,
                    item,
                    0,
                    None,
                    Cause::Release,
                    RowState::Skipped,
                    moot,
                );
            }
        }
        plan
    }

    /// Returns units by hand.
    ///
    /// # Errors
    /// [`LedgerError::TooMany`].
    pub fn restock(&self, units: i64, push: bool) -> Result<Plan, LedgerError> {
        let left = self.asked(&self.item).max(0);
        if units < 1 || units > left {
            return Err(LedgerError::TooMany { left });
        }
        let mut plan = Plan::default();
        self.return_units(&mut plan, &self.item, units, Cause::Manual, push);
        Ok(plan)
    }

    /// Applies the owner's decision on a row that is uncertain or dead.
    ///
    /// # Errors
    /// [`LedgerError`] for a row that does not need a decision.
    pub fn resolve(&self, seq: i64, resolution: Resolution) -> Result<Plan, LedgerError> {
        let row = self
            .rows
            .iter()
            .find(|row| row.seq == seq && matches!(row.state, RowState::Uncertain | RowState::Dead))
            .ok_or(LedgerError::NotWaiting(seq))?;
        if self.follows(row) {
            return Err(LedgerError::Follows(seq));
        }
        let mut plan = Plan::default();
        let followers: Vec<i64> = self
            .rows
            .iter()
            .filter(|other| other.reverses == Some(seq) && self.follows(other))
            .map(|other| other.seq)
            .collect();
        let left = self.left_of(row);
        let (state, reason, theirs, their_reason) = match resolution {
            Resolution::Applied => (RowState::Confirmed, None, RowState::Intended, None),
            Resolution::Leave => (
                RowState::Skipped,
                Some(Reason::Owner),
                RowState::Skipped,
                Some(Reason::Owner),
            ),
            Resolution::NotApplied => {
                let never = Some(Reason::NeverTaken);
                if left == row.delta {
                    (RowState::Intended, None, RowState::Skipped, never)
                } else if left == 0 {
                    (
                        RowState::Skipped,
                        Some(Reason::Moot),
                        RowState::Skipped,
                        never,
                    )
                } else {
                    let replaced = Some(Reason::Replaced);
                    self.add(
                        &mut plan,
                        &row.item,
                        -left,
                        Some(seq),
                        Cause::Order,
                        RowState::Skipped,
                        replaced,
                    );
                    self.add(
                        &mut plan,
                        &row.item,
                        left,
                        None,
                        Cause::Order,
                        RowState::Intended,
                        None,
                    );
                    (RowState::Skipped, replaced, RowState::Skipped, never)
                }
            }
        };
        plan.changes.push(RowChange { seq, state, reason });
        plan.changes
            .extend(followers.into_iter().map(|seq| RowChange {
                seq,
                state: theirs,
                reason: their_reason,
            }));
        Ok(plan)
    }

    /// What is to be done with a row that is due. The sale that a return reverses may have ended
    /// otherwise than the plan of the return assumed.
    #[must_use]
    pub fn next_step(&self, seq: i64) -> NextStep {
        let Some(row) = self.rows.iter().find(|row| row.seq == seq) else {
            return NextStep::Wait;
        };
        let sale = self.rows.iter().find(|sale| row.reverses == Some(sale.seq));
        let change = |seq, state, reason| RowChange {
            seq,
            state,
            reason: Some(reason),
        };
        let mut changes = Vec::new();
        match sale {
            None => return NextStep::Send,
            Some(sale) => match sale.state {
                RowState::Confirmed => return NextStep::Send,
                RowState::Intended | RowState::Sent => return NextStep::Wait,
                RowState::Uncertain => {
                    changes.push(change(seq, RowState::Uncertain, Reason::AfterUncertain));
                }
                RowState::Skipped | RowState::Dead => {
                    changes.push(change(seq, RowState::Skipped, Reason::NeverTaken));
                    if sale.state == RowState::Dead && self.left_of(sale) == 0 {
                        changes.push(change(sale.seq, RowState::Skipped, Reason::Moot));
                    }
                }
            },
        }
        NextStep::Become(changes)
    }

    /// Whether a return is uncertain only because the sale that it reverses is.
    fn follows(&self, row: &LedgerRow) -> bool {
        row.state == RowState::Uncertain
            && self
                .rows
                .iter()
                .any(|sale| row.reverses == Some(sale.seq) && sale.state == RowState::Uncertain)
    }

    fn return_units(&self, plan: &mut Plan, item: &str, units: i64, cause: Cause, push: bool) {
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
            // Clover was not asked for the sale, so it need not be asked for the return.
            let moot = part == sale.delta && sale.state == RowState::Intended;
            let (state, reason) = match sale.state {
                _ if moot => (RowState::Skipped, Some(Reason::Moot)),
                RowState::Skipped | RowState::Dead => (RowState::Skipped, Some(Reason::NeverTaken)),
                _ if !push => (RowState::Skipped, Some(Reason::PushOff)),
                RowState::Uncertain => (RowState::Uncertain, Some(Reason::AfterUncertain)),
                RowState::Intended | RowState::Sent | RowState::Confirmed => {
                    (RowState::Intended, None)
                }
            };
            if moot || (sale.state == RowState::Dead && part == left) {
                plan.changes.push(RowChange {
                    seq: sale.seq,
                    state: RowState::Skipped,
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
        state: RowState,
        reason: Option<Reason>,
    ) {
        let planned = i64::try_from(plan.entries.len()).unwrap_or(i64::MAX);
        plan.entries.push(NewRow {
            row: LedgerRow {
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
