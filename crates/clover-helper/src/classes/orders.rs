//! `CloverSync\Orders`.

use std::rc::Rc;

use clover_core::ids::OrderId;
use clover_service::Error;
use clover_service::orders::{OrderOutcome, Orders, reference_of, site_tag_of};
use serde_json::{Map, Value};

use crate::arguments::{Arguments, unknown};
use crate::json::{Json, positional};
use crate::objects::{Object, Objects};
use crate::value::{self, plain_bytes};

/// Levels of an order: the order, a list, an entry, and one to spare.
const DEPTH: usize = 4;

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    match method {
        "new" => {
            let session = objects.connection(arguments.object(0))?;
            let orders = Orders::new(&session, &arguments.text(1, "currency")?)?;
            return Ok(objects.keep(Object::Orders(Rc::new(orders))));
        }
        "reference" => {
            let number = u64::try_from(arguments.integer(1)).unwrap_or(0);
            let reference = reference_of(&arguments.text(0, "siteTag")?, number)?;
            return Ok(Json::of(&reference));
        }
        "siteTag" => return Ok(Json::of(&site_tag_of(&arguments.bytes(0))?)),
        _ => {}
    }
    let orders = objects.orders(object)?;
    let text = |index, name| arguments.text(index, name);
    match method {
        "plan" => {
            let order = json_object(arguments.at(0), "", 0)
                .map_err(|path| Error::item(format!("{path}: is not text"), path))?;
            let plan = orders.plan(order.to_string().as_bytes())?;
            Ok(Json::of(&plan))
        }
        "create" => {
            let outcome = orders.create(&text(0, "plan")?, text(1, "reference")?)?;
            Ok(outcome_row(&outcome))
        }
        "find" => {
            let found = orders.find(text(0, "reference")?)?;
            let found: Vec<&str> = found.iter().map(OrderId::as_str).collect();
            Ok(Json::of(&found))
        }
        "fill" => {
            let outcome = orders.fill(&text(0, "plan")?, text(1, "orderId")?)?;
            Ok(outcome_row(&outcome))
        }
        "pay" => {
            let (order, reference) = (text(1, "orderId")?, text(2, "reference")?);
            let outcome = orders.pay(&text(0, "plan")?, order, reference)?;
            Ok(outcome_row(&outcome))
        }
        _ => Err(unknown(method)),
    }
}

fn outcome_row(outcome: &OrderOutcome) -> Json {
    let seconds = outcome.retry_after.as_millis().div_ceil(1000);
    positional![
        outcome.state.key(),
        outcome.order.as_ref().map(OrderId::as_str),
        outcome.message,
        i64::try_from(seconds).unwrap_or(i64::MAX),
    ]
}

/// The order as JSON, or the path of a value that JSON cannot express. Invalid UTF-8 is replaced:
/// one broken letter in a customer's name must not keep a paid order out of Clover.
fn json_object(array: &Value, path: &str, depth: usize) -> Result<Value, String> {
    if depth == DEPTH {
        return Err(path.to_owned());
    }
    if let Value::Array(values) = array {
        let values = values.iter().enumerate();
        let values =
            values.map(|(index, value)| json_value(value, &format!("{path}[{index}]"), depth));
        return values.collect::<Result<_, _>>().map(Value::Array);
    }
    let mut object = Map::new();
    for (key, value) in value::entries(array) {
        let key = key.shown();
        let path = match path {
            "" => key.clone(),
            outer => format!("{outer}.{key}"),
        };
        object.insert(key, json_value(value, &path, depth)?);
    }
    Ok(Value::Object(object))
}

fn json_value(value: &Value, path: &str, depth: usize) -> Result<Value, String> {
    if let Some(text) = plain_bytes(value) {
        return Ok(Value::String(String::from_utf8_lossy(&text).into_owned()));
    }
    match value {
        // The order refuses a fraction: it takes decimal text only.
        Value::Null | Value::Number(_) => Ok(value.clone()),
        array if value::is_array(array) => json_object(array, path, depth + 1),
        _ => Err(path.to_owned()),
    }
}
