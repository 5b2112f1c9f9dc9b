//! Which code answers which call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use clover_service::Error;

use crate::arguments::{Arguments, unknown};
use crate::classes::{catalog, connection, ledger, orders, settings, stock, vault, webhook};
use crate::failure;
use crate::json::{Json, positional};
use crate::objects::Objects;
use crate::pipe::{Call, Frame, Pipe};

/// Of the frames. PHP refuses another one.
const PROTOCOL: u32 = 1;

/// Answers calls until PHP ends.
pub fn serve(pipe: &Rc<Pipe>) {
    let objects = Objects::new(pipe, answer);
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
