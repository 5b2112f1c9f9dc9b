//! Web orders on their way into Clover, step by step.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clover_client::orders::{self, Create, Fill, Mark, Pay};
use clover_client::{Error as ClientError, error_chain};
use clover_core::ids::OrderId;
use clover_core::money::Currency;
use clover_core::order::{
    InvalidReference, OrderError, OrderMark, OrderPlan, OrderReference, OrderStanding, ShopOrder,
    order_reference, site_tag,
};

use crate::error::{Error, SOME_TIME};
use crate::session::Session;

clover_core::text_enum! {
    /// How one step ended.
    pub enum OrderState {
        /// It is done.
        Done = "done",
        /// Clover did not answer in time, so it may be done.
        Unknown = "unknown",
        /// The order in Clover was changed by others.
        Differs = "differs",
        /// Clover does not have the order.
        Missing = "missing",
        /// The order is paid or locked in Clover.
        Locked = "locked",
        /// The payment is recorded.
        Recorded = "recorded",
        /// There was nothing to record.
        Nothing = "nothing",
        /// The app may not record payments.
        NotGranted = "not_granted",
        /// The merchant has no tender for payments that were taken elsewhere.
        NoTender = "no_tender",
        /// Nothing was sent, and the same may succeed later.
        Later = "later",
        /// Clover refused it, and would again.
        Refused = "refused",
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
                "Clover did not answer in time, so the payment may be recorded: try again, \
                 which looks first"
                    .to_owned(),
            ),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), message))
    }

    /// Of [`clover_client::orders::mark`].
    ///
    /// # Errors
    /// As [`OrderOutcome::created`].
    pub fn marked(answer: Result<Mark, ClientError>, order: OrderId) -> Result<Self, ClientError> {
        let (state, message) = match answer {
            Ok(Mark::Done) => (OrderState::Done, "the order in Clover says so"),
            Ok(Mark::Locked) => (
                OrderState::Locked,
                "the order is paid or locked in Clover, so its title was not changed",
            ),
            Ok(Mark::Unknown) => (
                OrderState::Unknown,
                "Clover did not answer in time, so the title may be changed: try again, which \
                 looks first",
            ),
            Ok(Mark::Missing) => (OrderState::Missing, "Clover does not have the order"),
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
            ..Self::new(state, order, error_chain(&error))
        })
    }
}

/// Paid web orders on their way into Clover.
pub struct Orders {
    session: Rc<Session>,
    currency: Currency,
}

impl fmt::Debug for Orders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Orders").finish_non_exhaustive()
    }
}

/// What marks an order of this site in Clover.
///
/// # Errors
/// [`Error::Item`] with the name of the argument that is wrong.
pub fn reference_of(site_tag: &str, number: u64) -> Result<String, Error> {
    match order_reference(site_tag, number) {
        Ok(reference) => Ok(reference.into()),
        Err(error @ InvalidReference::Number) => Err(Error::item(error.to_string(), "number")),
        Err(error) => Err(Error::item(error.to_string(), "siteTag")),
    }
}

/// A tag for this site's orders.
///
/// # Errors
/// [`Error::Item`] with fewer than 8 random bytes.
pub fn site_tag_of(random: &[u8]) -> Result<String, Error> {
    let random = random
        .first_chunk()
        .ok_or_else(|| Error::item("at least 8 random bytes are needed", "random"))?;
    Ok(site_tag(*random))
}

/// Another text for an order that was edited in the shop. The order is given as JSON.
///
/// # Errors
/// [`Error::Item`] with the place in the order.
pub fn fingerprint_of(order: &[u8]) -> Result<String, Error> {
    let order = ShopOrder::parse(order);
    let order = order.map_err(|error| Error::item(error.to_string(), error.path))?;
    Ok(order.fingerprint())
}

impl Orders {
    /// Asks Clover nothing.
    ///
    /// # Errors
    /// [`Error::Settings`] when the currency is not an ISO 4217 code.
    pub fn new(session: &Rc<Session>, currency: &str) -> Result<Self, Error> {
        Ok(Self {
            session: Rc::clone(session),
            currency: Currency::from_code(currency)
                .map_err(|e| Error::setting("currency", e.to_string()))?,
        })
    }

    /// The plan of what Clover will show of an order, which is given as JSON.
    ///
    /// # Errors
    /// [`Error::Item`] with the place in the order.
    pub fn plan(&self, order: &[u8], standing: OrderStanding) -> Result<String, Error> {
        let plan = ShopOrder::parse(order)
            .and_then(|order| order.plan(self.currency, standing))
            .map_err(|error| Error::item(error.to_string(), error.path))?;
        Ok(plan.to_json())
    }

    /// Creates the order, still empty.
    ///
    /// # Errors
    /// [`Error`], of what is not the order's own affair; so for all steps.
    pub fn create(&self, plan: &str, reference: String) -> Result<OrderOutcome, Error> {
        let (plan, reference) = (frozen(plan)?, marked(reference)?);
        self.session.call(|api, access| {
            let step = orders::create(api, access, Arc::clone(&plan), reference.clone());
            async move { OrderOutcome::created(step.await) }
        })
    }

    /// The orders that carry the reference.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub fn find(&self, reference: String) -> Result<Vec<OrderId>, Error> {
        let reference = marked(reference)?;
        self.session
            .call(|api, access| orders::find(api, access, reference.clone()))
    }

    /// Brings the order to its plan.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub fn fill(&self, plan: &str, order: String) -> Result<OrderOutcome, Error> {
        let (plan, order) = (frozen(plan)?, named(order)?);
        self.session.call(|api, access| {
            let step = orders::fill(api, access, Arc::clone(&plan), order.clone());
            let order = order.clone();
            async move { OrderOutcome::filled(step.await, order) }
        })
    }

    /// Records the payment.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub fn pay(&self, plan: &str, order: String, reference: String) -> Result<OrderOutcome, Error> {
        let (plan, order, reference) = (frozen(plan)?, named(order)?, marked(reference)?);
        self.session.call(|api, access| {
            let plan = Arc::clone(&plan);
            let step = orders::pay(api, access, plan, order.clone(), reference.clone());
            let order = order.clone();
            async move { OrderOutcome::paid(step.await, order) }
        })
    }

    /// Makes title and note of the order say what became of it.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub fn mark(
        &self,
        order: String,
        reference: String,
        standing: OrderStanding,
        is_changed: bool,
        now: Option<&str>,
    ) -> Result<OrderOutcome, Error> {
        let now = now.map(stored).transpose()?;
        let (order, reference) = (named(order)?, marked(reference)?);
        let mark = Arc::new(OrderMark::new(standing, is_changed, now));
        self.session.call(|api, access| {
            let mark = Arc::clone(&mark);
            let step = orders::mark(api, access, mark, order.clone(), reference.clone());
            let order = order.clone();
            async move { OrderOutcome::marked(step.await, order) }
        })
    }
}

fn frozen(plan: &str) -> Result<Arc<OrderPlan>, Error> {
    stored(plan).map(Arc::new)
}

fn stored(plan: &str) -> Result<OrderPlan, Error> {
    let wrong =
        |error: OrderError| Error::item(format!("the plan is not one of ours at {error}"), "plan");
    OrderPlan::from_json(plan.as_bytes()).map_err(wrong)
}

fn marked(reference: String) -> Result<OrderReference, Error> {
    OrderReference::new(reference).map_err(|e| Error::item(e.to_string(), "reference"))
}

fn named(order: String) -> Result<OrderId, Error> {
    OrderId::new(order).map_err(|e| Error::item(e.to_string(), "orderId"))
}
