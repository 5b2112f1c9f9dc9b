//! Sending webhooks: the verification code, and events in batches with retries.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use url::Url;

use super::Registration;
use crate::shared::Shared;

/// How long an endpoint may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends events for as long as the simulator runs.
pub async fn run(shared: Arc<Shared>) {
    loop {
        shared.events.notified().await;
        while let Some(pause) = shared.pause_before_delivery() {
            sleep(pause).await;
            deliver(&shared).await;
        }
    }
}

/// How one batch travels.
struct Plan {
    to: Registration,
    bodies: Vec<Value>,
    copies: usize,
    tries: u32,
    pause: Duration,
}

fn plan(shared: &Shared) -> Option<Plan> {
    let mut store = shared.store();
    let (to, mut events) = store.hooks.next_batch()?;
    if store.switches.drop_deliveries.take() {
        return None;
    }
    let app = store.grants.app_id.clone();
    let merchant = store.merchant.id.to_string();
    let body = |events: &[Value]| json!({"appId": app, "merchants": {merchant.as_str(): events}});
    let bodies = if store.switches.reorder_deliveries.take() {
        events.reverse();
        events.chunks(1).map(body).collect()
    } else {
        vec![body(&events)]
    };
    Some(Plan {
        to,
        bodies,
        copies: if store.switches.duplicate_deliveries.take() {
            2
        } else {
            1
        },
        tries: store.switches.webhook_retry.count().saturating_add(1),
        pause: Duration::from_millis(store.switches.webhook_retry_ms),
    })
}

async fn deliver(shared: &Shared) {
    let Some(plan) = plan(shared) else {
        return;
    };
    for body in &plan.bodies {
        for _ in 0..plan.copies {
            for attempt in 1..=plan.tries {
                if post(&plan.to.url, Some(&plan.to.auth_code), body).await == Some(200) {
                    break;
                }
                if attempt < plan.tries {
                    sleep(plan.pause).await;
                }
            }
        }
    }
}

/// Sends the verification code when a webhook has just been registered for that; the outcome can be
/// waited for.
pub fn start_verification(shared: &Shared) -> Option<JoinHandle<Option<u16>>> {
    let to = shared.store().hooks.take_verification()?;
    Some(shared.runtime.spawn(verify(to)))
}

/// Sends the verification code, as Clover does without `X-Clover-Auth`; the endpoint's status.
async fn verify(to: Registration) -> Option<u16> {
    post(
        &to.url,
        None,
        &json!({"verificationCode": to.verification_code}),
    )
    .await
}

/// The status of the answer; `None` when there is none in time.
async fn post(url: &Url, auth: Option<&str>, body: &Value) -> Option<u16> {
    timeout(PATIENCE, exchange(url, auth, body))
        .await
        .ok()
        .flatten()
}

async fn exchange(url: &Url, auth: Option<&str>, body: &Value) -> Option<u16> {
    let addresses = url.socket_addrs(|| Some(80)).ok()?;
    let stream = TcpStream::connect(&addresses[..]).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    let driver = tokio::spawn(connection);
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut request = Request::post(target)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "clover-simulator");
    if let Some(auth) = auth {
        request = request.header("X-Clover-Auth", auth);
    }
    let request = request
        .body(Full::new(Bytes::from(body.to_string())))
        .ok()?;
    let status = sender.send_request(request).await.ok()?.status().as_u16();
    driver.abort();
    Some(status)
}
