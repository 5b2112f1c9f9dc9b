//! The pipeline of one request: journal, rate limit, faults, handler, delay, answer.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{Response, header};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::faults::Effect;
use crate::held::Hold;
use crate::http::body::{NoAnswer, Outgoing};
use crate::http::reply::{JSON, Reply};
use crate::http::request::Request;
use crate::journal::PendingEntry;
use crate::limits::Tripped;
use crate::routes::{control, media, rest};
use crate::shared::Shared;
use crate::webhooks::deliver;
use crate::{MAX_BODY, oauth};

/// Answers above this size are compressed for a client that accepts it.
const GZIP_FROM: usize = 1024;

/// What is the control plane's.
const CONTROL: &str = "/__sim";

/// What is limited and delayed.
const REST: &str = "/v3/";

/// How long the answer to a webhook registration waits for the endpoint.
const VERIFICATION_WAIT: Duration = Duration::from_secs(2);

/// The place a request holds until its answer is out.
pub struct Place {
    _pending: Option<PendingEntry>,
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
    let (head, body) = incoming.into_parts();
    let mut request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        ..Request::default()
    };
    let entered = enter(&shared, &request);
    request.body = match read(body).await {
        Ok(body) => body,
        Err(Unread::Broken) => return Err(NoAnswer),
        Err(Unread::TooLarge) => {
            let reply = Reply::message(413, "The body is too large");
            return entered.aside(request, reply).answer().await;
        }
    };
    if request.path.starts_with(CONTROL) {
        let reply = control(&shared, &request).await;
        return entered.aside(request, reply).answer().await;
    }
    carry(&shared, entered, request).answer().await
}

/// One request as it arrives, its body already read.
pub fn arrive(shared: &Arc<Shared>, request: Request) -> Arrived {
    let entered = enter(shared, &request);
    carry(shared, entered, request)
}

/// A request that is recorded and counted, and not carried out yet.
struct Entered {
    pending: Option<PendingEntry>,
    slot: Result<Option<Slot>, Tripped>,
}

impl Entered {
    /// Answered without being Clover's, and without a place among its requests.
    fn aside(self, request: Request, reply: Reply) -> Arrived {
        Arrived {
            request,
            reply,
            effect: None,
            pause: Duration::ZERO,
            hold: None,
            is_carried_out: false,
            pending: self.pending,
            slot: None,
        }
    }
}

fn enter(shared: &Arc<Shared>, request: &Request) -> Entered {
    let arrival = Instant::now();
    let is_control = request.path.starts_with(CONTROL);
    let pending = (!is_control).then(|| {
        let target = match request.query.as_str() {
            "" => request.path.clone(),
            query => format!("{}?{query}", request.path),
        };
        shared.journal.begin(&request.method, target)
    });
    let slot = if request.path.starts_with(REST) {
        enter_limits(shared, request, arrival)
    } else {
        Ok(None)
    };
    Entered { pending, slot }
}

fn carry(shared: &Shared, entered: Entered, request: Request) -> Arrived {
    let Entered { pending, slot } = entered;
    let (reply, effect, slot, is_carried_out) = match slot {
        Err(tripped) => (too_many(tripped), None, None, false),
        Ok(slot) => {
            let effect = shared.store().faults.take(&request.method, &request.path);
            let (reply, done) = carry_out(shared, &request, effect.as_ref());
            (reply, effect, slot, done)
        }
    };
    let reply = dated(shared, reply);
    Arrived {
        pause: pause(shared, &request, effect.as_ref()),
        hold: matches!(effect, Some(Effect::Hold))
            .then(|| shared.held.add(&request.method, &request.path)),
        request,
        reply,
        effect,
        is_carried_out,
        pending,
        slot,
    }
}

/// A request that Clover has dealt with; its answer is on the way.
pub struct Arrived {
    request: Request,
    reply: Reply,
    effect: Option<Effect>,
    pause: Duration,
    hold: Option<Hold>,
    is_carried_out: bool,
    pending: Option<PendingEntry>,
    slot: Option<Slot>,
}

impl Arrived {
    /// Whether Clover did what was asked, whatever the answer will say.
    pub fn is_carried_out(&self) -> bool {
        self.is_carried_out
    }

    /// The answer; the error stands for a connection that was closed without one.
    ///
    /// # Errors
    /// The answer was dropped.
    pub async fn answer(mut self) -> Result<Response<Outgoing<Place>>, NoAnswer> {
        if let Some(hold) = self.hold.take() {
            hold.released().await;
        }
        if !self.pause.is_zero() {
            sleep(self.pause).await;
        }
        if self.reply.lost {
            return Err(NoAnswer);
        }
        if let Some(pending) = &mut self.pending {
            pending.answered(self.reply.status);
        }
        let place = Place {
            _pending: self.pending,
            _slot: self.slot,
        };
        Ok(response(&self.request, self.reply, self.effect, place))
    }
}

/// Why a body could not be read.
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
    if !shared.store().grants.is_known(token) {
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
    let Some(verification) = deliver::start_verification(shared) else {
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

/// The answer, and whether the work was done.
fn carry_out(shared: &Shared, request: &Request, effect: Option<&Effect>) -> (Reply, bool) {
    let mut reply = Reply::empty();
    let mut is_done = false;
    if effect.is_none_or(Effect::applies) {
        let mut store = shared.store();
        store.hooks.is_own_write = true;
        let answer = if request.path.starts_with("/oauth/") {
            oauth::routes::handle(&mut store, request)
        } else if request.path.starts_with(media::PATH) {
            media::handle(request)
        } else {
            rest::handle(&mut store, request)
        };
        store.hooks.is_own_write = false;
        is_done = answer.is_ok();
        reply = answer.unwrap_or_else(|refusal| refusal);
        if reply.content_type.as_deref() == Some(JSON) {
            let id = store.random.uuid();
            reply = reply
                .header("X-Clover-Request-Id", id)
                .header("Cache-Control", "no-cache, no-store, must-revalidate");
        }
        drop(store);
        shared.after_work();
    }
    match effect {
        Some(effect) => (effect.replaced(reply), is_done),
        None => (reply, is_done),
    }
}

/// The end of the year 9999, which HTTP cannot write the next second of.
const LAST_DATE: u64 = 253_402_300_799;

/// The answer with the date of Clover's clock; a date that a fault names stays.
fn dated(shared: &Shared, reply: Reply) -> Reply {
    let mut names = reply.headers.iter().map(|(name, _)| name);
    if names.any(|name| name.eq_ignore_ascii_case("date")) {
        return reply;
    }
    let store = shared.store();
    let now = (store.clock.now_ms() / 1_000).saturating_add(store.switches.date_ahead);
    drop(store);
    let since = Duration::from_secs(u64::try_from(now).unwrap_or(0).min(LAST_DATE));
    reply.header("Date", httpdate::fmt_http_date(UNIX_EPOCH + since))
}

/// The latency of the line and the delay of a fault. Both come after the work: a client that gives
/// up waiting finds its write applied, as with the real one.
fn pause(shared: &Shared, request: &Request, effect: Option<&Effect>) -> Duration {
    let latency = if request.path.starts_with(REST) {
        shared.store().switches.latency
    } else {
        0
    };
    let delay = match effect {
        Some(Effect::Delay { ms }) => *ms,
        _ => 0,
    };
    Duration::from_millis(latency.saturating_add(delay))
}

fn response(
    request: &Request,
    reply: Reply,
    effect: Option<Effect>,
    place: Place,
) -> Response<Outgoing<Place>> {
    let mut response = Response::builder().status(reply.status);
    if let Some(content_type) = reply.content_type {
        response = response.header(header::CONTENT_TYPE, content_type.as_ref());
    }
    for (name, value) in &reply.headers {
        response = response.header(name.as_ref(), value);
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
                _pending: None,
                _slot: None,
            },
        ));
        *broken.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        broken
    })
}
