//! The way of one request: recorded, limited, met by faults, carried out, delayed, answered.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{Response, header};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::faults::Effect;
use crate::http::body::{NoAnswer, Outgoing};
use crate::http::reply::{JSON, Reply};
use crate::http::request::Request;
use crate::journal::Visit;
use crate::limits::Tripped;
use crate::routes::{control, rest};
use crate::shared::Shared;
use crate::{MAX_BODY, oauth};

/// Answers above this size are compressed for a client that accepts it.
const GZIP_FROM: usize = 1024;

/// How long the answer to a webhook registration waits for the endpoint.
const VERIFICATION_WAIT: Duration = Duration::from_secs(2);

/// The place a request holds until its answer is out.
pub struct Place {
    _visit: Option<Visit>,
    _slot: Option<Slot>,
}

/// A request that counts for the limits.
struct Slot {
    shared: Arc<Shared>,
    token: String,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.shared.limits().leave(&self.token);
    }
}

/// Takes one request to its answer; the error closes the connection without one.
pub async fn answer(
    shared: Arc<Shared>,
    incoming: hyper::Request<Incoming>,
) -> Result<Response<Outgoing<Place>>, NoAnswer> {
    let arrival = Instant::now();
    let (head, body) = incoming.into_parts();
    let mut request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        ..Request::default()
    };
    let is_control = request.path.starts_with("/__sim");
    let mut visit = (!is_control).then(|| {
        let target = head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        shared.journal.begin(&request.method, target.to_owned())
    });
    let is_rest = request.path.starts_with("/v3/");
    let slot = if is_rest {
        enter_limits(&shared, &request, arrival)
    } else {
        Ok(None)
    };
    let body = read(body).await;
    let mut effect = None;
    let (reply, slot) = match (slot, body) {
        (_, Err(Unread::Broken)) => return Err(NoAnswer),
        (_, Err(Unread::TooLarge)) => (Reply::message(413, "The body is too large"), None),
        (Err(tripped), _) => {
            wait(&shared, is_rest, None).await;
            (too_many(tripped), None)
        }
        (Ok(slot), Ok(body)) => {
            request.body = body;
            let reply = if is_control {
                control(&shared, &request).await
            } else {
                effect = shared.world().faults.take(&request.method, &request.path);
                let reply = carry_out(&shared, &request, effect.as_ref());
                wait(&shared, is_rest, effect.as_ref()).await;
                reply
            };
            (reply, slot)
        }
    };
    if reply.lost {
        return Err(NoAnswer);
    }
    if let Some(visit) = &mut visit {
        visit.answered(reply.status);
    }
    let place = Place {
        _visit: visit,
        _slot: slot,
    };
    Ok(response(&request, reply, effect, place))
}

/// Why there is no body.
enum Unread {
    TooLarge,
    /// The client went away.
    Broken,
}

async fn read(body: Incoming) -> Result<Bytes, Unread> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Broken),
    }
}

fn enter_limits(
    shared: &Arc<Shared>,
    request: &Request,
    arrival: Instant,
) -> Result<Option<Slot>, Tripped> {
    let Some(token) = request.bearer() else {
        return Ok(None);
    };
    if !shared.world().grants.is_known(token) {
        return Ok(None);
    }
    shared.limits().enter(token, arrival)?;
    Ok(Some(Slot {
        shared: Arc::clone(shared),
        token: token.to_owned(),
    }))
}

fn too_many(tripped: Tripped) -> Reply {
    let reply = Reply::message(429, "429 Too Many Requests")
        .header(tripped.header, tripped.limit.to_string());
    match tripped.retry_after {
        Some(seconds) => reply.header("retry-after", seconds.to_string()),
        None => reply,
    }
}

async fn control(shared: &Shared, request: &Request) -> Reply {
    let reply = control::handle(shared, request);
    shared.after_work();
    if request.path != control::WEBHOOK {
        return reply;
    }
    let Some(verification) = shared.start_verification() else {
        return reply;
    };
    // The endpoint may be served by the very client that waits here, so this wait is short, and the
    // verification goes on after it.
    let verified = match timeout(VERIFICATION_WAIT, verification).await {
        Ok(status) => json!(matches!(status, Ok(Some(200)))),
        Err(_) => json!(null),
    };
    match reply.value() {
        Value::Object(mut map) => {
            map.insert("verified".to_owned(), verified);
            Reply::json(&map)
        }
        _ => reply,
    }
}

fn carry_out(shared: &Shared, request: &Request, effect: Option<&Effect>) -> Reply {
    let mut reply = Reply::empty();
    if effect.is_none_or(Effect::applies) {
        let mut world = shared.world();
        world.hooks.is_own_write = true;
        let answer = if request.path.starts_with("/oauth/") {
            oauth::routes::handle(&mut world, request)
        } else {
            rest::handle(&mut world, request)
        };
        world.hooks.is_own_write = false;
        reply = answer.unwrap_or_else(|refusal| refusal);
        if reply.content_type == Some(JSON) {
            let id = world.random.uuid();
            reply = reply
                .header("X-Clover-Request-Id", id)
                .header("Cache-Control", "no-cache, no-store, must-revalidate");
        }
        drop(world);
        shared.after_work();
    }
    match effect {
        Some(effect) => effect.replaced(reply),
        None => reply,
    }
}

/// The latency of the line and the delay of a fault. Both come after the work: a client that gives up
/// waiting finds its write applied, as with the real one.
async fn wait(shared: &Shared, is_rest: bool, effect: Option<&Effect>) {
    let latency = if is_rest {
        shared.world().switches.latency
    } else {
        0
    };
    let delay = match effect {
        Some(Effect::Delay { ms }) => *ms,
        _ => 0,
    };
    let pause = latency.saturating_add(delay);
    if pause > 0 {
        sleep(Duration::from_millis(pause)).await;
    }
}

fn response(
    request: &Request,
    reply: Reply,
    effect: Option<Effect>,
    place: Place,
) -> Response<Outgoing<Place>> {
    let mut response = Response::builder().status(reply.status);
    if let Some(content_type) = reply.content_type {
        response = response.header(header::CONTENT_TYPE, content_type);
    }
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let accepts = request.header("accept-encoding").unwrap_or_default();
    let mut bytes = reply.body;
    if bytes.len() > GZIP_FROM && accepts.contains("gzip") {
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
        if encoder.write_all(&bytes).is_ok()
            && let Ok(packed) = encoder.finish()
        {
            bytes = packed.into();
            response = response.header(header::CONTENT_ENCODING, "gzip");
        }
    }
    let mut body = Outgoing::new(bytes, place);
    body = match effect {
        Some(Effect::Truncate { bytes }) => body.cut_after(bytes),
        Some(Effect::SlowBody { bytes_per_s }) => body.slowed_to(bytes_per_s),
        _ => body,
    };
    response.body(body).unwrap_or_else(|_| {
        // A header value that HTTP cannot carry, from a redirect URI or a fault.
        let mut broken = Response::new(Outgoing::new(
            Bytes::new(),
            Place {
                _visit: None,
                _slot: None,
            },
        ));
        *broken.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}
