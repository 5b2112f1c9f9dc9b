//! Log records of the crates, on their way to the host. They wait in a queue because they are made
//! inside futures, where the host must not be called.

use std::collections::VecDeque;
use std::sync::{Mutex, Once, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};

use crate::host::Host;

/// Records that wait at most; the oldest are dropped first. A wait is 50 ms, so this is not reached
/// in practice.
const LONGEST: usize = 1000;

struct Queue(Mutex<VecDeque<(&'static str, String)>>);

static QUEUE: Queue = Queue(Mutex::new(VecDeque::new()));
static INSTALL: Once = Once::new();

impl Log for Queue {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("clover")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        // The names of PSR-3.
        let level = match record.level() {
            log::Level::Error => "error",
            log::Level::Warn => "warning",
            log::Level::Info => "info",
            log::Level::Debug | log::Level::Trace => "debug",
        };
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.len() == LONGEST {
            queue.pop_front();
        }
        queue.push_back((level, record.args().to_string()));
    }

    fn flush(&self) {}
}

/// Keeps records from now on.
pub(crate) fn start() {
    INSTALL.call_once(|| {
        // Fails when another logger is installed in this library, which nothing does.
        let _ = log::set_logger(&QUEUE);
    });
    log::set_max_level(LevelFilter::Debug);
}

/// Hands the waiting records to the host, or drops them when it does not listen. Outside the
/// runtime.
pub(crate) fn deliver(host: &dyn Host) {
    loop {
        let next = QUEUE
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some((level, message)) = next else { return };
        if host.is_listening() && !host.log(level, &message) {
            return;
        }
    }
}
