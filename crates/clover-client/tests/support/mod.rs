//! A scripted Clover without sockets, so that the clock can be paused.
#![allow(dead_code)] // Each test binary uses its own part of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clover_client::error::Cause;
use clover_client::transport::{Boxed, Failure, Method, Reply, Request, Transport};
use clover_client::{Access, AccessToken, Api, Environment, Hosts, Policy, RateLimit, RateLimiter};
use clover_core::ids::MerchantId;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, sleep};

/// The reaction of the scripted Clover to a request.
#[derive(Clone, Debug)]
pub enum Step {
    /// Responds.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Responds after a delay.
    Slow(Duration, Box<Step>),
    /// Sends the head and a truncated body.
    Cut(u16),
    /// Is unreachable.
    Refuse,
    /// Fails in TLS.
    Insecure,
    /// Receives the request and never responds.
    Drop,
}

impl Step {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }

    pub fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Vec::new())
    }

    /// A refusal in Clover's form.
    pub fn refusal(status: u16) -> Self {
        let body = format!(r#"{{"message":"{status} by Clover"}}"#);
        let headers = vec![("content-type", "application/json".to_owned())];
        Self::Answer(status, headers, body.into())
    }

    /// A firewall's page.
    pub fn page(status: u16) -> Self {
        let headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
        let body = "<!doctype html><title>Access denied</title>401 Unauthorized";
        Self::Answer(status, headers, body.into())
    }

    pub fn throttle(retry_after: &str) -> Self {
        let headers = vec![("retry-after", retry_after.to_owned())];
        Self::Answer(429, headers, b"slow down".to_vec())
    }
}

/// One request as received.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub at: Instant,
    pub timeout: Duration,
}

impl Seen {
    pub fn param(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    }
}

type Answerer = dyn Fn(&Seen, usize) -> Step + Send + Sync;

/// Responds to each request with the result of a function, which gets the request's number from 0.
pub struct Script {
    answer: Box<Answerer>,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub fn new(answer: impl Fn(&Seen, usize) -> Step + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            seen: Mutex::default(),
        })
    }

    /// Performs one step for each request; repeats the last one.
    pub fn of(steps: Vec<Step>) -> Arc<Self> {
        Self::new(move |_, n| steps[n.min(steps.len() - 1)].clone())
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Scripted(&'static str);

fn perform(step: Step) -> Boxed<Result<Reply, Failure>> {
    Box::pin(async move {
        let reply = |status, headers, body: Result<Bytes, Failure>| {
            Ok(Reply {
                status,
                headers,
                body: Box::pin(async move { body }),
            })
        };
        match step {
            Step::Answer(status, list, body) => {
                let mut headers = HeaderMap::new();
                for (name, value) in list {
                    headers.insert(
                        HeaderName::from_static(name),
                        HeaderValue::from_str(&value).unwrap(),
                    );
                }
                reply(status, headers, Ok(body.into()))
            }
            Step::Slow(wait, step) => {
                sleep(wait).await;
                perform(*step).await
            }
            Step::Cut(status) => {
                let cause = Cause::new(Scripted("the body was cut"));
                reply(status, HeaderMap::new(), Err(Failure::NoAnswer(cause)))
            }
            Step::Refuse => Err(Failure::NotSent(Cause::new(Scripted("connection refused")))),
            Step::Insecure => {
                let cause = Cause::new(Scripted("invalid peer certificate"));
                Err(Failure::Insecure(cause))
            }
            Step::Drop => Err(Failure::NoAnswer(Cause::new(Scripted("connection closed")))),
        }
    })
}

impl Transport for Script {
    fn send(&self, request: Request, timeout: Duration) -> Boxed<Result<Reply, Failure>> {
        let seen = Seen {
            method: request.method,
            path: request.url.path().to_owned(),
            query: request
                .url
                .query_pairs()
                .map(|(k, v)| (k.into_owned(), v.into_owned()))
                .collect(),
            body: request.body.unwrap_or_default().to_vec(),
            at: Instant::now(),
            timeout,
        };
        let mut list = self.seen.lock().unwrap();
        let step = (self.answer)(&seen, list.len());
        list.push(seen);
        drop(list);
        perform(step)
    }
}

/// A policy without randomness: every jitter is the middle of its range.
pub fn policy() -> Policy {
    Policy {
        jitter: Arc::new(|| 0.5),
        ..Policy::default()
    }
}

pub fn api(script: &Arc<Script>) -> Api {
    api_with(script, policy())
}

pub fn api_with(script: &Arc<Script>, policy: Policy) -> Api {
    let transport: Arc<dyn Transport> = script.clone();
    let limiter = RateLimiter::new(RateLimit::default());
    Api::with_transport(transport, Hosts::of(Environment::Sandbox), limiter, policy)
}

pub fn access() -> Access {
    Access {
        merchant: MerchantId::new("M1M2M3M4M5M6M").unwrap(),
        token: AccessToken::new("CANARY-ACCESS".into()),
    }
}
