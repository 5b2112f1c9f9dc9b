//! The four OAuth routes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::grants::Refused;
use crate::http::reply::{Answer, Reply};
use crate::http::request::Request;
use crate::model::store::MerchantStore;
use crate::switches::Authorize;

/// Answers a request under `/oauth/`.
pub fn handle(store: &mut MerchantStore, request: &Request) -> Answer {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/oauth/v2/authorize") => Ok(authorize(store, request)),
        ("POST", "/oauth/v2/token") => token(store, request),
        ("POST", "/oauth/v2/refresh") => refresh(store, request),
        ("POST", "/oauth/v2/recovery") => recovery(store, request),
        (method, _) => Err(Reply::no_route(method)),
    }
}

fn authorize(store: &mut MerchantStore, request: &Request) -> Reply {
    if request.parameter("client_id").as_deref() != Some(&store.grants.app_id) {
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
    if !store.grants.is_installed() || store.switches.authorize == Authorize::NotInstalled {
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
        .filter(|_| store.switches.state_echo);
    {
        // Appends to whatever query the redirect URI already has.
        let mut query = back.query_pairs_mut();
        if store.switches.authorize == Authorize::Deny {
            query.append_pair("error", "access_denied");
        } else {
            let now = store.clock.now_ms();
            let code = store.grants.new_code(challenge, now, &store.switches);
            query
                .append_pair("merchant_id", store.merchant.id.as_str())
                .append_pair("employee_id", store.merchant.employee.as_str())
                .append_pair("client_id", &store.grants.app_id)
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

fn check_app(store: &MerchantStore, body: &Map<String, Value>) -> Result<(), Reply> {
    if text(body, "client_id")? == store.grants.app_id {
        Ok(())
    } else {
        Err(Reply::message(401, "Invalid OAuth credentials"))
    }
}

fn check_secret(store: &MerchantStore, body: &Map<String, Value>) -> Result<(), Reply> {
    if store.grants.is_secret(text(body, "client_secret")?) {
        Ok(())
    } else {
        Err(Reply::message(401, "Invalid OAuth credentials"))
    }
}

fn token(store: &mut MerchantStore, request: &Request) -> Answer {
    let body = body(request)?;
    let code = text(&body, "code")?;
    check_app(store, &body)?;
    let verifier = body.get("code_verifier").and_then(Value::as_str);
    if verifier.is_none() {
        check_secret(store, &body)?;
    }
    let now = store.clock.now_ms();
    let refused = || Reply::message(401, "Failed to validate authentication code");
    let challenge = store.grants.spend_code(code, now).ok_or_else(refused)?;
    let expected = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if challenge != expected {
        return Err(refused());
    }
    let with_refresh = request.parameter("no_refresh_token").as_deref() != Some("true");
    Ok(Reply::json(&store.grants.connect(
        with_refresh,
        now,
        &store.switches,
    )))
}

fn refresh(store: &mut MerchantStore, request: &Request) -> Answer {
    let body = body(request)?;
    let token = text(&body, "refresh_token")?;
    check_app(store, &body)?;
    let now = store.clock.now_ms();
    let pair = store
        .grants
        .refresh(token, now, &store.switches)
        .map_err(|refused| unauthorized(refused, "Invalid refresh token"))?;
    let reply = Reply::json(&pair);
    Ok(if store.switches.refresh_lost_response.take() {
        reply.lost()
    } else {
        reply
    })
}

fn recovery(store: &mut MerchantStore, request: &Request) -> Answer {
    let body = body(request)?;
    let token = text(&body, "recovery_token")?;
    check_app(store, &body)?;
    check_secret(store, &body)?;
    let now = store.clock.now_ms();
    let pair = store
        .grants
        .recover(token, now, &store.switches)
        .map_err(|refused| unauthorized(refused, "Invalid recovery token"))?;
    Ok(Reply::json(&pair))
}

fn unauthorized(refused: Refused, message: &str) -> Reply {
    Reply::message(401, message).header(
        "X-Clover-Recovery-Available",
        refused.is_recoverable.to_string(),
    )
}
