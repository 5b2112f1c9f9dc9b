//! Verdicts on webhook requests.

use std::borrow::Cow;

use clover_core::ids::MerchantId;
use clover_core::problem::{Problem, ProblemCode};
use clover_core::settings::Secret;
use clover_core::webhook::{AUTH_HEADER, Ignored, IncomingRequest, Verdict, verdict};

use crate::error::Error;
use crate::rows::{Input, Output, errors, object, row};
use crate::settings::Settings;

/// The header's name in the variables of a server.
const AUTH_VARIABLE: &str = "HTTP_X_CLOVER_AUTH";

/// Checks webhook requests.
#[derive(Debug)]
pub struct Webhook {
    secret: Option<Secret>,
    enabled: bool,
}

impl Webhook {
    /// Takes its secret and switch from the settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            secret: settings.core.webhook_secret.clone(),
            enabled: settings.core.webhooks,
        }
    }

    /// The verdict on one request.
    ///
    /// # Errors
    /// [`Error::Item`], when the merchant's id is not one.
    pub fn judge<'a>(
        &self,
        body: &[u8],
        headers: impl Input<'a>,
        merchant: Option<String>,
    ) -> Result<Judged, Error> {
        let merchant = merchant
            .map(MerchantId::new)
            .transpose()
            .map_err(|e| Error::argument(e.to_string(), "merchantId"))?;
        let auth = auth(headers);
        let auth: Vec<&[u8]> = auth.iter().map(AsRef::as_ref).collect();
        let request = IncomingRequest { body, auth: &auth };
        let secret = self.secret.as_ref();
        let verdict = verdict(request, secret, merchant.as_ref(), self.enabled);
        Ok(Judged {
            problem: problem(&verdict),
            verdict,
        })
    }
}

/// Every value of the header; the case of its name does not matter. A value that is not text
/// counts as present and matches nothing.
fn auth<'a>(headers: impl Input<'a>) -> Vec<Cow<'a, [u8]>> {
    let mut found = Vec::new();
    for (name, value) in headers.entries() {
        let is_ours = [AUTH_HEADER, AUTH_VARIABLE]
            .iter()
            .any(|ours| name.bytes().eq_ignore_ascii_case(ours.as_bytes()));
        if is_ours && value.is_array() {
            found.extend(
                value
                    .values()
                    .map(|value| value.bytes().unwrap_or_default()),
            );
        } else if is_ours {
            found.push(value.bytes().unwrap_or_default());
        }
    }
    found
}

fn problem(verdict: &Verdict) -> Option<Problem> {
    match verdict {
        Verdict::Verification(_) | Verdict::Events { .. } => None,
        Verdict::Disabled { .. } => Some(ProblemCode::WebhookSwitchedOff.into()),
        Verdict::Refused(refusal) => Some(refusal.problem()),
    }
}

/// A verdict, and why no event of its request is used.
#[derive(Debug)]
pub struct Judged {
    verdict: Verdict,
    problem: Option<Problem>,
}

impl Judged {
    /// For the host.
    #[must_use]
    pub fn output(&self) -> Output<'_> {
        const NONE: &Ignored = &Ignored {
            unknown_types: 0,
            other_merchants: 0,
            malformed: 0,
            example: None,
        };
        let verdict = &self.verdict;
        let (code, events, ignored, skipped) = match verdict {
            Verdict::Verification(code) => (Some(code.as_str()), &[][..], NONE, 0),
            Verdict::Events { events, ignored } => (None, &events[..], ignored, 0),
            Verdict::Disabled { skipped, ignored } => (None, &[][..], ignored, *skipped),
            Verdict::Refused(_) => (None, &[][..], NONE, 0),
        };
        let events = events.iter().map(|event| {
            row! {
                object_type: Output::case(event.object.kind()),
                object_id: event.object.id(),
                type: Output::case(event.kind),
                ts: event.ts,
            }
        });
        let ignored = row! {
            unknown: Output::count(ignored.unknown_types),
            other_merchants: Output::count(ignored.other_merchants),
            malformed: Output::count(ignored.malformed),
            skipped: Output::count(skipped),
            example: ignored.example.as_deref(),
        };
        object!(
            WebhookVerdict:
            i64::from(verdict.status()),
            Output::case(verdict.kind()),
            code,
            Output::list(events),
            ignored,
            errors::maybe(self.problem.as_ref()),
        )
    }
}
