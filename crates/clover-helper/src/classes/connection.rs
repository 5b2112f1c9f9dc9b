//! `CloverSync\Connection` and the value objects that it gives.

use std::rc::Rc;

use crate::arguments::{Arguments, unknown};
use crate::host::PipeHost;
use crate::json::{Json, positional};
use crate::objects::{Object, Objects};
use clover_service::connection::{ConnectionStatus, Merchant};
use clover_service::{Error, Session};

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    if method == "new" {
        return new(objects, arguments);
    }
    let session = objects.connection(object)?;
    match method {
        "authorize" => {
            let request = session.authorize(&arguments.text(0, "redirectUri")?)?;
            Ok(positional![request.url.as_str(), request.state.secret()])
        }
        "complete" => {
            let state = arguments.text(1, "state")?;
            let status = session.complete(&arguments.text(0, "callback")?, state)?;
            Ok(status_row(&status))
        }
        "status" => Ok(status_row(&session.status()?)),
        "refresh" => Ok(Json::of(&session.refresh(arguments.integer(0))?)),
        "merchant" => Ok(merchant_row(&session.merchant()?)),
        "disconnect" => session.disconnect().map(|()| Json::null()),
        "withheld" => Ok(Json::of(&session.withheld().fields())),
        "requests" => Ok(Json::of(&session.requests())),
        _ => Err(unknown(method)),
    }
}

fn new(objects: &Rc<Objects>, arguments: &Arguments<'_>) -> Result<Json, Error> {
    let settings = objects.settings(arguments.object(0))?;
    let vault = objects.vault(arguments.object(1))?;
    let number = objects.reserve();
    let host = PipeHost {
        objects: Rc::downgrade(objects),
        connection: number,
        has_log: arguments.is_true(2),
        has_rate_limiter: arguments.is_true(3),
    };
    let session = Session::new(
        settings.core.clone(),
        settings.hosts.clone(),
        vault,
        Box::new(host),
    );
    Ok(objects.keep_as(number, Object::Connection(session)))
}

fn status_row(status: &ConnectionStatus) -> Json {
    positional![
        status.connected,
        status.environment.key(),
        status.merchant_id.as_deref(),
        status.access_expires_at,
        status.refresh_expires_at,
        status.reconnect_reason.as_deref(),
        status.refused_at,
        status.next_try_at,
    ]
}

fn merchant_row(merchant: &Merchant) -> Json {
    let currency = merchant.currency.as_ref();
    positional![
        merchant.id.as_str(),
        merchant.name.as_deref(),
        currency.map(|(currency, _)| currency.as_str()),
        currency.map(|(_, source)| source.key()),
        merchant.vat,
        merchant.track_stock,
        merchant.update_stock,
    ]
}
