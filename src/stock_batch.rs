//! `CloverSync\StockBatch`.

use clover_service::rows::stock;
use clover_service::stock::StockBatch as Core;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ClassEntry;

use crate::output::{PhpArray, array};
use crate::zend::class::{Finish, only_from_rust, returned_object};

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
        Ok(array(&stock::outcomes(&self.core.rows))?)
    }
}

impl Finish for StockBatch {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
