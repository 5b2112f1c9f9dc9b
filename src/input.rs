//! PHP values as the service reads them.

use std::any::TypeId;
use std::borrow::Cow;

use clover_core::text_enum::TextEnum;
use clover_service::rows::{Input, Key, Kind};
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};

use crate::enums;

/// A PHP value.
#[derive(Clone, Copy)]
pub enum Php<'a> {
    /// An argument that PHP has checked to be an array.
    Array(&'a ZendHashTable),
    /// Any value, with its reference followed.
    Value(&'a Zval),
}

impl<'a> Php<'a> {
    /// Any value.
    pub fn of(value: &'a Zval) -> Self {
        Self::Value(value.dereference())
    }

    fn array(self) -> Option<&'a ZendHashTable> {
        match self {
            Self::Array(array) => Some(array),
            Self::Value(value) => value.array(),
        }
    }

    /// The keys and values of an array. The other iterators of ext-php-rs panic at a key that is
    /// not UTF-8.
    fn pairs(self) -> impl Iterator<Item = (Zval, &'a Zval)> {
        let mut iter = self.array().map(ZendHashTable::iter);
        std::iter::from_fn(move || iter.as_mut()?.next_zval())
    }
}

impl<'a> Input<'a> for Php<'a> {
    fn kind(self) -> Kind<'a> {
        let Self::Value(value) = self else {
            return Kind::Array;
        };
        if let Some(text) = value.zend_str() {
            let bytes = text.as_bytes();
            return match std::str::from_utf8(bytes) {
                Ok(text) => Kind::Text(Cow::Borrowed(text)),
                Err(_) => Kind::Bytes(Cow::Borrowed(bytes)),
            };
        }
        if let Some(number) = value.long() {
            return Kind::Integer(number);
        }
        match (value.bool(), value.double()) {
            _ if value.is_null() => Kind::Null,
            _ if value.is_array() => Kind::Array,
            (Some(on), _) => Kind::Switch(on),
            (None, Some(number)) => Kind::Fraction(number),
            (None, None) => Kind::Other(value.get_type().to_string()),
        }
    }

    fn case<T: TextEnum>(self) -> Option<T> {
        match self {
            Self::Array(_) => None,
            Self::Value(value) => enums::slot_of(TypeId::of::<T>())?.read(value),
        }
    }

    fn field(self, name: &str) -> Option<Self> {
        // A name of a field is never a number, which any other key would be examined for.
        self.array()?.get(ArrayKey::Str(name)).map(Self::of)
    }

    fn size(self) -> usize {
        self.array().map_or(0, ZendHashTable::len)
    }

    fn entries(self) -> impl Iterator<Item = (Key, Self)> {
        self.pairs().map(|(key, value)| {
            let key = match (key.long(), key.zend_str()) {
                (Some(number), _) => Key::Text(number.to_string()),
                (None, text) => Key::new(text.map_or(&[][..], |text| text.as_bytes()).to_vec()),
            };
            (key, Self::of(value))
        })
    }

    fn values(self) -> impl Iterator<Item = Self> {
        self.pairs().map(|(_, value)| Self::of(value))
    }

    fn is_list(self) -> bool {
        let keys = self.pairs().map(|(key, _)| key.long());
        keys.zip(0..).all(|(key, n)| key == Some(n))
    }
}
