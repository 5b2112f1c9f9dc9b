//! What the binding needs of Zend beyond what ext-php-rs gives: classes without a Rust object
//! behind them, and PHP arrays.
//!
//! All `unsafe` of the extension is below this module, but for one call at the module's start.

pub mod array;
pub mod class;
pub mod turn;

use ext_php_rs::exception::{PhpResult, throw_object};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecutorGlobals, ce};

/// Fails when a call into PHP left an exception behind. `try_call_method` reports success then, and
/// the engine silently skips the next call.
pub fn no_pending_exception() -> PhpResult<()> {
    match ExecutorGlobals::pending_exception_class() {
        // Throwing over a pending exception is a no-op, so PHP's own goes on.
        Some(class) => Err(ext_php_rs::error::Error::ExceptionPending { class }.into()),
        None => Ok(()),
    }
}

/// Does what must be done also while an exception is pending, in which state PHP runs no code; it
/// goes on afterwards, and what was thrown meanwhile is its previous one. The unwinding of an
/// `exit` is left alone: it is no `Throwable`, and could not be thrown again.
pub fn despite_exception(work: impl FnOnce()) {
    let thrown = ExecutorGlobals::get()
        .exception()
        .is_some_and(|object| object.instance_of(ce::throwable()));
    let aside = thrown.then(ExecutorGlobals::take_exception).flatten();
    work();
    if let Some(mut exception) = aside {
        let mut zval = Zval::new();
        zval.set_object(&mut exception);
        // Cannot fail: it is an object.
        let _ = throw_object(zval);
    }
}
