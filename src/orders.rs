//! `CloverSync\Orders`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::rc::Rc;
use std::sync::Arc;

use clover_client::orders;
use clover_core::ids::OrderId;
use clover_core::money::Currency;
use clover_core::order::{InvalidReference, OrderError, OrderPlan, OrderReference, ShopOrder};
use clover_core::order::{order_reference, site_tag as site_tag_of};
use clover_service::orders::OrderOutcome as Outcome;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::{Map, Number, Value};

use crate::connection::Connection;
use crate::engine::array::{PhpArray, entries, is_list, list, values};
use crate::engine::class::sensitive;
use crate::exception;
use crate::link::Link;
use crate::order_outcome::{self, OrderOutcome};

/// Levels of an order: the order, a list, an entry, and one to spare.
const DEPTH: usize = 4;

/// Paid web orders on their way into Clover.
#[php_class]
#[php(name = "CloverSync\\Orders", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Orders {
    link: Rc<Link>,
    currency: Currency,
}

#[php_impl]
impl Orders {
    /// Asks Clover nothing.
    pub fn __construct(connection: &Connection, currency: String) -> PhpResult<Self> {
        Ok(Self {
            link: Rc::clone(&connection.link),
            currency: Currency::from_code(&currency)
                .map_err(|e| exception::setting("currency", e.to_string()))?,
        })
    }

    /// What marks an order in Clover.
    pub fn reference(siteTag: String, number: i64) -> PhpResult<String> {
        let number = u64::try_from(number).unwrap_or(0);
        match order_reference(&siteTag, number) {
            Ok(reference) => Ok(reference.into()),
            Err(error @ InvalidReference::Number) => {
                Err(exception::item(&error.to_string(), "number"))
            }
            Err(error) => Err(exception::item(&error.to_string(), "siteTag")),
        }
    }

    /// A tag for this site's orders.
    #[php(name = "siteTag")]
    pub fn site_tag(random: BinarySlice<u8>) -> PhpResult<String> {
        let random = random
            .first_chunk()
            .ok_or_else(|| exception::item("at least 8 random bytes are needed", "random"))?;
        Ok(site_tag_of(*random))
    }

    /// What Clover will be told of the order.
    pub fn plan(&self, order: &ZendHashTable) -> PhpResult<String> {
        let order = json_object(order, "", 0)
            .map_err(|path| exception::item(&format!("{path}: is no text"), &path))?;
        let plan = ShopOrder::parse(order.to_string().as_bytes())
            .and_then(|order| order.plan(self.currency))
            .map_err(|error| exception::item(&error.to_string(), &error.path))?;
        Ok(plan.to_json())
    }

    /// Creates the order, still empty.
    pub fn create(&self, plan: String, reference: String) -> PhpResult<OrderOutcome> {
        let (plan, reference) = (frozen(&plan)?, marked(reference)?);
        let outcome = self.link.call(|api, access| {
            let step = orders::create(api, access, Arc::clone(&plan), reference.clone());
            async move { Outcome::created(step.await) }
        })?;
        Ok(order_outcome::object(&outcome)?)
    }

    /// The orders that carry the reference.
    pub fn find(&self, reference: String) -> PhpResult<PhpArray> {
        let reference = marked(reference)?;
        let found = self
            .link
            .call(|api, access| orders::find(api, access, reference.clone()))?;
        Ok(PhpArray(list(found.iter().map(OrderId::as_str))?))
    }

    /// Brings the order to its plan.
    pub fn fill(&self, plan: String, orderId: String) -> PhpResult<OrderOutcome> {
        let (plan, order) = (frozen(&plan)?, named(orderId)?);
        let outcome = self.link.call(|api, access| {
            let step = orders::fill(api, access, Arc::clone(&plan), order.clone());
            let order = order.clone();
            async move { Outcome::filled(step.await, order) }
        })?;
        Ok(order_outcome::object(&outcome)?)
    }

    /// Records the payment.
    pub fn pay(&self, plan: String, orderId: String, reference: String) -> PhpResult<OrderOutcome> {
        let (plan, order, reference) = (frozen(&plan)?, named(orderId)?, marked(reference)?);
        let outcome = self.link.call(|api, access| {
            let plan = Arc::clone(&plan);
            let step = orders::pay(api, access, plan, order.clone(), reference.clone());
            let order = order.clone();
            async move { Outcome::paid(step.await, order) }
        })?;
        Ok(order_outcome::object(&outcome)?)
    }
}

fn frozen(plan: &str) -> PhpResult<Arc<OrderPlan>> {
    let wrong = |error: OrderError| {
        exception::item(&format!("the plan is not one of ours at {error}"), "plan")
    };
    OrderPlan::from_json(plan.as_bytes())
        .map(Arc::new)
        .map_err(wrong)
}

fn marked(reference: String) -> PhpResult<OrderReference> {
    OrderReference::new(reference).map_err(|e| exception::item(&e.to_string(), "reference"))
}

fn named(order: String) -> PhpResult<OrderId> {
    OrderId::new(order).map_err(|e| exception::item(&e.to_string(), "orderId"))
}

/// The order as JSON, or the path of what JSON has no word for. Texts that are no UTF-8 are mended,
/// for one broken letter in a customer's name must not keep a paid order out of Clover.
fn json_object(array: &ZendHashTable, path: &str, depth: usize) -> Result<Value, String> {
    if depth == DEPTH {
        return Err(path.to_owned());
    }
    if is_list(array) {
        let values = values(array).enumerate();
        let values =
            values.map(|(index, value)| json_value(value, &format!("{path}[{index}]"), depth));
        return values.collect::<Result<_, _>>().map(Value::Array);
    }
    let mut object = Map::new();
    for (key, value) in entries(array) {
        let key = key.shown();
        let path = match path {
            "" => key.clone(),
            outer => format!("{outer}.{key}"),
        };
        object.insert(key, json_value(value, &path, depth)?);
    }
    Ok(Value::Object(object))
}

fn json_value(value: &Zval, path: &str, depth: usize) -> Result<Value, String> {
    if let Some(text) = value.zend_str() {
        let text = String::from_utf8_lossy(text.as_bytes());
        return Ok(Value::String(text.into_owned()));
    }
    if let Some(array) = value.array() {
        return json_object(array, path, depth + 1);
    }
    match (value.long(), value.double()) {
        _ if value.is_null() => Ok(Value::Null),
        (Some(number), _) => Ok(Value::from(number)),
        // Refused by the order itself, which wants decimal text.
        (None, Some(number)) => Ok(Number::from_f64(number).map_or(Value::Null, Value::Number)),
        (None, None) => Err(path.to_owned()),
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Orders>()
}

/// What only the registered class can be told. A plan names the customer.
pub fn finish() {
    let ce = <Orders as ext_php_rs::class::RegisteredClass>::get_metadata().ce();
    for method in ["plan", "create", "fill", "pay"] {
        sensitive(ce, method, 0);
    }
}
