//! `CloverSync\Settings`.

use std::rc::Rc;

use clover_service::Error;
use clover_service::settings::{Settings, describe};

use crate::json::Json;
use crate::objects::{Object, Objects};
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    match request.method {
        "fromArray" => Ok(keep(objects, Settings::from_row(request.at(0))?)),
        "describe" => Ok(Json::of(&describe())),
        "withDefaultCategory" => {
            let settings = objects.settings(request.this)?;
            let changed = settings.with_default_category(request.integer(0));
            Ok(keep(objects, changed))
        }
        "hasCredentials" => Ok(Json::of(&objects.settings(request.this)?.has_credentials())),
        _ => Err(request.unknown()),
    }
}

/// The object and its properties.
fn keep(objects: &Rc<Objects>, settings: Settings) -> Json {
    let properties = Json::list(settings.properties());
    let number = objects.keep(Object::Settings(Rc::new(settings)));
    Json::object_with(&number, &properties)
}
