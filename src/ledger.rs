//! `CloverSync\Ledger`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_core::ledger::{Resolution, SaleState};
use clover_core::order::OrderStanding;
use clover_service::ledger::Ledger as Core;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use crate::exception::of;
use crate::input::Php;
use crate::output::{PhpArray, array};
use crate::settings::Settings;
use crate::zend::class::Finish;
use crate::zend::text_enum::Case;

/// The rules of the stock ledger.
#[php_class]
#[php(
    name = "CloverSync\\Ledger",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Ledger {
    core: Core,
}

#[php_impl]
impl Ledger {
    /// Rules under these settings.
    pub fn __construct(settings: &Settings) -> Self {
        Self {
            core: Core::new(&settings.core),
        }
    }

    /// Whether an order's units are sold.
    #[php(name = "saleState")]
    pub fn sale_state(
        &self,
        status: Option<i64>,
        events: &ZendHashTable,
    ) -> PhpResult<Case<SaleState>> {
        let state = self.core.sale_state(status, Php::Array(events));
        state.map(Case).map_err(of)
    }

    /// What became of an order.
    pub fn standing(
        &self,
        status: Option<i64>,
        events: &ZendHashTable,
        paymentMethod: String,
    ) -> PhpResult<Option<Case<OrderStanding>>> {
        let standing = self
            .core
            .standing(status, Php::Array(events), &paymentMethod);
        Ok(standing.map_err(of)?.map(Case))
    }

    /// Whether an event reported a payment.
    #[php(name = "wasPaid")]
    pub fn was_paid(&self, events: &ZendHashTable) -> PhpResult<bool> {
        self.core.was_paid(Php::Array(events)).map_err(of)
    }

    /// The statuses that release an order's units.
    #[php(name = "releasingStatuses")]
    pub fn releasing_statuses(&self) -> PhpResult<PhpArray> {
        Ok(array(&self.core.releasing_statuses())?)
    }

    /// Units that one line must still take or return.
    pub fn plan(&self, line: &ZendHashTable, saleState: Case<SaleState>) -> PhpResult<PhpArray> {
        let plan = self.core.plan(Php::Array(line), saleState.0);
        Ok(array(&plan.map_err(of)?)?)
    }

    /// Returns units by hand.
    pub fn restock(&self, line: &ZendHashTable, units: i64) -> PhpResult<PhpArray> {
        let plan = self.core.restock(Php::Array(line), units);
        Ok(array(&plan.map_err(of)?)?)
    }

    /// Applies the owner's decision on a row.
    pub fn resolve(
        &self,
        line: &ZendHashTable,
        seq: i64,
        resolution: Case<Resolution>,
    ) -> PhpResult<PhpArray> {
        let plan = self.core.resolve(Php::Array(line), seq, resolution.0);
        Ok(array(&plan.map_err(of)?)?)
    }

    /// Whether a row should be sent now.
    #[php(name = "nextStep")]
    pub fn next_step(&self, line: &ZendHashTable, seq: i64) -> PhpResult<PhpArray> {
        let step = self.core.next_step(Php::Array(line), seq);
        Ok(array(&step.map_err(of)?)?)
    }

    /// Units that Clover's count still includes and the shop has taken for orders.
    pub fn committed(
        &self,
        taken: &ZendHashTable,
        rows: &ZendHashTable,
        asOf: i64,
    ) -> PhpResult<PhpArray> {
        let (taken, rows) = (Php::Array(taken), Php::Array(rows));
        let units = self.core.committed(taken, rows, asOf).map_err(of)?;
        Ok(array(&units)?)
    }

    /// Units of a product that are kept for the till.
    pub fn reserve(&self, own: Option<i64>) -> i64 {
        self.core.reserve(own)
    }

    /// Units that the shop may sell of a count.
    pub fn sellable(&self, count: &str, committed: i64, own: Option<i64>) -> PhpResult<i64> {
        self.core.sellable(count, committed, own).map_err(of)
    }
}

impl Finish for Ledger {}
