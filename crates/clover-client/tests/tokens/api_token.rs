//! A merchant's API token: it never expires, it is tried where a pair is renewed, and only a second
//! refusal ends the connection.

use std::convert::Infallible;
use std::time::Duration;

use clover_client::api_token::{Trial, try_token};
use clover_client::error::Cause;
use clover_client::{
    AccessToken, Call, Credential, Error, Origin, Refusal, TokenError, TokenRequirement, Tokens,
};

use crate::support::{Script, Seen, Step, access, api};
use crate::world::{Broken, Clover, Meanwhile, NOW, World, pair};

const TOKEN: &str = "CANARY-API-TOKEN";

fn refusal(path: &str, status: u16) -> Error {
    Error::Unauthorized {
        call: Box::new(Call {
            method: "GET",
            path: format!("/v3/merchants/M1M2M3M4M5M6M/{path}"),
            status: Some(status),
            tries: 1,
            elapsed: Duration::ZERO,
            request_id: None,
        }),
        said: "401 Unauthorized".into(),
        after_refresh: false,
    }
}

/// What Clover says to a trial: one status for items, one for orders.
fn trial(items: u16, orders: u16) -> Result<Trial, Error> {
    let of = |path, status| (status != 200).then(|| refusal(path, status));
    Ok(Trial {
        refusals: of("items", items)
            .into_iter()
            .chain(of("orders", orders))
            .collect(),
    })
}

/// Connected with an API token, without an app.
fn connected() -> World {
    let world = World::new(Clover::default());
    world.has_app.set(false);
    let token = AccessToken::new(TOKEN.into());
    let tokens = Tokens::of_api_token(token, NOW, Origin::Connected);
    world.store.put(&tokens);
    world
}

fn answers(world: &World, answers: impl IntoIterator<Item = Result<Trial, Error>>) {
    world.trials.borrow_mut().extend(answers);
}

fn replace(world: &World) -> Result<Tokens, TokenError<Broken, Infallible>> {
    world.ensure(TokenRequirement::Replace(&AccessToken::new(TOKEN.into())))
}

#[test]
fn an_api_token_serves_without_end_and_without_an_app() {
    let world = connected();
    for seconds in [0, 1_800, 315_360_000] {
        world.now.set(NOW + seconds);
        assert_eq!(world.access(1_200), TOKEN);
    }
    assert!(world.tried.borrow().is_empty());
    assert!(!world.store.events.borrow().contains(&"lock"));
}

#[test]
fn a_pair_that_must_be_renewed_needs_the_app() {
    let world = World::new(Clover::default());
    world.has_app.set(false);
    assert_eq!(world.access(120), "access-1");
    world.now.set(NOW + 1_790);
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert_eq!(error, TokenError::AppNeeded);
    assert!(world.calls().is_empty());
}

#[test]
fn a_401_of_one_call_is_a_permission_while_the_token_opens_something() {
    for (items, orders) in [(200, 200), (401, 200), (200, 401), (403, 401), (403, 403)] {
        let world = connected();
        world.now.set(NOW + 60);
        answers(&world, [trial(items, orders)]);
        let error = replace(&world).unwrap_err();
        assert_eq!(error, TokenError::TokenIsNew, "{items} {orders}");
        assert_eq!(world.store.tokens().refusal, None);
        // A burst of such calls causes one trial.
        world.now.set(NOW + 69);
        assert_eq!(replace(&world).unwrap_err(), TokenError::TokenIsNew);
        assert_eq!(world.tried.borrow().len(), 1);
        assert_eq!(world.access(120), TOKEN);
        world.now.set(NOW + 70);
        answers(&world, [trial(200, 200)]);
        assert_eq!(replace(&world).unwrap_err(), TokenError::TokenIsNew);
        assert_eq!(world.tried.borrow().len(), 2);
    }
}

#[test]
fn only_a_second_refusal_ten_minutes_later_ends_the_connection_of_an_api_token() {
    let world = connected();
    answers(&world, [trial(401, 401)]);
    let error = replace(&world).unwrap_err();
    let expected = Refusal {
        at: NOW,
        access_too: true,
    };
    assert_eq!(error, TokenError::Refused(expected));
    assert_eq!(world.store.tokens().refusal, Some(expected));
    assert!(!world.store.ended.get());
    for seconds in [0, 1, 599] {
        world.now.set(NOW + seconds);
        let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
        assert_eq!(error, TokenError::Refused(expected));
    }
    assert_eq!(world.tried.borrow().len(), 1);

    world.now.set(NOW + 600);
    answers(&world, [trial(401, 401)]);
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert!(matches!(error, TokenError::ReconnectNeeded(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains(TOKEN));
    assert!(world.store.ended.get());
}

#[test]
fn a_token_that_clover_accepts_again_goes_on() {
    let world = connected();
    answers(&world, [trial(401, 401), trial(401, 200)]);
    replace(&world).unwrap_err();
    world.now.set(NOW + 601);
    assert_eq!(world.access(120), TOKEN);
    assert_eq!(world.store.tokens().refusal, None);
    // It was not refused in this moment, so the next 401 is tried again.
    answers(&world, [trial(401, 401)]);
    let error = replace(&world).unwrap_err();
    assert!(matches!(error, TokenError::Refused(refusal) if refusal.at == NOW + 601));
    assert!(!world.store.ended.get());
}

#[test]
fn a_trial_without_a_decision_changes_nothing() {
    let cause = Cause::new(std::io::Error::other("no route"));
    let Error::Unauthorized { call, .. } = refusal("items", 401) else {
        unreachable!()
    };
    let lost = Error::Unreachable { call, cause };
    let world = connected();
    answers(&world, [trial(401, 401)]);
    replace(&world).unwrap_err();
    let before = world.store.tokens().to_json();
    world.now.set(NOW + 601);
    answers(&world, [Err(lost.clone())]);
    let error = world.ensure(TokenRequirement::AtLeast(120)).unwrap_err();
    assert_eq!(error, TokenError::Clover(lost));
    assert_eq!(world.store.tokens().to_json(), before);
}

#[test]
fn the_outcome_of_a_trial_is_dropped_when_the_owner_connected_meanwhile() {
    for (answer, kept) in [
        (trial(401, 401), pair(7, NOW)),
        (
            trial(401, 401),
            Tokens::of_api_token(AccessToken::new("other".into()), NOW, Origin::Connected),
        ),
        (
            trial(401, 401),
            Tokens::of_api_token(AccessToken::new(TOKEN.into()), NOW + 5, Origin::Connected),
        ),
    ] {
        let world = connected();
        world.now.set(NOW + 5);
        answers(&world, [answer]);
        let stored = kept.to_json();
        world
            .waiter
            .meanwhile
            .replace(Some(Meanwhile::Connects(kept)));
        let _ = replace(&world);
        assert_eq!(world.store.tokens().to_json(), stored);
        assert!(!world.store.ended.get());
    }
}

#[test]
fn the_record_of_an_api_token_reads_back_as_one() {
    let token = AccessToken::new(TOKEN.into());
    let tokens = Tokens::of_api_token(token, NOW, Origin::Connected);
    assert!(!format!("{tokens:?}").contains(TOKEN));
    let read = Tokens::from_json(&tokens.to_json()).unwrap();
    assert_eq!(read.credential(), Credential::Merchant);
    assert_eq!(read.access.secret(), TOKEN);
    let half = tokens.to_json().replace('{', r#"{"access_expires_at":1,"#);
    assert!(Tokens::from_json(&half).is_err(), "a pair without its half");
}

/// Clover's answers to the reads of one trial.
async fn try_out(items: Step, orders: Step) -> (Result<Trial, Error>, Vec<Seen>) {
    let script = Script::new(move |seen, _| {
        if seen.path.ends_with("/items") {
            items.clone()
        } else {
            orders.clone()
        }
    });
    let trial = try_token(api(&script), access()).await;
    (trial, script.seen())
}

fn list() -> Step {
    Step::ok(r#"{"elements":[]}"#)
}

#[tokio::test(start_paused = true)]
async fn a_trial_reads_one_item_and_one_order() {
    let (trial, seen) = try_out(list(), list()).await;
    let trial = trial.unwrap();
    assert!(trial.refusals.is_empty() && !trial.is_refused());
    let mut paths: Vec<&str> = seen.iter().map(|s| s.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "/v3/merchants/M1M2M3M4M5M6M/items",
            "/v3/merchants/M1M2M3M4M5M6M/orders"
        ]
    );
    assert!(seen.iter().all(|s| s.param("limit") == Some("1")));
    // Other processes wait for the lock meanwhile.
    assert!(seen.iter().all(|s| s.timeout <= Duration::from_secs(15)));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_refused_only_by_a_401_of_clover_to_both_reads() {
    let refused = |status| Step::refusal(status);
    for (items, orders, refusals, ends) in [
        (refused(401), refused(401), 2, true),
        (refused(401), list(), 1, false),
        (list(), refused(403), 1, false),
        (refused(403), refused(401), 2, false),
        (refused(403), refused(403), 2, false),
    ] {
        let (trial, _) = try_out(items, orders).await;
        let trial = trial.unwrap();
        assert_eq!(trial.refusals.len(), refusals);
        assert_eq!(trial.is_refused(), refusals == 2);
        assert_eq!(trial.refusal_of_token().is_some(), ends);
    }
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_clover_does_not_answer_says_nothing_of_the_token() {
    for step in [Step::page(401), Step::Refuse, Step::Drop, Step::status(503)] {
        for (items, orders) in [(step.clone(), Step::refusal(401)), (list(), step.clone())] {
            let (trial, _) = try_out(items, orders).await;
            assert!(trial.unwrap_err().is_temporary(), "{step:?}");
        }
    }
}
