//! How the steps of pushing an order ended.

use std::time::Duration;

use clover_client::orders::{Create, Fill, Pay};
use clover_client::{Error as ClientError, chain};
use clover_core::ids::OrderId;

use crate::error::SOME_TIME;

/// How one step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// It is done.
    Done,
    /// Clover did not answer in time, so it may be done.
    Unknown,
    /// The order in Clover was changed by others.
    Differs,
    /// Clover does not have the order.
    Missing,
    /// The payment is recorded.
    Recorded,
    /// There was nothing to record.
    Nothing,
    /// The app may not record payments.
    NotGranted,
    /// The merchant has no tender for payments that were taken elsewhere.
    NoTender,
    /// Nothing was sent, and the same may succeed later.
    Later,
    /// Clover refused it, and would again.
    Refused,
}

impl OrderState {
    /// The name in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unknown => "unknown",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Recorded => "recorded",
            Self::Nothing => "nothing",
            Self::NotGranted => "not_granted",
            Self::NoTender => "no_tender",
            Self::Later => "later",
            Self::Refused => "refused",
        }
    }
}

/// The outcome of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderOutcome {
    /// How it ended.
    pub state: OrderState,
    /// The order, where it is known.
    pub order: Option<OrderId>,
    /// For people.
    pub message: String,
    /// How long to wait.
    pub retry_after: Duration,
}

impl OrderOutcome {
    fn new(state: OrderState, order: Option<OrderId>, message: impl Into<String>) -> Self {
        Self {
            state,
            order,
            message: message.into(),
            retry_after: Duration::ZERO,
        }
    }

    /// Of [`clover_client::orders::create`].
    ///
    /// # Errors
    /// What is not the order's own affair, such as a refused token.
    pub fn created(answer: Result<Create, ClientError>) -> Result<Self, ClientError> {
        match answer {
            Ok(Create::Done(order)) => Ok(Self::new(
                OrderState::Done,
                Some(order),
                "the order is in Clover",
            )),
            Ok(Create::Unknown) => Ok(Self::new(
                OrderState::Unknown,
                None,
                "Clover did not answer, so the order may be there: find it by its reference",
            )),
            Err(error) => Self::failed(error, None),
        }
    }

    /// Of [`clover_client::orders::fill`].
    ///
    /// # Errors
    /// As [`OrderOutcome::created`].
    pub fn filled(answer: Result<Fill, ClientError>, order: OrderId) -> Result<Self, ClientError> {
        let (state, message) = match answer {
            Ok(Fill::Done) => (
                OrderState::Done,
                "the order in Clover is complete".to_owned(),
            ),
            Ok(Fill::Differs { message }) => (OrderState::Differs, message),
            Ok(Fill::Unknown) => (
                OrderState::Unknown,
                "Clover did not answer in time, so the order may not be complete: fill it again"
                    .to_owned(),
            ),
            Ok(Fill::Missing) => (
                OrderState::Missing,
                "Clover does not have the order".to_owned(),
            ),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), message))
    }

    /// Of [`clover_client::orders::pay`].
    ///
    /// # Errors
    /// As [`OrderOutcome::created`].
    pub fn paid(answer: Result<Pay, ClientError>, order: OrderId) -> Result<Self, ClientError> {
        let (state, message) = match answer {
            Ok(Pay::Recorded) => (
                OrderState::Recorded,
                "the payment is recorded in Clover".to_owned(),
            ),
            Ok(Pay::AlreadyPaid) => (
                OrderState::Nothing,
                "the order in Clover shows a payment already".to_owned(),
            ),
            Ok(Pay::NothingToPay) => (OrderState::Nothing, "the order costs nothing".to_owned()),
            Ok(Pay::NotGranted { permission }) => (
                OrderState::NotGranted,
                format!("recording the payment needs the permission {permission}"),
            ),
            Ok(Pay::NoTender) => (
                OrderState::NoTender,
                "the merchant has no external payment among the tenders".to_owned(),
            ),
            Ok(Pay::Unknown) => (
                OrderState::Unknown,
                "Clover did not answer in time, so the payment may be recorded: try again, which looks first"
                    .to_owned(),
            ),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), message))
    }

    /// Waits and refusals are the order's own affair; all else is the caller's.
    fn failed(error: ClientError, order: Option<OrderId>) -> Result<Self, ClientError> {
        let (state, retry_after) = match &error {
            ClientError::Throttled { wait, .. } => (OrderState::Later, *wait),
            error if error.is_temporary() => (OrderState::Later, SOME_TIME),
            ClientError::Rejected { call, .. } if call.status != Some(405) => {
                (OrderState::Refused, Duration::ZERO)
            }
            ClientError::NotFound { .. } => (OrderState::Refused, Duration::ZERO),
            _ => return Err(error),
        };
        Ok(Self {
            retry_after,
            ..Self::new(state, order, chain(&error))
        })
    }
}
