//! The print of an order at the till's order printer. Clover has neither an idempotency key for it
//! nor a search: without an answer, no read tells whether it was printed, and a kitchen would cook
//! the order twice. So a print is never repeated here.

use std::time::Duration;

use clover_core::ids::{OrderId, PrintEventId};
use clover_core::wire::PrintEvent;
use serde_json::json;

use super::orders::{in_time, post};
use crate::error::Error;
use crate::http::{Access, Api};

/// After this time from its start, [`print()`] begins no write.
pub const PRINTING: Duration = Duration::from_secs(30);

/// The state of a print that the printer did not carry out.
const FAILED: &str = "FAILED";

/// What became of a print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Print {
    /// Clover has it, and it is not printed yet.
    Accepted(PrintEventId),
    /// It is printed: Clover has discarded it.
    Printed,
    /// The printer did not print it.
    Failed,
    /// The write has no response: it may be printed.
    Unknown,
}

/// Asks Clover to print the order.
///
/// # Errors
/// When Clover certainly did not take it. Without a default printer, that is
/// [`Error::Rejected`].
pub async fn print(api: Api, access: Access, order: OrderId) -> Result<Print, Error> {
    let body = json!({"orderRef": {"id": order}});
    let answer = post(&in_time(&api, PRINTING), &access, "print_event", &body).await;
    match answer.and_then(|answer| answer.json::<PrintEvent>()) {
        Ok(event) if has_failed(&event) => Ok(Print::Failed),
        Ok(event) => Ok(Print::Accepted(event.id)),
        Err(error) if error.leaves_write_unknown() => Ok(Print::Unknown),
        Err(error) => Err(error),
    }
}

/// What became of a print that Clover has accepted.
///
/// # Errors
/// As [`Api::get`], and [`Error::BadAnswer`].
pub async fn look(api: Api, access: Access, event: PrintEventId) -> Result<Print, Error> {
    let path = format!("print_event/{event}");
    match api.get_json::<PrintEvent>(&access, &path, &[]).await {
        Ok(event) if has_failed(&event) => Ok(Print::Failed),
        // Clover shows the state only until it is printed.
        Ok(PrintEvent { state: None, .. }) | Err(Error::NotFound { .. }) => Ok(Print::Printed),
        Ok(event) => Ok(Print::Accepted(event.id)),
        Err(error) => Err(error),
    }
}

fn has_failed(event: &PrintEvent) -> bool {
    let state = event.state.as_deref().unwrap_or_default();
    state.eq_ignore_ascii_case(FAILED)
}
