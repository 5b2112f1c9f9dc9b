//! `CloverSync\Orders`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_core::ids::OrderId;
use clover_service::orders::{Orders as Core, reference_of, site_tag_of};
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ClassEntry;
use serde_json::{Map, Number, Value};

use crate::connection::Connection;
use crate::exception::{self, of};
use crate::order_outcome::{self, OrderOutcome};
use crate::zend::array::{PhpArray, entries, is_list, list, values};
use crate::zend::class::{Finish, sensitive};

/// Levels of an order: the order, a list, an entry, and one to spare.
const DEPTH: usize = 4;

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
        reference_of(&siteTag, u64::try_from(number).unwrap_or(0)).map_err(of)
    }

    /// A tag for this site's orders.
    #[php(name = "siteTag")]
    pub fn site_tag(random: BinarySlice<u8>) -> PhpResult<String> {
        site_tag_of(&random).map_err(of)
    }

    /// Everything that will be sent to Clover for the order.
    pub fn plan(&self, order: &ZendHashTable) -> PhpResult<String> {
        let order = json_object(order, "", 0)
            .map_err(|path| exception::item(&format!("{path}: is not text"), &path))?;
        self.core.plan(order.to_string().as_bytes()).map_err(of)
    }

    /// Creates the order without lines.
    pub fn create(&self, plan: String, reference: String) -> PhpResult<OrderOutcome> {
        let outcome = self.core.create(&plan, reference).map_err(of)?;
        Ok(order_outcome::object(&outcome)?)
    }

    /// The orders that carry the reference.
    pub fn find(&self, reference: String) -> PhpResult<PhpArray> {
        let found = self.core.find(reference).map_err(of)?;
        Ok(PhpArray(list(found.iter().map(OrderId::as_str))?))
    }

    /// Adds what the plan has and the order lacks.
    pub fn fill(&self, plan: String, orderId: String) -> PhpResult<OrderOutcome> {
        let outcome = self.core.fill(&plan, orderId).map_err(of)?;
        Ok(order_outcome::object(&outcome)?)
    }

    /// Records the payment.
    pub fn pay(&self, plan: String, orderId: String, reference: String) -> PhpResult<OrderOutcome> {
        let outcome = self.core.pay(&plan, orderId, reference).map_err(of)?;
        Ok(order_outcome::object(&outcome)?)
    }
}

/// The order as JSON, or the path of a value that JSON cannot express. Invalid UTF-8 is replaced:
/// one broken letter in a customer's name must not keep a paid order out of Clover.
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
        // The order refuses it: it takes decimal text only.
        (None, Some(number)) => Ok(Number::from_f64(number).map_or(Value::Null, Value::Number)),
        (None, None) => Err(path.to_owned()),
    }
}

impl Finish for Orders {
    // A plan names the customer.
    fn finish(ce: &ClassEntry) {
        for method in ["plan", "create", "fill", "pay"] {
            sensitive(ce, method, 0);
        }
    }
}
