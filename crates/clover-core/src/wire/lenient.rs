//! Values in the shapes that Clover sends in addition to the documented one.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub(super) fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_true(value: &bool) -> bool {
    *value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}

pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(optional_flag(deserializer)?.unwrap_or(false))
}

pub(super) fn flag_or_yes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(optional_flag(deserializer)?.unwrap_or(true))
}

/// `true`, `1`, `"true"` and `"1"`, and the same of `false`.
pub(super) fn optional_flag<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    struct Flag;
    impl Visitor<'_> for Flag {
        type Value = Option<bool>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
            Ok(Some(flag))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            match number {
                0 => Ok(Some(false)),
                1 => Ok(Some(true)),
                _ => Err(E::custom("number is neither 0 nor 1")),
            }
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            if number == 0.0 {
                Ok(Some(false))
            } else if number == 1.0 {
                Ok(Some(true))
            } else {
                Err(E::custom("number is neither 0 nor 1"))
            }
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            match text.trim() {
                "" => Ok(None),
                "0" => Ok(Some(false)),
                "1" => Ok(Some(true)),
                word if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
                word if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
                _ => Err(E::custom("text is neither true nor false")),
            }
        }
    }
    deserializer.deserialize_any(Flag)
}

/// A text, or a number that was meant as one, such as a barcode.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Text;
    impl Visitor<'_> for Text {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }
        fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
            Ok(Some(text))
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }
        // The digits as written are lost; a whole number has only one spelling.
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            if number.fract() == 0.0 && number.abs() < 9e15 {
                Ok(Some(format!("{number:.0}")))
            } else {
                Err(E::custom("number is not text"))
            }
        }
    }
    deserializer.deserialize_any(Text)
}

/// A sort position. Anything but a number is read as no position.
pub(super) fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    number_if_any(deserializer)
}

/// A number, also as text. Anything else is read as none.
pub(super) fn loose_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    number_if_any(deserializer)
}

/// What [`number_if_any`] can read a number into.
trait AnyNumber: Sized {
    fn from_integer(number: i64) -> Self;
    fn from_positive(number: u64) -> Self;
    fn from_double(number: f64) -> Self;
    fn from_text(text: &str) -> Option<Self>;
}

impl AnyNumber for i64 {
    fn from_integer(number: i64) -> Self {
        number
    }
    fn from_positive(number: u64) -> Self {
        Self::try_from(number).unwrap_or(Self::MAX)
    }
    // Saturates, which is a place as good as any.
    #[allow(clippy::cast_possible_truncation)]
    fn from_double(number: f64) -> Self {
        number as Self
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

// The casts round beyond 2^53, where no count is.
#[allow(clippy::cast_precision_loss)]
impl AnyNumber for f64 {
    fn from_integer(number: i64) -> Self {
        number as Self
    }
    fn from_positive(number: u64) -> Self {
        number as Self
    }
    fn from_double(number: f64) -> Self {
        number
    }
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &Self| number.is_finite())
    }
}

fn number_if_any<'de, D: Deserializer<'de>, N: AnyNumber>(
    deserializer: D,
) -> Result<Option<N>, D::Error> {
    struct Anything<N>(PhantomData<N>);
    impl<'de, N: AnyNumber> Visitor<'de> for Anything<N> {
        type Value = Option<N>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(N::from_integer(number)))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(N::from_positive(number)))
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            Ok(Some(N::from_double(number)))
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(N::from_text(text.trim()))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(None)
        }
    }
    deserializer.deserialize_any(Anything(PhantomData))
}

/// A whole number, also as text or as a double without a fraction; none for null and for an empty
/// text.
///
/// # Errors
/// What is none of these.
pub fn lenient_integer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    struct Integer;
    impl Visitor<'_> for Integer {
        type Value = Option<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number))
        }
        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
            i64::try_from(number)
                .map(Some)
                .map_err(|_| E::custom("number out of range"))
        }
        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
            // The cast is exact: whole, and below 2^53.
            #[allow(clippy::cast_possible_truncation)]
            if number.fract() == 0.0 && number.abs() < 9e15 {
                Ok(Some(number as i64))
            } else {
                Err(E::custom("number is not whole"))
            }
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            text.parse()
                .map(Some)
                .map_err(|_| E::custom("text is not a whole number"))
        }
    }
    deserializer.deserialize_any(Integer)
}

/// A whole number as [`lenient_integer`] reads it; 0 for none.
pub(super) fn number_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Ok(lenient_integer(deserializer)?.unwrap_or(0))
}
