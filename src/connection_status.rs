//! `CloverSync\ConnectionStatus`.

use clover_client::Tokens;
use clover_core::environment::Environment;
use ext_php_rs::error::Result;

use crate::engine::array::zval;
use crate::engine::class::{PropertyType as T, Slot, returned_object, value_class, value_object};
use crate::link::Record;

static CLASS: Slot = Slot::new();

returned_object!(
    /// The status, on its way to PHP.
    ConnectionStatus,
    "CloverSync\\ConnectionStatus"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\ConnectionStatus",
        &[
            ("connected", T::BOOL),
            ("environment", T::STRING),
            ("merchantId", T::STRING.or_null()),
            ("accessExpiresAt", T::INT.or_null()),
            ("refreshExpiresAt", T::INT.or_null()),
            ("reconnectReason", T::STRING.or_null()),
            ("refusedAt", T::INT.or_null()),
            ("nextTryAt", T::INT.or_null()),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(
    environment: Environment,
    record: Option<&Record>,
    tokens: Option<&Tokens>,
) -> Result<ConnectionStatus> {
    let refusal = tokens
        .and_then(|t| t.refusal)
        .filter(|_| record.is_some_and(|r| r.reconnect.is_none()));
    value_object(
        &CLASS,
        [
            zval(record.is_some_and(|r| r.reconnect.is_none()))?,
            zval(environment.key())?,
            zval(record.map(|r| r.merchant.as_str()))?,
            zval(tokens.map(|t| t.access_expires_at))?,
            zval(tokens.and_then(|t| t.refresh_expires_at))?,
            zval(record.and_then(|r| r.reconnect.as_deref()))?,
            zval(refusal.map(|refusal| refusal.at))?,
            zval(refusal.map(|refusal| refusal.next_try_at()))?,
        ],
    )
    .map(ConnectionStatus)
}
