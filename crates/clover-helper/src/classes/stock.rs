//! `CloverSync\Stock`, `StockBatch` and `StockPage`.

use std::rc::Rc;

use clover_service::Error;
use clover_service::rows::{catalog, stock};
use clover_service::stock::Stock;

use crate::json::Json;
use crate::objects::Object;
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    match request.class {
        "Stock" => counts(request),
        "StockBatch" if request.method == "rows" => {
            let batch = objects.stock_batch(request.this)?;
            Ok(Json::of(&stock::outcomes(&batch.rows)))
        }
        "StockPage" => stock_page(request),
        _ => Err(request.unknown()),
    }
}

fn counts(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    if request.method == "new" {
        let session = objects.connection(request.object(0))?;
        return Ok(objects.keep(Object::Stock(Rc::new(Stock::new(&session)))));
    }
    let counts = objects.stock(request.this)?;
    match request.method {
        "prepare" => {
            let batch = counts.prepare(stock::changes(request.at(0))?)?;
            Ok(objects.keep(Object::StockBatch(Rc::new(batch))))
        }
        "commit" => {
            let batch = objects.stock_batch(request.object(0))?;
            let done = counts.commit(&batch, &stock::keys(request.at(1))?)?;
            Ok(Json::of(&stock::outcomes(&done)))
        }
        "settle" => {
            let settled = counts.settle(&stock::sent(request.at(0))?)?;
            Ok(Json::of(&stock::outcomes(&settled)))
        }
        "counts" => {
            let after = request.optional_text(0, "after")?;
            let page = counts.counts(after.as_deref())?;
            Ok(objects.keep(Object::StockPage(Rc::new(page))))
        }
        "soldWithin" => {
            let sold = counts.sold_within(&stock::overwritten(request.at(0))?)?;
            Ok(Json::of(&stock::sold(&sold)))
        }
        _ => Err(request.unknown()),
    }
}

fn stock_page(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    let page = objects.stock_page(request.this)?;
    match request.method {
        "cursor" => Ok(Json::of(&page.cursor)),
        "age" => Ok(Json::of(&page.age())),
        "items" => Ok(Json::list(catalog::counts(&page))),
        "changes" => {
            let known = catalog::known(request.at(0));
            let track_stock = request.is_true(1);
            Ok(Json::list(catalog::count_changes(
                &page,
                &known,
                track_stock,
            )))
        }
        _ => Err(request.unknown()),
    }
}
