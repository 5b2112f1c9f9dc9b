//! `CloverSync\Merchant`.

use clover_service::connection::{CurrencySource, Merchant as Core};
use ext_php_rs::error::Result;

use crate::zend::array::zval;
use crate::zend::class::{PropertyType as T, Slot, returned_object, value_class, value_object};
use crate::zend::text_enum::Case;

static CLASS: Slot = Slot::new();

returned_object!(
    /// The merchant, as PHP gets it.
    Merchant,
    "CloverSync\\Merchant"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\Merchant",
        &[
            ("id", T::STRING),
            ("name", T::STRING.or_null()),
            ("currency", T::STRING.or_null()),
            ("currencySource", T::of::<CurrencySource>().or_null()),
            ("vat", T::BOOL.or_null()),
            ("trackStock", T::BOOL.or_null()),
            ("updateStock", T::BOOL.or_null()),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(merchant: &Core) -> Result<Merchant> {
    let (currency, source) = match &merchant.currency {
        Some((currency, source)) => (Some(currency.as_str()), Some(Case(*source))),
        None => (None, None),
    };
    value_object(
        &CLASS,
        [
            zval(merchant.id.as_str())?,
            zval(merchant.name.as_deref())?,
            zval(currency)?,
            zval(source)?,
            zval(merchant.vat)?,
            zval(merchant.track_stock)?,
            zval(merchant.update_stock)?,
        ],
    )
    .map(Merchant)
}
