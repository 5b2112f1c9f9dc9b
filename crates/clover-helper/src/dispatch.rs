//! Which code answers which call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use clover_service::Error;

use crate::classes::{catalog, connection, ledger, orders, settings, stock, vault, webhook};
use crate::failure;
use crate::json::Json;
use crate::objects::Objects;
use crate::pipe::{Call, Frame, Pipe};
use crate::request::Request;

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
        .answer(number, result.map_err(|error| failure::exception(&error)));
}

fn make(objects: &Rc<Objects>, call: &Call) -> Result<Json, Error> {
    let request = Request::new(objects, call);
    match request.class {
        "" if request.method == "hello" => Ok(Json::of(&(PROTOCOL, env!("CARGO_PKG_VERSION")))),
        "Settings" => settings::call(&request),
        "Vault" => vault::call(&request),
        "Connection" => connection::call(&request),
        "Catalog" | "PageIterator" | "Page" | "ItemLookup" => catalog::call(&request),
        "Stock" | "StockBatch" | "StockPage" => stock::call(&request),
        "Orders" => orders::call(&request),
        "Ledger" => ledger::call(&request),
        "Webhook" => webhook::call(&request),
        _ => Err(request.unknown()),
    }
}
