//! What goes wrong on purpose: which requests a fault meets, and what it does to them.

use std::borrow::Cow;
use std::collections::VecDeque;

use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::http::reply::{JSON, Reply};
use crate::model::fields::Fields;

/// The faults that are still to come, first one first.
#[derive(Default)]
pub struct Faults(VecDeque<Fault>);

/// One fault.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path: String,
    skip: u64,
    times: u64,
    effect: Effect,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The connection closes; the request is not carried out.
    Drop,
    /// The request is carried out, then the connection closes.
    ApplyThenDrop,
    /// The request is carried out, the answer comes late.
    Delay {
        /// How late.
        ms: u64,
    },
    /// The request is carried out; the answer waits for `POST /__sim/release`.
    Hold,
    /// Another answer, by default without carrying the request out.
    Status {
        /// The status.
        code: u16,
        /// The body: a text is sent as it is, all else as JSON.
        body: Value,
        /// The content type in place of the one that fits the body.
        content_type: Option<String>,
        /// Further headers.
        headers: Vec<(String, String)>,
        /// The `retry-after` header.
        retry_after: Option<u64>,
        /// Carries the request out first.
        apply: bool,
    },
    /// The request is carried out; the answer breaks off.
    Truncate {
        /// After so many bytes of its body.
        bytes: usize,
    },
    /// The request is carried out; the answer is 200 and no JSON.
    Garbage,
    /// The request is carried out; the body trickles.
    SlowBody {
        /// Its pace.
        bytes_per_s: u64,
    },
}

impl Effect {
    /// Whether the request is carried out.
    pub fn applies(&self) -> bool {
        match self {
            Effect::Drop => false,
            Effect::Status { apply, .. } => *apply,
            _ => true,
        }
    }

    /// The answer in place of the true one.
    pub fn replaced(&self, reply: Reply) -> Reply {
        match self {
            Effect::Drop | Effect::ApplyThenDrop => reply.lost(),
            Effect::Status {
                code,
                body,
                content_type,
                headers,
                retry_after,
                ..
            } => {
                let mut reply = match body {
                    Value::Null => Reply::message(*code, format!("{code} by a fault")),
                    Value::String(text) => Reply {
                        content_type: Some(Cow::Borrowed(if text.starts_with('<') {
                            "text/html; charset=utf-8"
                        } else {
                            "text/plain; charset=utf-8"
                        })),
                        body: text.clone().into(),
                        ..Reply::json_with(*code, &())
                    },
                    body => Reply::json_with(*code, body),
                };
                if let Some(seconds) = retry_after {
                    reply = reply.header("retry-after", seconds.to_string());
                }
                if let Some(content_type) = content_type {
                    reply.content_type = Some(Cow::Owned(content_type.clone()));
                }
                headers.iter().fold(reply, |reply, (name, value)| {
                    reply.header(name.clone(), value.clone())
                })
            }
            Effect::Garbage => Reply {
                content_type: Some(Cow::Borrowed(JSON)),
                body: "<html><body>upstream {\"elements\": [".into(),
                ..Reply::json_with(200, &())
            },
            Effect::Delay { .. }
            | Effect::Hold
            | Effect::Truncate { .. }
            | Effect::SlowBody { .. } => reply,
        }
    }
}

impl Fault {
    /// Reads one fault; the error names the field.
    pub fn read(map: &Map<String, Value>) -> Result<Self, Reply> {
        let rule = Fields::strict(map)
            .text("match", 300)?
            .flatten()
            .ok_or_else(|| Reply::bad("match is required: \"METHOD /path\""))?;
        let (method, path) = rule
            .split_once(' ')
            .filter(|(method, path)| !method.is_empty() && (path.starts_with(['/', '*'])))
            .ok_or_else(|| Reply::bad("match must be \"METHOD /path\", with * for any"))?;
        if path.contains('?') {
            return Err(Reply::bad(
                "match is compared with the path alone, without a query",
            ));
        }
        // Flat, {"do": "delay", "ms": 500}, or nested, {"do": {"delay": {"ms": 500}}}.
        let (word, arguments) = match map.get("do") {
            Some(Value::String(word)) => (word.as_str(), map.clone()),
            Some(Value::Object(nested)) if nested.len() == 1 => {
                let mut all = map.clone();
                let (word, arguments) = nested
                    .iter()
                    .next()
                    .map_or(("", &Value::Null), |(w, a)| (w.as_str(), a));
                all.extend(arguments.as_object().cloned().unwrap_or_default());
                (word, all)
            }
            _ => return Err(Reply::bad("do is required: what the fault does")),
        };
        let fields = Fields::strict(&arguments);
        let common = ["match", "times", "skip", "do"];
        let only = |own: &[&str]| fields.only(&[&common[..], own].concat());
        let number = |name: &str, min: i64, max: i64| -> Result<u64, Reply> {
            let number = fields.int(name, min, max)?.flatten();
            let number = number.ok_or_else(|| Reply::bad(format!("{name} is required")))?;
            Ok(number.unsigned_abs())
        };
        let effect = match word {
            "drop" => only(&[]).map(|()| Effect::Drop)?,
            "apply_then_drop" => only(&[]).map(|()| Effect::ApplyThenDrop)?,
            "garbage" => only(&[]).map(|()| Effect::Garbage)?,
            "hold" => only(&[]).map(|()| Effect::Hold)?,
            "delay" => {
                only(&["ms"])?;
                Effect::Delay {
                    ms: number("ms", 0, 3_600_000)?,
                }
            }
            "status" => {
                only(&[
                    "code",
                    "body",
                    "content_type",
                    "headers",
                    "retry_after",
                    "apply",
                ])?;
                Effect::Status {
                    code: u16::try_from(number("code", 200, 599)?).unwrap_or(500),
                    body: arguments.get("body").cloned().unwrap_or_default(),
                    content_type: match fields.text("content_type", 255)?.flatten() {
                        Some(text) if HeaderValue::from_str(&text).is_err() => {
                            return Err(Reply::bad("content_type must be a header's value"));
                        }
                        content_type => content_type,
                    },
                    headers: read_headers(fields)?,
                    retry_after: fields
                        .int("retry_after", 0, 86_400)?
                        .flatten()
                        .map(i64::unsigned_abs),
                    apply: fields.flag("apply")?.flatten().unwrap_or(false),
                }
            }
            "truncate" => {
                only(&["bytes"])?;
                Effect::Truncate {
                    bytes: usize::try_from(number("bytes", 0, i64::MAX)?).unwrap_or(usize::MAX),
                }
            }
            "slow_body" => {
                only(&["bytes_per_s"])?;
                Effect::SlowBody {
                    bytes_per_s: number("bytes_per_s", 1, i64::MAX)?,
                }
            }
            other => return Err(Reply::bad(format!("do: there is no fault \"{other}\""))),
        };
        Ok(Fault {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            skip: fields
                .int("skip", 0, i64::MAX)?
                .flatten()
                .unwrap_or(0)
                .unsigned_abs(),
            times: fields
                .int("times", 1, i64::MAX)?
                .flatten()
                .unwrap_or(1)
                .unsigned_abs(),
            effect,
        })
    }

    fn meets(&self, method: &str, path: &str) -> bool {
        (self.method == "*" || self.method == method) && glob(&self.path, path)
    }
}

impl Faults {
    /// Adds faults behind those that are there.
    pub fn append(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The first fault that meets this request, used up by one.
    pub fn take(&mut self, method: &str, path: &str) -> Option<Effect> {
        let mut hit = None;
        for (at, fault) in self.0.iter_mut().enumerate() {
            if !fault.meets(method, path) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times -= 1;
            hit = Some((at, fault.times == 0, fault.effect.clone()));
            break;
        }
        let (at, is_over, effect) = hit?;
        if is_over {
            self.0.remove(at);
        }
        Some(effect)
    }

    /// What is still to come.
    pub fn show(&self) -> Value {
        let show = |fault: &Fault| {
            json!({
                "match": format!("{} {}", fault.method, fault.path),
                "skip": fault.skip,
                "times": fault.times,
                "effect": format!("{:?}", fault.effect),
            })
        };
        self.0.iter().map(show).collect()
    }
}

/// Headers as an object of texts.
fn read_headers(fields: Fields<'_>) -> Result<Vec<(String, String)>, Reply> {
    let Some(map) = fields.object("headers")? else {
        return Ok(Vec::new());
    };
    map.iter()
        .map(|(name, value)| match value.as_str() {
            Some(text)
                if HeaderName::from_bytes(name.as_bytes()).is_ok()
                    && HeaderValue::from_str(text).is_ok() =>
            {
                Ok((name.clone(), text.to_owned()))
            }
            _ => Err(Reply::bad(format!("headers: \"{name}\" must be a header"))),
        })
        .collect()
}

/// Whether a path fits a pattern: `*` inside stands for any text within one part of the path, `*`
/// at either end and `**` anywhere for any text at all.
fn glob(pattern: &str, path: &str) -> bool {
    let stars = |text: &str| text.bytes().take_while(|b| *b == b'*').count();
    glob_rest(pattern, path, stars(pattern) > 0)
}

fn glob_rest(pattern: &str, path: &str, is_start: bool) -> bool {
    let Some(first) = pattern.chars().next() else {
        return path.is_empty();
    };
    if first != '*' {
        return path
            .strip_prefix(first)
            .is_some_and(|rest| glob_rest(&pattern[first.len_utf8()..], rest, false));
    }
    let rest = pattern.trim_start_matches('*');
    let crosses = is_start || rest.is_empty() || pattern.starts_with("**");
    let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]);
    ends.take_while(|at| crosses || !path[..*at].contains('/'))
        .any(|at| glob_rest(rest, &path[at..], false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_inside_stays_within_one_part_of_the_path() {
        let pattern = "/v3/merchants/*/items";
        assert!(glob(pattern, "/v3/merchants/M/items"));
        assert!(!glob(pattern, "/v3/merchants/M/categories/C/items"));
        assert!(!glob(pattern, "/v3/merchants/M/items/I"));
    }

    #[test]
    fn a_star_at_an_end_and_a_double_star_cross_parts() {
        assert!(glob("/v3/*", "/v3/merchants/M/items"));
        assert!(glob("*/items", "/v3/merchants/M/items"));
        assert!(glob("/v3/**/items", "/v3/merchants/M/categories/C/items"));
        assert!(glob("*", "/oauth/v2/token"));
        assert!(glob(
            "/v3/merchants/*/item_stocks/*",
            "/v3/merchants/M/item_stocks/I"
        ));
    }

    fn fault(value: Value) -> Result<Fault, String> {
        let map = value.as_object().cloned().unwrap_or_default();
        Fault::read(&map).map_err(|reply| {
            reply.value()["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
    }

    #[test]
    fn a_wrong_fault_names_its_field() {
        for (bad, name) in [
            (json!({"do": "drop"}), "match"),
            (json!({"match": "GET", "do": "drop"}), "match"),
            (json!({"match": "GET /a?b=c", "do": "drop"}), "match"),
            (json!({"match": "GET /a"}), "do"),
            (json!({"match": "GET /a", "do": "explode"}), "do"),
            (json!({"match": "GET /a", "do": "delay"}), "ms"),
            (json!({"match": "GET /a", "do": "delay", "ms": "1"}), "ms"),
            (json!({"match": "GET /a", "do": "drop", "ms": 1}), "ms"),
            (
                json!({"match": "GET /a", "do": "drop", "times": 0}),
                "times",
            ),
            (
                json!({"match": "GET /a", "do": "status", "code": 99}),
                "code",
            ),
            (
                json!({"match": "GET /a", "do": "status", "code": 403, "headers": {"a b": "c"}}),
                "headers",
            ),
            (
                json!({"match": "GET /a", "do": "status", "code": 403, "content_type": "a\nb"}),
                "content_type",
            ),
        ] {
            let message = fault(bad).err().unwrap_or_default();
            assert!(message.starts_with(name), "{message}");
        }
    }

    #[test]
    fn a_fault_is_met_so_many_times_after_those_it_skips() {
        let mut faults = Faults::default();
        let read =
            fault(json!({"match": "get /a", "skip": 1, "times": 2, "do": {"delay": {"ms": 5}}}));
        faults.append(read.into_iter().collect());
        assert_eq!(faults.take("POST", "/a"), None);
        assert_eq!(faults.take("GET", "/a"), None);
        assert_eq!(faults.take("GET", "/a"), Some(Effect::Delay { ms: 5 }));
        assert_eq!(faults.take("GET", "/a"), Some(Effect::Delay { ms: 5 }));
        assert_eq!(faults.take("GET", "/a"), None);
    }
}
