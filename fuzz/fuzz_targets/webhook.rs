//! Any bytes as a webhook request. Nothing may panic, a stranger gets nowhere, and what is taken is
//! in a form that may be stored and shown.
#![no_main]

use std::collections::HashSet;

use clover_core::ids::MerchantId;
use clover_core::settings::Secret;
use clover_core::webhook::{MAX_BODY, MAX_EVENTS, MAX_HANDSHAKE, IncomingRequest, Verdict, verdict};
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb";

fn shown(id: &str) -> bool {
    let id = id.split_once(':').map_or(id, |(_, id)| id);
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=64).contains(&id.len()) && id.bytes().all(is_plain)
}

fuzz_target!(|data: &[u8]| {
    // The first byte chooses who asks whom; its zero is Clover asking a shop where all is set.
    let Some((rules, rest)) = data.split_first() else { return };
    let secret = match rules & 3 {
        0 | 1 => Some(Secret::new(SECRET)),
        2 => Some(Secret::new("")),
        _ => None,
    };
    // Half of the headers come from the data too; at most 31 bytes, so none of them is right.
    let (given, body) = match rules & 4 {
        0 => (SECRET.as_bytes(), rest),
        _ => rest.split_at(rest.len().min(usize::from(rules >> 3))),
    };
    let auth: &[&[u8]] = match (rules >> 3) & 3 {
        0 | 1 => &[given],
        2 => &[],
        _ => &[given, SECRET.as_bytes()],
    };
    let merchant = MerchantId::new("M1M2M3M4M5M6M").expect("an id");
    let merchant = (rules & 32 == 0).then_some(&merchant);
    let enabled = rules & 64 == 0;

    let judge = |auth| verdict(IncomingRequest { body, auth }, secret.as_ref(), merchant, enabled);
    let found = judge(auth);
    assert_eq!(found, judge(auth));
    let known = rules & 3 < 2 && matches!(auth, [one] if one.trim_ascii() == SECRET.as_bytes());
    match &found {
        Verdict::Verification(code) => {
            assert!(body.len() <= MAX_HANDSHAKE && shown(code.as_str()));
            assert_eq!(found, judge(&[]));
        }
        Verdict::Events { events, ignored } => {
            assert!(known && enabled);
            let left = ignored.unknown_types + ignored.other_merchants + ignored.malformed;
            let all = events.len() + left;
            assert!(all <= MAX_EVENTS && (merchant.is_some() || events.is_empty()));
            assert!(events.iter().all(|e| shown(e.object.id()) && e.ts.is_none_or(|ts| ts > 0)));
            let objects: HashSet<_> = events.iter().map(|e| &e.object).collect();
            assert_eq!(objects.len(), events.len());
        }
        Verdict::Disabled { skipped, .. } => {
            assert!(known && !enabled);
            assert!(*skipped <= MAX_EVENTS && (merchant.is_some() || *skipped == 0));
        }
        Verdict::Refused(refusal) => {
            // What a refusal says is in our words, whatever the body says.
            let text = refusal.to_string();
            assert!(text.is_ascii() && text.len() < 120, "{text}");
            let expected: &[u16] = match (body.len() > MAX_BODY, known) {
                (true, _) => &[413],
                (false, true) => &[400, 413],
                (false, false) => &[403],
            };
            assert!(expected.contains(&refusal.status()));
        }
    }
});
