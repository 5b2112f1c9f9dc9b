//! Reading typed fields out of a JSON object; every error names its field.

use serde_json::{Map, Value};

use crate::http::reply::Reply;
use crate::ids::Id;

/// A field that may be left out, set, or taken away with `null`.
pub type Change<T> = Option<Option<T>>;

/// A JSON object whose fields are read one by one.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    takes_text: bool,
}

impl<'a> Fields<'a> {
    /// The fields as Clover reads them: numbers and flags are accepted as text too.
    pub fn of(map: &'a Map<String, Value>) -> Self {
        Fields {
            map,
            takes_text: true,
        }
    }

    /// The fields as the control plane reads them: every type must be right.
    pub fn strict(map: &'a Map<String, Value>) -> Self {
        Fields {
            map,
            takes_text: false,
        }
    }

    /// The value, a text read as the number or flag that it spells.
    fn spelled(&self, name: &str) -> Option<Value> {
        let text = self.map.get(name)?.as_str().filter(|_| self.takes_text)?;
        let value: Value = serde_json::from_str(text.trim()).ok()?;
        (value.is_number() || value.is_boolean()).then_some(value)
    }

    fn change<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Change<T>, Reply> {
        match self.map.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(Some(read))),
                None => Err(Reply::bad(format!("{name} must be {what}"))),
            },
        }
    }

    /// Text of at most `max` characters.
    pub fn text(&self, name: &str, max: usize) -> Result<Change<String>, Reply> {
        let change = self.change(name, "text", Value::as_str)?;
        if let Some(Some(text)) = change
            && text.chars().count() > max
        {
            return Err(Reply::bad(format!(
                "{name} is longer than {max} characters"
            )));
        }
        Ok(change.map(|text| text.map(str::to_owned)))
    }

    /// A whole number in a range.
    pub fn int(&self, name: &str, min: i64, max: i64) -> Result<Change<i64>, Reply> {
        let change = match self.spelled(name).as_ref().and_then(whole) {
            Some(number) => Some(Some(number)),
            None => self.change(name, "a whole number", whole)?,
        };
        match change {
            Some(Some(n)) if n < min => {
                Err(Reply::bad(format!("{name} must not be less than {min}")))
            }
            Some(Some(n)) if n > max => {
                Err(Reply::bad(format!("{name} must not be more than {max}")))
            }
            _ => Ok(change),
        }
    }

    /// A number, fractions allowed.
    pub fn number(&self, name: &str) -> Result<Change<f64>, Reply> {
        match self.spelled(name).as_ref().and_then(Value::as_f64) {
            Some(number) => Ok(Some(Some(number))),
            None => self.change(name, "a number", Value::as_f64),
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Result<Change<bool>, Reply> {
        match self.spelled(name).as_ref().and_then(Value::as_bool) {
            Some(flag) => Ok(Some(Some(flag))),
            None => self.change(name, "true or false", Value::as_bool),
        }
    }

    /// A reference `{"id": "…"}`.
    pub fn reference(&self, name: &str) -> Result<Change<Id>, Reply> {
        self.change(name, "{\"id\": …} with a Clover id", |value| {
            value.get("id")?.as_str()?.parse().ok()
        })
    }

    /// An object.
    pub fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Reply> {
        Ok(self.change(name, "an object", Value::as_object)?.flatten())
    }

    /// A list: bare, or wrapped as Clover wraps them, `{"elements": […]}`.
    pub fn list(&self, name: &str) -> Result<Option<&'a Vec<Value>>, Reply> {
        let change = self.change(name, "a list", |value| {
            value.get("elements").unwrap_or(value).as_array()
        })?;
        Ok(change.flatten())
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Reply> {
        let change = self.change(name, "a list of names", |value| {
            value
                .as_array()?
                .iter()
                .map(|text| text.as_str().map(str::to_owned))
                .collect()
        })?;
        Ok(change.flatten())
    }

    /// Refuses every field that is not in `known`.
    pub fn only(&self, known: &[&str]) -> Result<(), Reply> {
        match self.map.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(Reply::bad(format!("{name}: there is no such field"))),
        }
    }
}

/// A whole number, also where a client wrote it as `5.0`.
#[allow(clippy::cast_possible_truncation, reason = "whole, and below 2^53")]
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let float = value
            .as_f64()
            .filter(|f| f.fract() == 0.0 && f.abs() < 9e15)?;
        Some(float as i64)
    })
}
