//! The four OAuth routes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::grants::Refused;
use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;
use crate::model::world::World;
use crate::switches::Authorize;

/// Answers a request under `/oauth/`.
pub fn handle(world: &mut World, request: &Request) -> Answer {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/oauth/v2/authorize") => Ok(authorize(world, request)),
        ("POST", "/oauth/v2/token") => token(world, request),
        ("POST", "/oauth/v2/refresh") => refresh(world, request),
        ("POST", "/oauth/v2/recovery") => recovery(world, request),
        (method, _) => Err(Reply::no_route(method)),
    }
}

fn authorize(world: &mut World, request: &Request) -> Reply {
    if request.parameter("client_id").as_deref() != Some(&world.grants.app_id) {
        return Reply::html(400, "Unknown app", "There is no app with this client_id.");
    }
    let redirect = request
        .parameter("redirect_uri")
        .and_then(|uri| Url::parse(&uri).ok());
    let Some(mut back) = redirect.filter(|uri| matches!(uri.scheme(), "http" | "https")) else {
        return Reply::html(
            400,
            "Bad redirect_uri",
            "redirect_uri must be an http or https URL.",
        );
    };
    if !world.grants.is_installed() || world.switches.authorize == Authorize::NotInstalled {
        return Reply::html(
            200,
            "App Market",
            "This app is not installed on the merchant.",
        );
    }
    let challenge = request.parameter("code_challenge");
    if challenge.is_some() && request.parameter("code_challenge_method").as_deref() != Some("S256")
    {
        return Reply::html(400, "Bad request", "code_challenge_method must be S256.");
    }
    let state = request
        .parameter("state")
        .filter(|_| world.switches.state_echo);
    {
        // Appends to whatever query the redirect URI already has.
        let mut query = back.query_pairs_mut();
        if world.switches.authorize == Authorize::Deny {
            query.append_pair("error", "access_denied");
        } else {
            let now = world.clock.now_ms();
            let code = world.grants.new_code(challenge, now, &world.switches);
            query
                .append_pair("merchant_id", world.merchant.id.as_str())
                .append_pair("employee_id", world.merchant.employee.as_str())
                .append_pair("client_id", &world.grants.app_id)
                .append_pair("code", &code);
        }
        if let Some(state) = state {
            query.append_pair("state", &state);
        }
    }
    Reply::redirect(back.as_str())
}

/// The JSON body; a form gets 415, whatever the FAQ says.
fn body(request: &Request) -> Result<Map<String, Value>, Reply> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(Reply::message(415, "Unsupported Media Type"));
    }
    request.object()
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a str, Reply> {
    body.get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Reply::bad(format!("{name} is required")))
}

fn check_app(world: &World, body: &Map<String, Value>) -> Result<(), Reply> {
    if text(body, "client_id")? == world.grants.app_id {
        Ok(())
    } else {
        Err(Reply::message(401, "Invalid OAuth credentials"))
    }
}

fn check_secret(world: &World, body: &Map<String, Value>) -> Result<(), Reply> {
    if world.grants.is_secret(text(body, "client_secret")?) {
        Ok(())
    } else {
        Err(Reply::message(401, "Invalid OAuth credentials"))
    }
}

fn token(world: &mut World, request: &Request) -> Answer {
    let body = body(request)?;
    let code = text(&body, "code")?;
    check_app(world, &body)?;
    let verifier = body.get("code_verifier").and_then(Value::as_str);
    if verifier.is_none() {
        check_secret(world, &body)?;
    }
    let now = world.clock.now_ms();
    let refused = || Reply::message(401, "Failed to validate authentication code");
    let challenge = world.grants.spend_code(code, now).ok_or_else(refused)?;
    let expected = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if challenge != expected {
        return Err(refused());
    }
    let with_refresh = request.parameter("no_refresh_token").as_deref() != Some("true");
    Ok(Reply::json(&world.grants.connect(
        with_refresh,
        now,
        &world.switches,
    )))
}

fn refresh(world: &mut World, request: &Request) -> Answer {
    let body = body(request)?;
    let token = text(&body, "refresh_token")?;
    check_app(world, &body)?;
    let now = world.clock.now_ms();
    let pair = world
        .grants
        .refresh(token, now, &world.switches)
        .map_err(|refused| unauthorized(refused, "Invalid refresh token"))?;
    let reply = Reply::json(&pair);
    Ok(if world.switches.refresh_lost_response.take() {
        reply.lost()
    } else {
        reply
    })
}

fn recovery(world: &mut World, request: &Request) -> Answer {
    let body = body(request)?;
    let token = text(&body, "recovery_token")?;
    check_app(world, &body)?;
    check_secret(world, &body)?;
    let now = world.clock.now_ms();
    let pair = world
        .grants
        .recover(token, now, &world.switches)
        .map_err(|refused| unauthorized(refused, "Invalid recovery token"))?;
    Ok(Reply::json(&pair))
}

fn unauthorized(refused: Refused, message: &str) -> Reply {
    Reply::message(401, message).header(
        "X-Clover-Recovery-Available",
        refused.is_recoverable.to_string(),
    )
}
