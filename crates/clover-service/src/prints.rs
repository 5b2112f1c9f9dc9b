//! What the till does with orders in addition: their order type, and their print at its printer.

use std::time::Duration;

use clover_client::Error as ClientError;
use clover_client::order_types;
use clover_client::prints::{self, Print};
use clover_core::ids::{OrderTypeId, PrintEventId};
use clover_core::problem::{Problem, ProblemCode};

use crate::error::{Error, SOME_TIME, problem_of};
use crate::orders::{Orders, named};

clover_core::text_enum! {
    /// What became of a print.
    pub enum PrintState {
        /// Clover has it, and it is not printed yet.
        Accepted = "accepted",
        /// It is printed.
        Printed = "printed",
        /// Clover did not answer, so it may be printed.
        Unknown = "unknown",
        /// Nothing was done, and the same may succeed later.
        Later = "later",
        /// Clover refused it, or the printer failed.
        Refused = "refused",
    }
}

/// The outcome of a print, or of a look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintOutcome {
    /// What became of it.
    pub state: PrintState,
    /// The print event, where it is known.
    pub event: Option<PrintEventId>,
    /// Why it is not as wished.
    pub problem: Option<Problem>,
    /// How long to wait.
    pub retry_after: Duration,
}

impl PrintOutcome {
    fn new(state: PrintState, problem: Option<Problem>) -> Self {
        Self {
            state,
            event: None,
            problem,
            retry_after: Duration::ZERO,
        }
    }

    /// Of [`clover_client::prints`].
    ///
    /// # Errors
    /// What is not the print's own affair, such as a refused token.
    pub fn of(answer: Result<Print, ClientError>) -> Result<Self, ClientError> {
        let error = match answer {
            Ok(Print::Accepted(event)) => {
                return Ok(Self {
                    event: Some(event),
                    ..Self::new(PrintState::Accepted, None)
                });
            }
            Ok(Print::Printed) => return Ok(Self::new(PrintState::Printed, None)),
            Ok(Print::Failed) => {
                let problem = Some(ProblemCode::PrintFailed.into());
                return Ok(Self::new(PrintState::Refused, problem));
            }
            Ok(Print::Unknown) => {
                let problem = Some(ProblemCode::PrintMaybeSent.into());
                return Ok(Self::new(PrintState::Unknown, problem));
            }
            Err(error) => error,
        };
        let (state, retry_after) = match &error {
            ClientError::Throttled { wait, .. } => (PrintState::Later, *wait),
            // Of a print, such an answer is `Print::Unknown`; so this is a look's.
            ClientError::BadAnswer { .. } => (PrintState::Later, SOME_TIME),
            error if error.is_temporary() => (PrintState::Later, SOME_TIME),
            // 405 too: not every region's Clover prints.
            ClientError::Rejected { .. } | ClientError::NotFound { .. } => {
                (PrintState::Refused, Duration::ZERO)
            }
            _ => return Err(error),
        };
        Ok(Self {
            retry_after,
            ..Self::new(state, Some(problem_of(&error)))
        })
    }
}

impl Orders {
    /// Asks Clover to print the order, once: a print without an answer must not be repeated.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub fn print(&self, order: String) -> Result<PrintOutcome, Error> {
        let order = named(order)?;
        self.session.call(|api, access| {
            let step = prints::print(api, access, order.clone());
            async move { PrintOutcome::of(step.await) }
        })
    }

    /// What became of a print that Clover has accepted.
    ///
    /// # Errors
    /// As [`Orders::create`].
    pub fn look_at_print(&self, event: String) -> Result<PrintOutcome, Error> {
        let event = PrintEventId::new(event)
            .map_err(|error| Error::argument(error.to_string(), "eventId"))?;
        self.session.call(|api, access| {
            let step = prints::look(api, access, event.clone());
            async move { PrintOutcome::of(step.await) }
        })
    }

    /// The order type with this name, if the merchant has one.
    ///
    /// # Errors
    /// As [`Orders::create`]; [`Error::Permission`] without Merchant Read.
    pub fn order_type(&self, name: &str) -> Result<Option<OrderTypeId>, Error> {
        self.session
            .call(|api, access| order_types::find(api, access, name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use clover_client::Call;

    use super::*;

    fn call(status: u16) -> Box<Call> {
        Box::new(Call {
            method: "POST",
            path: "/v3/merchants/M1M2M3M4M5M6M/print_event".into(),
            status: Some(status),
            tries: 1,
            elapsed: Duration::ZERO,
            request_id: None,
        })
    }

    #[test]
    fn a_refused_print_is_final_and_a_missing_permission_is_the_callers() {
        for status in [400, 405] {
            let outcome = PrintOutcome::of(Err(ClientError::Rejected {
                call: call(status),
                said: "The default printing device is missing".into(),
            }));
            let outcome = outcome.unwrap();
            assert_eq!(outcome.state, PrintState::Refused, "{status}");
            let said = outcome.problem.unwrap().to_string();
            assert!(said.contains("default printing device"), "{said}");
        }
        let refused = PrintOutcome::of(Err(ClientError::Unauthorized {
            call: call(401),
            said: String::new(),
            after_refresh: false,
        }));
        assert!(refused.unwrap_err().wants_new_token());
    }

    #[test]
    fn only_a_print_without_an_answer_is_unknown() {
        let lost = PrintOutcome::of(Ok(Print::Unknown)).unwrap();
        assert_eq!(lost.state, PrintState::Unknown);
        let later = PrintOutcome::of(Err(ClientError::Interrupted)).unwrap();
        assert_eq!(
            (later.state, later.retry_after),
            (PrintState::Later, SOME_TIME)
        );
    }
}
