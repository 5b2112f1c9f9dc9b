//! `CloverSync\OrderOutcome`: how one step of pushing an order ended, as data.

use std::time::Duration;

use clover_client::orders::{Create, Fill, Pay};
use clover_client::{Error, chain};
use clover_core::ids::OrderId;
use ext_php_rs::error::Result;

use crate::engine::array::zval;
use crate::engine::class::{PropertyType as T, Slot, returned_object, value_class, value_object};

static CLASS: Slot = Slot::new();

returned_object!(
    /// The outcome, on its way to PHP.
    OrderOutcome,
    "CloverSync\\OrderOutcome"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\OrderOutcome",
        &[
            ("state", T::STRING),
            ("orderId", T::STRING.or_null()),
            ("message", T::STRING),
            ("retryAfter", T::INT),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// How long until Clover may be there again, where nobody says.
const SOME_TIME: Duration = Duration::from_secs(60);

/// One ending.
pub struct Ending {
    state: &'static str,
    order: Option<OrderId>,
    message: String,
    retry_after: Duration,
}

impl Ending {
    fn new(state: &'static str, order: Option<OrderId>, message: impl Into<String>) -> Self {
        Self {
            state,
            order,
            message: message.into(),
            retry_after: Duration::ZERO,
        }
    }

    /// Of [`clover_client::orders::create`].
    pub fn created(answer: std::result::Result<Create, Error>) -> std::result::Result<Self, Error> {
        match answer {
            Ok(Create::Done(order)) => Ok(Self::new("done", Some(order), "the order is in Clover")),
            Ok(Create::Unknown) => Ok(Self::new(
                "unknown",
                None,
                "Clover did not answer, so the order may be there: find it by its reference",
            )),
            Err(error) => Self::failed(error, None),
        }
    }

    /// Of [`clover_client::orders::fill`].
    pub fn filled(
        answer: std::result::Result<Fill, Error>,
        order: OrderId,
    ) -> std::result::Result<Self, Error> {
        let (state, message) = match answer {
            Ok(Fill::Done) => ("done", "the order in Clover is complete".to_owned()),
            Ok(Fill::Differs { message }) => ("differs", message),
            Ok(Fill::Unknown) => (
                "unknown",
                "Clover did not answer in time, so the order may not be complete: fill it again"
                    .to_owned(),
            ),
            Ok(Fill::Missing) => ("missing", "Clover does not have the order".to_owned()),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), message))
    }

    /// Of [`clover_client::orders::pay`].
    pub fn paid(
        answer: std::result::Result<Pay, Error>,
        order: OrderId,
    ) -> std::result::Result<Self, Error> {
        let (state, message) = match answer {
            Ok(Pay::Recorded) => ("recorded", "the payment is recorded in Clover".to_owned()),
            Ok(Pay::AlreadyPaid) => (
                "nothing",
                "the order in Clover shows a payment already".to_owned(),
            ),
            Ok(Pay::NothingToPay) => ("nothing", "the order costs nothing".to_owned()),
            Ok(Pay::NotGranted { permission }) => (
                "not_granted",
                format!("recording the payment needs the permission {permission}"),
            ),
            Ok(Pay::NoTender) => (
                "no_tender",
                "the merchant has no external payment among the tenders".to_owned(),
            ),
            Ok(Pay::Unknown) => (
                "unknown",
                "Clover did not answer in time, so the payment may be recorded: try again, which looks first"
                    .to_owned(),
            ),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), message))
    }

    /// Waiting and refusals are the order's own affair; all else is an exception.
    fn failed(error: Error, order: Option<OrderId>) -> std::result::Result<Self, Error> {
        let (state, retry_after) = match &error {
            Error::Throttled { wait, .. } => ("later", *wait),
            error if error.is_temporary() => ("later", SOME_TIME),
            Error::Rejected { call, .. } if call.status != Some(405) => ("refused", Duration::ZERO),
            Error::NotFound { .. } => ("refused", Duration::ZERO),
            _ => return Err(error),
        };
        Ok(Self {
            retry_after,
            ..Self::new(state, order, chain(&error))
        })
    }
}

/// The PHP object.
pub fn object(ending: &Ending) -> Result<OrderOutcome> {
    let seconds = ending.retry_after.as_millis().div_ceil(1000);
    value_object(
        &CLASS,
        [
            zval(ending.state)?,
            zval(ending.order.as_ref().map(OrderId::as_str))?,
            zval(ending.message.as_str())?,
            zval(i64::try_from(seconds).unwrap_or(i64::MAX))?,
        ],
    )
    .map(OrderOutcome)
}
