//! What PHP does while Rust waits: signals, the time limit, and fatal errors.

use std::future::Future;
use std::mem::zeroed;
use std::pin::Pin;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

use clover_service::host::{Interrupted, Task, TaskGuard};
use ext_php_rs::ffi;
use ext_php_rs::zend::{BailoutGuard, ExecutorGlobals};

/// A future that is dropped when a fatal error unwinds past the frames that wait for it: tokio's
/// lists must not point into a stack that no longer exists.
pub struct GuardedTask(BailoutGuard<Task>);

impl GuardedTask {
    /// Guards the future.
    pub fn new(task: Task) -> Self {
        Self(BailoutGuard::new(task))
    }
}

impl TaskGuard for GuardedTask {
    fn task(&mut self) -> Pin<&mut dyn Future<Output = ()>> {
        self.0.get_mut().as_mut()
    }
}

/// Blocks signals in a thread that resolves host names: it must never run PHP's signal handlers.
pub fn block_signals() {
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

/// Lets PHP run its signal handlers; fails when a wait must end.
pub fn let_php_run() -> Result<(), Interrupted> {
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
    no_exception_thrown()
}

/// Whether no exception is pending.
pub fn no_exception_thrown() -> Result<(), Interrupted> {
    match ExecutorGlobals::pending_exception_class() {
        Some(class) => Err(Interrupted::Thrown(class)),
        None => Ok(()),
    }
}
