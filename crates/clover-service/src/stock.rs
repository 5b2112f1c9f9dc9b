//! What became of counts that were read, written and settled.

use std::time::Duration;

use clover_client::permission::missing_permission;
use clover_client::stock::{Set, Timed, Wrote};
use clover_client::{Error as ClientError, chain};
use clover_core::ids::ItemId;
use clover_core::ledger::{self, CountReading, CountWrite, Settlement};
use clover_core::quantity::Quantity;

/// How a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockState {
    /// It was read and may be written.
    Ready,
    /// Clover does not count the item.
    Untracked,
    /// Clover does not have the item.
    Gone,
    /// It cannot be written as asked.
    Refused,
    /// The app lacks a permission.
    Permission,
    /// Nothing was sent, and the same may succeed later.
    Later,
    /// It was not written in time, so it must be read again.
    Late,
    /// Clover holds the count.
    Confirmed,
    /// The write got no usable answer: settle it by reading.
    Unknown,
    /// The write did not arrive: send it again.
    Again,
    /// Reading cannot tell whether the write arrived.
    Uncertain,
}

impl StockState {
    /// The name in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Untracked => "untracked",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Permission => "permission",
            Self::Later => "later",
            Self::Late => "late",
            Self::Confirmed => "confirmed",
            Self::Unknown => "unknown",
            Self::Again => "again",
            Self::Uncertain => "uncertain",
        }
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
    /// Milliseconds between the question for the old count and the answer to the new one.
    pub window: Option<i64>,
    /// For people.
    pub message: String,
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
            asked: self.timed.asked,
            latest: self.timed.latest,
        }
    }
}

impl StockOutcome {
    /// An outcome with nothing but a state.
    pub fn new(key: i64, state: StockState, message: impl Into<String>) -> Self {
        Self {
            key,
            state,
            before: None,
            modified: None,
            target: None,
            window: None,
            message: message.into(),
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
            let message = "Clover does not count this item";
            return (Self::new(key, StockState::Untracked, message), None);
        };
        let Some(target) = before.less(delta) else {
            let message = "the count would be beyond any stock";
            return (Self::new(key, StockState::Refused, message), None);
        };
        let outcome = Self {
            before: Some(before),
            modified: timed.reading.modified,
            target: Some(target),
            window: i64::try_from(timed.worst.as_millis()).ok(),
            ..Self::new(key, StockState::Ready, "")
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
        Self::new(ready.key, StockState::Later, "no living token was at hand")
    }

    /// Of a write.
    #[must_use]
    pub fn written(ready: &Ready, outcome: Result<Wrote, ClientError>) -> Self {
        let base = Self {
            before: ready.timed.reading.count,
            target: Some(ready.target),
            ..Self::new(ready.key, StockState::Confirmed, "")
        };
        match outcome {
            Ok(Wrote::Done { modified, window }) => Self {
                modified,
                window: i64::try_from(window.as_millis()).ok(),
                ..base
            },
            Ok(Wrote::Unknown(message)) => Self {
                state: StockState::Unknown,
                message,
                ..base
            },
            Ok(Wrote::Late) => Self {
                state: StockState::Late,
                message: "the count was not written in time, so it is read again".into(),
                ..base
            },
            Ok(Wrote::NotSent(wait)) => Self {
                state: StockState::Later,
                message: "Clover could not be reached or asked to wait, so the count is read again"
                    .into(),
                retry_after: seconds(wait),
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
            ..Self::new(key, state, "")
        }
    }

    /// Of a call that changed nothing.
    #[must_use]
    pub fn failed(key: i64, error: &ClientError) -> Self {
        let message = chain(error);
        match error {
            ClientError::Unauthorized { call, .. } => {
                let (advice, permission) = missing_permission(call);
                let message = format!("{advice} ({message})");
                Self {
                    permission: Some(permission),
                    ..Self::new(key, StockState::Permission, message)
                }
            }
            ClientError::NotFound { .. } => Self::new(key, StockState::Gone, message),
            ClientError::Throttled { wait, .. } => Self {
                retry_after: seconds(*wait),
                ..Self::new(key, StockState::Later, message)
            },
            // What is not Clover's answer, such as a proxy's page, is not a refusal either.
            ClientError::Unreachable { .. }
            | ClientError::Unanswered { .. }
            | ClientError::BadAnswer { .. }
            | ClientError::Intercepted { .. }
            | ClientError::Insecure { .. }
            | ClientError::Undecided { .. }
            | ClientError::Interrupted => Self {
                retry_after: 60,
                ..Self::new(key, StockState::Later, message)
            },
            ClientError::Rejected { .. } | ClientError::Configuration(_) => {
                Self::new(key, StockState::Refused, message)
            }
        }
    }
}

fn seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}
