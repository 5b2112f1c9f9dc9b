//! `CloverSync\ConnectionStatus`.

use clover_core::environment::Environment;
use clover_service::connection::ConnectionStatus as Status;
use ext_php_rs::error::Result;

use crate::zend::array::zval;
use crate::zend::class::{PropertyType as T, Slot, returned_object, value_class, value_object};
use crate::zend::text_enum::Case;

static CLASS: Slot = Slot::new();

returned_object!(
    /// The status, as PHP gets it.
    ConnectionStatus,
    "CloverSync\\ConnectionStatus"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\ConnectionStatus",
        &[
            ("connected", T::BOOL),
            ("environment", T::of::<Environment>()),
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
pub fn object(status: &Status) -> Result<ConnectionStatus> {
    value_object(
        &CLASS,
        [
            zval(status.connected)?,
            zval(Case(status.environment))?,
            zval(status.merchant_id.as_deref())?,
            zval(status.access_expires_at)?,
            zval(status.refresh_expires_at)?,
            zval(status.reconnect_reason.as_deref())?,
            zval(status.refused_at)?,
            zval(status.next_try_at)?,
        ],
    )
    .map(ConnectionStatus)
}
