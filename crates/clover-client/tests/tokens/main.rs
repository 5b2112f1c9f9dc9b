//! The token lifecycle: one refresh, stored before use, and recovery from every lost response.

#[path = "../support/mod.rs"]
mod support;

mod api_token;
mod world;

use std::sync::{Arc, Mutex};

use clover_client::token_manager::TokenError;
use clover_client::{
    AccessToken, ClientSecret, Credential, Error, OAuth, Refusal, TokenRequirement, Tokens,
};
use serde_json::json;
use support::{Script, Step, api};
use world::{Broken, Clover, Meanwhile, NOW, World, pair, renewal};

#[test]
fn a_valid_token_is_used_without_lock_or_request() {
    let world = World::new(Clover::default());
    assert_eq!(world.access(120), "access-1");
    assert_eq!(*world.store.events.borrow(), ["read"]);
    assert!(world.calls().is_empty());
}

#[test]
fn an_expiring_token_is_refreshed_under_the_lock_and_stored_before_use() {
    let world = World::new(Clover::default());
    world.now.set(NOW + 601);
    assert!(world.ensure(TokenRequirement::AtLeast(120)).is_ok());
    assert!(world.calls().is_empty());
    let tokens = world.ensure(TokenRequirement::AtLeast(1_200)).unwrap();
    assert_eq!(tokens.access.secret(), "access-2");
    assert_eq!(
        renewal(&tokens).previous_refresh.clone().unwrap().secret(),
        "refresh-1"
    );
    assert_eq!(world.store.tokens().access.secret(), "access-2");
    let events = world.store.events.borrow();
    let expected = ["read", "lock", "read", "read", "write", "unlock"];
    assert_eq!(events[1..], expected);
}

#[test]
fn a_pair_that_another_process_stored_during_the_wait_for_the_lock_is_used() {
    let world = World::new(Clover::default());
    world.now.set(NOW + 1_790);
    world.store.meanwhile.replace(Some(pair(7, NOW + 1_780)));
    assert_eq!(world.access(120), "access-7");
    assert!(world.calls().is_empty());
}

/// A Clover that refuses the tokens, or that renews them.
fn either(refuses: bool) -> World {
    if refuses {
        dead(Clover::default())
    } else {
        World::new(Clover::default())
    }
}

#[test]
fn a_connection_that_ended_during_a_refresh_is_not_stored_again() {
    for refuses in [false, true] {
        let world = either(refuses);
        world.now.set(NOW + 1_790);
        for refused_before in [false, true] {
            let mut tokens = world.store.tokens();
            let refusal = Refusal {
                at: NOW,
                access_too: false,
            };
            tokens.refusal = refused_before.then_some(refusal);
            world.store.put(&tokens);
            let disconnects = Some(Meanwhile::Disconnects);
            world.waiter.meanwhile.replace(disconnects);
            let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
            assert_eq!(error, TokenError::NotConnected);
            assert!(world.store.kept.borrow().is_none());
            assert!(!world.store.ended.get());
            world.store.put(&tokens);
        }
    }
}

#[test]
fn tokens_that_were_stored_during_a_refresh_are_kept_and_used() {
    for refuses in [false, true] {
        let world = either(refuses);
        world.now.set(NOW + 1_790);
        let connects = |tokens| {
            world
                .waiter
                .meanwhile
                .replace(Some(Meanwhile::Connects(tokens)))
        };
        connects(pair(50, NOW + 1_790));
        assert_eq!(world.access(120), "access-50");
        assert_eq!(
            renewal(&world.store.tokens()).refresh.secret(),
            "refresh-50"
        );
        assert!(world.store.tokens().refusal.is_none());
        // Tokens that do not last for a call are kept too, and the caller tries again.
        connects(pair(51, NOW));
        world.now.set(NOW + 9_000);
        let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
        assert_eq!(error, TokenError::Busy);
        assert_eq!(
            renewal(&world.store.tokens()).refresh.secret(),
            "refresh-51"
        );
    }
}

#[test]
fn a_held_lock_is_an_error_unless_the_holder_refreshed_or_enough_time_is_left() {
    let world = World::new(Clover::default());
    world.store.taken.set(true);
    world.now.set(NOW + 1_000);
    assert_eq!(world.access(1_200), "access-1");
    world.now.set(NOW + 1_700);
    assert_eq!(
        world.ensure(TokenRequirement::AtLeast(120)).unwrap_err(),
        TokenError::Busy
    );
    let rejected = AccessToken::new("access-1".into());
    assert_eq!(
        world
            .ensure(TokenRequirement::Replace(&rejected))
            .unwrap_err(),
        TokenError::Busy
    );
    world.store.meanwhile.replace(Some(pair(2, NOW + 1_700)));
    let tokens = world.ensure(TokenRequirement::Replace(&rejected)).unwrap();
    assert_eq!(tokens.access.secret(), "access-2");
    assert!(!world.store.events.borrow().contains(&"unlock"));
}

#[test]
fn a_refresh_whose_response_is_lost_is_recovered_with_the_used_token() {
    for mishap in [
        Step::Drop,
        Step::status(502),
        Step::Cut(200),
        Step::ok("{\"access"),
    ] {
        for header in [None, Some("true"), Some("false")] {
            let world = World::new(Clover {
                mishaps: vec![Some(mishap.clone())],
                recovers: true,
                recovery_header: header,
                ..Clover::default()
            });
            world.now.set(NOW + 1_790);
            assert_eq!(world.access(120), "access-3");
            assert_eq!(world.calls(), ["refresh", "refresh", "recovery"]);
            assert_eq!(renewal(&world.store.tokens()).refresh.secret(), "refresh-3");
        }
    }
}

#[test]
fn a_refresh_that_was_not_carried_out_is_repeated() {
    let clover = Arc::new(Mutex::new(0));
    let count = clover.clone();
    let script = Script::new(move |_, _| {
        *count.lock().unwrap() += 1;
        if *count.lock().unwrap() == 1 {
            return Step::status(503);
        }
        Step::ok(
            json!({"access_token":"a","access_token_expiration":NOW+9_999,"refresh_token":"r"})
                .to_string(),
        )
    });
    let mut world = World::new(Clover::default());
    world.oauth = OAuth::new(
        &api(&script),
        "APPID00000001",
        ClientSecret::new("s".into()),
    );
    world.now.set(NOW + 1_790);
    let tokens = world.ensure(TokenRequirement::AtLeast(120)).unwrap();
    assert_eq!(
        (
            tokens.access.secret().as_str(),
            renewal(&tokens).refresh_expires_at
        ),
        ("a", None)
    );
    assert_eq!(*clover.lock().unwrap(), 2);
}

#[test]
fn the_next_process_recovers_after_one_that_died_between_refresh_and_store() {
    let world = World::new(Clover {
        recovers: true,
        recovery_header: Some("true"),
        ..Clover::default()
    });
    world.now.set(NOW + 1_790);
    world.store.breaks_on_write.set(true);
    assert_eq!(
        world.ensure(TokenRequirement::AtLeast(120)).unwrap_err(),
        TokenError::Store(Broken)
    );
    assert_eq!(renewal(&world.store.tokens()).refresh.secret(), "refresh-1");

    world.store.breaks_on_write.set(false);
    assert_eq!(world.access(120), "access-3");
    assert_eq!(world.calls(), ["refresh", "refresh", "recovery"]);
    // The recovered pair refreshes as usual.
    world.now.set(NOW + 3_600);
    assert_eq!(world.access(120), "access-4");
}

#[test]
fn a_lost_recovery_is_repeated_once_and_then_left_to_the_next_attempt() {
    let world = World::new(Clover {
        recovers: true,
        mishaps: vec![Some(Step::Drop), Some(Step::Drop)],
        ..Clover::default()
    });
    world.now.set(NOW + 1_790);
    // This Clover forgets the used token after a recovery, so its refusal is final only then.
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::Refused(_)));
    assert_eq!(
        world.calls()[..4],
        ["refresh", "refresh", "recovery", "recovery"]
    );
}

/// Connected with tokens that Clover does not accept any more.
fn dead(clover: Clover) -> World {
    let world = World::new(clover);
    let mut dead = pair(9, NOW);
    dead.renewal.as_mut().unwrap().access_expires_at = NOW;
    dead.rotated_at = NOW - 1_800;
    world.store.put(&dead);
    world
}

#[test]
fn only_a_second_refusal_ten_minutes_later_ends_the_connection() {
    let world = dead(Clover::default());
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    let TokenError::Refused(refusal) = error else {
        panic!("{error:?}")
    };
    assert_eq!((refusal.at, refusal.next_try_at()), (NOW, NOW + 600));
    assert!(!refusal.access_too);
    assert_eq!(world.calls(), ["refresh", "recovery", "recovery"]);
    assert_eq!(renewal(&world.store.tokens()).refresh.secret(), "refresh-9");
    assert_eq!(world.store.tokens().refusal, Some(refusal));
    for seconds in [0, 1, 300, 599] {
        world.now.set(NOW + seconds);
        for need in [
            TokenRequirement::AtLeast(120),
            TokenRequirement::AtLeast(1_200),
        ] {
            let error = world.ensure(need).unwrap_err();
            assert_eq!(error, TokenError::Refused(refusal), "{seconds}");
        }
    }
    assert_eq!(world.calls().len(), 3, "the second attempt was too early");
    assert!(!world.store.ended.get());
    world.now.set(NOW + 600);
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::ReconnectNeeded(_)), "{error:?}");
    assert!(world.store.ended.get());
    assert_eq!(world.calls().len(), 6);
}

#[test]
fn a_refusal_that_clover_does_not_repeat_is_forgotten() {
    let world = dead(Clover::default());
    world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    world.clover.lock().unwrap().generation = 9;
    world.now.set(NOW + 600);
    assert_eq!(world.access(120), "access-10");
    assert_eq!(world.store.tokens().refusal, None);
    // The next refusal is a first one again.
    world.clover.lock().unwrap().generation = 70;
    world.now.set(NOW + 9_000);
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::Refused(r) if r.at == NOW + 9_000));
    assert!(!world.store.ended.get());
}

#[test]
fn an_outage_between_two_refusals_neither_ends_the_connection_nor_clears_the_first() {
    let mut world = dead(Clover::default());
    world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    world.now.set(NOW + 700);
    let refusing = std::mem::replace(
        &mut world.oauth,
        OAuth::new(
            &api(&Script::of(vec![Step::page(401)])),
            "APPID00000001",
            ClientSecret::new("s".into()),
        ),
    );
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::Clover(_)), "{error:?}");
    assert_eq!(world.store.tokens().refusal.map(|r| r.at), Some(NOW));
    world.oauth = refusing;
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::ReconnectNeeded(_)), "{error:?}");
}

#[test]
fn after_a_refusal_the_access_token_is_used_while_clover_accepts_it() {
    // Refused ahead of time, with minutes left.
    let world = World::new(Clover {
        generation: 0,
        ..Clover::default()
    });
    world.store.put(&pair(5, NOW));
    world.now.set(NOW + 700);
    let error = world.ensure(TokenRequirement::AtLeast(1_200)).unwrap_err();
    assert!(matches!(error, TokenError::Refused(_)), "{error:?}");
    assert!(world.ensure(TokenRequirement::AtLeast(120)).is_ok());
    // The access token itself was refused: no call is sent with it.
    let refused = AccessToken::new("access-5".into());
    world.now.set(NOW + 1_300);
    world.store.put(&pair(5, NOW));
    let error = world
        .ensure(TokenRequirement::Replace(&refused))
        .unwrap_err();
    assert!(matches!(error, TokenError::Refused(r) if r.access_too));
    let asked = world.calls().len();
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::Refused(_)), "{error:?}");
    assert_eq!(world.calls().len(), asked);
}

#[test]
fn a_clock_that_was_ahead_at_the_first_refusal_causes_no_delay() {
    let world = dead(Clover::default());
    world.now.set(NOW + 86_400);
    world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    world.now.set(NOW + 60);
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    // A request was sent, but it cannot confirm a refusal with a future time.
    assert!(matches!(error, TokenError::Refused(r) if r.at == NOW + 60));
    assert_eq!(world.calls().len(), 6);
}

#[test]
fn records_without_a_refusal_field_can_be_read() {
    let old = r#"{"access":"a","access_expires_at":1,"refresh":"r","refresh_expires_at":null,
        "previous_refresh":null,"rotated_at":0,"origin":"aged"}"#;
    let tokens = Tokens::from_json(old).unwrap();
    assert_eq!(tokens.refusal, None);
    assert_eq!(tokens.credential(), Credential::App);
    assert!(!tokens.to_json().contains("refusal"));
}

#[test]
fn a_foreign_response_does_not_end_the_connection_and_the_next_run_works() {
    let cases = [
        Step::page(400),
        Step::page(401),
        Step::page(403),
        Step::page(200),
        Step::page(503),
        Step::status(401),
        Step::status(302),
        Step::refusal(400),
        Step::refusal(403),
        Step::refusal(404),
        Step::Cut(401),
        Step::Cut(200),
        Step::ok("{\"access_token\":\"a\"}"),
        Step::ok("{}"),
        Step::Drop,
        Step::Refuse,
        Step::Insecure,
    ];
    for step in cases {
        for times in 1..=4 {
            let mut world = World::new(Clover {
                recovers: true,
                ..Clover::default()
            });
            world.now.set(NOW + 1_790);
            let steps = std::iter::repeat_n(step.clone(), times);
            let script = Script::of(steps.chain([Step::refusal(503)]).collect());
            let sound = std::mem::replace(
                &mut world.oauth,
                OAuth::new(
                    &api(&script),
                    "APPID00000001",
                    ClientSecret::new("s".into()),
                ),
            );
            let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
            assert!(
                matches!(error, TokenError::Clover(_)),
                "{step:?}: {error:?}"
            );
            assert_eq!(world.store.tokens().refusal, None, "{step:?}");
            assert!(!world.store.ended.get(), "{step:?}");
            world.oauth = sound;
            let tokens = world.ensure(TokenRequirement::AtLeast(120)).unwrap();
            assert_eq!(tokens.access.secret(), "access-2", "{step:?}");
        }
    }
}

#[test]
fn a_refused_refresh_with_a_foreign_response_to_its_recovery_is_not_a_refusal() {
    let mut world = dead(Clover::default());
    let script = Script::new(|seen, _| {
        if seen.path.ends_with("refresh") {
            Step::refusal(401)
        } else {
            Step::page(403)
        }
    });
    world.oauth = OAuth::new(
        &api(&script),
        "APPID00000001",
        ClientSecret::new("s".into()),
    );
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::Clover(_)), "{error:?}");
    assert_eq!(world.store.tokens().refusal, None);
}

#[test]
fn a_tls_failure_costs_one_attempt_under_the_lock() {
    let mut world = dead(Clover::default());
    let script = Script::of(vec![Step::Insecure]);
    world.oauth = OAuth::new(
        &api(&script),
        "APPID00000001",
        ClientSecret::new("s".into()),
    );
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(
        matches!(&error, TokenError::Clover(Error::Insecure { .. })),
        "{error:?}"
    );
    assert_eq!(script.seen().len(), 1);
}

#[test]
fn a_header_that_excludes_recovery_saves_that_call() {
    let world = dead(Clover {
        recovery_header: Some("false"),
        ..Clover::default()
    });
    let mut tokens = world.store.tokens();
    tokens.renewal.as_mut().unwrap().previous_refresh = None;
    world.store.put(&tokens);
    assert!(matches!(
        world.ensure(TokenRequirement::AtLeast(120)),
        Err(TokenError::Refused(_))
    ));
    assert_eq!(world.calls(), ["refresh"]);
}

#[test]
fn an_unreachable_clover_does_not_end_the_connection() {
    let mut world = World::new(Clover::default());
    for step in [
        Step::Refuse,
        Step::Drop,
        Step::status(500),
        Step::status(404),
        Step::throttle("99"),
    ] {
        let api = api(&Script::of(vec![step]));
        world.oauth = OAuth::new(&api, "APPID00000001", ClientSecret::new("s".into()));
        world.now.set(NOW + 1_790);
        let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
        assert!(matches!(error, TokenError::Clover(_)), "{error:?}");
    }
}

#[test]
fn without_a_connection_nothing_is_sent() {
    let world = World::new(Clover::default());
    world.store.kept.replace(None);
    assert_eq!(
        world.ensure(TokenRequirement::AtLeast(120)).unwrap_err(),
        TokenError::NotConnected
    );
    assert!(world.calls().is_empty());
}

#[test]
fn a_refused_token_that_another_process_replaced_causes_no_refresh() {
    let world = World::new(Clover::default());
    world.store.put(&pair(5, NOW));
    let rejected = AccessToken::new("access-4".into());
    let tokens = world.ensure(TokenRequirement::Replace(&rejected)).unwrap();
    assert_eq!(tokens.access.secret(), "access-5");
    assert!(world.calls().is_empty());
}

#[test]
fn a_wrong_clock_does_not_cause_a_refresh_in_every_call() {
    for skew in [7_200, -7_200, 1_750] {
        let world = World::new(Clover::default());
        world.now.set(NOW + skew);
        let mut refreshed = pair(1, NOW);
        refreshed.rotated_at = NOW + skew;
        world.store.put(&refreshed);
        for _ in 0..5 {
            world.ensure(TokenRequirement::AtLeast(120)).unwrap();
            world.now.set(world.now.get() + 1);
        }
        assert!(world.calls().is_empty(), "{skew}: {:?}", world.calls());
    }
}

#[test]
fn a_stored_record_can_be_read_and_debug_shows_none_of_it() {
    let tokens = pair(3, NOW);
    let text = tokens.to_json();
    assert_eq!(Tokens::from_json(&text).unwrap().to_json(), text);
    assert!(text.contains("refresh-2"));
    let shown = format!("{tokens:?}");
    assert!(!shown.contains("access-3") && !shown.contains("refresh-"));
    let error = Tokens::from_json(&text.replace("\"refresh-3\"", "[\"refresh-3\"]")).unwrap_err();
    assert!(!error.to_string().contains("refresh-3"));
}

#[test]
fn the_app_prints_its_id_and_never_its_secret() {
    let world = World::new(Clover::default());
    assert_eq!(world.oauth.app_id(), "APPID00000001");
    let shown = format!("{:?}", world.oauth);
    assert!(
        shown.contains("OAuth") && shown.contains("APPID00000001"),
        "{shown}"
    );
    assert!(!shown.contains("CANARY-SECRET"), "{shown}");
}
