//! What the service asks of the program around it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use clover_client::{PermitGrant, PermitRequest};
use clover_core::problem::{Problem, ProblemCode};

use crate::error::Error;

/// The host could not do it. The host keeps its own error, such as a pending PHP exception; this
/// only names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostError(pub String);

/// Why a wait ended before its future did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Interrupted {
    /// The host has an error of its own, of this class.
    #[error("{0} was thrown while waiting for Clover")]
    Thrown(String),
    /// The host's time limit is over.
    #[error("max_execution_time is over")]
    TimeLimit,
}

fn fault(details: String) -> Problem {
    Problem::new(ProblemCode::Fault).because(details)
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::Host {
            problem: fault(format!("the token store threw {error}")),
        }
    }
}

impl From<Interrupted> for Error {
    fn from(reason: Interrupted) -> Self {
        Self::Host {
            problem: fault(reason.to_string()),
        }
    }
}

/// A future on the caller's thread.
pub type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A future that is dropped even when the host skips the frames that wait for it.
pub trait TaskGuard {
    /// The future.
    fn task(&mut self) -> Pin<&mut dyn Future<Output = ()>>;
}

struct Held(Task);

impl TaskGuard for Held {
    fn task(&mut self) -> Pin<&mut dyn Future<Output = ()>> {
        self.0.as_mut()
    }
}

/// The program around the service. The service calls it on the caller's thread, and never from
/// within a future.
pub trait Host {
    /// The token record as last written by any process.
    ///
    /// # Errors
    /// The host's.
    fn read(&self) -> Result<Option<Vec<u8>>, HostError>;

    /// Stores the token record durably before it returns.
    ///
    /// # Errors
    /// The host's.
    fn write(&self, record: &str) -> Result<(), HostError>;

    /// Deletes the token record.
    ///
    /// # Errors
    /// The host's.
    fn delete(&self) -> Result<(), HostError>;

    /// Takes the lock of the token record across processes, or prolongs it. `false`: another
    /// process kept it.
    ///
    /// # Errors
    /// The host's.
    fn lock(&self) -> Result<bool, HostError>;

    /// Releases the lock, also while the host has an error pending.
    fn unlock(&self);

    /// Whether processes share the token's rate limit. `false`: this process has it to itself, and
    /// [`Host::exchange`] is never called.
    fn has_rate_limiter(&self) -> bool {
        false
    }

    /// Tells the limiter of all processes what this one does, and asks for permits. `None`: the
    /// limiter could not be reached, and nothing has changed.
    fn exchange(&self, request: &PermitRequest) -> Option<PermitGrant> {
        let _ = request;
        None
    }

    /// Whether log records are wanted.
    fn is_listening(&self) -> bool {
        false
    }

    /// Takes one log record. `false`: the host has an error pending, so it takes no more now.
    fn log(&self, level: &str, message: &str) -> bool {
        let _ = (level, message);
        true
    }

    /// Lets the host work between two polls.
    ///
    /// # Errors
    /// The wait must end.
    fn tick(&self) -> Result<(), Interrupted> {
        Ok(())
    }

    /// Whether the host has an error pending, so that no wait may begin.
    ///
    /// # Errors
    /// It has.
    fn check(&self) -> Result<(), Interrupted> {
        Ok(())
    }

    /// Guards a future. A host that may skip frames drops it then.
    fn guard(&self, task: Task) -> Box<dyn TaskGuard> {
        Box::new(Held(task))
    }

    /// Runs first in each thread that the runtime starts, such as those that look up host names.
    fn thread_start(&self) -> fn() {
        || {}
    }
}

impl fmt::Debug for dyn Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Host")
    }
}
