//! `CloverSync\Vault`.

use std::sync::Arc;

use clover_service::Error;
use clover_service::vault;

use crate::json::Json;
use crate::objects::Object;
use crate::request::Request;
use crate::value::bytes_json;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    let keys = match request.method {
        "new" => {
            let (secret, previous) = (request.bytes(0), request.optional_bytes(1));
            let vault = vault::derive(&secret, previous.as_deref())?;
            return Ok(objects.keep(Object::Vault(Arc::new(vault))));
        }
        _ => objects.vault(request.this)?,
    };
    match request.method {
        "seal" => {
            let sealed = vault::seal(&keys, &request.bytes(0), &request.bytes(1))?;
            Ok(Json::of(&sealed))
        }
        "open" => {
            let plain = vault::open(&keys, &request.bytes(0), &request.bytes(1))?;
            Ok(Json::of(&bytes_json(&plain)))
        }
        "isCurrent" => Ok(Json::of(&vault::is_current(&keys, &request.bytes(0)))),
        _ => Err(request.unknown()),
    }
}
