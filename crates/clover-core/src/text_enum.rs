//! Enums whose cases have a text: their form in the shop's database, in PHP's backed enums and in
//! JSON.
//!
//! [`text_enum!`](crate::text_enum!) defines such an enum. Its cases and texts stand there and
//! nowhere else: the PHP extension registers its enums from [`TextEnum::ALL`].

use std::fmt::Debug;
use std::hash::Hash;

use serde::de::{Deserialize, Deserializer, Error};

/// An enum whose cases have a text.
pub trait TextEnum: Copy + Eq + Hash + Debug + 'static {
    /// The name of the enum.
    const NAME: &'static str;

    /// All cases, in the order of their discriminants.
    const ALL: &'static [Self];

    /// The name of the case in Rust and in PHP.
    fn name(self) -> &'static str;

    /// The text of the case.
    fn key(self) -> &'static str;

    /// The position in [`TextEnum::ALL`].
    fn index(self) -> usize;

    /// The case with this text.
    ///
    /// # Errors
    /// [`UnknownText`] names the text and those that there are.
    fn from_key(key: &str) -> Result<Self, UnknownText> {
        let known = Self::ALL.iter().find(|case| case.key() == key).copied();
        known.ok_or_else(|| UnknownText {
            text: key.to_owned(),
            known: Self::ALL.iter().map(|case| case.key()).collect(),
        })
    }
}

/// A text that no case of the enum has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not one of: {}", known.join(", "))]
pub struct UnknownText {
    /// As it was given.
    pub text: String,
    /// The texts of the enum.
    pub known: Vec<&'static str>,
}

#[doc(hidden)]
pub use serde as private_serde;

/// Reads a case from its text.
#[doc(hidden)]
pub fn deserialize<'de, T: TextEnum, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(from)?;
    T::from_key(&text).map_err(D::Error::custom)
}

/// Defines an enum with [`TextEnum`], `Serialize` and `Deserialize` by the texts of its cases.
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$case_meta:meta])* $case:ident = $key:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$case_meta])* $case,)+
        }

        impl $name {
            /// All cases.
            pub const ALL: &'static [Self] = &[$(Self::$case,)+];

            /// The text in the shop's database, in PHP and in JSON.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$case => $key,)+
                }
            }

            /// The case with this text.
            ///
            /// # Errors
            /// [`UnknownText`]($crate::text_enum::UnknownText), for a text that no case has.
            pub fn from_key(key: &str) -> Result<Self, $crate::text_enum::UnknownText> {
                $crate::text_enum::TextEnum::from_key(key)
            }
        }

        impl $crate::text_enum::TextEnum for $name {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = Self::ALL;

            fn name(self) -> &'static str {
                match self {
                    $(Self::$case => stringify!($case),)+
                }
            }

            fn key(self) -> &'static str {
                self.key()
            }

            fn index(self) -> usize {
                self as usize
            }
        }

        impl $crate::text_enum::private_serde::Serialize for $name {
            fn serialize<S: $crate::text_enum::private_serde::Serializer>(
                &self,
                to: S,
            ) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.key())
            }
        }

        impl<'de> $crate::text_enum::private_serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::text_enum::private_serde::Deserializer<'de>>(
                from: D,
            ) -> Result<Self, D::Error> {
                $crate::text_enum::deserialize(from)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    text_enum! {
        /// For the tests.
        enum Fruit {
            /// Red.
            Apple = "apple",
            /// Yellow.
            PassionFruit = "passion_fruit",
        }
    }

    #[test]
    fn a_case_has_a_name_a_text_and_a_place() {
        let fruit = Fruit::PassionFruit;
        assert_eq!(
            (fruit.name(), fruit.key()),
            ("PassionFruit", "passion_fruit")
        );
        assert_eq!(Fruit::ALL[fruit.index()], fruit);
        assert_eq!(Fruit::from_key("passion_fruit"), Ok(fruit));
    }

    #[test]
    fn json_holds_the_text() {
        let text = serde_json::to_string(&Fruit::ALL).unwrap();
        assert_eq!(text, r#"["apple","passion_fruit"]"#);
        assert_eq!(
            serde_json::from_str::<Vec<Fruit>>(&text).unwrap(),
            Fruit::ALL
        );
    }

    #[test]
    fn an_unknown_text_is_named_with_those_that_there_are() {
        let message = "“pear” is not one of: apple, passion_fruit";
        assert_eq!(Fruit::from_key("pear").unwrap_err().to_string(), message);
        let error = serde_json::from_str::<Fruit>(r#""pear""#).unwrap_err();
        assert!(error.to_string().starts_with(message));
    }
}
