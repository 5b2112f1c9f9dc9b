//! The service's host in a PHP process: PHP objects behind its calls.

use clover_client::{PermitGrant, PermitRequest};
use clover_service::host::{Host, HostError, Interrupted, Task, TaskGuard};
use ext_php_rs::exception::PhpException;
use ext_php_rs::zend::ExecutorGlobals;

use crate::logging::Listener;
use crate::rate_limit;
use crate::token_store::Store;
use crate::zend::despite_exception;
use crate::zend::turn::{GuardedTask, block_signals, let_php_run, no_exception_thrown};

/// The PHP objects that a `Connection` was constructed with.
pub struct PhpHost {
    /// Stores the tokens.
    pub store: Store,
    /// Receives log records.
    pub log: Option<Listener>,
    /// Divides the rate limit among processes.
    pub rate_limiter: Option<rate_limit::Host>,
}

/// The exception itself stays pending in the engine.
fn pending(_: PhpException) -> HostError {
    HostError(ExecutorGlobals::pending_exception_class().unwrap_or_else(|| "an error".into()))
}

impl Host for PhpHost {
    fn read(&self) -> Result<Option<Vec<u8>>, HostError> {
        let stored = self.store.call("read", vec![]).map_err(pending)?;
        if stored.is_null() {
            return Ok(None);
        }
        let text = stored.zend_str().map(|text| text.as_bytes().to_vec());
        Ok(Some(text.unwrap_or_default()))
    }

    fn write(&self, record: &str) -> Result<(), HostError> {
        self.store
            .call("write", vec![&record])
            .map(drop)
            .map_err(pending)
    }

    fn delete(&self) -> Result<(), HostError> {
        self.store.call("delete", vec![]).map(drop).map_err(pending)
    }

    fn lock(&self) -> Result<bool, HostError> {
        let taken = self.store.call("lock", vec![]).map_err(pending)?;
        Ok(taken.bool().unwrap_or(false))
    }

    fn unlock(&self) {
        // An exception stays pending in the engine, and the lock ends with its lease.
        despite_exception(|| drop(self.store.call("unlock", vec![])));
    }

    fn has_rate_limiter(&self) -> bool {
        self.rate_limiter.is_some()
    }

    fn exchange(&self, request: &PermitRequest) -> Option<PermitGrant> {
        // An exception stays pending in the engine, and ends the wait.
        self.rate_limiter
            .as_ref()?
            .exchange(request)
            .unwrap_or(None)
    }

    fn is_listening(&self) -> bool {
        self.log.is_some()
    }

    fn log(&self, level: &str, message: &str) -> bool {
        self.log
            .as_ref()
            .is_none_or(|listener| listener.call(level, message))
    }

    fn tick(&self) -> Result<(), Interrupted> {
        let_php_run()
    }

    fn check(&self) -> Result<(), Interrupted> {
        no_exception_thrown()
    }

    fn guard(&self, task: Task) -> Box<dyn TaskGuard> {
        Box::new(GuardedTask::new(task))
    }

    fn thread_start(&self) -> fn() {
        block_signals
    }
}
