//! `CloverSync\WebhookVerdict`.

use clover_core::webhook::{Event, Ignored, Verdict, VerdictKind};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::types::ZendEmptyArray;

use crate::zend::array::{record, try_list, zval};
use crate::zend::class::{PropertyType as T, Slot, returned_object, value_class, value_object};
use crate::zend::text_enum::Case;

static CLASS: Slot = Slot::new();

returned_object!(
    /// A verdict, as PHP gets it.
    WebhookVerdict,
    "CloverSync\\WebhookVerdict"
);

/// Registers the class; in MINIT.
pub fn register() -> Result<()> {
    value_class(
        "CloverSync\\WebhookVerdict",
        &[
            ("status", T::INT),
            ("kind", T::of::<VerdictKind>()),
            ("code", T::STRING.or_null()),
            ("events", T::ARRAY),
            ("ignored", T::ARRAY),
            ("reason", T::STRING),
        ],
        |ce, methods| CLASS.set(ce, methods),
        &CLASS,
    )
}

/// The PHP object.
pub fn object(verdict: &Verdict) -> Result<WebhookVerdict> {
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
    let events = match events {
        [] => ZendEmptyArray.into_zval(false)?,
        events => zval(try_list(events.iter().map(event))?)?,
    };
    let ignored = record([
        ("unknown", count(ignored.unknown_types)?),
        ("other_merchants", count(ignored.other_merchants)?),
        ("malformed", count(ignored.malformed)?),
        ("skipped", count(skipped)?),
        ("example", ignored.example.as_deref().into_zval(false)?),
    ])?;
    value_object(
        &CLASS,
        [
            zval(i64::from(verdict.status()))?,
            zval(Case(verdict.kind()))?,
            code.into_zval(false)?,
            events,
            zval(ignored)?,
            zval(reason.unwrap_or_default())?,
        ],
    )
    .map(WebhookVerdict)
}

fn event(event: &Event) -> Result<ext_php_rs::boxed::ZBox<ext_php_rs::types::ZendHashTable>> {
    record([
        ("object_type", zval(Case(event.object.kind()))?),
        ("object_id", zval(event.object.id())?),
        ("type", zval(Case(event.kind))?),
        ("ts", event.ts.into_zval(false)?),
    ])
}

fn count(events: usize) -> Result<ext_php_rs::types::Zval> {
    zval(i64::try_from(events).unwrap_or(i64::MAX))
}
