//! tokio and HTTP in a PHP process: made on first use, made anew after a fork, and left between two
//! polls so that PHP's signals get their turn.

use std::future::Future;
use std::mem::zeroed;
use std::panic::catch_unwind;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clover_client::transport::Wire;
use clover_client::{Error, Hosts, RateLimit, RateLimiter};
use ext_php_rs::ffi;
use ext_php_rs::zend::{BailoutGuard, ExecutorGlobals};
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a wait may keep PHP from its signal handlers and from noticing its own time limit.
const TICK: Duration = Duration::from_millis(50);

/// What must not outlive a fork: the runtime has no threads in the child, and two processes must
/// not share a connection.
struct Process {
    pid: u32,
    runtime: Runtime,
    ways: Mutex<Vec<Way>>,
}

/// The connections to one Clover, and the rate limiter of this process there.
struct Way {
    hosts: Hosts,
    wire: Arc<Wire>,
    limiter: RateLimiter,
}

static PROCESS: Mutex<Option<&'static Process>> = Mutex::new(None);

/// Why a wait ended before the future did. PHP code goes first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Interrupted {
    /// An exception of PHP's is pending.
    #[error("{0} was thrown while waiting for Clover")]
    Exception(String),
    /// `max_execution_time` is over; PHP ends the script when we return.
    #[error("max_execution_time is over")]
    TimeLimit,
    /// No runtime: the system gave no file descriptors.
    #[error("this process cannot wait for the network: {0}")]
    NoRuntime(String),
}

fn process() -> Result<&'static Process, Interrupted> {
    let mut known = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    match *known {
        Some(process) if process.pid == std::process::id() => Ok(process),
        // A parent's runtime is left alone: dropping it here would wait for threads that this
        // process does not have.
        _ => {
            let runtime = Builder::new_current_thread()
                .max_blocking_threads(4)
                .thread_keep_alive(Duration::from_secs(2))
                .enable_all()
                .on_thread_start(block_signals)
                .build()
                .map_err(|e| Interrupted::NoRuntime(e.to_string()))?;
            let fresh: &'static Process = Box::leak(Box::new(Process {
                pid: std::process::id(),
                runtime,
                ways: Mutex::new(Vec::new()),
            }));
            *known = Some(fresh);
            Ok(fresh)
        }
    }
}

/// The threads that look up host names must never run PHP's signal handlers.
fn block_signals() {
    // SAFETY: plain libc calls on a set of our own.
    unsafe {
        let mut set = zeroed();
        libc::sigfillset(&raw mut set);
        for signal in [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGFPE,
            libc::SIGILL,
            libc::SIGABRT,
        ] {
            libc::sigdelset(&raw mut set, signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, null_mut());
    }
}

/// This process' runtime, for tasks that read ahead.
pub fn handle() -> Result<Handle, Interrupted> {
    Ok(process()?.runtime.handle().clone())
}

/// This process' connections to these hosts, and its rate limiter there.
pub fn way(
    hosts: &Hosts,
    own: RateLimit,
) -> Result<Result<(Arc<Wire>, RateLimiter), Error>, Interrupted> {
    let process = process()?;
    let mut ways = process.ways.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(way) = ways.iter().find(|way| way.hosts == *hosts) {
        way.limiter.set_own_limit(own);
        return Ok(Ok((Arc::clone(&way.wire), way.limiter.clone())));
    }
    Ok(Wire::new(hosts).map(|wire| {
        let way = Way {
            hosts: hosts.clone(),
            wire: Arc::new(wire),
            limiter: RateLimiter::new(own),
        };
        let parts = (Arc::clone(&way.wire), way.limiter.clone());
        ways.push(way);
        parts
    }))
}

/// Drives a future to its end. `between` is called after every tick, and as soon as `wake`
/// completes, outside the runtime, where PHP may be called.
pub fn wait<F: Future + 'static, W: Future<Output = ()>>(
    future: F,
    wake: impl Fn() -> W,
    mut between: impl FnMut(),
) -> Result<F::Output, Interrupted> {
    let process = process()?;
    // A fatal error in a signal handler jumps over this frame, and tokio's lists must not point
    // into a dead stack then.
    let mut future = BailoutGuard::new(Box::pin(future));
    loop {
        let polled = future.get_mut().as_mut();
        let outcome = process.runtime.block_on(async {
            tokio::select! {
                biased;
                output = polled => Some(output),
                () = wake() => None,
                () = tokio::time::sleep(TICK) => None,
            }
        });
        if let Some(output) = outcome {
            return Ok(output);
        }
        between();
        let_php_run()?;
    }
}

fn let_php_run() -> Result<(), Interrupted> {
    // SAFETY: PHP's thread, inside a request. `zend_atomic_bool` is one atomic byte.
    let globals = unsafe { ffi::ext_php_rs_executor_globals() };
    // SAFETY: the globals of this thread live as long as the request.
    let (timed_out, interrupt) = unsafe {
        (
            &*(&raw const (*globals).timed_out).cast::<AtomicBool>(),
            &*(&raw const (*globals).vm_interrupt).cast::<AtomicBool>(),
        )
    };
    if timed_out.load(Ordering::Relaxed) {
        return Err(Interrupted::TimeLimit);
    }
    if interrupt.load(Ordering::Relaxed)
        // SAFETY: a function pointer of the engine, set in MINIT of pcntl and the like.
        && let Some(run) = unsafe { ffi::zend_interrupt_function }
    {
        interrupt.store(false, Ordering::Relaxed);
        // SAFETY: as the VM calls it; it may run PHP code, and nothing is borrowed here.
        unsafe { run((*globals).current_execute_data) };
        if timed_out.load(Ordering::Relaxed) {
            interrupt.store(true, Ordering::Relaxed);
        }
    }
    match ExecutorGlobals::pending_exception_class() {
        Some(class) => Err(Interrupted::Exception(class)),
        None => Ok(()),
    }
}

/// Ends the runtime of this process; in MSHUTDOWN.
pub extern "C" fn shutdown(_: i32, _: i32) -> i32 {
    let _ = catch_unwind(|| {
        let Some(process) = PROCESS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        else {
            return;
        };
        if process.pid != std::process::id() {
            return;
        }
        // SAFETY: it came from `Box::leak`, was taken out of the only place that holds it, and no
        // PHP code runs any more.
        let Process { runtime, ways, .. } =
            *unsafe { Box::from_raw(std::ptr::from_ref(process).cast_mut()) };
        drop(ways);
        runtime.shutdown_timeout(Duration::from_secs(2));
    });
    0
}
