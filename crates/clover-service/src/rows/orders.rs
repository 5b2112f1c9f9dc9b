//! Orders of the shop, and outcomes of their pushes.

use clover_core::ids::{OrderId, PrintEventId};
use clover_core::order::ShopOrder;
use serde_json::{Map, Number, Value};

use super::{Input, Kind, Output, errors, object};
use crate::error::{Error, whole_seconds};
use crate::orders::{OrderOutcome, unusable};
use crate::prints::PrintOutcome;

/// Levels of an order: the order, its lines, a line, its options, an option, and one to spare.
const DEPTH: usize = 6;

/// An order. Invalid UTF-8 is replaced: one broken letter in a customer's name must not keep a
/// paid order out of Clover.
///
/// # Errors
/// The path of a value that is missing, unknown or malformed.
pub fn order<'a>(order: impl Input<'a>) -> Result<ShopOrder, Error> {
    let json = value(order, "", 0)
        .map_err(|path| Error::argument(format!("{path}: is not text"), path))?;
    ShopOrder::parse(&json).map_err(unusable)
}

fn value<'a>(given: impl Input<'a>, path: &str, depth: usize) -> Result<Value, String> {
    match given.kind() {
        Kind::Null => Ok(Value::Null),
        Kind::Integer(number) => Ok(Value::from(number)),
        // The order refuses it: it takes decimal text only.
        Kind::Fraction(number) => Ok(Number::from_f64(number).map_or(Value::Null, Value::Number)),
        Kind::Text(text) => Ok(Value::String(text.into_owned())),
        Kind::Bytes(bytes) => Ok(Value::String(String::from_utf8_lossy(&bytes).into_owned())),
        Kind::Array if depth < DEPTH => array(given, path, depth + 1),
        Kind::Array | Kind::Switch(_) | Kind::Other(_) => Err(path.to_owned()),
    }
}

fn array<'a>(given: impl Input<'a>, path: &str, depth: usize) -> Result<Value, String> {
    if given.is_list() {
        let values = given.values().enumerate();
        let values = values.map(|(index, one)| value(one, &format!("{path}[{index}]"), depth));
        return values.collect::<Result<_, _>>().map(Value::Array);
    }
    let mut fields = Map::new();
    for (key, one) in given.entries() {
        let key = key.shown();
        let path = match path {
            "" => key.clone(),
            outer => format!("{outer}.{key}"),
        };
        fields.insert(key, value(one, &path, depth)?);
    }
    Ok(Value::Object(fields))
}

/// Ids of orders in Clover.
#[must_use]
pub fn found(ids: &[OrderId]) -> Output<'_> {
    Output::list(ids.iter().map(OrderId::as_str))
}

/// The outcome of one step.
#[must_use]
pub fn outcome(outcome: &OrderOutcome) -> Output<'_> {
    object!(
        OrderOutcome:
        Output::case(outcome.state),
        outcome.order.as_ref().map(OrderId::as_str),
        errors::maybe(outcome.problem.as_ref()),
        whole_seconds(outcome.retry_after),
    )
}

/// What became of a print.
#[must_use]
pub fn print(outcome: &PrintOutcome) -> Output<'_> {
    object!(
        PrintOutcome:
        Output::case(outcome.state),
        outcome.event.as_ref().map(PrintEventId::as_str),
        errors::maybe(outcome.problem.as_ref()),
        whole_seconds(outcome.retry_after),
    )
}
