//! `CloverSync\Connection` and the value objects that it gives.

use std::rc::Rc;

use clover_service::rows::connection;
use clover_service::{Error, Session};

use crate::host::PipeHost;
use crate::json::Json;
use crate::objects::Object;
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    if request.method == "new" {
        return new(request);
    }
    let session = request.objects.connection(request.this)?;
    match request.method {
        "authorize" => {
            let begun = session.authorize(&request.text(0, "redirectUri")?)?;
            Ok(Json::of(&connection::authorization(&begun)))
        }
        "complete" => {
            let state = request.text(1, "state")?;
            let status = session.complete(&request.text(0, "callback")?, state)?;
            Ok(Json::of(&connection::status(&status)))
        }
        "connectWithApiToken" => {
            let token = request.text(1, "token")?;
            let merchant = request.text(0, "merchantId")?;
            let status = session.connect_with_api_token(&merchant, &token, request.is_true(2))?;
            Ok(Json::of(&connection::status(&status)))
        }
        "hasApiToken" => {
            let token = request.text(1, "token")?;
            let merchant = request.text(0, "merchantId")?;
            Ok(Json::of(&session.has_api_token(&merchant, &token)?))
        }
        "status" => Ok(Json::of(&connection::status(&session.status()?))),
        "refresh" => Ok(Json::of(&session.refresh(request.integer(0))?)),
        "merchant" => Ok(Json::of(&connection::merchant(
            &session.merchant(request.optional_case(0)?)?,
        ))),
        "taxRates" => Ok(Json::of(&connection::tax_rates(&session.tax_rates()?))),
        "picture" => Ok(Json::of(&connection::picture(
            &session.picture(&request.text(0, "address")?)?,
        ))),
        "disconnect" => session.disconnect().map(|()| Json::null()),
        "withheld" => Ok(Json::of(&session.withheld_from_items())),
        "clockDifference" => Ok(Json::of(&session.clock_difference())),
        "requests" => Ok(Json::of(&session.requests())),
        _ => Err(request.unknown()),
    }
}

fn new(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    let settings = objects.settings(request.object(0))?;
    let vault = objects.vault(request.object(1))?;
    let number = objects.reserve();
    let host = PipeHost {
        objects: Rc::downgrade(objects),
        connection: number,
        has_log: request.is_true(2),
        has_rate_limiter: request.is_true(3),
    };
    let session = Session::new(&settings, vault, Box::new(host));
    Ok(objects.keep_as(number, Object::Connection(session)))
}
