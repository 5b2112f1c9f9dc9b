//! `CloverSync\Webhook`.

use std::rc::Rc;

use clover_core::ids::MerchantId;
use clover_core::webhook::{AUTH_HEADER, Ignored, IncomingRequest, Verdict, verdict};
use clover_service::Error;
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, unknown};
use crate::json::{Json, Positional};
use crate::objects::{Object, Objects, Webhook};
use crate::value::{entries, is_array, plain_bytes, values};

/// What `$_SERVER` calls the header.
const AUTH_VARIABLE: &str = "HTTP_X_CLOVER_AUTH";

/// Makes one call.
pub fn call(
    objects: &Rc<Objects>,
    object: Option<u64>,
    method: &str,
    arguments: &Arguments<'_>,
) -> Result<Json, Error> {
    match method {
        "new" => {
            let settings = objects.settings(arguments.object(0))?;
            let webhook = Webhook {
                secret: settings.core.webhook_secret.clone(),
                enabled: settings.core.webhooks,
            };
            Ok(objects.keep(Object::Webhook(Rc::new(webhook))))
        }
        "judge" => {
            let webhook = objects.webhook(object)?;
            let merchant = arguments
                .optional_text(2, "merchantId")?
                .map(MerchantId::new)
                .transpose()
                .map_err(|e| Error::item(e.to_string(), "merchantId"))?;
            let body = arguments.bytes(0);
            let auth = auth(arguments.at(1));
            let auth: Vec<&[u8]> = auth.iter().map(Vec::as_slice).collect();
            let request = IncomingRequest {
                body: &body,
                auth: &auth,
            };
            let secret = webhook.secret.as_ref();
            let found = verdict(request, secret, merchant.as_ref(), webhook.enabled);
            Ok(verdict_row(&found))
        }
        _ => Err(unknown(method)),
    }
}

/// Every value of the header, however its name is written. What is not text counts as given and
/// matches nothing.
fn auth(headers: &Value) -> Vec<Vec<u8>> {
    let bytes = |value: &Value| plain_bytes(value).unwrap_or_default().into_owned();
    let mut found = Vec::new();
    for (name, value) in entries(headers) {
        let is_ours = name.bytes().eq_ignore_ascii_case(AUTH_HEADER.as_bytes())
            || name.bytes().eq_ignore_ascii_case(AUTH_VARIABLE.as_bytes());
        if !is_ours {
            continue;
        }
        if is_array(value) {
            found.extend(values(value).map(bytes));
        } else {
            found.push(bytes(value));
        }
    }
    found
}

#[derive(Serialize)]
struct EventRow<'a> {
    object_type: &'a str,
    object_id: &'a str,
    r#type: &'a str,
    ts: Option<i64>,
}

#[derive(Serialize)]
struct IgnoredRow<'a> {
    unknown: usize,
    other_merchants: usize,
    malformed: usize,
    skipped: usize,
    example: Option<&'a str>,
}

fn verdict_row(verdict: &Verdict) -> Json {
    let none = Ignored::default();
    let (code, events, ignored, skipped, reason) = match verdict {
        Verdict::Verification(code) => (Some(code.as_str()), &[][..], &none, 0, None),
        Verdict::Events { events, ignored } => (None, events.as_slice(), ignored, 0, None),
        Verdict::Disabled { skipped, ignored } => {
            let reason = "webhooks are switched off in the settings".to_owned();
            (None, &[][..], ignored, *skipped, Some(reason))
        }
        Verdict::Refused(refusal) => {
            let reason = Some(refusal.to_string());
            (None, &[][..], &none, 0, reason)
        }
    };
    let events: Vec<EventRow<'_>> = events
        .iter()
        .map(|event| EventRow {
            object_type: event.object.kind().key(),
            object_id: event.object.id(),
            r#type: event.kind.key(),
            ts: event.ts,
        })
        .collect();
    let mut row = Positional::default();
    row.push(&verdict.status());
    row.push(verdict.kind().key());
    row.push(&code);
    row.push(&events);
    row.push(&IgnoredRow {
        unknown: ignored.unknown_types,
        other_merchants: ignored.other_merchants,
        malformed: ignored.malformed,
        skipped,
        example: ignored.example.as_deref(),
    });
    row.push(&reason.unwrap_or_default());
    row.end()
}
