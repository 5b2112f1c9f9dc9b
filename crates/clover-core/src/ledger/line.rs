//! The ledger rows of one order line, and the rules that add and change them.

use super::status::SaleState;
use crate::problem::{Problem, ProblemCode};

crate::text_enum! {
    /// Why a row was made.
    pub enum LedgerCause {
        /// The order's lines ask for it.
        Order = "order",
        /// The order was cancelled, refunded or deleted.
        Release = "release",
        /// The owner gave units back by hand, for a refund that named no lines.
        Manual = "hand",
    }
}

crate::text_enum! {
    /// How far a row has come.
    pub enum SendState {
        /// To be sent.
        Intended = "intended",
        /// Sent, and not answered yet.
        Sent = "sent",
        /// In Clover's count.
        Confirmed = "confirmed",
        /// Whether Clover's count holds it is not known: the owner decides.
        Uncertain = "uncertain",
        /// Never to be sent, with a reason.
        Skipped = "skipped",
        /// Clover refuses it: the owner may try again.
        Dead = "dead",
    }
}

crate::text_enum! {
    /// Why a row is not sent.
    pub enum LedgerReason {
        /// The product is linked to no item of Clover.
        Unlinked = "unlinked",
        /// Push Stock on Sale was off.
        PushOff = "push_off",
        /// The sale it reverses never reached Clover.
        NeverTaken = "never_taken",
        /// The sale was canceled before it was sent.
        Moot = "moot",
        /// A newer row took its place.
        Replaced = "replaced",
        /// Whether the sale before it reached Clover is not known.
        AfterUncertain = "after_uncertain",
        /// The owner has settled it.
        Owner = "owner",
    }
}

/// A row of a line, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Counts from 1 within the line.
    pub seq: i64,
    /// Why it was made.
    pub cause: LedgerCause,
    /// The sale that a return reverses.
    pub reverses: Option<i64>,
    /// Clover's item; empty for a product that was linked to none.
    pub item: String,
    /// Units to take out of Clover; negative ones go back.
    pub delta: i64,
    /// How far it has come.
    pub state: SendState,
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
    pub reason: Option<LedgerReason>,
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
    pub state: SendState,
    /// Why it is not to be sent, when it is not.
    pub reason: Option<LedgerReason>,
}

crate::text_enum! {
    /// [`NextStep`] without its data.
    pub enum NextStepKind {
        /// The row is sent.
        Send = "send",
        /// The sale that it reverses is still under way.
        Wait = "wait",
        /// The row is not sent; rows change instead.
        Become = "become",
    }
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

impl NextStep {
    /// Which step.
    #[must_use]
    pub fn kind(&self) -> NextStepKind {
        match self {
            Self::Send => NextStepKind::Send,
            Self::Wait => NextStepKind::Wait,
            Self::Become(_) => NextStepKind::Become,
        }
    }

    /// The rows that change instead.
    #[must_use]
    pub fn changes(&self) -> &[RowChange] {
        match self {
            Self::Become(changes) => changes,
            Self::Send | Self::Wait => &[],
        }
    }
}

crate::text_enum! {
    /// The owner's decision on a row that cannot be settled automatically.
    pub enum Resolution {
        /// Clover's count holds it.
        Applied = "applied",
        /// Clover's count does not hold it: send it.
        NotApplied = "not_applied",
        /// The owner has set the count: leave it.
        Leave = "leave",
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

impl LedgerError {
    /// For the owner.
    #[must_use]
    pub fn problem(self) -> Problem {
        match self {
            Self::TooMany { left } => Problem::new(ProblemCode::RestockTooMany).with("count", left),
            Self::NotWaiting(_) => Problem::new(ProblemCode::RowDecided).because(self.to_string()),
            Self::Follows(_) => Problem::new(ProblemCode::RowFollows).because(self.to_string()),
        }
    }
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
                LedgerCause::Release => units = 0,
                LedgerCause::Manual => units -= row.delta,
                LedgerCause::Order => {}
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
                    (true, _) => (SendState::Skipped, Some(LedgerReason::Unlinked)),
                    (false, false) => (SendState::Skipped, Some(LedgerReason::PushOff)),
                    (false, true) => (SendState::Intended, None),
                };
                self.add(
                    &mut plan,
                    item,
                    delta,
                    None,
                    LedgerCause::Order,
                    state,
                    reason,
                );
            } else if delta < 0 {
                let cause = match sale_state {
                    SaleState::Released => LedgerCause::Release,
                    _ => LedgerCause::Order,
                };
                self.return_units(&mut plan, item, -delta, cause, push);
            } else if sale_state == SaleState::Released && self.returned_manually(item) > 0 {
                // Nothing is left to return, but what was returned by hand must not count against
                // the next sale.
                let moot = Some(LedgerReason::Moot);
                self.add(
                    &mut plan,
                    item,
                    0,
                    None,
                    LedgerCause::Release,
                    SendState::Skipped,
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
        self.return_units(&mut plan, &self.item, units, LedgerCause::Manual, push);
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
            .find(|row| {
                row.seq == seq && matches!(row.state, SendState::Uncertain | SendState::Dead)
            })
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
            Resolution::Applied => (SendState::Confirmed, None, SendState::Intended, None),
            Resolution::Leave => (
                SendState::Skipped,
                Some(LedgerReason::Owner),
                SendState::Skipped,
                Some(LedgerReason::Owner),
            ),
            Resolution::NotApplied => {
                let never = Some(LedgerReason::NeverTaken);
                if left == row.delta {
                    (SendState::Intended, None, SendState::Skipped, never)
                } else if left == 0 {
                    (
                        SendState::Skipped,
                        Some(LedgerReason::Moot),
                        SendState::Skipped,
                        never,
                    )
                } else {
                    let replaced = Some(LedgerReason::Replaced);
                    self.add(
                        &mut plan,
                        &row.item,
                        -left,
                        Some(seq),
                        LedgerCause::Order,
                        SendState::Skipped,
                        replaced,
                    );
                    self.add(
                        &mut plan,
                        &row.item,
                        left,
                        None,
                        LedgerCause::Order,
                        SendState::Intended,
                        None,
                    );
                    (SendState::Skipped, replaced, SendState::Skipped, never)
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
                SendState::Confirmed => return NextStep::Send,
                SendState::Intended | SendState::Sent => return NextStep::Wait,
                SendState::Uncertain => {
                    changes.push(change(
                        seq,
                        SendState::Uncertain,
                        LedgerReason::AfterUncertain,
                    ));
                }
                SendState::Skipped | SendState::Dead => {
                    changes.push(change(seq, SendState::Skipped, LedgerReason::NeverTaken));
                    if sale.state == SendState::Dead && self.left_of(sale) == 0 {
                        changes.push(change(sale.seq, SendState::Skipped, LedgerReason::Moot));
                    }
                }
            },
        }
        NextStep::Become(changes)
    }

    /// Whether a return is uncertain only because the sale that it reverses is.
    fn follows(&self, row: &LedgerRow) -> bool {
        row.state == SendState::Uncertain
            && self
                .rows
                .iter()
                .any(|sale| row.reverses == Some(sale.seq) && sale.state == SendState::Uncertain)
    }

    fn return_units(
        &self,
        plan: &mut Plan,
        item: &str,
        units: i64,
        cause: LedgerCause,
        push: bool,
    ) {
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
            let moot = part == sale.delta && sale.state == SendState::Intended;
            let (state, reason) = match sale.state {
                _ if moot => (SendState::Skipped, Some(LedgerReason::Moot)),
                SendState::Skipped | SendState::Dead => {
                    (SendState::Skipped, Some(LedgerReason::NeverTaken))
                }
                _ if !push => (SendState::Skipped, Some(LedgerReason::PushOff)),
                SendState::Uncertain => (SendState::Uncertain, Some(LedgerReason::AfterUncertain)),
                SendState::Intended | SendState::Sent | SendState::Confirmed => {
                    (SendState::Intended, None)
                }
            };
            if moot || (sale.state == SendState::Dead && part == left) {
                plan.changes.push(RowChange {
                    seq: sale.seq,
                    state: SendState::Skipped,
                    reason: Some(LedgerReason::Moot),
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
        cause: LedgerCause,
        state: SendState,
        reason: Option<LedgerReason>,
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
