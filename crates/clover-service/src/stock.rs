//! The counts of Clover's items: prepare, commit and settle changes, and read all counts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use clover_client::items::COUNTED_SINGLY;
use clover_client::permission::permission_for;
use clover_client::stock::{Overwritten, Set, Timed, Wanted, Wrote};
use clover_client::{Access, Error as ClientError};
use clover_core::ids::ItemId;
use clover_core::item_filter::ImportRule;
use clover_core::ledger::{self, CountReading, CountWrite, Settlement};
use clover_core::problem::{Problem, ProblemCode};
use clover_core::quantity::{Quantity, Reserve};
use clover_core::wire::ItemCount;

use crate::error::{Error, SOME_TIME, problem_of, whole_seconds};
use crate::items::{self, has_no_counts};
use crate::page::StockPage;
use crate::session::Session;

clover_core::text_enum! {
    /// How a count stands.
    pub enum StockState {
        /// It was read and may be written.
        Ready = "ready",
        /// Clover does not count the item.
        Untracked = "untracked",
        /// Clover does not have the item.
        Gone = "gone",
        /// It cannot be written as asked.
        Refused = "refused",
        /// The app lacks a permission.
        Permission = "permission",
        /// Nothing was sent, and the same may succeed later.
        Later = "later",
        /// It was not written in time, so it must be read again.
        Late = "late",
        /// Clover holds the count.
        Confirmed = "confirmed",
        /// The write got no usable answer: settle it by reading.
        Unknown = "unknown",
        /// The write did not arrive: send it again.
        Again = "again",
        /// Reading cannot tell whether the write arrived.
        Uncertain = "uncertain",
    }
}

/// What became of one count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockOutcome {
    /// The caller's name for it.
    pub key: i64,
    /// How it stands.
    pub state: StockState,
    /// The count that was read.
    pub before: Option<Quantity>,
    /// `modifiedTime`, in milliseconds.
    pub modified: Option<i64>,
    /// The count aimed at.
    pub target: Option<Quantity>,
    /// Milliseconds between the question for the old count and the answer to the new one; of a
    /// count that is ready, the most that it can be.
    pub window: Option<i64>,
    /// Why it is not as wished.
    pub problem: Option<Problem>,
    /// Seconds.
    pub retry_after: i64,
    /// The permission that is missing.
    pub permission: Option<&'static str>,
}

/// A count that was read and may be written.
#[derive(Debug)]
pub struct Ready {
    /// The caller's name for it.
    pub key: i64,
    /// The item.
    pub item: ItemId,
    /// The count and the time of its reading.
    pub timed: Timed,
    /// The count to be.
    pub target: Quantity,
}

impl Ready {
    /// What to send.
    #[must_use]
    pub fn set(&self) -> Set {
        Set {
            item: self.item.clone(),
            target: self.target,
            threshold: self.timed.threshold,
            asked: self.timed.asked,
            latest: self.timed.latest,
        }
    }
}

impl StockOutcome {
    /// An outcome with nothing but a state.
    #[must_use]
    pub fn new(key: i64, state: StockState, problem: Option<Problem>) -> Self {
        Self {
            key,
            state,
            before: None,
            modified: None,
            target: None,
            window: None,
            problem,
            retry_after: 0,
            permission: None,
        }
    }

    /// Of a count that was read to have `delta` units taken out, with what may be written.
    #[must_use]
    pub fn prepared(
        key: i64,
        item: ItemId,
        delta: i64,
        read: Result<Timed, ClientError>,
    ) -> (Self, Option<Ready>) {
        let timed = match read {
            Ok(timed) => timed,
            Err(error) => return (Self::failed(key, &error), None),
        };
        let Some(before) = timed.reading.count else {
            let problem = Some(ProblemCode::StockUntracked.into());
            return (Self::new(key, StockState::Untracked, problem), None);
        };
        let Some(target) = before.less(delta) else {
            let problem = Some(ProblemCode::StockOutOfRange.into());
            return (Self::new(key, StockState::Refused, problem), None);
        };
        let outcome = Self {
            before: Some(before),
            modified: timed.reading.modified,
            target: Some(target),
            window: i64::try_from(timed.worst.as_millis()).ok(),
            ..Self::new(key, StockState::Ready, None)
        };
        let ready = Ready {
            key,
            item,
            timed,
            target,
        };
        (outcome, Some(ready))
    }

    /// Of a count that was not sent because there is no usable token. The next reading says why.
    #[must_use]
    pub fn without_token(ready: &Ready) -> Self {
        let problem = Some(ProblemCode::StockWithoutToken.into());
        Self::new(ready.key, StockState::Later, problem)
    }

    /// Of a write.
    #[must_use]
    pub fn written(ready: &Ready, outcome: Result<Wrote, ClientError>) -> Self {
        let base = Self {
            before: ready.timed.reading.count,
            target: Some(ready.target),
            ..Self::new(ready.key, StockState::Confirmed, None)
        };
        match outcome {
            Ok(Wrote::Done { modified, window }) => Self {
                modified,
                window: i64::try_from(window.as_millis()).ok(),
                ..base
            },
            Ok(Wrote::Unknown(details)) => Self {
                state: StockState::Unknown,
                problem: Some(Problem::new(ProblemCode::NoResponse).because(details)),
                ..base
            },
            Ok(Wrote::Late) => Self {
                state: StockState::Late,
                problem: Some(ProblemCode::StockLate.into()),
                ..base
            },
            Ok(Wrote::NotSent(wait)) => Self {
                state: StockState::Later,
                problem: Some(ProblemCode::StockNotSent.into()),
                retry_after: whole_seconds(wait),
                ..base
            },
            Err(error) => Self::failed(ready.key, &error),
        }
    }

    /// Of a write without an answer, after the count was read again.
    #[must_use]
    pub fn settled(
        key: i64,
        written: &CountWrite,
        read: Result<CountReading, ClientError>,
    ) -> Self {
        let now = match read {
            Ok(now) => now,
            // It is another count than the one that was written.
            Err(error @ ClientError::CountTooLarge { .. }) => {
                return Self {
                    state: StockState::Uncertain,
                    ..Self::failed(key, &error)
                };
            }
            Err(error) => return Self::failed(key, &error),
        };
        let state = match ledger::settle(written, &now) {
            Settlement::Confirmed => StockState::Confirmed,
            Settlement::SendAgain => StockState::Again,
            Settlement::Uncertain => StockState::Uncertain,
        };
        Self {
            before: now.count,
            modified: now.modified,
            target: Some(written.target),
            ..Self::new(key, state, None)
        }
    }

    /// Of a call that changed nothing.
    #[must_use]
    pub fn failed(key: i64, error: &ClientError) -> Self {
        let problem = Some(problem_of(error));
        match error {
            ClientError::Unauthorized { call, .. } => Self {
                permission: Some(permission_for(call.method, &call.path)),
                ..Self::new(key, StockState::Permission, problem)
            },
            ClientError::NotFound { .. } => Self::new(key, StockState::Gone, problem),
            ClientError::Throttled { wait, .. } => Self {
                retry_after: whole_seconds(*wait),
                ..Self::new(key, StockState::Later, problem)
            },
            // An unusable answer may be another one next time.
            error if error.is_temporary() || matches!(error, ClientError::BadAnswer { .. }) => {
                Self {
                    retry_after: whole_seconds(SOME_TIME),
                    ..Self::new(key, StockState::Later, problem)
                }
            }
            _ => Self::new(key, StockState::Refused, problem),
        }
    }
}

/// A count to be changed.
#[derive(Debug, Clone)]
pub struct StockChange {
    /// The caller's name for it.
    pub key: i64,
    /// The item.
    pub item: ItemId,
    /// Units to take out; negative ones are given back.
    pub delta: i64,
    /// How often its write missed its time before.
    pub misses: u32,
}

/// A write that got no answer.
#[derive(Debug, Clone)]
pub struct SentWrite {
    /// The caller's name for it.
    pub key: i64,
    /// The item.
    pub item: ItemId,
    /// What was read and written.
    pub write: CountWrite,
}

/// Counts that were read just now, and what may be written of them.
#[derive(Debug)]
pub struct StockBatch {
    /// What was read.
    pub rows: Vec<StockOutcome>,
    /// Taken by the one commit that a batch is good for.
    ready: RefCell<Vec<Ready>>,
}

/// The counts of one merchant's items.
pub struct Stock {
    session: Rc<Session>,
}

impl fmt::Debug for Stock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stock").finish_non_exhaustive()
    }
}

impl Stock {
    /// Asks Clover nothing.
    #[must_use]
    pub fn new(session: &Rc<Session>) -> Self {
        Self {
            session: Rc::clone(session),
        }
    }

    /// Reads the counts of the first changes, as many as can be written soon after.
    ///
    /// # Errors
    /// [`Error`], when nothing could be read.
    pub fn prepare(&self, changes: Vec<StockChange>) -> Result<StockBatch, Error> {
        let wanted = changes.iter().map(|change| Wanted {
            item: change.item.clone(),
            misses: change.misses,
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let read = self
            .session
            .call(|api, access| api.read_counts(&access, wanted.clone()))?;
        let (mut rows, mut ready) = (Vec::new(), Vec::new());
        for (change, read) in changes.into_iter().zip(read) {
            let StockChange {
                key, item, delta, ..
            } = change;
            let (outcome, may_write) = StockOutcome::prepared(key, item, delta, read);
            rows.push(outcome);
            ready.extend(may_write);
        }
        Ok(StockBatch {
            rows,
            ready: RefCell::new(ready),
        })
    }

    /// Writes the counts with these keys, which the caller has stored as sent.
    ///
    /// # Errors
    /// [`Error::Host`] when the host ended the wait: what was sent is unknown then.
    pub fn commit(&self, batch: &StockBatch, keys: &[i64]) -> Result<Vec<StockOutcome>, Error> {
        let mut pending: Vec<Ready> = batch.ready.take();
        pending.retain(|ready| keys.contains(&ready.key));
        let mut done: Vec<StockOutcome> = Vec::with_capacity(pending.len());
        if pending.is_empty() {
            return Ok(done);
        }
        // Without a token nothing is sent, and the next reading says why. An error here would leave
        // the shop with rows that it must take for sent.
        let Ok(mut access) = self.session.access() else {
            done.extend(pending.iter().map(StockOutcome::without_token));
            return Ok(done);
        };
        let refused = self.write(&access, pending, &mut done)?;
        if refused.is_empty() {
            return Ok(done);
        }
        // A 401 was not carried out. It may be the token's fault once.
        let failed = |(ready, error): &(Ready, ClientError)| StockOutcome::failed(ready.key, error);
        match self.session.another_token(&access.token) {
            Ok(Some(token)) => {
                access.token = token;
                let pending = refused.into_iter().map(|(ready, _)| ready).collect();
                let refused = self.write(&access, pending, &mut done)?;
                done.extend(refused.iter().map(failed));
            }
            Ok(None) => done.extend(refused.iter().map(failed)),
            Err(_) => {
                let outcome = |(ready, _): &(Ready, _)| StockOutcome::without_token(ready);
                done.extend(refused.iter().map(outcome));
            }
        }
        Ok(done)
    }

    /// Notes what is decided, and gives back what the token was refused for.
    fn write(
        &self,
        access: &Access,
        pending: Vec<Ready>,
        done: &mut Vec<StockOutcome>,
    ) -> Result<Vec<(Ready, ClientError)>, Error> {
        let sets = pending.iter().map(Ready::set).collect();
        let api = self.session.api()?;
        let written = self.session.finish(api.write_counts(access, sets))?;
        let mut refused = Vec::new();
        match written {
            Ok(written) => {
                for (ready, outcome) in pending.into_iter().zip(written) {
                    match outcome {
                        Err(error) if error.wants_new_token() => refused.push((ready, error)),
                        outcome => done.push(StockOutcome::written(&ready, outcome)),
                    }
                }
            }
            Err(error) => {
                let unknown = |ready| {
                    StockOutcome::written(ready, Ok(Wrote::Unknown(problem_of(&error).details)))
                };
                done.extend(pending.iter().map(unknown));
            }
        }
        Ok(refused)
    }

    /// Settles writes that got no answer, by reading.
    ///
    /// # Errors
    /// [`Error`], when nothing could be read.
    pub fn settle(&self, sent: &[SentWrite]) -> Result<Vec<StockOutcome>, Error> {
        let items: Vec<ItemId> = sent.iter().map(|one| one.item.clone()).collect();
        let read = self
            .session
            .call(|api, access| api.read_counts_again(&access, items.clone()))?;
        let settled = sent
            .iter()
            .zip(read)
            .map(|(one, now)| StockOutcome::settled(one.key, &one.write, now));
        Ok(settled.collect())
    }

    /// One page of all counts, from a cursor on.
    ///
    /// # Errors
    /// [`Error`].
    pub fn counts(&self, after: Option<&str>) -> Result<StockPage, Error> {
        let asked = Instant::now();
        let reserve = Reserve::new(self.session.settings().stock_reserve);
        let page = self
            .session
            .call(|api, access| api.counts_page(&access, after.map(str::to_owned)))?;
        let Some(page) = page else {
            return Ok(StockPage::new(Vec::new(), None, asked, reserve));
        };
        let mut items = page.listing::<ItemCount>()?.elements;
        let mut cursor = page.cursor.filter(|_| !page.last);
        if has_no_counts(&self.session) {
            if items.len() > COUNTED_SINGLY {
                items.sort_by(|a, b| a.id.cmp(&b.id));
                items.truncate(COUNTED_SINGLY);
                cursor = items.last().map(|item| item.id.as_str().to_owned());
            }
            let ids = items.iter().map(|item| item.id.clone()).collect();
            for (item, count) in items.iter_mut().zip(items::counts(&self.session, ids)?) {
                item.item_stock = count;
            }
        }
        if self.session.settings().import_hidden == ImportRule::Import {
            items.iter_mut().for_each(|item| item.hidden = false);
        }
        let asked = page.asked.into_std();
        Ok(StockPage::new(items, cursor, asked, reserve))
    }

    /// Units that the till sold of each item while its count was being overwritten, where it sold
    /// any.
    ///
    /// # Errors
    /// [`Error`].
    pub fn sold_within(&self, writes: &[Overwritten]) -> Result<BTreeMap<ItemId, Quantity>, Error> {
        let sold = self
            .session
            .call(|api, access| api.sold_within(&access, writes))?;
        let found = sold.into_iter().filter(|(_, sold)| *sold > 0);
        Ok(found
            .map(|(item, sold)| (item, Quantity::from_thousandths(sold)))
            .collect())
    }
}
