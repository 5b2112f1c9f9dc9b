//! `CloverSync\Orders`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_core::ids::OrderTypeId;
use clover_core::order::OrderStanding;
use clover_service::orders::{Orders as Core, reference_of, site_tag_of};
use clover_service::rows::orders;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::ClassEntry;

use crate::connection::Connection;
use crate::exception::of;
use crate::input::Php;
use crate::output::{PhpArray, array, zval};
use crate::values::{OrderOutcome, PrintOutcome};
use crate::zend::class::{Finish, sensitive};
use crate::zend::text_enum::Case;

/// Pushes paid web orders into Clover.
#[php_class]
#[php(
    name = "CloverSync\\Orders",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Orders {
    core: Core,
}

#[php_impl]
impl Orders {
    /// Sends no request.
    pub fn __construct(connection: &Connection, currency: String) -> PhpResult<Self> {
        Ok(Self {
            core: Core::new(&connection.session, &currency).map_err(of)?,
        })
    }

    /// The reference that marks an order in Clover.
    pub fn reference(siteTag: String, number: i64) -> PhpResult<String> {
        reference_of(&siteTag, number).map_err(of)
    }

    /// A tag for this site's orders.
    #[php(name = "siteTag")]
    pub fn site_tag(random: BinarySlice<u8>) -> PhpResult<String> {
        site_tag_of(&random).map_err(of)
    }

    /// Another text for an order that was edited in the shop.
    pub fn fingerprint(order: &ZendHashTable) -> PhpResult<String> {
        let order = orders::order(Php::Array(order)).map_err(of)?;
        Ok(order.fingerprint())
    }

    /// Everything that will be sent to Clover for the order.
    pub fn plan(&self, order: &ZendHashTable, standing: Case<OrderStanding>) -> PhpResult<String> {
        let order = orders::order(Php::Array(order)).map_err(of)?;
        self.core.plan(&order, standing.0).map_err(of)
    }

    /// Creates the order without lines.
    pub fn create(
        &self,
        plan: String,
        reference: String,
        orderTypeId: Option<String>,
    ) -> PhpResult<OrderOutcome> {
        let outcome = self.core.create(&plan, reference, orderTypeId);
        let outcome = outcome.map_err(of)?;
        Ok(OrderOutcome(zval(&orders::outcome(&outcome))?))
    }

    /// The id of the order type with this name.
    #[php(name = "orderType")]
    pub fn order_type(&self, name: String) -> PhpResult<Option<String>> {
        let found: Option<OrderTypeId> = self.core.order_type(&name).map_err(of)?;
        Ok(found.map(String::from))
    }

    /// The orders that carry the reference.
    pub fn find(&self, reference: String) -> PhpResult<PhpArray> {
        let found = self.core.find(reference).map_err(of)?;
        Ok(array(&orders::found(&found))?)
    }

    /// Adds what the plan has and the order lacks.
    pub fn fill(&self, plan: String, orderId: String) -> PhpResult<OrderOutcome> {
        let outcome = self.core.fill(&plan, orderId).map_err(of)?;
        Ok(OrderOutcome(zval(&orders::outcome(&outcome))?))
    }

    /// Records the payment.
    pub fn pay(&self, plan: String, orderId: String, reference: String) -> PhpResult<OrderOutcome> {
        let outcome = self.core.pay(&plan, orderId, reference).map_err(of)?;
        Ok(OrderOutcome(zval(&orders::outcome(&outcome))?))
    }

    /// Makes title and note of the order say what became of it.
    pub fn mark(
        &self,
        orderId: String,
        reference: String,
        standing: Case<OrderStanding>,
        isChanged: bool,
        plan: Option<String>,
    ) -> PhpResult<OrderOutcome> {
        let (standing, plan) = (standing.0, plan.as_deref());
        let outcome = self
            .core
            .mark(orderId, reference, standing, isChanged, plan);
        let outcome = outcome.map_err(of)?;
        Ok(OrderOutcome(zval(&orders::outcome(&outcome))?))
    }

    /// Asks Clover to print the order.
    #[php(name = "printOrder")]
    pub fn print_order(&self, orderId: String) -> PhpResult<PrintOutcome> {
        let outcome = self.core.print(orderId).map_err(of)?;
        Ok(PrintOutcome(zval(&orders::print(&outcome))?))
    }

    /// What became of a print.
    #[php(name = "lookAtPrint")]
    pub fn look_at_print(&self, eventId: String) -> PhpResult<PrintOutcome> {
        let outcome = self.core.look_at_print(eventId).map_err(of)?;
        Ok(PrintOutcome(zval(&orders::print(&outcome))?))
    }
}

impl Finish for Orders {
    // A plan names the customer.
    fn finish(ce: &ClassEntry) {
        for method in ["plan", "fingerprint", "create", "fill", "pay"] {
            sensitive(ce, method, 0);
        }
        sensitive(ce, "mark", 4);
    }
}
