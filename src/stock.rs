//! `CloverSync\Stock`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_service::rows::stock;
use clover_service::stock::Stock as Core;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable};

use crate::connection::Connection;
use crate::exception::of;
use crate::input::Php;
use crate::output::{PhpArray, array};
use crate::stock_batch::{StockBatch, StockBatchObject};
use crate::stock_page::{StockPage, StockPageObject};
use crate::zend::class::Finish;

/// Reads and writes stock counts in Clover.
#[php_class]
#[php(name = "CloverSync\\Stock", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Stock {
    core: Core,
}

#[php_impl]
impl Stock {
    /// Sends no request.
    pub fn __construct(connection: &Connection) -> Self {
        Self {
            core: Core::new(&connection.session),
        }
    }

    /// Reads the counts that will be changed.
    pub fn prepare(&self, changes: &ZendHashTable) -> PhpResult<StockBatchObject> {
        let changes = stock::changes(Php::Array(changes)).map_err(of)?;
        let core = self.core.prepare(changes).map_err(of)?;
        let batch = ZendClassObject::new(StockBatch { core });
        Ok(StockBatchObject(batch.into_zval(false)?))
    }

    /// Writes counts that were prepared and stored.
    pub fn commit(&self, batch: &StockBatch, keys: &ZendHashTable) -> PhpResult<PhpArray> {
        let keys = stock::keys(Php::Array(keys)).map_err(of)?;
        let done = self.core.commit(&batch.core, &keys).map_err(of)?;
        Ok(array(&stock::outcomes(&done))?)
    }

    /// Finds out whether unanswered writes were carried out.
    pub fn settle(&self, sent: &ZendHashTable) -> PhpResult<PhpArray> {
        let sent = stock::sent(Php::Array(sent)).map_err(of)?;
        let settled = self.core.settle(&sent).map_err(of)?;
        Ok(array(&stock::outcomes(&settled))?)
    }

    /// One page of all counts.
    pub fn counts(&self, after: Option<String>) -> PhpResult<StockPageObject> {
        let core = self.core.counts(after.as_deref()).map_err(of)?;
        let page = ZendClassObject::new(StockPage { core });
        Ok(StockPageObject(page.into_zval(false)?))
    }

    /// Units that the till sold while their counts were overwritten.
    #[php(name = "soldWithin")]
    pub fn sold_within(&self, writes: &ZendHashTable) -> PhpResult<PhpArray> {
        let writes = stock::overwritten(Php::Array(writes)).map_err(of)?;
        let sold = self.core.sold_within(&writes).map_err(of)?;
        Ok(array(&stock::sold(&sold))?)
    }
}

impl Finish for Stock {}
