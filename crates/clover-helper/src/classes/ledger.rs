//! `CloverSync\Ledger`.

use std::rc::Rc;

use clover_service::Error;
use clover_service::ledger::Ledger;
use clover_service::rows::Input;

use crate::json::Json;
use crate::objects::Object;
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    if request.method == "new" {
        let settings = objects.settings(request.object(0))?;
        return Ok(objects.keep(Object::Ledger(Rc::new(Ledger::new(&settings)))));
    }
    let ledger = objects.ledger(request.this)?;
    let first = request.at(0);
    let output = match request.method {
        "saleState" => {
            let state = ledger.sale_state(first.whole(), request.at(1))?;
            return Ok(Json::of(&state));
        }
        "standing" => {
            let method = request.text(2, "paymentMethod")?;
            let standing = ledger.standing(first.whole(), request.at(1), &method)?;
            return Ok(Json::of(&standing));
        }
        "wasPaid" => return Ok(Json::of(&ledger.was_paid(first)?)),
        "releasingStatuses" => ledger.releasing_statuses(),
        "plan" => ledger.plan(first, request.case(1)?)?,
        "restock" => ledger.restock(first, request.integer(1))?,
        "resolve" => ledger.resolve(first, request.integer(1), request.case(2)?)?,
        "nextStep" => ledger.next_step(first, request.integer(1))?,
        "reserve" => return Ok(Json::of(&ledger.reserve(first.whole()))),
        "sellable" => {
            let count = request.text(0, "count")?;
            let own = request.at(2).whole();
            let units = ledger.sellable(&count, request.integer(1), own)?;
            return Ok(Json::of(&units));
        }
        "committed" => ledger.committed(first, request.at(1), request.integer(2))?,
        _ => return Err(request.unknown()),
    };
    Ok(Json::of(&output))
}
