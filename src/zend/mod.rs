//! Zend features that ext-php-rs does not provide, such as classes without a Rust object behind
//! them.
//!
//! All `unsafe` code of the extension is in this module, except one call at the module's start.

pub mod class;
pub mod slot;
pub mod text_enum;
pub mod turn;

use ext_php_rs::exception::{PhpResult, throw_object};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecutorGlobals, ce};

/// Fails if a call into PHP left a pending exception. `try_call_method` reports success in that
/// case, and the engine silently skips the next call.
pub fn no_pending_exception() -> PhpResult<()> {
    match ExecutorGlobals::pending_exception_class() {
        // Throwing over a pending exception is a no-op, so PHP's own exception propagates.
        Some(class) => Err(ext_php_rs::error::Error::ExceptionPending { class }.into()),
        None => Ok(()),
    }
}

/// Runs an action even while an exception is pending, a state in which PHP runs no code. The
/// exception propagates afterwards; an exception thrown by the action becomes its previous one.
/// The unwinding of an `exit` is not touched: it is not a `Throwable` and cannot be thrown again.
pub fn despite_exception(work: impl FnOnce()) {
    let thrown = ExecutorGlobals::get()
        .exception()
        .is_some_and(|object| object.instance_of(ce::throwable()));
    let aside = thrown.then(ExecutorGlobals::take_exception).flatten();
    work();
    if let Some(mut exception) = aside {
        let mut zval = Zval::new();
        zval.set_object(&mut exception);
        // Cannot fail: the value is an object.
        let _ = throw_object(zval);
    }
}
