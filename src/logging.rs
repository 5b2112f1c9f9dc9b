//! Log records of the crates on their way to a PHP callable. They wait in a queue, for they are
//! made inside futures, where PHP must not be called.

use std::collections::VecDeque;
use std::sync::{Mutex, Once, PoisonError};

use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendCallable, Zval};
use log::{LevelFilter, Log, Metadata, Record};

/// Records that wait at most; the oldest go first. A wait is 50 ms, so this is never reached in
/// earnest.
const LONGEST: usize = 1000;

/// A `callable(string $level, string $message): void`, kept alive by our own reference.
pub struct Listener(Zval);

impl FromZval<'_> for Listener {
    const TYPE: DataType = DataType::Callable;

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.is_callable().then(|| Self(zval.shallow_clone()))
    }
}

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
        // PSR-3's words.
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

/// Records are kept from now on, for someone listens.
pub fn start() {
    INSTALL.call_once(|| {
        // Fails when another logger is installed in this library, which nothing does.
        let _ = log::set_logger(&QUEUE);
    });
    log::set_max_level(LevelFilter::Debug);
}

/// Hands the waiting records to the listener, or drops them when there is none. On PHP's thread,
/// outside the runtime. What the listener throws stays pending in the engine.
pub fn deliver(listener: Option<&Listener>) {
    loop {
        let next = QUEUE
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some((level, message)) = next else { return };
        if let Some(callable) = listener.and_then(|listener| ZendCallable::new(&listener.0).ok())
            && callable.try_call(vec![&level, &message]).is_err()
        {
            return;
        }
    }
}
