use super::event::form;
use super::*;
use crate::ids::{ItemId, OrderId};
use proptest::prelude::*;
use serde_json::{Value, json};

const AUTH: &str = "aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb";
const OURS: &str = "M1M2M3M4M5M6M";
const CODE: &str = "11111111-2222-4333-8444-555555555555";
const T: i64 = 1_767_000_300_000;

fn judge_bytes(body: &[u8], auth: &[&[u8]], secret: Option<&str>, enabled: bool) -> Verdict {
    let (secret, merchant) = (secret.map(Secret::new), MerchantId::new(OURS).unwrap());
    let request = IncomingRequest { body, auth };
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

fn item(id: &str, kind: EventKind, ts: impl Into<Option<i64>>) -> Event {
    Event {
        object: EventObject::Item(ItemId::new(id).unwrap()),
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
        object: EventObject::Order(OrderId::new("0A1B2C3D4E5F6").unwrap()),
        kind: EventKind::Create,
        ts: Some(T + 1000),
    };
    let item = item("K1M2N3P4Q5R6S", EventKind::Update, T);
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
    let item = item("OTHERITEM0001", EventKind::Update, T);
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
        form(r#"{"objectId":"XY:SECRET7","type":"RENAMED_to x","ts":1,"a{b}":{"k":"v"},"n":null}"#),
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
        {"objectId": "I:A", "type": "UPDATE"}, {"objectId": "IS:A", "type": "UPDATE"},
        {"objectId": "I:B", "type": "DELETE"}, 7,
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
        {"objectId": "IS:A", "type": "UPDATE", "ts": T,
         "itemStock": {"quantity": 1e99, "x": [[{}]]}},
        {"objectId": "I:A", "type": "CREATE", "ts": T + 2},
        {"objectId": "IA:A", "type": "UPDATE", "ts": T + 1, "available": "canary"},
        {"objectId": "IS:B", "type": "UPDATE"},
    ])));
    let both = vec![
        item("A", EventKind::Create, T + 2),
        item("B", EventKind::Update, None),
    ];
    assert_eq!(events(found), (both, (0, 0, 0)));
}

#[test]
fn of_several_events_about_an_object_the_newest_counts_and_a_deletion_stays_visible() {
    let fields = |kind: &str, ts: Value| json!({"objectId": "I:A", "type": kind, "ts": ts});
    for (list, kind, ts) in [
        (
            json!([fields("CREATE", json!(5)), fields("UPDATE", json!(7))]),
            EventKind::Update,
            Some(7),
        ),
        (
            json!([fields("UPDATE", json!(7)), fields("CREATE", json!(5))]),
            EventKind::Update,
            Some(7),
        ),
        (
            json!([fields("CREATE", json!(5)), fields("UPDATE", json!(5))]),
            EventKind::Update,
            Some(5),
        ),
        (
            json!([fields("DELETE", json!(5)), fields("UPDATE", json!(7))]),
            EventKind::Delete,
            Some(7),
        ),
        (
            json!([fields("UPDATE", json!(7)), fields("DELETE", json!(5))]),
            EventKind::Delete,
            Some(7),
        ),
        (
            json!([fields("DELETE", json!(5)), fields("CREATE", Value::Null)]),
            EventKind::Delete,
            Some(5),
        ),
        (
            json!([fields("CREATE", Value::Null), fields("UPDATE", json!(1))]),
            EventKind::Update,
            Some(1),
        ),
        (
            json!([fields("UPDATE", json!(1)), fields("CREATE", Value::Null)]),
            EventKind::Update,
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
            r#"{{"merchants":{{"{OURS}":[{{"objectId":"I:A","type":"UPDATE","ts":{ts}}}]}}}}"#
        );
        let found = judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
        let expected = vec![item("A", EventKind::Update, None)];
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
        assert_eq!((event.object.kind().key(), event.object.id()), (key, id));
        assert_eq!(event.kind.key(), "DELETE");
    }
}

#[test]
fn what_is_unknown_malformed_or_another_merchants_is_counted_and_costs_nothing_else() {
    let unknown = json!([
        {"objectId": "Z:A", "type": "UPDATE"}, {"objectId": ":A", "type": "UPDATE"},
        {"objectId": "i:A", "type": "UPDATE"},
        {"objectId": "I:A", "type": "MOVE"}, {"objectId": "I:A", "type": "update"},
    ]);
    assert_eq!(events(judge(&delivery(unknown))), (vec![], (5, 0, 0)));
    let malformed = json!([
        null, 7, "I:A", [], ["I:A", "UPDATE", 1], {},
        {"objectId": "I:A"}, {"objectId": "I:A", "type": null}, {"type": "UPDATE"},
        {"objectId": 7, "type": "UPDATE"}, {"objectId": "A", "type": "UPDATE"},
        {"objectId": "I:", "type": "UPDATE"}, {"objectId": "I:A:B", "type": "UPDATE"},
        {"objectId": "I:../A", "type": "UPDATE"},
        {"objectId": format!("I:{}", "A".repeat(65)), "type": "UPDATE"},
        {"objectId": "P:'", "type": "UPDATE"},
    ]);
    assert_eq!(events(judge(&delivery(malformed))), (vec![], (0, 0, 16)));
    let mut body = ours();
    body["merchants"]["OTHER00000001"] = json!([{"objectId": "I:A", "type": "UPDATE"}, 7]);
    body["merchants"]["canary <b>"] = json!([]);
    body["new"] = json!({"x": [1]});
    let item = item("K1M2N3P4Q5R6S", EventKind::Update, T);
    assert_eq!(events(judge(&body)), (vec![item], (0, 2, 0)));
}

#[test]
fn a_shop_that_is_not_connected_has_no_events() {
    let (body, secret) = (ours().to_string(), Secret::new(AUTH));
    let request = IncomingRequest {
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
    let body = r#"{"\u006derchants":{"M1M2M3M4M5M6\u004d":[
        {"objectId":"I\u003aA","\u0074ype":"UP\u0044ATE"}]}}"#;
    let found = judge_bytes(body.as_bytes(), &[AUTH.as_bytes()], Some(AUTH), true);
    assert_eq!(
        events(found),
        (vec![item("A", EventKind::Update, None)], (0, 0, 0))
    );
}

fn some_event() -> impl Strategy<Value = Value> {
    let prefix = prop::sample::select(vec!["I", "IS", "IA", "IC", "O", "P", "A", "Z", ""]);
    let id = prop::sample::select(vec!["A", "B", "C", "a b", ""]);
    let kind = prop::sample::select(vec!["CREATE", "UPDATE", "DELETE", "MOVE"]);
    let ts = prop_oneof![Just(Value::Null), (-1_i64..6).prop_map(Value::from)];
    prop_oneof![
        9 => (prefix, id, kind, ts).prop_map(|(prefix, id, kind, ts)| {
            json!({"objectId": format!("{prefix}:{id}"), "type": kind, "ts": ts})
        }),
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
    fn a_delivery_becomes_what_the_plain_rules_say(
        list in prop::collection::vec(some_event(), 0..30),
        others in 0..5_usize,
    ) {
        let mut body = delivery(json!(list));
        body["merchants"]["OTHER"] = json!(vec![1; others]);
        let (found, ignored) = events(judge(&body));
        let named: Vec<_> = found
            .iter()
            .map(|event| {
                let prefix = match event.object {
                    EventObject::Item(_) => "I:",
                    EventObject::Category(_) => "IC:",
                    EventObject::Order(_) => "O:",
                    EventObject::App(_) => "A:",
                    EventObject::Merchant(_) => "M:",
                    EventObject::Other(_) => "",
                };
                (format!("{prefix}{}", event.object.id()), event.kind.key().to_owned(), event.ts)
            })
            .collect();
        let (objects, unknown, malformed) = model(&list);
        prop_assert_eq!(named, objects);
        prop_assert_eq!(ignored, (unknown, others, malformed));
    }

    #[test]
    fn no_body_makes_a_stranger_more_than_a_stranger(
        body in prop::collection::vec(any::<u8>(), 0..300),
        header in prop::option::of(prop::collection::vec(any::<u8>(), 0..60)),
    ) {
        let auth: Vec<&[u8]> = header.as_deref().into_iter().collect();
        refused(judge_bytes(&body, &auth, Some(AUTH), true), 403);
    }

    #[test]
    fn any_cut_or_changed_byte_leaves_a_verdict_and_quotes_nothing(
        list in prop::collection::vec(some_event(), 0..6),
        at: prop::sample::Index,
        byte: u8,
        cut: bool,
    ) {
        let mut body = delivery(json!(list)).to_string().replace("appId", "canary").into_bytes();
        let at = at.index(body.len());
        if cut { body.truncate(at) } else { body[at] = byte }
        let found = judge_bytes(&body, &[AUTH.as_bytes()], Some(AUTH), true);
        if let Verdict::Refused(refusal) = found {
            let text = refusal.to_string();
            prop_assert_eq!(refusal.status(), 400);
            let quotes = ["canary", "objectId", OURS].iter().any(|part| text.contains(part));
            prop_assert!(text.is_ascii() && !quotes, "{}", text);
        }
    }
}
