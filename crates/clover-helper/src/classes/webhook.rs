//! `CloverSync\Webhook`.

use std::rc::Rc;

use clover_service::Error;
use clover_service::webhook::Webhook;

use crate::json::Json;
use crate::objects::Object;
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    match request.method {
        "new" => {
            let settings = objects.settings(request.object(0))?;
            Ok(objects.keep(Object::Webhook(Rc::new(Webhook::new(&settings)))))
        }
        "judge" => {
            let webhook = objects.webhook(request.this)?;
            let merchant = request.optional_text(2, "merchantId")?;
            let judged = webhook.judge(&request.bytes(0), request.at(1), merchant)?;
            Ok(Json::of(&judged.output()))
        }
        _ => Err(request.unknown()),
    }
}
