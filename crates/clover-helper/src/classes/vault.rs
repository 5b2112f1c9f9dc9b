//! `CloverSync\Vault`.

use std::rc::Rc;
use std::sync::Arc;

use crate::arguments::{Arguments, unknown};
use crate::failure;
use crate::json::Json;
use crate::objects::{Object, Objects};
use crate::value::bytes_json;
use clover_core::seal::Vault;
use clover_service::Error;
use clover_service::token_record::seal;

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    match method {
        "new" => {
            let previous = arguments.optional_bytes(1);
            let vault = Vault::new(&arguments.bytes(0), previous.as_deref())
                .map_err(|e| Error::setting("secret", e.to_string()))?;
            Ok(objects.keep(Object::Vault(Arc::new(vault))))
        }
        "seal" => {
            let context = arguments.bytes(1);
            let context = text(&context, "context")?;
            seal(&*objects.vault(object)?, &arguments.bytes(0), context)
                .map(|sealed| Json::of(&sealed))
        }
        "open" => {
            let (sealed, context) = (arguments.bytes(0), arguments.bytes(1));
            let sealed = text(&sealed, "sealed")?;
            let plain = objects
                .vault(object)?
                .open(sealed, text(&context, "context")?)
                .map_err(|e| failure::vault(&format!("the sealed text does not open: {e}")))?;
            Ok(Json::of(&bytes_json(&plain)))
        }
        "isCurrent" => {
            let vault = objects.vault(object)?;
            let sealed = arguments.bytes(0);
            let is_current =
                std::str::from_utf8(&sealed).is_ok_and(|sealed| vault.is_current(sealed));
            Ok(Json::of(&is_current))
        }
        _ => Err(unknown(method)),
    }
}

fn text<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Error> {
    std::str::from_utf8(bytes)
        .map_err(|_| failure::vault(&format!("the {name} text is not valid UTF-8")))
}
