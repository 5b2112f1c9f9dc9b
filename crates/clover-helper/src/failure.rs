//! Errors as PHP's exceptions: `{"class", "message", "data"}`, the data by property.

use std::collections::BTreeMap;

use clover_service::Error;
use clover_service::rows::errors;
use serde_json::json;

use crate::json::Json;

/// The exception of an error.
pub fn exception(error: &Error) -> Json {
    let (class, data) = errors::exception(error);
    let data: BTreeMap<_, _> = data.into_iter().chain([errors::base(error)]).collect();
    Json::of(&json!({"class": class, "message": error.to_string(), "data": data}))
}
