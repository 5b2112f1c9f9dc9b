//! Lists, and the elements of them that cannot be read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::ids::ItemId;
use crate::json::{JsonError, parse, read, repaired};

/// A list as Clover nests it: `{"elements":[…]}`, but also `{}`, `null`, `{"href":…}` or a bare
/// array.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Elements<T>(pub Vec<T>);

impl<T> Elements<T> {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Elements<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Key {
            Elements,
            #[serde(other)]
            Other,
        }
        struct List<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Elements<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or an object with elements")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Elements::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::with_capacity(list.size_hint().unwrap_or(0).min(1000));
                while let Some(element) = list.next_element::<Option<T>>()? {
                    elements.extend(element);
                }
                Ok(Elements(elements))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut elements = Elements::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Elements => elements = map.next_value()?,
                        Key::Other => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(elements)
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// One element of a list that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementError {
    /// The element's id, where at least that was readable.
    pub id: Option<String>,
    /// Where and why.
    pub error: JsonError,
}

/// A list whose elements were read one by one: a bad one is that element's error, not the list's.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// The readable ones, in order.
    pub elements: Vec<T>,
    /// The others.
    pub errors: Vec<ElementError>,
}

impl<T: DeserializeOwned> Listing<T> {
    /// Reads an answer `{"elements":[…]}`.
    ///
    /// # Errors
    /// [`JsonError`] when the text as a whole is not such a list.
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        #[derive(Deserialize)]
        #[serde(bound = "T: DeserializeOwned")]
        struct Whole<T> {
            elements: Vec<T>,
        }
        // Nearly every page is sound, and this way it is gone over once.
        if let Ok(whole) = read::<Whole<T>>(text) {
            return Ok(Self {
                elements: whole.elements,
                errors: Vec::new(),
            });
        }
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            elements: Vec<&'a RawValue>,
        }
        let text = repaired(text);
        let Ok(raw) = serde_json::from_slice::<Raw<'_>>(&text) else {
            let error = parse::<Whole<IgnoredAny>>(&text).err();
            return Err(error.unwrap_or(JsonError {
                path: ".".into(),
                reason: "no list of elements".into(),
            }));
        };
        let mut listing = Self {
            elements: Vec::with_capacity(raw.elements.len()),
            errors: Vec::new(),
        };
        let elements = raw.elements.into_iter().enumerate();
        for (index, element) in elements.filter(|(_, element)| element.get() != "null") {
            match parse(element.get().as_bytes()) {
                Ok(element) => listing.elements.push(element),
                Err(error) => listing.errors.push(ElementError {
                    id: id_of(element),
                    error: error.within(&format!("elements[{index}]")),
                }),
            }
        }
        Ok(listing)
    }
}

fn id_of(element: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Id {
        id: ItemId,
    }
    serde_json::from_str::<Id>(element.get())
        .ok()
        .map(|e| e.id.into())
}
