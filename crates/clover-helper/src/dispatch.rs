//! Which code answers which call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use clover_service::Error;
use serde_json::Value;

use crate::classes::{catalog, connection, ledger, orders, settings, stock, vault, webhook};
use crate::failure;
use crate::json::{Json, positional};
use crate::objects::Objects;
use crate::pipe::{Call, Frame, Pipe};
use crate::value::{self, value_text};

/// Of the frames. PHP refuses another one.
const PROTOCOL: u32 = 1;

/// Answers calls until PHP ends.
pub fn serve(pipe: &Rc<Pipe>) {
    let objects = Objects::new(pipe);
    while let Some(frame) = pipe.next() {
        // Anything else is for a call that has its answer.
        if let Frame::Call(call) = frame {
            answer(&objects, call);
        }
    }
}

/// Makes one call and sends its answer.
pub fn answer(objects: &Rc<Objects>, call: Call) {
    let number = call.number;
    let result = objects.pipe.within(number, || {
        let work = || {
            objects.drop_all(&call.dropped);
            make(objects, &call)
        };
        // A panic is a bug of ours. It must not leave PHP without an answer.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            Err(Error::bug(
                "the helper program met an error of its own",
                None,
            ))
        })
    });
    objects
        .pipe
        .answer(number, result.map_err(failure::exception));
}

/// The arguments of a call.
pub struct Arguments<'a> {
    values: &'a [Value],
    /// Filled in for those that PHP did not send.
    none: Value,
}

impl<'a> Arguments<'a> {
    /// As they are.
    pub fn new(values: &'a [Value]) -> Self {
        Self {
            values,
            none: Value::Null,
        }
    }

    /// One of them.
    pub fn at(&self, index: usize) -> &Value {
        self.values.get(index).unwrap_or(&self.none)
    }

    /// The number of an object.
    pub fn object(&self, index: usize) -> Option<u64> {
        self.at(index).get("$o").and_then(Value::as_u64)
    }

    /// A `string` that must be UTF-8.
    ///
    /// # Errors
    /// It is not.
    pub fn text(&self, index: usize, name: &str) -> Result<String, Error> {
        self.optional_text(index, name)
            .map(Option::unwrap_or_default)
    }

    /// A `?string` that must be UTF-8.
    ///
    /// # Errors
    /// It is not.
    pub fn optional_text(&self, index: usize, name: &str) -> Result<Option<String>, Error> {
        let value = self.at(index);
        match value_text(value) {
            Some(text) => Ok(Some(text.into_owned())),
            None if value.is_null() => Ok(None),
            None => Err(Error::item(value::NOT_UTF8, name)),
        }
    }

    /// A `string` of any bytes.
    pub fn bytes(&self, index: usize) -> Vec<u8> {
        value::plain_bytes(self.at(index))
            .unwrap_or_default()
            .into_owned()
    }

    /// A `?string` of any bytes.
    pub fn optional_bytes(&self, index: usize) -> Option<Vec<u8>> {
        value::plain_bytes(self.at(index)).map(std::borrow::Cow::into_owned)
    }

    /// An `int`.
    pub fn integer(&self, index: usize) -> i64 {
        self.at(index).as_i64().unwrap_or(0)
    }

    /// A `bool`.
    pub fn is_true(&self, index: usize) -> bool {
        self.at(index).as_bool().unwrap_or(false)
    }
}

fn make(objects: &Rc<Objects>, call: &Call) -> Result<Json, Error> {
    let (class, method) = call.method.split_once('.').unwrap_or(("", &call.method));
    let arguments = Arguments::new(&call.arguments);
    let object = call.object;
    match class {
        "" if method == "hello" => Ok(positional![PROTOCOL, env!("CARGO_PKG_VERSION")]),
        "Settings" => settings::call(objects, object, method, &arguments),
        "Vault" => vault::call(objects, object, method, &arguments),
        "Connection" => connection::call(objects, object, method, &arguments),
        "Catalog" | "PageIterator" | "Page" | "ItemLookup" => {
            catalog::call(objects, object, class, method, &arguments)
        }
        "Stock" | "StockBatch" | "StockPage" => {
            stock::call(objects, object, class, method, &arguments)
        }
        "Orders" => orders::call(objects, object, method, &arguments),
        "Ledger" => ledger::call(objects, object, method, &arguments),
        "Webhook" => webhook::call(objects, object, method, &arguments),
        _ => Err(unknown(&call.method)),
    }
}

/// PHP and helper are of one version, so this is a bug.
pub fn unknown(method: &str) -> Error {
    Error::bug(format!("the helper has no {method}"), None)
}
