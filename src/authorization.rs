//! `CloverSync\Authorization`.

use ext_php_rs::error::Result;

use crate::zend::array::zval;
use crate::zend::class::{PropertyType as T, Slot, returned_object, value_class, value_object};

static CLASS: Slot = Slot::new();

returned_object!(
    /// The start of an authorization, as PHP gets it.
    Authorization,
    "CloverSync\\Authorization"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\Authorization",
        &[("url", T::STRING), ("state", T::STRING)],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(url: &str, state: &str) -> Result<Authorization> {
    value_object(&CLASS, [zval(url)?, zval(state)?]).map(Authorization)
}
