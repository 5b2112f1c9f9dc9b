//! Web orders on their way into Clover, step by step.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use clover_client::Error as ClientError;
use clover_client::orders::{self, Create, Fill, Mark, Pay};
use clover_core::ids::{InvalidId, OrderId, OrderTypeId};
use clover_core::money::Currency;
use clover_core::order::{
    InvalidReference, OrderError, OrderMark, OrderPlan, OrderReference, OrderStanding, ShopOrder,
    order_reference, site_tag,
};
use clover_core::problem::{Problem, ProblemCode};

use crate::error::{Error, SOME_TIME, problem_of};
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
    /// Why it is not as wished.
    pub problem: Option<Problem>,
    /// How long to wait.
    pub retry_after: Duration,
}

impl OrderOutcome {
    fn new(state: OrderState, order: Option<OrderId>, problem: Option<Problem>) -> Self {
        Self {
            state,
            order,
            problem,
            retry_after: Duration::ZERO,
        }
    }

    /// Of [`clover_client::orders::create`].
    ///
    /// # Errors
    /// What is not the order's own affair, such as a refused token.
    pub fn created(answer: Result<Create, ClientError>) -> Result<Self, ClientError> {
        match answer {
            Ok(Create::Done(order)) => Ok(Self::new(OrderState::Done, Some(order), None)),
            Ok(Create::WithoutType { order, said }) => {
                let problem = Problem::new(ProblemCode::OrderTypeRefused).with("said", said);
                Ok(Self::new(OrderState::Done, Some(order), Some(problem)))
            }
            Ok(Create::Unknown) => Ok(Self::new(
                OrderState::Unknown,
                None,
                Some(ProblemCode::OrderMaybeCreated.into()),
            )),
            Err(error) => Self::failed(error, None),
        }
    }

    /// Of [`clover_client::orders::fill`].
    ///
    /// # Errors
    /// As [`OrderOutcome::created`].
    pub fn filled(answer: Result<Fill, ClientError>, order: OrderId) -> Result<Self, ClientError> {
        let (state, problem) = match answer {
            Ok(Fill::Done) => (OrderState::Done, None),
            Ok(Fill::Differs { message }) => {
                let problem = Problem::new(ProblemCode::OrderChanged).because(message);
                (OrderState::Differs, Some(problem))
            }
            Ok(Fill::Unknown) => (
                OrderState::Unknown,
                Some(ProblemCode::OrderMaybeIncomplete.into()),
            ),
            Ok(Fill::Missing) => (OrderState::Missing, Some(ProblemCode::OrderGone.into())),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), problem))
    }

    /// Of [`clover_client::orders::pay`].
    ///
    /// # Errors
    /// As [`OrderOutcome::created`].
    pub fn paid(answer: Result<Pay, ClientError>, order: OrderId) -> Result<Self, ClientError> {
        let (state, problem) = match answer {
            Ok(Pay::Recorded) => (OrderState::Recorded, None),
            Ok(Pay::AlreadyPaid) => (OrderState::Nothing, Some(ProblemCode::PaymentShown.into())),
            Ok(Pay::NothingToPay) => (
                OrderState::Nothing,
                Some(ProblemCode::PaymentNothing.into()),
            ),
            Ok(Pay::NotGranted { permission }) => {
                let problem = Problem::new(ProblemCode::PaymentPermission);
                let problem = problem.with("permission", permission);
                (OrderState::NotGranted, Some(problem))
            }
            Ok(Pay::NoTender) => (
                OrderState::NoTender,
                Some(ProblemCode::PaymentNoTender.into()),
            ),
            Ok(Pay::Unknown) => (
                OrderState::Unknown,
                Some(ProblemCode::PaymentMaybeRecorded.into()),
            ),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), problem))
    }

    /// Of [`clover_client::orders::mark`].
    ///
    /// # Errors
    /// As [`OrderOutcome::created`].
    pub fn marked(answer: Result<Mark, ClientError>, order: OrderId) -> Result<Self, ClientError> {
        let (state, code) = match answer {
            Ok(Mark::Done) => (OrderState::Done, None),
            Ok(Mark::Locked) => (OrderState::Locked, Some(ProblemCode::OrderLocked)),
            Ok(Mark::Unknown) => (OrderState::Unknown, Some(ProblemCode::OrderMaybeMarked)),
            Ok(Mark::Missing) => (OrderState::Missing, Some(ProblemCode::OrderGone)),
            Err(error) => return Self::failed(error, Some(order)),
        };
        Ok(Self::new(state, Some(order), code.map(Problem::new)))
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
            ..Self::new(state, order, Some(problem_of(&error)))
        })
    }
}

/// Paid web orders on their way into Clover.
pub struct Orders {
    pub(crate) session: Rc<Session>,
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
pub fn reference_of(site_tag: &str, number: i64) -> Result<String, Error> {
    // Numbers begin with 1, so 0 is refused as a negative one is.
    match order_reference(site_tag, u64::try_from(number).unwrap_or(0)) {
        Ok(reference) => Ok(reference.into()),
        Err(error @ InvalidReference::Number) => Err(Error::argument(error.to_string(), "number")),
        Err(error) => Err(Error::argument(error.to_string(), "siteTag")),
    }
}

/// A tag for this site's orders.
///
/// # Errors
/// [`Error::Item`] with fewer than 8 random bytes.
pub fn site_tag_of(random: &[u8]) -> Result<String, Error> {
    let random = random
        .first_chunk()
        .ok_or_else(|| Error::argument("at least 8 random bytes are needed", "random"))?;
    Ok(site_tag(*random))
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
                .map_err(|_| Error::setting("currency", ProblemCode::SettingCurrency))?,
        })
    }

    /// The plan of what Clover will show of an order.
    ///
    /// # Errors
    /// [`Error::Item`] with the place in the order.
    pub fn plan(&self, order: &ShopOrder, standing: OrderStanding) -> Result<String, Error> {
        let plan = order.plan(self.currency, standing).map_err(unusable)?;
        Ok(plan.to_json())
    }

    /// Creates the order, still empty.
    ///
    /// # Errors
    /// [`Error`], of what is not the order's own affair; so for all steps.
    pub fn create(
        &self,
        plan: &str,
        reference: String,
        order_type: Option<String>,
    ) -> Result<OrderOutcome, Error> {
        let (plan, reference) = (frozen(plan)?, marked(reference)?);
        let wrong = |error: InvalidId| Error::argument(error.to_string(), "orderTypeId");
        let order_type = order_type
            .map(OrderTypeId::new)
            .transpose()
            .map_err(wrong)?;
        self.session.call(|api, access| {
            let (plan, order_type) = (Arc::clone(&plan), order_type.clone());
            let step = orders::create(api, access, plan, reference.clone(), order_type);
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

/// What is wrong with an order, as an error of its item.
pub(crate) fn unusable(error: OrderError) -> Error {
    let problem = Problem::new(ProblemCode::OrderUnusable).with("path", error.path.as_str());
    Error::item(problem.because(error.reason), error.path)
}

fn frozen(plan: &str) -> Result<Arc<OrderPlan>, Error> {
    stored(plan).map(Arc::new)
}

fn stored(plan: &str) -> Result<OrderPlan, Error> {
    let wrong = |error: OrderError| Error::argument(error.to_string(), "plan");
    OrderPlan::from_json(plan.as_bytes()).map_err(wrong)
}

fn marked(reference: String) -> Result<OrderReference, Error> {
    OrderReference::new(reference).map_err(|e| Error::argument(e.to_string(), "reference"))
}

pub(crate) fn named(order: String) -> Result<OrderId, Error> {
    OrderId::new(order).map_err(|e| Error::argument(e.to_string(), "orderId"))
}
