//! Retries. The decision depends on the last attempt: not sent, rate-limited, or no response.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clover_core::json::JsonError;
use log::{debug, warn};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::{Instant, sleep};

use crate::clock_difference::ClockDifference;
use crate::error::{Call, Cause, Error, WaitReason};
use crate::rate_limit::Tripped;
use crate::rate_limit::{RateLimiter, later};
use crate::transport::{BODY_LIMIT, Failure, Method, Request, Transport};
use crate::verdict::is_clovers;

/// A source of numbers in `0.0..1.0`.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Limits of attempts and waits.
#[derive(Clone)]
pub struct Policy {
    /// Number of failed attempts after which a call fails. A 429 does not count.
    pub tries: u32,
    /// The time limit for all attempts and waits, counted from the start of the call.
    pub elapsed: Duration,
    /// The timeout of one attempt, including the body. A write always gets all of it, because a
    /// shorter timeout makes outcomes unknown.
    pub timeout: Duration,
    /// The wait after the first failed attempt; doubled after each further one.
    pub backoff: Duration,
    /// The maximum of the doubled wait.
    pub backoff_limit: Duration,
    /// The wait after the first 429; doubled after each further one. Clover lengthens the wait of
    /// clients that retry too early.
    pub throttle: Duration,
    /// The maximum of that doubled wait; a longer `Retry-After` is obeyed.
    pub throttle_limit: Duration,
    /// Random numbers that spread simultaneous retries.
    pub jitter: Jitter,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            tries: 8,
            elapsed: Duration::from_secs(120),
            timeout: Duration::from_secs(30),
            backoff: Duration::from_millis(250),
            backoff_limit: Duration::from_secs(15),
            throttle: Duration::from_secs(1),
            throttle_limit: Duration::from_secs(60),
            jitter: Arc::new(random),
        }
    }
}

impl Policy {
    /// The timeout of a call under the lock of the tokens, for which other processes wait. Such a
    /// call normally takes well under a second.
    const UNDER_LOCK: Duration = Duration::from_secs(15);

    /// The limit for all attempts and waits of such a call.
    const ELAPSED_UNDER_LOCK: Duration = Duration::from_secs(45);

    /// The same policy with less patience, for calls under the lock of the tokens.
    #[must_use]
    pub fn under_lock(&self) -> Self {
        Self {
            timeout: self.timeout.min(Self::UNDER_LOCK),
            elapsed: self.elapsed.min(Self::ELAPSED_UNDER_LOCK),
            ..self.clone()
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("tries", &self.tries)
            .field("elapsed", &self.elapsed)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Between half and all of the doubled wait.
    fn backoff(&self, failures: u32) -> Duration {
        let full = doubled(self.backoff, failures, self.backoff_limit);
        full.mul_f64(0.5 + 0.5 * self.jitter_now())
    }

    /// At least the wait that Clover asks for, plus at most a quarter of the own wait.
    fn throttled(&self, times: u32, asked: Option<Duration>) -> Duration {
        let own = doubled(self.throttle, times, self.throttle_limit);
        own.max(asked.unwrap_or_default()) + own.mul_f64(0.25 * self.jitter_now())
    }

    fn jitter_now(&self) -> f64 {
        (self.jitter)().clamp(0.0, 1.0)
    }
}

fn doubled(first: Duration, times: u32, limit: Duration) -> Duration {
    let factor = 1_u32
        .checked_shl(times.saturating_sub(1))
        .unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(limit)
}

/// Good enough to spread retries without a dependency: the standard library keys each hasher with a
/// random value.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 11;
    // 53 bits fit an f64 exactly.
    bits as f64 / (1_u64 << 53) as f64
}

/// A complete response that is neither 429 nor 5xx.
pub(crate) struct Answered<R> {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub call: Box<Call>,
    /// When the successful attempt was sent.
    pub asked: Instant,
    /// The result of the check of the body; `None` unless the status is 2xx.
    pub checked: Option<R>,
}

/// The data that all attempts of a call share.
pub(crate) struct Sender {
    pub transport: Arc<dyn Transport>,
    pub policy: Policy,
    pub limiter: Option<RateLimiter>,
    pub clock: Option<ClockDifference>,
}

/// Why one attempt got no response.
enum Trouble {
    NotSent(Cause),
    NoAnswer(Option<Cause>),
    Throttled {
        asked: Option<Duration>,
    },
    Nonsense(JsonError),
    /// The response is not from Clover.
    Foreign,
    Final(Error),
}

struct Progress {
    method: Method,
    host: String,
    path: String,
    started: Instant,
    tries: u32,
    status: Option<u16>,
    request_id: Option<String>,
}

impl Progress {
    fn call(&self) -> Box<Call> {
        Box::new(Call {
            method: self.method.as_str(),
            path: self.path.clone(),
            status: self.status,
            tries: self.tries,
            elapsed: self.started.elapsed(),
            request_id: self.request_id.clone(),
        })
    }
}

impl Sender {
    /// Sends until there is a response or a limit is reached. `check` gets each 2xx body of a read.
    /// If it fails, the body was truncated or corrupted, and the request is repeated. A write is
    /// repeated only if it was certainly not carried out.
    pub(crate) async fn send<R>(
        self,
        request: Request,
        check: impl Fn(&Bytes) -> Result<R, JsonError>,
    ) -> Result<Answered<R>, Error> {
        let policy = &self.policy;
        let mut progress = Progress {
            method: request.method,
            host: request.url.host_str().unwrap_or_default().to_owned(),
            path: request.url.path().to_owned(),
            started: Instant::now(),
            tries: 0,
            status: None,
            request_id: None,
        };
        let deadline = later(progress.started, policy.elapsed);
        let (mut failures, mut throttles) = (0, 0);
        loop {
            let trouble = match self
                .attempt(&request, deadline, &mut progress, &check)
                .await
            {
                Ok(answered) => return Ok(answered),
                Err(trouble) => trouble,
            };
            let wait = match &trouble {
                Trouble::Final(_) => Duration::ZERO,
                Trouble::Throttled { asked } => {
                    throttles += 1;
                    let wait = policy.throttled(throttles, *asked);
                    if let Some(limiter) = &self.limiter {
                        limiter.close_for(wait);
                    }
                    wait
                }
                Trouble::NotSent(_)
                | Trouble::NoAnswer(_)
                | Trouble::Nonsense(_)
                | Trouble::Foreign => {
                    failures += 1;
                    policy.backoff(failures)
                }
            };
            let unknown = request.method != Method::Get
                && matches!(
                    trouble,
                    Trouble::NoAnswer(_) | Trouble::Nonsense(_) | Trouble::Foreign
                );
            if unknown || failures >= policy.tries || later(Instant::now(), wait) > deadline {
                return Err(give_up(trouble, wait, &progress));
            }
            if let Trouble::Final(error) = trouble {
                return Err(error);
            }
            warn!(
                "{} {}: {}; again in {} ms",
                progress.method.as_str(),
                progress.path,
                describe(&trouble),
                wait.as_millis()
            );
            sleep(wait).await;
        }
    }

    async fn attempt<R>(
        &self,
        request: &Request,
        deadline: Instant,
        progress: &mut Progress,
        check: &impl Fn(&Bytes) -> Result<R, JsonError>,
    ) -> Result<Answered<R>, Trouble> {
        let mut permit = None;
        if let Some(limiter) = &self.limiter {
            permit = limiter.start(deadline).await;
            if permit.is_none() {
                return Err(Trouble::Final(Error::Throttled {
                    call: progress.call(),
                    wait: limiter.closed_for().max(Duration::from_secs(1)),
                    reason: limiter.wait_reason(),
                }));
            }
        }
        progress.tries += 1;
        progress.status = None;
        progress.request_id = None;
        let began = Instant::now();
        let timeout = match request.method {
            Method::Get => self
                .policy
                .timeout
                .min(deadline.saturating_duration_since(began)),
            Method::Post => self.policy.timeout,
        };
        let fail = |failure| trouble(failure, progress);
        let wall = || self.clock.as_ref().map(ClockDifference::now);
        let sent = wall();
        let reply = self
            .transport
            .send(request.clone(), timeout)
            .await
            .map_err(fail)?;
        if let Some(permit) = &mut permit {
            permit.arrived();
        }
        let arrived = wall();
        progress.status = Some(reply.status);
        progress.request_id = request_id(&reply.headers);
        let asked = retry_after(&reply.headers);
        let is_busy = matches!(reply.status, 408 | 429 | 500..=599);
        if let Some(limiter) = &self.limiter {
            // Before reading the body, because other requests could start until its end.
            if reply.status == 429 {
                limiter.learn(Tripped::from_headers(&reply.headers), began);
                limiter.close_for(self.policy.throttle);
            }
            if is_busy && let Some(wait) = asked {
                limiter.close_for(wait);
            }
        }
        let body = reply.body.await;
        drop(permit);
        debug!(
            "{} {} {} in {} ms, try {}, request {}",
            progress.method.as_str(),
            progress.path,
            reply.status,
            began.elapsed().as_millis(),
            progress.tries,
            progress.request_id.as_deref().unwrap_or("-")
        );
        match reply.status {
            429 => return Err(Trouble::Throttled { asked }),
            408 | 500..=599 => return Err(Trouble::NoAnswer(None)),
            _ => {}
        }
        // The origin of a truncated body is unknown, so a refusal without its complete body is
        // not accepted as Clover's.
        let body = body.map_err(|failure| trouble(failure, progress))?;
        if !is_clovers(reply.status, request.method, &reply.headers, &body) {
            return Err(Trouble::Foreign);
        }
        if let (Some(clock), Some(sent), Some(arrived)) = (&self.clock, sent, arrived) {
            clock.note(&reply.headers, sent, arrived);
        }
        if let (Some(limiter), Some(wait)) = (&self.limiter, asked) {
            limiter.close_for(wait);
        }
        let checked = if (200..300).contains(&reply.status) {
            Some(check(&body).map_err(Trouble::Nonsense)?)
        } else {
            None
        };
        Ok(Answered {
            status: reply.status,
            headers: reply.headers,
            body,
            call: progress.call(),
            asked: began,
            checked,
        })
    }
}

fn trouble(failure: Failure, progress: &Progress) -> Trouble {
    match failure {
        Failure::NotSent(cause) => Trouble::NotSent(cause),
        Failure::NoAnswer(cause) => Trouble::NoAnswer(Some(cause)),
        Failure::Insecure(cause) => Trouble::Final(Error::Insecure {
            call: progress.call(),
            host: progress.host.clone(),
            cause,
        }),
        Failure::TooLarge => Trouble::Final(Error::BadAnswer {
            call: progress.call(),
            at: ".".into(),
            reason: format!("more than {} MiB", BODY_LIMIT >> 20),
        }),
        Failure::Unusable(cause) => Trouble::Final(Error::Configuration(format!(
            "the request is invalid: {}",
            crate::error::error_chain(&cause)
        ))),
    }
}

fn give_up(trouble: Trouble, wait: Duration, progress: &Progress) -> Error {
    let call = progress.call();
    match trouble {
        Trouble::NotSent(cause) => Error::Unreachable { call, cause },
        Trouble::NoAnswer(cause) => Error::Unanswered { call, cause },
        Trouble::Throttled { .. } => Error::Throttled {
            call,
            wait,
            reason: WaitReason::Clover,
        },
        Trouble::Foreign => Error::Intercepted {
            call,
            host: progress.host.clone(),
        },
        Trouble::Nonsense(JsonError { path, reason }) => Error::BadAnswer {
            call,
            at: path,
            reason,
        },
        Trouble::Final(error) => error,
    }
}

fn describe(trouble: &Trouble) -> String {
    match trouble {
        Trouble::NotSent(cause) => format!("not sent ({})", crate::error::error_chain(cause)),
        Trouble::NoAnswer(Some(cause)) => {
            format!("no response ({})", crate::error::error_chain(cause))
        }
        Trouble::NoAnswer(None) => "the server failed".to_owned(),
        Trouble::Throttled { .. } => "rate-limited".to_owned(),
        Trouble::Foreign => "not Clover's response".to_owned(),
        Trouble::Nonsense(error) => format!("unreadable response ({error})"),
        Trouble::Final(error) => error.to_string(),
    }
}

/// The maximum of a plausible `Retry-After`: a corrupted number must not stop a worker for its
/// whole lifetime.
const RETRY_AFTER_LIMIT: f64 = 3_600.0;

/// Clover sends whole seconds. HTTP's other form, a date, is ignored, because clocks may differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: f64 = text.trim().parse().ok()?;
    let sane = seconds.is_finite() && seconds >= 0.0;
    sane.then(|| Duration::from_secs_f64(seconds.min(RETRY_AFTER_LIMIT)))
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-clover-request-id")?.to_str().ok()?;
    Some(id.chars().filter(char::is_ascii_graphic).take(64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_each_trouble_apart() {
        let cause = || Cause::new(std::io::Error::other("the cable"));
        let nonsense = JsonError {
            path: "price".into(),
            reason: "not a number".into(),
        };
        for (trouble, words) in [
            (Trouble::NotSent(cause()), "not sent (the cable)"),
            (Trouble::NoAnswer(Some(cause())), "no response (the cable)"),
            (Trouble::NoAnswer(None), "the server failed"),
            (Trouble::Throttled { asked: None }, "rate-limited"),
            (Trouble::Foreign, "not Clover's response"),
        ] {
            assert_eq!(describe(&trouble), words);
        }
        let unreadable = describe(&Trouble::Nonsense(nonsense));
        assert!(unreadable.contains("price"), "{unreadable}");
    }
}
