//! A call, with its arguments read by position.

use std::rc::Rc;

use clover_core::text_enum::TextEnum;
use clover_service::Error;
use clover_service::rows::{Input, Kind, NOT_UTF8};

use crate::objects::Objects;
use crate::pipe::Call;
use crate::value::{Sent, Value};

/// Stands for an argument that PHP did not send.
const NONE: &Value = &Value::Null;

/// A call of a method.
pub struct Request<'a> {
    /// All objects.
    pub objects: &'a Rc<Objects>,
    /// The number of the object whose method is called.
    pub this: Option<u64>,
    /// The class.
    pub class: &'a str,
    /// The method.
    pub method: &'a str,
    arguments: &'a [Value],
}

impl<'a> Request<'a> {
    /// What a call asks for.
    pub fn new(objects: &'a Rc<Objects>, call: &'a Call) -> Self {
        let (class, method) = call.method.split_once('.').unwrap_or(("", &call.method));
        Self {
            objects,
            this: call.object,
            class,
            method,
            arguments: &call.arguments,
        }
    }

    /// There is no such method. PHP and helper are of one version, so this is a bug.
    pub fn unknown(&self) -> Error {
        Error::bug(
            format!("the helper has no {}.{}", self.class, self.method),
            None,
        )
    }

    /// One of the arguments.
    pub fn at(&self, index: usize) -> Sent<'a> {
        Sent(self.arguments.get(index).unwrap_or(NONE))
    }

    /// The number of an object.
    pub fn object(&self, index: usize) -> Option<u64> {
        let number = self.at(index).integer_of("$o")?;
        u64::try_from(number).ok()
    }

    /// A `string` that must be UTF-8.
    ///
    /// # Errors
    /// It is not.
    pub fn text(&self, index: usize, name: &str) -> Result<String, Error> {
        self.optional_text(index, name)
            .map(Option::unwrap_or_default)
    }

    /// A `?string` that must be UTF-8.
    ///
    /// # Errors
    /// It is not.
    pub fn optional_text(&self, index: usize, name: &str) -> Result<Option<String>, Error> {
        let value = self.at(index);
        match value.text() {
            Some(text) => Ok(Some(text.into_owned())),
            None if value.is_null() => Ok(None),
            None => Err(Error::argument(NOT_UTF8, name)),
        }
    }

    /// A `string` of any bytes.
    pub fn bytes(&self, index: usize) -> Vec<u8> {
        self.optional_bytes(index).unwrap_or_default()
    }

    /// A `?string` of any bytes.
    pub fn optional_bytes(&self, index: usize) -> Option<Vec<u8>> {
        self.at(index).bytes().map(std::borrow::Cow::into_owned)
    }

    /// An enum.
    ///
    /// # Errors
    /// It is another text.
    pub fn case<T: TextEnum>(&self, index: usize) -> Result<T, Error> {
        let case = self.at(index).case();
        case.ok_or_else(|| Error::bug(format!("not a case of {}", T::NAME), None))
    }

    /// An enum or `null`.
    ///
    /// # Errors
    /// It is another text.
    pub fn optional_case<T: TextEnum>(&self, index: usize) -> Result<Option<T>, Error> {
        if self.at(index).is_null() {
            return Ok(None);
        }
        self.case(index).map(Some)
    }

    /// An `int`.
    pub fn integer(&self, index: usize) -> i64 {
        self.at(index).whole().unwrap_or(0)
    }

    /// A `bool`.
    pub fn is_true(&self, index: usize) -> bool {
        self.at(index).kind() == Kind::Switch(true)
    }
}
