//! Checks one webhook request and lists the objects to fetch again.
//!
//! Webhooks are unsigned: `X-Clover-Auth` is a fixed text, the same for every delivery. It
//! identifies the sender, and proves neither that the body is intact nor that it is new. An event
//! therefore only triggers a re-fetch of its object: a replayed or forged delivery costs requests
//! and nothing else.

mod delivery;
mod event;

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::ids::MerchantId;
use crate::json::JsonError;
use crate::problem::{Problem, ProblemCode};
use crate::settings::Secret;

use delivery::Delivery;
pub use delivery::Ignored;
pub use event::{Event, EventKind, EventObject, ObjectKind};

/// Longest body that is read. An event takes 70 bytes, one with stock in it perhaps 300: a thousand
/// at once still fit, and parsing this much takes a millisecond or two.
pub const MAX_BODY: usize = 256 * 1024;

/// Longest body that is read without the right header. The handshake has 59 bytes; the rest is room
/// for fields that Clover may add.
pub const MAX_HANDSHAKE: usize = 1024;

/// Most events of a delivery, those of other merchants included. A body of real events ends sooner;
/// one of empty ones would not.
pub const MAX_EVENTS: usize = 5_000;

/// Most merchants of a delivery. Clover may put all shops that installed the app into one.
pub const MAX_MERCHANTS: usize = 500;

/// The header that carries Clover's fixed text.
pub const AUTH_HEADER: &str = "X-Clover-Auth";

/// What came in. Has no `Debug`, since the header is the secret itself whenever it is right.
#[derive(Clone, Copy)]
pub struct IncomingRequest<'a> {
    /// As it came, before any parsing.
    pub body: &'a [u8],
    /// Every value of [`AUTH_HEADER`]; none for a handshake, one for a delivery.
    pub auth: &'a [&'a [u8]],
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Clover checks that the address is reachable; the owner copies the code into Clover's
    /// dashboard. It comes without the header, so from anyone: it may be shown, and nothing else.
    Verification(VerificationCode),
    /// Objects to look at again. May be none.
    Events {
        /// One an object, in the order in which the objects were first named.
        events: Vec<Event>,
        /// What is in no event.
        ignored: Ignored,
    },
    /// A genuine delivery while webhooks are switched off.
    Disabled {
        /// Objects that would have been looked at.
        skipped: usize,
        /// What would have been in no event.
        ignored: Ignored,
    },
    /// Not taken.
    Refused(Rejection),
}

impl Verdict {
    /// Which verdict.
    #[must_use]
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Verification(_) => VerdictKind::Verification,
            Self::Events { .. } => VerdictKind::Events,
            Self::Disabled { .. } => VerdictKind::Disabled,
            Self::Refused(_) => VerdictKind::Refused,
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            _ => 200,
        }
    }
}

crate::text_enum! {
    /// [`Verdict`] without its data.
    pub enum VerdictKind {
        /// Clover checks that the address is reachable.
        Verification = "verification",
        /// There are objects to look at again.
        Events = "events",
        /// Webhooks are switched off.
        Disabled = "disabled",
        /// The request is not taken.
        Refused = "refused",
    }
}

/// Why a request is refused. For the log: the answer holds the status alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Longer than [`MAX_BODY`].
    #[error("the body has more than {MAX_BODY} bytes")]
    TooLarge,
    /// More than [`MAX_EVENTS`] or [`MAX_MERCHANTS`].
    #[error("the body has more than {MAX_EVENTS} events or {MAX_MERCHANTS} merchants")]
    TooMany,
    /// Nothing to compare the header with.
    #[error("no Auth Code is set, so events cannot be distinguished from forgeries")]
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

impl Rejection {
    /// For the owner.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let about_header = |code| Problem::new(code).with("header", AUTH_HEADER);
        match self {
            Self::TooLarge => Problem::new(ProblemCode::WebhookTooLarge).with("most", MAX_BODY),
            Self::TooMany => Problem::new(ProblemCode::WebhookTooMany)
                .with("events", MAX_EVENTS)
                .with("merchants", MAX_MERCHANTS),
            Self::NoSecret => ProblemCode::WebhookNoAuthCode.into(),
            Self::NoHeader => about_header(ProblemCode::WebhookNoHeader),
            Self::WrongHeader => about_header(ProblemCode::WebhookWrongHeader),
            Self::SeveralHeaders => about_header(ProblemCode::WebhookSeveralHeaders),
            Self::Malformed(error) => {
                Problem::new(ProblemCode::WebhookMalformed).because(error.to_string())
            }
        }
    }

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
/// A stranger can send one too, and it is shown to the owner: so it is made of hexadecimal digits
/// and hyphens only, which spell no sentence and no address.
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

/// Judges one request. The same request has the same verdict each time, so a replay asks for the
/// same objects again, which the shop's inbox coalesces.
///
/// `merchant` is the one that the shop is connected with; without a connection every event is
/// another merchant's.
///
/// The order of the checks is part of the protection: size, sender, content. The one body that
/// is read without the header is the handshake's, and [`MAX_HANDSHAKE`] bounds that. A handshake is
/// answered as such whatever its header and the settings, for the owner makes it before there is an
/// Auth Code.
#[must_use]
pub fn verdict(
    request: IncomingRequest<'_>,
    secret: Option<&Secret>,
    merchant: Option<&MerchantId>,
    enabled: bool,
) -> Verdict {
    if request.body.len() > MAX_BODY {
        return Verdict::Refused(Rejection::TooLarge);
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

fn authenticate(auth: &[&[u8]], secret: Option<&Secret>) -> Result<(), Rejection> {
    match (secret, auth) {
        (None, _) => Err(Rejection::NoSecret),
        (Some(_), []) => Err(Rejection::NoHeader),
        (Some(secret), [given]) if secret.matches(given.trim_ascii()) => Ok(()),
        (Some(_), [_]) => Err(Rejection::WrongHeader),
        (Some(_), _) => Err(Rejection::SeveralHeaders),
    }
}

/// The code of `{"verificationCode": "…"}`. Fields that Clover may add do no harm; `merchants` make
/// it a delivery, which needs the header.
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

#[cfg(test)]
mod tests;
