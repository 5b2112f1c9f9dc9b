//! What the binding needs of Zend beyond what ext-php-rs gives: classes without a Rust object behind them, and PHP arrays.
//!
//! All `unsafe` of the extension is below this module and in [`crate::runtime`].

pub mod array;
pub mod class;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::zend::ExecutorGlobals;

/// Fails when a call into PHP left an exception behind. `try_call_method` reports success then, and the engine silently skips the next call.
pub fn no_pending_exception() -> PhpResult<()> {
    match ExecutorGlobals::pending_exception_class() {
        // Throwing over a pending exception is a no-op, so PHP's own goes on.
        Some(class) => Err(ext_php_rs::error::Error::ExceptionPending { class }.into()),
        None => Ok(()),
    }
}
