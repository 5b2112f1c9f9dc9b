//! `CloverSync\OrderOutcome`: the result of one step of an order push.

use clover_core::ids::OrderId;
use clover_service::orders::{OrderOutcome as Core, OrderState};
use ext_php_rs::error::Result;

use crate::zend::array::zval;
use crate::zend::class::{PropertyType as T, Slot, returned_object, value_class, value_object};
use crate::zend::text_enum::Case;

static CLASS: Slot = Slot::new();

returned_object!(
    /// The outcome, as PHP gets it.
    OrderOutcome,
    "CloverSync\\OrderOutcome"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\OrderOutcome",
        &[
            ("state", T::of::<OrderState>()),
            ("orderId", T::STRING.or_null()),
            ("message", T::STRING),
            ("retryAfter", T::INT),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(core: &Core) -> Result<OrderOutcome> {
    let seconds = core.retry_after.as_millis().div_ceil(1000);
    value_object(
        &CLASS,
        [
            zval(Case(core.state))?,
            zval(core.order.as_ref().map(OrderId::as_str))?,
            zval(core.message.as_str())?,
            zval(i64::try_from(seconds).unwrap_or(i64::MAX))?,
        ],
    )
    .map(OrderOutcome)
}
