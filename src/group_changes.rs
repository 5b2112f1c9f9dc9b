//! `CloverSync\GroupChanges`.

use clover_service::groups::GroupChanges as Core;
use ext_php_rs::error::Result;

use crate::page::fault_rows;
use crate::product_change;
use crate::zend::array::{try_list, zval};
use crate::zend::class::{PropertyType as T, Slot, returned_object, value_class, value_object};

static CLASS: Slot = Slot::new();

returned_object!(
    /// The changes, as PHP gets them.
    GroupChanges,
    "CloverSync\\GroupChanges"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\GroupChanges",
        &[
            ("changes", T::ARRAY),
            ("errors", T::ARRAY),
            ("unchanged", T::INT),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(core: &Core) -> Result<GroupChanges> {
    let changes = try_list(core.changes.iter().map(product_change::object))?;
    value_object(
        &CLASS,
        [
            zval(changes)?,
            zval(fault_rows(&core.faults)?)?,
            zval(core.unchanged)?,
        ],
    )
    .map(GroupChanges)
}
