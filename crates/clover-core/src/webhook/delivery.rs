//! The body of a delivery, read in one pass.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::event::{Event, EventKind, EventObject, Unusable, form};
use super::{MAX_EVENTS, MAX_MERCHANTS, Rejection};
use crate::ids::MerchantId;
use crate::json::JsonError;

/// Events of a delivery that became nothing. Repetitions are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Objects or types that this version does not know.
    pub unknown_types: usize,
    /// Of merchants that this shop is not connected with.
    pub other_merchants: usize,
    /// Not of an event's form.
    pub malformed: usize,
    /// The form of the first unknown or malformed one, for the log: names of fields, and of values
    /// no more than their kinds, the letters before an object's id and the word of a type.
    pub example: Option<String>,
}

/// What has been read of a delivery. The visitors below fill it in one pass; only ids that stay are
/// copied.
pub(super) struct Delivery<'a> {
    merchant: Option<&'a MerchantId>,
    pub(super) events: Vec<Event>,
    known: HashMap<EventObject, usize>,
    pub(super) ignored: Ignored,
    total: usize,
    merchants: Option<usize>,
    overfull: bool,
    /// Where the reader is. No key of the body is in it.
    place: &'static str,
}

impl<'a> Delivery<'a> {
    pub(super) fn read(body: &[u8], merchant: Option<&'a MerchantId>) -> Result<Self, Rejection> {
        let mut delivery = Self {
            merchant,
            events: Vec::new(),
            known: HashMap::new(),
            ignored: Ignored::default(),
            total: 0,
            merchants: None,
            overfull: false,
            place: ".",
        };
        let mut reader = serde_json::Deserializer::from_slice(body);
        let read = Whole(&mut delivery)
            .deserialize(&mut reader)
            .and_then(|()| reader.end());
        match read {
            Ok(()) => Ok(delivery),
            Err(_) if delivery.overfull => Err(Rejection::TooMany),
            Err(error) => Err(Rejection::Malformed(JsonError {
                path: delivery.place.to_owned(),
                reason: describe(&error),
            })),
        }
    }

    fn count_event<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.total += 1;
        self.limit(self.total <= MAX_EVENTS)
    }

    fn count_merchant<E: serde::de::Error>(&mut self) -> Result<(), E> {
        let merchants = self.merchants.get_or_insert(0);
        *merchants += 1;
        let within = *merchants <= MAX_MERCHANTS;
        self.limit(within)
    }

    fn limit<E: serde::de::Error>(&mut self, within: bool) -> Result<(), E> {
        if within {
            return Ok(());
        }
        self.overfull = true;
        Err(E::custom("too many"))
    }

    fn take(&mut self, entry: &str) {
        match Event::read(entry) {
            Ok(event) => self.add(event),
            Err(unusable) => {
                match unusable {
                    Unusable::Unknown => self.ignored.unknown_types += 1,
                    Unusable::Malformed => self.ignored.malformed += 1,
                }
                self.ignored.example.get_or_insert_with(|| form(entry));
            }
        }
    }

    fn add(&mut self, event: Event) {
        match self.known.entry(event.object.clone()) {
            Entry::Vacant(place) => {
                place.insert(self.events.len());
                self.events.push(event);
            }
            // Panic: an index of an event that was pushed, and none is ever removed.
            Entry::Occupied(place) => {
                let known = &mut self.events[*place.get()];
                // Of two at the same time the one further down is the newer; one without a time is
                // older than all.
                if event.ts >= known.ts {
                    known.ts = event.ts;
                    if known.kind != EventKind::Delete {
                        known.kind = event.kind;
                    }
                } else if event.kind == EventKind::Delete {
                    known.kind = EventKind::Delete;
                }
            }
        }
    }
}

/// `serde_json` says what it found where it wanted something else, and that is the sender's text.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if error.classify() != Category::Data {
        return text;
    }
    match text.rfind(", expected ") {
        Some(found) => text[found + 2..].to_owned(),
        None => text,
    }
}

/// The body: an object with `merchants`.
struct Whole<'r, 'a>(&'r mut Delivery<'a>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            if key != "merchants" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            self.0.place = "merchants";
            if self.0.merchants.is_some() {
                return Err(A::Error::custom("given twice"));
            }
            self.0.merchants = Some(0);
            map.next_value_seed(Merchants(self.0))?;
            self.0.place = ".";
        }
        if self.0.merchants.is_none() {
            self.0.place = "merchants";
            return Err(A::Error::custom("is missing"));
        }
        Ok(())
    }
}

/// `merchants`: an object of lists by merchant id.
struct Merchants<'r, 'a>(&'r mut Delivery<'a>);

impl<'de> DeserializeSeed<'de> for Merchants<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Merchants<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            self.0.count_merchant()?;
            self.0.place = "merchants.*";
            let ours = self.0.merchant.is_some_and(|m| m.as_str() == key);
            map.next_value_seed(Events {
                delivery: self.0,
                ours,
            })?;
            self.0.place = "merchants";
        }
        Ok(())
    }
}

/// A merchant's list of events.
struct Events<'r, 'a> {
    delivery: &'r mut Delivery<'a>,
    ours: bool,
}

impl<'de> DeserializeSeed<'de> for Events<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Events<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let delivery = self.delivery;
        if self.ours {
            // Apart from each other, so that an odd one does not cost the rest.
            while let Some(entry) = list.next_element::<&RawValue>()? {
                delivery.count_event()?;
                delivery.take(entry.get());
            }
        } else {
            while list.next_element::<IgnoredAny>()?.is_some() {
                delivery.count_event()?;
                delivery.ignored.other_merchants += 1;
            }
        }
        Ok(())
    }
}

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
