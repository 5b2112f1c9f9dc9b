//! A running simulator with a client, and a small listener for webhooks.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clover_simulator::{Config, Limits, Running, Simulator};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

pub const APP: &str = "APPID00000001";
pub const SECRET: &str = "11111111-2222-3333-4444-555555555555";

/// Longer than anything takes; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Everything the app can be allowed.
pub const ALL_PERMISSIONS: [&str; 10] = [
    "INVENTORY_R",
    "INVENTORY_W",
    "ORDERS_R",
    "ORDERS_W",
    "MERCHANT_R",
    "MERCHANT_W",
    "PAYMENTS_R",
    "PAYMENTS_W",
    "CUSTOMERS_R",
    "CUSTOMERS_W",
];

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn elements(&self) -> Vec<Value> {
        let json = self.json();
        json["elements"]
            .as_array()
            .unwrap_or_else(|| panic!("no elements in {json}"))
            .clone()
    }

    /// One field of each element, as text.
    pub fn column(&self, field: &str) -> Vec<String> {
        let elements = self.elements();
        elements
            .iter()
            .map(|element| text(&element[field]))
            .collect()
    }

    pub fn message(&self) -> String {
        text(&self.json()["message"])
    }
}

/// A JSON text without its quotes, or any other value as JSON.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A running simulator, its client and an access token.
pub struct Sim {
    pub running: Running,
    pub client: Client,
    pub token: String,
    pub merchant: String,
}

impl Sim {
    /// The built-in catalog without limits.
    pub async fn start() -> Sim {
        Sim::with(Config {
            limits: Limits::Off,
            ..Config::default()
        })
        .await
    }

    /// The built-in catalog without limits, with these switches.
    pub async fn switched(switches: Value) -> Sim {
        let sim = Sim::start().await;
        sim.switch(switches);
        sim
    }

    pub async fn with(config: Config) -> Sim {
        let running = Simulator::start(config)
            .await
            .expect("the simulator starts");
        Sim {
            client: client(),
            token: running.access_token(),
            merchant: running.merchant_id(),
            running,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url())
    }

    /// A call of the REST API, below the merchant.
    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> reqwest::Result<Answer> {
        let base = format!("/v3/merchants/{}", self.merchant);
        let path = if path.is_empty() {
            base
        } else {
            format!("{base}/{path}")
        };
        let mut request = self
            .client
            .request(method.parse().unwrap_or(Method::GET), self.url(&path))
            .bearer_auth(&self.token);
        if !body.is_null() {
            request = request.json(body);
        }
        answer(request.send().await?).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let answer = self.try_call(method, path, &body).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    /// A POST that must answer 200; its JSON.
    pub async fn make(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 200, "POST {path}: {}", answer.text);
        answer.json()
    }

    /// A call of the control plane that must answer 200.
    pub fn sim(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, value) = self
            .running
            .control(method, &format!("/__sim/{path}"), &body);
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }

    pub fn switch(&self, switches: Value) {
        self.sim("POST", "switches", switches);
    }

    pub fn allow_all(&self) {
        self.sim("POST", "merchant", json!({"permissions": ALL_PERMISSIONS}));
    }

    /// A new item; its id.
    pub fn item(&self, item: Value) -> String {
        text(&self.sim("POST", "items", item)["id"])
    }

    pub fn stock(&self, item: &str) -> Value {
        self.running.state()["stock"][item].clone()
    }

    /// The item as `/__sim/state` shows it.
    pub fn state_item(&self, id: &str) -> Value {
        let state = self.running.state();
        let items = state["items"].as_array().cloned().unwrap_or_default();
        items
            .into_iter()
            .find(|item| item["id"] == id)
            .unwrap_or_else(|| panic!("no item {id}"))
    }
}

/// A client that keeps to loopback and shows redirects.
pub fn client() -> Client {
    Client::builder()
        .no_proxy()
        .user_agent("suite")
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .expect("a client")
}

pub async fn answer(response: reqwest::Response) -> reqwest::Result<Answer> {
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await?,
    })
}

/// One webhook request.
#[derive(Debug)]
pub struct Delivery {
    pub auth: Option<String>,
    pub body: Value,
}

impl Delivery {
    /// `objectId type` of each event, for the merchant.
    pub fn events(&self, merchant: &str) -> Vec<String> {
        let events = self.body["merchants"][merchant].as_array();
        let events = events.unwrap_or_else(|| panic!("no events in {}", self.body));
        events
            .iter()
            .map(|event| format!("{} {}", text(&event["objectId"]), text(&event["type"])))
            .collect()
    }
}

/// A webhook endpoint.
pub struct Endpoint {
    pub url: String,
    deliveries: mpsc::UnboundedReceiver<Delivery>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Endpoint {
    pub async fn start() -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, deliveries) = mpsc::unbounded_channel();
        let answers: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let statuses = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let status = statuses.lock().ok().and_then(|mut list| list.pop_front());
                if let Ok(delivery) = receive(stream, status.unwrap_or(200)).await {
                    let _ = sender.send(delivery);
                }
            }
        });
        Endpoint {
            url: format!("http://{address}/hook?task=webhook"),
            deliveries,
            answers,
        }
    }

    /// Answers the next requests with these statuses, then with 200 again.
    pub fn answer_next(&self, statuses: &[u16]) {
        self.answers.lock().expect("no panic").extend(statuses);
    }

    pub async fn next(&mut self) -> Delivery {
        timeout(PATIENCE, self.deliveries.recv())
            .await
            .expect("a delivery in time")
            .expect("an open endpoint")
    }

    /// Whether nothing has come so far.
    pub fn is_quiet(&mut self) -> bool {
        self.deliveries.try_recv().is_err()
    }
}

async fn receive(mut stream: TcpStream, status: u16) -> io::Result<Delivery> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let header = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    };
    let length: usize = header("content-length")
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let reply = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(reply.as_bytes()).await?;
    Ok(Delivery {
        auth: header("x-clover-auth"),
        body: serde_json::from_slice(&bytes[end..]).unwrap_or_default(),
    })
}
