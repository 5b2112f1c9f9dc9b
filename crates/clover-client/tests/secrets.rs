//! No secret is printed: not in a log line, not in an error, not by `Debug`.

#[path = "simulator/world.rs"]
#[allow(dead_code)] // Shared with another binary, which uses other parts of it.
mod world;

use std::sync::Mutex;

use bytes::Bytes;
use clover_client::{Callback, ClientSecret, OAuth, TokenStore, authorize_url, error_chain};
use log::{LevelFilter, Log, Metadata, Record};
use serde_json::json;

use world::{APP, REDIRECT, SECRET, World, now};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Capture;

impl Log for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {} {}", record.level(), record.target(), record.args());
        LINES.lock().unwrap().push(line);
    }

    fn flush(&self) {}
}

#[test]
fn no_log_line_error_or_debug_text_contains_a_secret() {
    log::set_logger(&Capture).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let world = World::new();
    let mut secrets = vec![SECRET.to_owned()];
    let mut shown = Vec::new();

    let request = authorize_url(world.api.hosts(), APP, REDIRECT).unwrap();
    let callback = Callback::parse(&world.location(request.url.clone())).unwrap();
    secrets.push(callback.code.secret().clone());
    secrets.push(callback.state.secret().clone());
    shown.push(format!("{request:?} {callback:?} {:?}", request.state));
    let tokens = world
        .run(world.oauth.exchange(&callback.code, now()))
        .unwrap();
    world.store.write(&tokens).unwrap();
    let again = world
        .run(world.oauth.exchange(&callback.code, now()))
        .unwrap_err();
    shown.push(format!("{again:?} {}", error_chain(&again)));
    let stored = world.store.read().unwrap().unwrap();
    shown.push(format!("{stored:?}"));

    let mut note = |tokens: &clover_client::Tokens| {
        secrets.push(tokens.access.secret().clone());
        let renewal = tokens.renewal.as_ref().unwrap();
        secrets.push(renewal.refresh.secret().clone());
    };
    note(&stored);
    world.control("/__sim/switches", &json!({"refresh_lost_response": 1}));
    note(&world.replace().unwrap());

    // A server that repeats the request in its message, in every status that has a message.
    let access = world.access();
    let body = json!({"message": format!("bad {}", access.token.secret())});
    shown.push(format!("{access:?} {:?} {:?}", world.api, world.oauth));
    for code in [400, 401, 403, 404, 405, 409, 500, 200] {
        let more = json!({"code": code, "body": body});
        world.fault("GET /v3/merchants/*/items", 8, "status", more);
        match world.run(world.api.get_json::<Vec<u8>>(&access, "items", &[])) {
            Ok(_) => panic!("{code} was accepted as a list"),
            Err(error) => shown.push(format!("{error:?} {}", error_chain(&error))),
        }
        world
            .clover
            .control("DELETE", "/__sim/faults", &json!(null));
    }
    for (effect, more) in [
        ("drop", json!({})),
        ("truncate", json!({"bytes": 1})),
        ("garbage", json!({})),
    ] {
        world.fault("POST /v3/merchants/*/orders", 1, effect, more);
        let body = Bytes::from_static(b"{\"note\":\"CANARY-BODY\"}");
        let write = world.api.post(&access, "orders", body);
        shown.push(format!("{:?}", world.run(write)));
    }
    secrets.push("CANARY-BODY".into());
    for code in [400, 401, 404, 500] {
        let stored = world.store.read().unwrap().unwrap();
        let refresh = stored.renewal.as_ref().unwrap().refresh.clone();
        let body = json!({"message": format!("bad {SECRET} {}", refresh.secret())});
        world.fault(
            "POST /oauth/v2/*",
            9,
            "status",
            json!({"code": code, "body": body}),
        );
        world.doubt();
        let error = world.replace().unwrap_err();
        shown.push(format!("{error:?} {}", error_chain(&error)));
        world
            .clover
            .control("DELETE", "/__sim/faults", &json!(null));
    }
    let oauth = OAuth::new(&world.api, APP, ClientSecret::new(SECRET.into()));
    shown.push(format!("{oauth:?}"));

    let lines = LINES.lock().unwrap();
    let ours = |target: &str| lines.iter().filter(|line| line.contains(target)).count();
    assert!(ours("clover_client") > 20, "the log was captured");
    for secret in &secrets {
        assert!(secret.len() > 10);
        for text in shown.iter().chain(lines.iter()) {
            assert!(!text.contains(secret.as_str()), "a secret shows in: {text}");
        }
    }
}
