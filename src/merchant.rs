//! `CloverSync\Merchant`.

use clover_client::merchant::MerchantFacts;
use ext_php_rs::error::Result;

use crate::engine::array::zval;
use crate::engine::class::{PropertyType as T, Slot, returned_object, value_class, value_object};

static CLASS: Slot = Slot::new();

returned_object!(
    /// The merchant, on its way to PHP.
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
            ("currencySource", T::STRING.or_null()),
            ("vat", T::BOOL.or_null()),
            ("trackStock", T::BOOL.or_null()),
            ("updateStock", T::BOOL.or_null()),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(facts: &MerchantFacts) -> Result<Merchant> {
    let properties = facts.properties.as_ref();
    let from_properties = properties.and_then(|p| p.default_currency.as_deref());
    let (currency, source) = match (from_properties, facts.order_currency.as_deref()) {
        (Some(currency), _) => (Some(currency), Some("properties")),
        (None, Some(currency)) => (Some(currency), Some("order")),
        (None, None) => (None, None),
    };
    value_object(
        &CLASS,
        [
            zval(facts.id.as_str())?,
            zval(facts.name.as_deref())?,
            zval(currency)?,
            zval(source)?,
            zval(properties.and_then(|p| p.vat))?,
            zval(properties.and_then(|p| p.track_stock))?,
            zval(properties.and_then(|p| p.update_stock))?,
        ],
    )
    .map(Merchant)
}
