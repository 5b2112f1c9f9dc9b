//! One webhook request in, one verdict out.
//!
//! Clover signs nothing: `X-Clover-Auth` is a fixed text, the same for every delivery. It says who speaks, neither that the body is whole nor that it is new. So
//! nothing of a body is believed beyond "look at this object again": a replayed delivery costs one more look, and one that was tampered with by
//! somebody who has the text is taken as it stands, which again costs looks and no more.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::ids::{AppId, CategoryId, ItemId, MerchantId, OrderId};
use crate::json::JsonError;
use crate::settings::Secret;

/// Longest body that is read. An event takes 70 bytes, one with stock in it perhaps 300: a thousand at once still fit, and parsing this much takes
/// a millisecond or two.
pub const MAX_BODY: usize = 256 * 1024;

/// Longest body that is read without the right header. The handshake has 59 bytes; the rest is room for fields that Clover may add.
pub const MAX_HANDSHAKE: usize = 1024;

/// Most events of a delivery, those of other merchants included. A body of real events ends sooner; one of empty ones would not.
pub const MAX_EVENTS: usize = 5_000;

/// Most merchants of a delivery. Clover may put all shops that installed the app into one.
pub const MAX_MERCHANTS: usize = 500;

/// The header that carries Clover's fixed text.
pub const AUTH_HEADER: &str = "X-Clover-Auth";

/// What came in. Has no `Debug`, since the header is the secret itself whenever it is right.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// As it came, before any parsing.
    pub body: &'a [u8],
    /// Every value of [`AUTH_HEADER`]; none for a handshake, one for a delivery.
    pub auth: &'a [&'a [u8]],
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Clover proves that the address is reachable; the owner copies the code into Clover's dashboard. Comes without the header, so from anybody:
    /// it may be shown, and nothing else.
    Verification(VerificationCode),
    /// Objects to look at again. May be none.
    Events {
        /// One an object, in the order in which the objects were first named.
        events: Vec<Event>,
        /// What is in no event.
        ignored: Ignored,
    },
    /// A delivery of Clover's while webhooks are switched off.
    Disabled {
        /// Objects that would have been looked at.
        skipped: usize,
        /// What would have been in no event.
        ignored: Ignored,
    },
    /// Not taken.
    Refused(Refusal),
}

impl Verdict {
    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            _ => 200,
        }
    }
}

/// Why a request is not taken. For the log: whoever sent it is told the status alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Longer than [`MAX_BODY`].
    #[error("the body has more than {MAX_BODY} bytes")]
    TooLarge,
    /// More than [`MAX_EVENTS`] or [`MAX_MERCHANTS`].
    #[error("the body has more than {MAX_EVENTS} events or {MAX_MERCHANTS} merchants")]
    TooMany,
    /// Nothing to compare the header with.
    #[error("no Auth Code is set, so events cannot be told from forgeries")]
    NoSecret,
    /// Not Clover, or a handshake of another shape than we know.
    #[error("{AUTH_HEADER} is missing")]
    NoHeader,
    /// Not Clover, or the Auth Code in the settings is not the one in Clover's dashboard.
    #[error("{AUTH_HEADER} is not the Auth Code of the settings")]
    WrongHeader,
    /// Which of them counts would depend on who reads them.
    #[error("{AUTH_HEADER} is given more than once")]
    SeveralHeaders,
    /// No JSON, or of another shape than a delivery. Quotes nothing of the body.
    #[error(transparent)]
    Malformed(#[from] JsonError),
}

impl Refusal {
    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::TooLarge | Self::TooMany => 413,
            Self::NoSecret | Self::NoHeader | Self::WrongHeader | Self::SeveralHeaders => 403,
            Self::Malformed(_) => 400,
        }
    }
}

/// What Clover wants to see typed into its dashboard.
///
/// A stranger can send one too, and it is shown to the owner: so it is made of hexadecimal digits and hyphens only, which spell no sentence and no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationCode(String);

impl VerificationCode {
    /// Clover's are UUIDs, of 36 characters.
    const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

    fn new(text: &str) -> Option<Self> {
        let allowed = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        (allowed && Self::LENGTHS.contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// The code as Clover wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// To what.
    pub object: Object,
    /// What. [`Kind::Delete`] when any event of the delivery about this object says so, for a later one may be about its stock alone. A hint to be
    /// checked with Clover, as everything here.
    pub kind: Kind,
    /// Milliseconds, of the newest event about this object. Clover's word: deliveries overtake each other, so it orders nothing between two of them.
    pub ts: Option<i64>,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Object {
    /// `I`, and `IS` and `IA` for its stock and availability: each means that the item is to be fetched.
    Item(ItemId),
    /// `IC`
    Category(CategoryId),
    /// `O`
    Order(OrderId),
    /// `M`: a property of a merchant.
    Merchant(MerchantId),
    /// `A`: installed, uninstalled, or another subscription.
    App(AppId),
    /// Another object of Clover's documents, such as a payment; as `P:…`, since two kinds may share an id.
    Other(String),
}

impl Object {
    /// The kind of object in one word.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Item(_) => "item",
            Self::Category(_) => "category",
            Self::Order(_) => "order",
            Self::Merchant(_) => "merchant",
            Self::App(_) => "app",
            Self::Other(_) => "other",
        }
    }

    /// Clover's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Item(id) => id.as_str(),
            Self::Category(id) => id.as_str(),
            Self::Order(id) => id.as_str(),
            Self::Merchant(id) => id.as_str(),
            Self::App(id) => id.as_str(),
            Self::Other(id) => id,
        }
    }

    fn read(object_id: &str) -> Result<Self, Unusable> {
        let (prefix, id) = object_id.split_once(':').ok_or(Unusable::Malformed)?;
        let object = match prefix {
            "I" | "IS" | "IA" => ItemId::new(id).map(Self::Item),
            "IC" => CategoryId::new(id).map(Self::Category),
            "O" => OrderId::new(id).map(Self::Order),
            "M" => MerchantId::new(id).map(Self::Merchant),
            "A" => AppId::new(id).map(Self::App),
            // All of them have ids of the same form.
            "C" | "CA" | "E" | "IG" | "IM" | "P" | "SH" => {
                ItemId::new(id).map(|_| Self::Other(object_id.to_owned()))
            }
            _ => return Err(Unusable::Unknown),
        };
        object.map_err(|_| Unusable::Malformed)
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Create,
    /// It changed.
    Update,
    /// It is gone, or so Clover says.
    Delete,
}

impl Kind {
    /// Clover's word.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }

    fn read(word: &str) -> Result<Self, Unusable> {
        match word {
            "CREATE" => Ok(Self::Create),
            "UPDATE" => Ok(Self::Update),
            "DELETE" => Ok(Self::Delete),
            _ => Err(Unusable::Unknown),
        }
    }
}

/// Events of a delivery that became nothing. Repetitions are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignored {
    /// Objects or types that this version does not know.
    pub unknown_types: usize,
    /// Of merchants that this shop is not connected with.
    pub other_merchants: usize,
    /// Not of an event's form.
    pub malformed: usize,
    /// The form of the first unknown or malformed one, for the log: names of fields, and of values no more than their
    /// kinds, the letters before an object's id and the word of a type.
    pub example: Option<String>,
}

/// Judges one request. The same request has the same verdict each time, so a replay asks for the same objects again, which the shop's inbox coalesces.
///
/// `merchant` is the one that the shop is connected with; without a connection every event is another merchant's.
///
/// The order is part of the protection: size, then who speaks, then what is said. The one body that is read without the header is the handshake's, and
/// [`MAX_HANDSHAKE`] bounds that. A handshake is answered as such whatever its header and the settings, for the owner makes it before there is an Auth Code.
#[must_use]
pub fn verdict(
    request: Request<'_>,
    secret: Option<&Secret>,
    merchant: Option<&MerchantId>,
    enabled: bool,
) -> Verdict {
    if request.body.len() > MAX_BODY {
        return Verdict::Refused(Refusal::TooLarge);
    }
    if let Some(code) = handshake(request.body) {
        return Verdict::Verification(code);
    }
    let delivery =
        authenticate(request.auth, secret).and_then(|()| Delivery::read(request.body, merchant));
    match delivery {
        Ok(Delivery {
            events, ignored, ..
        }) if enabled => Verdict::Events { events, ignored },
        Ok(Delivery {
            events, ignored, ..
        }) => Verdict::Disabled {
            skipped: events.len(),
            ignored,
        },
        Err(refusal) => Verdict::Refused(refusal),
    }
}

fn authenticate(auth: &[&[u8]], secret: Option<&Secret>) -> Result<(), Refusal> {
    match (secret, auth) {
        (None, _) => Err(Refusal::NoSecret),
        (Some(_), []) => Err(Refusal::NoHeader),
        (Some(secret), [given]) if secret.matches(given.trim_ascii()) => Ok(()),
        (Some(_), [_]) => Err(Refusal::WrongHeader),
        (Some(_), _) => Err(Refusal::SeveralHeaders),
    }
}

/// The code of `{"verificationCode": "…"}`. Fields that Clover may add do no harm; `merchants` make it a delivery, which needs the header.
fn handshake(body: &[u8]) -> Option<VerificationCode> {
    #[derive(Deserialize)]
    struct Handshake<'a> {
        #[serde(borrow, rename = "verificationCode")]
        code: Cow<'a, str>,
        #[serde(default, rename = "merchants", deserialize_with = "given")]
        is_delivery: bool,
    }

    fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| true)
    }

    // A derived struct would also be read from a list of its fields.
    if body.len() > MAX_HANDSHAKE || body.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    let handshake: Handshake<'_> = serde_json::from_slice(body).ok()?;
    if handshake.is_delivery {
        return None;
    }
    VerificationCode::new(&handshake.code)
}

enum Unusable {
    Unknown,
    Malformed,
}

/// What has been read of a delivery. The visitors below fill it in one pass; only ids that stay are copied.
struct Delivery<'a> {
    merchant: Option<&'a MerchantId>,
    events: Vec<Event>,
    known: HashMap<Object, usize>,
    ignored: Ignored,
    total: usize,
    merchants: Option<usize>,
    overfull: bool,
    /// Where the reader is. No key of the body is in it.
    place: &'static str,
}

impl<'a> Delivery<'a> {
    fn read(body: &[u8], merchant: Option<&'a MerchantId>) -> Result<Self, Refusal> {
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
            Err(_) if delivery.overfull => Err(Refusal::TooMany),
            Err(error) => Err(Refusal::Malformed(JsonError {
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
                // Of two at the same time the one further down is the newer; one without a time is older than all.
                if event.ts >= known.ts {
                    known.ts = event.ts;
                    if known.kind != Kind::Delete {
                        known.kind = event.kind;
                    }
                } else if event.kind == Kind::Delete {
                    known.kind = Kind::Delete;
                }
            }
        }
    }
}

/// Most fields of a form.
const FORM_FIELDS: usize = 8;

/// What an entry looks like, without what it says: `{objectId: "XY:…", type: "CHANGE", ts: number}`.
fn form(entry: &str) -> String {
    let entry: Value = match serde_json::from_str(entry) {
        Ok(entry) => entry,
        Err(_) => return "broken JSON".into(),
    };
    let Value::Object(fields) = &entry else {
        return kind_of(&entry).into();
    };
    let fields = fields.iter().take(FORM_FIELDS).map(|(name, value)| {
        let word = |text: &str| {
            let letters = text
                .chars()
                .take_while(|&c| c.is_ascii_uppercase() || c == '_');
            letters.take(12).collect::<String>()
        };
        let value = match (name.as_str(), value) {
            ("objectId", Value::String(id)) => match id.split_once(':') {
                Some((prefix, _)) => format!("\"{}:…\"", word(prefix)),
                None => "text without a colon".into(),
            },
            ("type", Value::String(kind)) => format!("\"{}\"", word(kind)),
            (_, value) => kind_of(value).into(),
        };
        let name: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(20)
            .collect();
        format!("{name}: {value}")
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "flag",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// serde_json says what it found where it wanted something else, and that is the sender's text.
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
        while let Some(Word(key)) = map.next_key()? {
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
        while let Some(Word(key)) = map.next_key()? {
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
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

/// The fields of an event that are read. What else is in it, such as the count in an event about stock, is Clover's word of some earlier moment.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow, rename = "objectId")]
    object: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    ts: Option<&'a RawValue>,
}

impl Event {
    fn read(entry: &str) -> Result<Self, Unusable> {
        // A derived struct would also be read from a list of its fields.
        if !entry.starts_with('{') {
            return Err(Unusable::Malformed);
        }
        let told: Told<'_> = serde_json::from_str(entry).map_err(|_| Unusable::Malformed)?;
        let ts = told.ts.and_then(|ts| ts.get().parse().ok());
        Ok(Self {
            object: Object::read(&told.object)?,
            kind: Kind::read(&told.kind)?,
            ts: ts.filter(|ts| *ts > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const AUTH: &str = "aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb";
    const OURS: &str = "M1M2M3M4M5M6M";
    const CODE: &str = "11111111-2222-4333-8444-555555555555";
    const T: i64 = 1_767_000_300_000;

    fn judge_bytes(body: &[u8], auth: &[&[u8]], secret: Option<&str>, enabled: bool) -> Verdict {
        let (secret, merchant) = (secret.map(Secret::new), MerchantId::new(OURS).unwrap());
        let request = Request { body, auth };
        verdict(request, secret.as_ref(), Some(&merchant), enabled)
    }

    /// Clover itself, at a shop where all is set.
    fn judge(body: &Value) -> Verdict {
        judge_bytes(
            body.to_string().as_bytes(),
            &[AUTH.as_bytes()],
            Some(AUTH),
            true,
        )
    }

    fn delivery(events: Value) -> Value {
        json!({"appId": "APPID00000001", "merchants": {OURS: events}})
    }

    fn ours() -> Value {
        delivery(json!([{"objectId": "I:K1M2N3P4Q5R6S", "type": "UPDATE", "ts": T}]))
    }

    fn item(id: &str, kind: Kind, ts: impl Into<Option<i64>>) -> Event {
        Event {
            object: Object::Item(ItemId::new(id).unwrap()),
            kind,
            ts: ts.into(),
        }
    }

    fn events(found: Verdict) -> (Vec<Event>, (usize, usize, usize)) {
        let Verdict::Events { events, ignored: i } = found else {
            panic!("{found:?}")
        };
        (events, (i.unknown_types, i.other_merchants, i.malformed))
    }

    fn refused(found: Verdict, status: u16) -> String {
        assert_eq!(found.status(), status, "{found:?}");
        let Verdict::Refused(refusal) = found else {
            panic!("{found:?}")
        };
        refusal.to_string()
    }

    #[test]
    fn a_valid_delivery_is_taken() {
        let found = judge(&delivery(json!([
            {"objectId": "I:K1M2N3P4Q5R6S", "type": "UPDATE", "ts": T},
            {"objectId": "O:0A1B2C3D4E5F6", "type": "CREATE", "ts": T + 1000},
        ])));
        assert_eq!(found.status(), 200);
        let order = Event {
            object: Object::Order(OrderId::new("0A1B2C3D4E5F6").unwrap()),
            kind: Kind::Create,
            ts: Some(T + 1000),
        };
        let item = item("K1M2N3P4Q5R6S", Kind::Update, T);
        assert_eq!(events(found), (vec![item, order], (0, 0, 0)));
    }

    #[test]
    fn a_wrong_header_is_refused_whatever_its_length() {
        let body = ours().to_string();
        let longer = format!("{AUTH}0");
        for wrong in [
            "",
            " ",
            &AUTH[1..],
            &longer,
            &AUTH.to_uppercase(),
            "*",
            &longer.repeat(99),
        ] {
            let found = judge_bytes(body.as_bytes(), &[wrong.as_bytes()], Some(AUTH), true);
            assert!(refused(found, 403).contains("not the Auth Code"), "{wrong}");
        }
        let spaced = format!("\t{AUTH} ");
        let found = judge_bytes(body.as_bytes(), &[spaced.as_bytes()], Some(AUTH), true);
        assert_eq!(found.status(), 200);
    }

    #[test]
    fn a_missing_header_is_refused_and_so_are_several() {
        let body = ours().to_string();
        let (body, auth) = (body.as_bytes(), AUTH.as_bytes());
        assert!(refused(judge_bytes(body, &[], Some(AUTH), true), 403).contains("missing"));
        for several in [[auth, auth], [auth, b""], [b"x", auth]] {
            let found = judge_bytes(body, &several, Some(AUTH), true);
            assert!(refused(found, 403).contains("more than once"));
        }
    }

    #[test]
    fn a_tampered_body_under_the_right_header_is_taken_since_the_header_covers_no_body() {
        let body = ours().to_string();
        let tampered = body.replace("K1M2N3P4Q5R6S", "OTHERITEM0001");
        let found = judge_bytes(tampered.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
        let item = item("OTHERITEM0001", Kind::Update, T);
        assert_eq!(events(found), (vec![item], (0, 0, 0)));
    }

    #[test]
    fn a_replayed_delivery_has_the_same_verdict_and_names_the_same_objects() {
        assert_eq!(judge(&ours()), judge(&ours()));
        let twice = [ours(), ours()].map(|body| body["merchants"][OURS][0].clone());
        assert_eq!(judge(&delivery(json!(twice))), judge(&ours()));
    }

    #[test]
    fn an_oversized_body_is_refused_before_the_header_is_looked_at() {
        let mut body = ours().to_string().into_bytes();
        body.resize(MAX_BODY, b' ');
        let auth: &[&[u8]] = &[AUTH.as_bytes()];
        assert_eq!(judge_bytes(&body, auth, Some(AUTH), true).status(), 200);
        body.push(b' ');
        for auth in [auth, &[]] {
            refused(judge_bytes(&body, auth, Some(AUTH), true), 413);
        }
    }

    #[test]
    fn a_shop_without_an_auth_code_refuses_every_event_and_an_empty_one_is_none() {
        let body = ours().to_string();
        for secret in [None, Some("")] {
            for auth in [
                &[][..],
                &[b"".as_slice()],
                &[b" ".as_slice()],
                &[AUTH.as_bytes()],
            ] {
                refused(judge_bytes(body.as_bytes(), auth, secret, true), 403);
            }
        }
    }

    #[test]
    fn a_handshake_is_answered_without_header_and_auth_code_and_while_switched_off() {
        assert_eq!(VerificationCode(CODE.into()).as_str(), CODE);
        let code = Verdict::Verification(VerificationCode(CODE.into()));
        for body in [
            json!({"verificationCode": CODE}).to_string(),
            json!({"verificationCode": CODE, "appId": "APPID00000001"}).to_string(),
            format!("\r\n {{\"verificationCode\" : \"{CODE}\"}}\n"),
        ] {
            for (auth, secret, enabled) in [
                (&[][..], None, true),
                (&[], Some(AUTH), false),
                (&[b"old".as_slice()], Some(AUTH), true),
                (&[AUTH.as_bytes(), AUTH.as_bytes()], None, false),
            ] {
                assert_eq!(judge_bytes(body.as_bytes(), auth, secret, enabled), code);
            }
        }
    }

    #[test]
    fn what_only_resembles_a_handshake_needs_the_header() {
        let long = format!(
            "{{\"verificationCode\":\"{CODE}\"{}}}",
            " ".repeat(MAX_HANDSHAKE)
        );
        for body in [
            json!({"verificationCode": CODE, "merchants": {}}).to_string(),
            json!({"verificationCode": CODE, "merchants": null}).to_string(),
            json!({"verificationCode": "call 555-0199"}).to_string(),
            json!({"verificationCode": "<b>"}).to_string(),
            json!({"verificationCode": "a".repeat(65)}).to_string(),
            json!({"verificationCode": ""}).to_string(),
            json!({"verificationCode": 12_345_678}).to_string(),
            json!({"verificationcode": CODE}).to_string(),
            json!([CODE]).to_string(),
            json!([{"verificationCode": CODE}]).to_string(),
            json!(CODE).to_string(),
            format!("{{\"verificationCode\":\"{CODE}\",\"verificationCode\":\"{CODE}\"}}"),
            format!("{{\"verificationCode\":\"{CODE}\"}}{{}}"),
            format!("{{\"verificationCode\":\"{CODE}\""),
            long,
        ] {
            refused(judge_bytes(body.as_bytes(), &[], Some(AUTH), true), 403);
        }
    }

    #[test]
    fn the_form_of_an_entry_says_nothing_of_what_is_in_it() {
        assert_eq!(
            form(
                r#"{"objectId":"XY:SECRET7","type":"RENAMED_to x","ts":1,"a{b}":{"k":"v"},"n":null}"#
            ),
            r#"{ab: object, n: null, objectId: "XY:…", ts: number, type: "RENAMED_"}"#
        );
        assert_eq!(
            form(r#"{"objectId":"secret","type":7}"#),
            "{objectId: text without a colon, type: number}"
        );
        assert_eq!(
            (form("[1]").as_str(), form("{").as_str()),
            ("list", "broken JSON")
        );
        let many = format!(
            "{{{}}}",
            (0..500)
                .map(|n| format!(r#""{n:099}":1"#))
                .collect::<Vec<_>>()
                .join(",")
        );
        assert!(form(&many).len() < 300);
    }

    #[test]
    fn switched_off_clovers_events_are_counted_and_a_stranger_is_still_refused() {
        let body = delivery(json!([
            {"objectId": "I:A", "type": "UPDATE"}, {"objectId": "IS:A", "type": "UPDATE"}, {"objectId": "I:B", "type": "DELETE"}, 7,
        ]))
        .to_string();
        let body = body.as_bytes();
        let ignored = Ignored {
            malformed: 1,
            example: Some("number".into()),
            ..Ignored::default()
        };
        assert_eq!(
            judge_bytes(body, &[AUTH.as_bytes()], Some(AUTH), false),
            Verdict::Disabled {
                skipped: 2,
                ignored
            }
        );
        refused(judge_bytes(body, &[b"x"], Some(AUTH), false), 403);
        refused(
            judge_bytes(b"{", &[AUTH.as_bytes()], Some(AUTH), false),
            400,
        );
    }

    #[test]
    fn old_and_new_item_events_are_one_event_and_what_they_carry_is_not_read() {
        let found = judge(&delivery(json!([
            {"objectId": "IS:A", "type": "UPDATE", "ts": T, "itemStock": {"quantity": 1e99, "x": [[{}]]}},
            {"objectId": "I:A", "type": "CREATE", "ts": T + 2},
            {"objectId": "IA:A", "type": "UPDATE", "ts": T + 1, "available": "canary"},
            {"objectId": "IS:B", "type": "UPDATE"},
        ])));
        let both = vec![
            item("A", Kind::Create, T + 2),
            item("B", Kind::Update, None),
        ];
        assert_eq!(events(found), (both, (0, 0, 0)));
    }

    #[test]
    fn of_several_events_about_an_object_the_newest_counts_and_a_deletion_stays_visible() {
        let told = |kind: &str, ts: Value| json!({"objectId": "I:A", "type": kind, "ts": ts});
        for (list, kind, ts) in [
            (
                json!([told("CREATE", json!(5)), told("UPDATE", json!(7))]),
                Kind::Update,
                Some(7),
            ),
            (
                json!([told("UPDATE", json!(7)), told("CREATE", json!(5))]),
                Kind::Update,
                Some(7),
            ),
            (
                json!([told("CREATE", json!(5)), told("UPDATE", json!(5))]),
                Kind::Update,
                Some(5),
            ),
            (
                json!([told("DELETE", json!(5)), told("UPDATE", json!(7))]),
                Kind::Delete,
                Some(7),
            ),
            (
                json!([told("UPDATE", json!(7)), told("DELETE", json!(5))]),
                Kind::Delete,
                Some(7),
            ),
            (
                json!([told("DELETE", json!(5)), told("CREATE", Value::Null)]),
                Kind::Delete,
                Some(5),
            ),
            (
                json!([told("CREATE", Value::Null), told("UPDATE", json!(1))]),
                Kind::Update,
                Some(1),
            ),
            (
                json!([told("UPDATE", json!(1)), told("CREATE", Value::Null)]),
                Kind::Update,
                Some(1),
            ),
        ] {
            let shown = list.to_string();
            let expected = vec![item("A", kind, ts)];
            assert_eq!(events(judge(&delivery(list))).0, expected, "{shown}");
        }
    }

    #[test]
    fn a_time_that_is_none_is_left_out_and_costs_no_event() {
        for ts in [
            "null",
            "0",
            "-5",
            "1.5",
            "1e3",
            "\"7\"",
            "[]",
            "{}",
            "true",
            "99999999999999999999",
            "1e999",
        ] {
            let body = format!(
                "{{\"merchants\":{{\"{OURS}\":[{{\"objectId\":\"I:A\",\"type\":\"UPDATE\",\"ts\":{ts}}}]}}}}"
            );
            let found = judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
            let expected = vec![item("A", Kind::Update, None)];
            assert_eq!(events(found), (expected, (0, 0, 0)), "{ts}");
        }
    }

    #[test]
    fn every_documented_prefix_has_its_object() {
        for (object_id, key, id) in [
            ("I:X", "item", "X"),
            ("IS:X", "item", "X"),
            ("IA:X", "item", "X"),
            ("IC:X", "category", "X"),
            ("O:X", "order", "X"),
            ("M:X", "merchant", "X"),
            ("A:X", "app", "X"),
            ("C:X", "other", "C:X"),
            ("CA:X", "other", "CA:X"),
            ("E:X", "other", "E:X"),
            ("IG:X", "other", "IG:X"),
            ("IM:X", "other", "IM:X"),
            ("P:X", "other", "P:X"),
            ("SH:X", "other", "SH:X"),
        ] {
            let list = json!([{"objectId": object_id, "type": "DELETE", "ts": T}]);
            let (found, ignored) = events(judge(&delivery(list)));
            assert_eq!(ignored, (0, 0, 0));
            let [event] = &found[..] else {
                panic!("{object_id}")
            };
            assert_eq!((event.object.key(), event.object.id()), (key, id));
            assert_eq!(event.kind.key(), "DELETE");
        }
    }

    #[test]
    fn what_is_unknown_malformed_or_another_merchants_is_counted_and_costs_nothing_else() {
        let unknown = json!([
            {"objectId": "Z:A", "type": "UPDATE"}, {"objectId": ":A", "type": "UPDATE"}, {"objectId": "i:A", "type": "UPDATE"},
            {"objectId": "I:A", "type": "MOVE"}, {"objectId": "I:A", "type": "update"},
        ]);
        assert_eq!(events(judge(&delivery(unknown))), (vec![], (5, 0, 0)));
        let malformed = json!([
            null, 7, "I:A", [], ["I:A", "UPDATE", 1], {}, {"objectId": "I:A"}, {"objectId": "I:A", "type": null}, {"type": "UPDATE"},
            {"objectId": 7, "type": "UPDATE"}, {"objectId": "A", "type": "UPDATE"}, {"objectId": "I:", "type": "UPDATE"},
            {"objectId": "I:A:B", "type": "UPDATE"}, {"objectId": "I:../A", "type": "UPDATE"}, {"objectId": format!("I:{}", "A".repeat(65)), "type": "UPDATE"},
            {"objectId": "P:'", "type": "UPDATE"},
        ]);
        assert_eq!(events(judge(&delivery(malformed))), (vec![], (0, 0, 16)));
        let mut body = ours();
        body["merchants"]["OTHER00000001"] = json!([{"objectId": "I:A", "type": "UPDATE"}, 7]);
        body["merchants"]["canary <b>"] = json!([]);
        body["new"] = json!({"x": [1]});
        let item = item("K1M2N3P4Q5R6S", Kind::Update, T);
        assert_eq!(events(judge(&body)), (vec![item], (0, 2, 0)));
    }

    #[test]
    fn a_shop_that_is_not_connected_has_no_events() {
        let (body, secret) = (ours().to_string(), Secret::new(AUTH));
        let request = Request {
            body: body.as_bytes(),
            auth: &[AUTH.as_bytes()],
        };
        let found = verdict(request, Some(&secret), None, true);
        assert_eq!(events(found), (vec![], (0, 1, 0)));
    }

    #[test]
    fn the_place_of_a_wrong_shape_is_named_and_nothing_of_the_body_is_quoted() {
        for (body, reason) in [
            ("", ".: EOF while parsing a value at line 1 column 0"),
            ("{", ".: EOF while parsing an object at line 1 column 1"),
            ("canary", ".: expected value at line 1 column 1"),
            (
                "4111111111111111",
                ".: expected an object at line 1 column 16",
            ),
            (
                "\"canary, expected canary\"",
                ".: expected an object at line 1 column 25",
            ),
            ("[]", ".: expected an object at line 1 column 0"),
            ("{}", "merchants: is missing at line 1 column 2"),
            (
                "{\"canary\":1}",
                "merchants: is missing at line 1 column 12",
            ),
            (
                "{\"merchants\":\"canary\"}",
                "merchants: expected an object at line 1 column 21",
            ),
            (
                "{\"merchants\":null}",
                "merchants: expected an object at line 1 column 17",
            ),
            (
                "{\"merchants\":{\"canary\":{\"a\":1}}}",
                "merchants.*: expected a list at line 1 column 23",
            ),
            (
                "{\"merchants\":{\"M1M2M3M4M5M6M\":3}}",
                "merchants.*: expected a list at line 1 column 31",
            ),
            (
                "{\"merchants\":{},\"merchants\":{}}",
                "merchants: given twice at line 1 column 27",
            ),
            (
                "{\"merchants\":{}}canary",
                ".: trailing characters at line 1 column 17",
            ),
        ] {
            let found = judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
            assert_eq!(refused(found, 400), reason, "{body}");
        }
        refused(
            judge_bytes(b"\xff\xfe", &[AUTH.as_bytes()], Some(AUTH), true),
            400,
        );
        refused(
            judge_bytes(b"{\"\xff\":1}", &[AUTH.as_bytes()], Some(AUTH), true),
            400,
        );
    }

    #[test]
    fn too_many_events_or_merchants_are_refused_as_too_large() {
        let body = |events: usize, merchants: usize| {
            let list: Vec<_> = (0..events)
                .map(|n| json!({"objectId": format!("I:{n}")}))
                .collect();
            let mut body = delivery(json!(list));
            for n in 0..merchants {
                body["merchants"][format!("X{n}")] = json!([]);
            }
            judge(&body)
        };
        assert_eq!(body(MAX_EVENTS, MAX_MERCHANTS - 1).status(), 200);
        refused(body(MAX_EVENTS + 1, 0), 413);
        refused(body(0, MAX_MERCHANTS), 413);
        let other = json!({"merchants": {"X": vec![0; MAX_EVENTS + 1]}});
        refused(judge(&other), 413);
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(100_000);
        for body in [
            deep.clone(),
            format!("{{\"x\":{deep}"),
            format!("{{\"merchants\":{{\"{OURS}\":{deep}"),
            format!("{{\"merchants\":{{\"X\":{deep}"),
        ] {
            refused(
                judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true),
                400,
            );
        }
        let nested = format!("{deep}{}", "]".repeat(100_000));
        let body = format!("{{\"merchants\":{{\"{OURS}\":{nested}}}}}");
        let found = judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
        assert_eq!(events(found), (vec![], (0, 0, 1)));
    }

    #[test]
    fn escapes_are_read_as_what_they_mean() {
        let body = r#"{"\u006derchants":{"M1M2M3M4M5M6\u004d":[{"objectId":"I\u003aA","\u0074ype":"UP\u0044ATE"}]}}"#;
        let found = judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
        assert_eq!(
            events(found),
            (vec![item("A", Kind::Update, None)], (0, 0, 0))
        );
    }

    fn some_event() -> impl Strategy<Value = Value> {
        let prefix = prop::sample::select(vec!["I", "IS", "IA", "IC", "O", "P", "A", "Z", ""]);
        let id = prop::sample::select(vec!["A", "B", "C", "a b", ""]);
        let kind = prop::sample::select(vec!["CREATE", "UPDATE", "DELETE", "MOVE"]);
        let ts = prop_oneof![Just(Value::Null), (-1_i64..6).prop_map(Value::from)];
        prop_oneof![
            9 => (prefix, id, kind, ts).prop_map(|(prefix, id, kind, ts)| json!({"objectId": format!("{prefix}:{id}"), "type": kind, "ts": ts})),
            1 => prop::sample::select(vec![json!(null), json!([]), json!({}), json!("I:A")]),
        ]
    }

    /// Object, kind and time.
    type Named = (String, String, Option<i64>);

    /// The rules of one delivery over again, without a thought for speed.
    fn model(list: &[Value]) -> (Vec<Named>, usize, usize) {
        let (mut objects, mut unknown, mut malformed) = (Vec::<Named>::new(), 0, 0);
        for event in list {
            let (Some(object), Some(kind)) = (event["objectId"].as_str(), event["type"].as_str())
            else {
                malformed += 1;
                continue;
            };
            let (prefix, id) = object.split_once(':').unwrap();
            if matches!(prefix, "Z" | "") {
                unknown += 1;
            } else if matches!(id, "a b" | "") {
                malformed += 1;
            } else if kind == "MOVE" {
                unknown += 1;
            } else {
                let name = match prefix {
                    "IS" | "IA" => format!("I:{id}"),
                    _ => object.to_owned(),
                };
                if !objects.iter().any(|(known, ..)| *known == name) {
                    objects.push((name.clone(), String::new(), None));
                }
                let known = objects
                    .iter_mut()
                    .find(|(known, ..)| *known == name)
                    .unwrap();
                let ts = event["ts"].as_i64().filter(|ts| *ts > 0);
                let newest = known.1.is_empty() || ts >= known.2;
                if kind == "DELETE" || (newest && known.1 != "DELETE") {
                    known.1 = kind.to_owned();
                }
                known.2 = known.2.max(ts);
            }
        }
        (objects, unknown, malformed)
    }

    proptest! {
        #[test]
        fn a_delivery_becomes_what_the_plain_rules_say(list in prop::collection::vec(some_event(), 0..30), others in 0..5_usize) {
            let mut body = delivery(json!(list));
            body["merchants"]["OTHER"] = json!(vec![1; others]);
            let (found, ignored) = events(judge(&body));
            let named: Vec<_> = found
                .iter()
                .map(|event| {
                    let prefix = match event.object {
                        Object::Item(_) => "I:",
                        Object::Category(_) => "IC:",
                        Object::Order(_) => "O:",
                        Object::App(_) => "A:",
                        Object::Merchant(_) => "M:",
                        Object::Other(_) => "",
                    };
                    (format!("{prefix}{}", event.object.id()), event.kind.key().to_owned(), event.ts)
                })
                .collect();
            let (objects, unknown, malformed) = model(&list);
            prop_assert_eq!(named, objects);
            prop_assert_eq!(ignored, (unknown, others, malformed));
        }

        #[test]
        fn no_body_makes_a_stranger_more_than_a_stranger(body in prop::collection::vec(any::<u8>(), 0..300), header in prop::option::of(prop::collection::vec(any::<u8>(), 0..60))) {
            let auth: Vec<&[u8]> = header.as_deref().into_iter().collect();
            refused(judge_bytes(&body, &auth, Some(AUTH), true), 403);
        }

        #[test]
        fn any_cut_or_changed_byte_leaves_a_verdict_and_quotes_nothing(list in prop::collection::vec(some_event(), 0..6), at: prop::sample::Index, byte: u8, cut: bool) {
            let mut body = delivery(json!(list)).to_string().replace("appId", "canary").into_bytes();
            let at = at.index(body.len());
            if cut { body.truncate(at) } else { body[at] = byte }
            let found = judge_bytes(&body, &[AUTH.as_bytes()], Some(AUTH), true);
            if let Verdict::Refused(refusal) = found {
                let text = refusal.to_string();
                prop_assert_eq!(refusal.status(), 400);
                prop_assert!(text.is_ascii() && !text.contains("canary") && !text.contains("objectId") && !text.contains(OURS), "{}", text);
            }
        }
    }
}
