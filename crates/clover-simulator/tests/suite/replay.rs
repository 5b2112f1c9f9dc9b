//! What a real sandbox answered, asked of the simulator: same status, same headers, same shape.

use std::collections::HashMap;
use std::path::PathBuf;

use clover_simulator::{Catalog, Config, Limits};
use serde_json::{Value, json};

use crate::support::{Sim, text};

/// Where the recordings are: `CLOVERSYNC_RECORDINGS`, else beside the workspace.
fn recording() -> Option<PathBuf> {
    let folder = std::env::var_os("CLOVERSYNC_RECORDINGS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/recordings"),
        PathBuf::from,
    );
    Some(folder.join("clover-sandbox.json")).filter(|path| path.is_file())
}

/// The recorded ids and what they are called here.
struct Names(HashMap<String, String>);

impl Names {
    /// Puts our ids in place of the recorded ones.
    fn translated(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.0.get(text).unwrap_or(text)),
            Value::Array(list) => list.iter().map(|value| self.translated(value)).collect(),
            Value::Object(map) => {
                let pairs = map
                    .iter()
                    .map(|(key, value)| (key.clone(), self.translated(value)));
                Value::Object(pairs.collect())
            }
            other => other.clone(),
        }
    }

    fn path(&self, path: &str) -> String {
        let known = |part: &str| self.0.get(part).cloned().unwrap_or_else(|| part.to_owned());
        path.split('/').map(known).collect::<Vec<_>>().join("/")
    }
}

/// Compares keys, types and all values that Clover does not make up itself; learns the ids it made.
fn compare(recorded: &Value, ours: &Value, at: &str, names: &mut Names) {
    match (recorded, ours) {
        (Value::Object(theirs), Value::Object(mine)) => {
            let keys = |map: &serde_json::Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.sort();
                keys
            };
            assert_eq!(keys(theirs), keys(mine), "keys of {at}");
            for (key, value) in theirs {
                compare(value, &mine[key], &format!("{at}.{key}"), names);
            }
        }
        (Value::Array(theirs), Value::Array(mine)) => {
            assert_eq!(theirs.len(), mine.len(), "length of {at}");
            for (n, (theirs, mine)) in theirs.iter().zip(mine).enumerate() {
                compare(theirs, mine, &format!("{at}[{n}]"), names);
            }
        }
        (Value::String(theirs), Value::String(mine)) if at.ends_with(".id") => {
            assert_eq!(theirs.len(), mine.len(), "{at}");
            let known = names
                .0
                .entry(theirs.clone())
                .or_insert_with(|| mine.clone());
            assert_eq!(known, mine, "{at}");
        }
        (Value::String(theirs), Value::String(mine)) if at.ends_with(".href") => {
            assert_eq!(
                theirs.split(':').next(),
                mine.split(':').next(),
                "scheme of {at}"
            );
            assert_eq!(
                theirs.split('?').nth(1),
                mine.split('?').nth(1),
                "query of {at}"
            );
        }
        (Value::Number(theirs), Value::Number(mine)) if at.ends_with("Time") => {
            assert!(theirs.is_i64() && mine.is_i64(), "{at}");
            assert_eq!(mine.as_i64().map(|ms| ms % 1000), Some(0), "{at}");
        }
        (theirs, mine) => assert_eq!(theirs, mine, "{at}"),
    }
}

fn header<'a>(interaction: &'a Value, name: &str) -> Option<&'a str> {
    interaction["headers"][name][0].as_str()
}

/// What had happened in the sandbox before the recorded calls.
async fn preconditions(sim: &Sim) -> Names {
    let mut names = Names(HashMap::new());
    let mut learn = |recorded: &str, made: &Value| {
        names.0.insert(recorded.to_owned(), text(&made["id"]));
    };
    let group = sim
        .make("modifier_groups", json!({"name": "To delete"}))
        .await;
    learn("ATDDZVWNM8G9Y", &group);
    let group = sim.make("modifier_groups", json!({"name": "Cheese"})).await;
    let path = format!("modifier_groups/{}/modifiers", text(&group["id"]));
    let modifier = sim
        .make(&path, json!({"name": "Extra Cheese", "price": 150}))
        .await;
    learn("52SJK7AGG6HWR", &modifier);
    let order = sim.make("orders", json!({})).await;
    learn("7DG6CYXSHCA2P", &order);
    names
}

#[tokio::test]
async fn every_recorded_interaction_is_answered_alike() {
    let Some(path) = recording() else {
        println!("skipped: no recording");
        return;
    };
    let recorded: Value =
        serde_json::from_slice(&std::fs::read(&path).expect("the recording")).expect("JSON");
    let sim = Sim::with(Config {
        catalog: Catalog::File(path),
        limits: Limits::Off,
        ..Config::default()
    })
    .await;
    let interactions = recorded["interactions"].as_array().expect("interactions");
    // Lists first: what the later calls and the preconditions make was not in them.
    let (lists, calls): (Vec<&Value>, Vec<&Value>) = interactions
        .iter()
        .partition(|one| one["response"]["elements"].is_array());
    let mut names = Names(HashMap::new());
    for (n, interaction) in lists.into_iter().chain(calls).enumerate() {
        if interaction["method"] != "GET" && names.0.is_empty() {
            panic!("the lists come first");
        }
        if interaction["response"]["elements"].is_null() && !names.0.contains_key("7DG6CYXSHCA2P") {
            names.0.extend(preconditions(&sim).await.0);
        }
        let method = text(&interaction["method"]);
        let full = text(&interaction["path"]);
        let path = names.path(full.strip_prefix("/v3/merchants/{mId}/").unwrap_or(&full));
        let body = match &interaction["request"] {
            Value::String(_) => Value::Null,
            request => names.translated(request),
        };
        let answer = sim.call(&method, &path, body).await;
        let at = format!("{n}: {method} {full}");
        assert_eq!(
            json!(answer.status),
            interaction["status"],
            "status of {at}: {}",
            answer.text
        );
        assert_eq!(
            answer.header("content-type"),
            header(interaction, "Content-Type"),
            "{at}"
        );
        let filters = "X-Clover-Allowed-Filter-Fields";
        assert_eq!(answer.header(filters), header(interaction, filters), "{at}");
        let request_id = "X-Clover-Request-Id";
        let lengths =
            [answer.header(request_id), header(interaction, request_id)].map(|id| id.map(str::len));
        assert_eq!(lengths[0], lengths[1], "{at}");
        match &interaction["response"] {
            Value::String(theirs) => assert_eq!(&answer.text, theirs, "{at}"),
            theirs => {
                if method == "POST" {
                    // What it makes is new, though a list recorded later has it already.
                    names.0.remove(&text(&theirs["id"]));
                }
                compare(theirs, &answer.json(), &at, &mut names);
            }
        }
    }
}
