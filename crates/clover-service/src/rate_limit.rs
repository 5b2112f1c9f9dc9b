//! The limiter of all processes, as this process uses it.

use std::cell::RefCell;

use clover_client::{PermitRequest, RateLimit, RateLimiter};

use crate::host::Host;

/// Permits belong to one process: a child begins with none.
#[derive(Debug, Default)]
pub(crate) struct SharedLimit(RefCell<Option<(u32, RateLimiter)>>);

impl SharedLimit {
    /// This process' limiter.
    pub(crate) fn local(&self) -> RateLimiter {
        let pid = std::process::id();
        let mut local = self.0.borrow_mut();
        match &*local {
            Some((owner, limiter)) if *owner == pid => limiter.clone(),
            _ => {
                let fresh = RateLimiter::shared(RateLimit::default());
                *local = Some((pid, fresh.clone()));
                fresh
            }
        }
    }

    /// To be called when a wait begins.
    pub(crate) fn enter(&self, host: &dyn Host) {
        self.local().enter();
        self.between(host);
    }

    /// Asks what is due; whether anything was.
    pub(crate) fn between(&self, host: &dyn Host) -> bool {
        let local = self.local();
        let due = local.due();
        let is_due = due.is_some();
        if let Some(request) = due {
            exchange(host, &local, request);
        }
        is_due
    }

    /// To be called when a wait has ended, before the host goes on.
    pub(crate) fn leave(&self, host: &dyn Host) {
        let local = self.local();
        if let Some(request) = local.leave() {
            exchange(host, &local, request);
        }
    }
}

fn exchange(host: &dyn Host, local: &RateLimiter, request: PermitRequest) {
    let grant = host.exchange(&request);
    local.settle(request, grant);
}
