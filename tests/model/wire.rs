//! The network between the shop and the simulator, without sockets. A request that has left
//! arrives, whatever becomes of the one who sent it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clover_client::error::Cause;
use clover_client::transport::{Boxed, Failure, HeaderMap, Method, Reply, Request, Transport};
use clover_simulator::http::request::Request as Incoming;
use clover_simulator::{Arrived, InProcess};
use http_body_util::BodyExt;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use crate::step::On;
use crate::truth::Truth;

/// Trouble before a request reaches Clover.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    Refused,
    Slow(u64),
}

/// What all processes share.
pub struct Net {
    pub clover: InProcess,
    pub merchant: String,
    pub items: HashMap<String, usize>,
    pub truth: Mutex<Truth>,
    troubles: Mutex<VecDeque<(On, Way, u64)>>,
    whims: Mutex<ChaCha8Rng>,
}

impl Net {
    pub fn new(clover: InProcess, items: Vec<String>, truth: Truth, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            merchant: clover.merchant_id(),
            clover,
            items: items
                .into_iter()
                .enumerate()
                .map(|(n, id)| (id, n))
                .collect(),
            truth: Mutex::new(truth),
            troubles: Mutex::default(),
            whims: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
        })
    }

    pub fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number below the limit.
    pub fn whim(&self, limit: u64) -> u64 {
        self.whims
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random_range(0..limit)
    }

    pub fn trouble(&self, on: On, way: Way, times: u64) {
        self.troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back((on, way, times));
    }

    pub fn heal(&self) {
        self.troubles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn meets(&self, kind: On) -> Option<Way> {
        let mut list = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let at = list
            .iter()
            .position(|(on, ..)| *on == On::All || *on == kind)?;
        list[at].2 -= 1;
        let way = list[at].1;
        if list[at].2 == 0 {
            list.remove(at);
        }
        Some(way)
    }
}

/// The wire of one process.
pub struct Line {
    pub net: Arc<Net>,
    pub process: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Trouble(&'static str);

pub fn no_answer(why: &'static str) -> Failure {
    Failure::NoAnswer(Cause::new(Trouble(why)))
}

struct Call {
    kind: On,
    item: Option<usize>,
    /// Those whose counts a list names.
    listed: Vec<usize>,
    target: Option<i64>,
}

impl Line {
    fn call(&self, request: &Request) -> Call {
        let mut parts = request.url.path().split('/').skip(4);
        let (list, id) = (parts.next().unwrap_or_default(), parts.next());
        let item = id
            .and_then(|id| self.net.items.get(id).copied())
            .filter(|_| list == "item_stocks");
        let filter = request
            .url
            .query_pairs()
            .find(|(key, value)| list == "items" && key == "filter" && value.starts_with("id in"));
        let ids = filter
            .as_ref()
            .map(|(_, ids)| ids.split('\'').filter_map(|id| self.net.items.get(id)));
        let listed: Vec<usize> = ids.into_iter().flatten().copied().collect();
        let kind = match (request.method, list) {
            (Method::Get, "items") if !listed.is_empty() => On::Reads,
            (Method::Post, "orders") => On::Orders,
            (Method::Post, _) => On::Writes,
            (_, "items") => On::Pages,
            _ => On::Reads,
        };
        let target = request
            .body
            .as_deref()
            .filter(|_| item.is_some())
            .map(|body| {
                let body: Value = serde_json::from_slice(body).expect("the client sends JSON");
                #[allow(clippy::cast_possible_truncation)] // Counts of a few units.
                let thousandths =
                    (body["quantity"].as_f64().expect("a count") * 1000.0).round() as i64;
                thousandths
            });
        Call {
            kind,
            item,
            listed,
            target,
        }
    }

    pub fn incoming(request: &Request) -> Incoming {
        let mut headers = HeaderMap::new();
        if let Some(token) = &request.token {
            let bearer = format!("Bearer {}", token.secret());
            headers.insert("authorization", bearer.parse().expect("a header"));
        }
        headers.insert("user-agent", "model".parse().expect("a header"));
        headers.insert(
            "content-type",
            "application/json".parse().expect("a header"),
        );
        Incoming {
            method: request.method.as_str().to_owned(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers,
            body: request.body.clone().unwrap_or_default(),
        }
    }
}

/// What Clover's answer is on our side of the wire.
pub async fn answer(arrived: Arrived) -> Result<Reply, Failure> {
    let response = arrived
        .answer()
        .await
        .map_err(|_| no_answer("the connection was closed"))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.into_body().collect().await;
    let body = body
        .map(http_body_util::Collected::to_bytes)
        .map_err(|_| no_answer("the body was cut"));
    Ok(Reply {
        status,
        headers,
        body: Box::pin(async move { body }),
    })
}

impl Transport for Line {
    fn send(&self, request: Request, limit: Duration) -> Boxed<Result<Reply, Failure>> {
        let call = self.call(&request);
        let (net, process) = (Arc::clone(&self.net), self.process);
        net.truth().totals.requests += 1;
        let mut up = Duration::from_millis(1 + net.whim(40));
        match net.meets(call.kind) {
            Some(Way::Refused) => {
                return Box::pin(async { Err(Failure::NotSent(Cause::new(Trouble("refused")))) });
            }
            Some(Way::Slow(ms)) => up = Duration::from_millis(ms),
            None => {}
        }
        if let (Some(item), Some(_)) = (call.item, call.target) {
            net.truth().departs(process, item);
        }
        let incoming = Self::incoming(&request);
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move {
            sleep(up).await;
            let arrived = net.clover.arrive(incoming);
            if arrived.is_carried_out() {
                match (call.item, call.target) {
                    (Some(item), Some(target)) => net.truth().wrote(process, item, target, up),
                    (Some(item), None) => net.truth().read(process, item),
                    (None, _) if call.kind == On::Pages => net.truth().page(process),
                    (None, None) => call
                        .listed
                        .iter()
                        .for_each(|item| net.truth().read(process, *item)),
                    (None, _) => {}
                }
            }
            let reply = self::answer(arrived).await;
            // The caller may have stopped waiting.
            let _ = answer.send(reply);
        });
        Box::pin(async move {
            match timeout(limit, answered).await {
                Ok(Ok(reply)) => reply,
                Ok(Err(_)) => Err(no_answer("the network is gone")),
                Err(_) => Err(no_answer("timed out")),
            }
        })
    }
}
