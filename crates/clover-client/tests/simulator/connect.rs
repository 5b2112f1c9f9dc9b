//! Connecting, refreshing, recovering.

use clover_client::{
    Callback, CallbackError, ClientSecret, OAuth, OAuthError, Origin, TokenError, TokenStore,
    authorize_url,
};
use serde_json::json;

use crate::world::{APP, REDIRECT, World, now};
use clover_client::tokens::CONFIRMED_AFTER;

#[test]
fn a_shop_is_connected_by_following_the_authorize_redirect() {
    let world = World::new();
    let tokens = world.store.read().unwrap().unwrap();
    assert_eq!(tokens.origin, Origin::Connected);
    let renewal = tokens.renewal.as_ref().unwrap();
    assert!((1_790..=1_800).contains(&(renewal.access_expires_at - now())));
    assert!(renewal.previous_refresh.is_none());
    let call = world.api.get(&world.access(), "items", &[("limit", "1")]);
    world.run(call).unwrap();
}

#[test]
fn the_redirect_uri_is_returned_unchanged_with_the_parameters_appended() {
    let world = World::new();
    let request = authorize_url(world.api.hosts(), APP, REDIRECT).unwrap();
    let sent = request
        .url
        .query_pairs()
        .find(|(key, _)| key == "redirect_uri");
    assert_eq!(sent.unwrap().1, REDIRECT);
    let location = world.location(request.url);
    assert!(location.starts_with(&format!("{REDIRECT}&")), "{location}");
}

#[test]
fn two_attempts_never_share_a_state() {
    let world = World::new();
    let state = || {
        authorize_url(world.api.hosts(), APP, REDIRECT)
            .unwrap()
            .state
    };
    assert_ne!(state().secret(), state().secret());
    assert!(state().secret().len() >= 22);
}

#[test]
fn a_denial_and_a_callback_without_state_are_distinguished() {
    let world = World::new();
    let url = || authorize_url(world.api.hosts(), APP, REDIRECT).unwrap().url;
    world.control("/__sim/switches", &json!({"state_echo": false}));
    let error = Callback::parse(&world.location(url())).unwrap_err();
    assert_eq!(error, CallbackError::Missing("state"));
    world.control("/__sim/switches", &json!({"authorize": "deny"}));
    let error = Callback::parse(&world.location(url())).unwrap_err();
    assert_eq!(error, CallbackError::Denied);
}

#[test]
fn a_used_code_and_a_wrong_secret_are_refusals() {
    let world = World::new();
    let callback = world.approve();
    world
        .run(world.oauth.exchange(&callback.code, now()))
        .unwrap();
    let again = world.run(world.oauth.exchange(&callback.code, now()));
    assert!(
        matches!(again, Err(OAuthError::Refused { .. })),
        "{again:?}"
    );

    let callback = world.approve();
    let other = OAuth::new(&world.api, APP, ClientSecret::new("another".into()));
    let wrong = world.run(other.exchange(&callback.code, now()));
    assert!(
        matches!(wrong, Err(OAuthError::Refused { .. })),
        "{wrong:?}"
    );
    assert!(
        !world
            .clover
            .requests(0)
            .iter()
            .any(|e| e.status == Some(415))
    );
}

#[test]
fn a_refresh_rotates_both_tokens_and_the_new_ones_work() {
    let world = World::new();
    let before = world.store.read().unwrap().unwrap();
    let after = world.replace().unwrap();
    assert_ne!(before.access.secret(), after.access.secret());
    let [spent, fresh] = [&before, &after].map(|tokens| tokens.renewal.as_ref().unwrap());
    assert_ne!(spent.refresh.secret(), fresh.refresh.secret());
    assert_eq!(
        fresh.previous_refresh.clone().unwrap().secret(),
        spent.refresh.secret()
    );
    world
        .run(world.api.get(&world.access(), "items", &[]))
        .unwrap();
    assert_eq!(
        (world.tokens("refreshes"), world.tokens("recoveries")),
        (1, 0)
    );
}

#[test]
fn the_connection_survives_a_refresh_whose_response_is_lost() {
    let world = World::new();
    world.control("/__sim/switches", &json!({"refresh_lost_response": 1}));
    world.replace().unwrap();
    assert_eq!(
        (world.tokens("refreshes"), world.tokens("recoveries")),
        (1, 1)
    );
    world
        .run(world.api.get(&world.access(), "items", &[]))
        .unwrap();
}

#[test]
fn the_connection_survives_a_process_that_dies_between_refresh_and_store() {
    let world = World::new();
    let stored = world.store.read().unwrap().unwrap();
    let spent = &stored.renewal.as_ref().unwrap().refresh;
    let refresh = world.oauth.refresh(spent, now(), Origin::Aged);
    drop(world.run(refresh).unwrap());
    world.control("/__sim/tokens", &json!({"do": "expire"}));
    world.replace().unwrap();
    assert_eq!(
        (world.tokens("refreshes"), world.tokens("recoveries")),
        (1, 1)
    );
    world
        .run(world.api.get(&world.access(), "items", &[]))
        .unwrap();
}

#[test]
fn revoked_tokens_are_kept_until_a_second_refusal() {
    for what in ["revoke", "uninstall"] {
        let world = World::new();
        world.control("/__sim/tokens", &json!({"do": what}));
        let error = world.replace().unwrap_err();
        assert!(
            matches!(error, TokenError::Refused(refusal) if refusal.access_too),
            "{what}: {error:?}"
        );
        let mut tokens = world.store.read().unwrap().unwrap();
        let refusal = tokens.refusal.as_mut().unwrap();
        refusal.at -= CONFIRMED_AFTER;
        world.store.write(&tokens).unwrap();
        let error = world.replace().unwrap_err();
        assert!(
            matches!(error, TokenError::ReconnectNeeded(_)),
            "{what}: {error:?}"
        );
    }
}
