//! `CloverSync\StockBatch`.

use clover_core::quantity::Quantity;
use clover_service::stock::{StockBatch as Core, StockOutcome};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ClassEntry;

use crate::zend::array::{PhpArray, record, try_list, zval};
use crate::zend::class::{Finish, only_from_rust, returned_object};
use crate::zend::text_enum::Case;

returned_object!(
    /// A batch, as PHP gets it.
    StockBatchObject,
    "CloverSync\\StockBatch"
);

/// Counts that were just read, with the outcome of each row.
#[php_class]
#[php(
    name = "CloverSync\\StockBatch",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct StockBatch {
    pub(crate) core: Core,
}

#[php_impl]
impl StockBatch {
    /// The rows that were read.
    pub fn rows(&self) -> PhpResult<PhpArray> {
        Ok(PhpArray(outcomes(&self.core.rows)?))
    }
}

/// Outcomes as PHP rows.
pub fn outcomes(rows: &[StockOutcome]) -> Result<ZBox<ZendHashTable>> {
    let count = |quantity: Option<Quantity>| -> Result<Zval> {
        quantity.map(|q| q.to_string()).into_zval(false)
    };
    try_list(rows.iter().map(|row| {
        record([
            ("key", zval(row.key)?),
            ("state", zval(Case(row.state))?),
            ("before", count(row.before)?),
            ("modified", row.modified.into_zval(false)?),
            ("target", count(row.target)?),
            ("window", row.window.into_zval(false)?),
            ("message", zval(row.message.as_str())?),
            ("retry_after", zval(row.retry_after)?),
            ("permission", row.permission.into_zval(false)?),
        ])
    }))
}

impl Finish for StockBatch {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
