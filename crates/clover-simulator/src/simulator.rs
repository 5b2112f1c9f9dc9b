//! Starting and stopping a simulator: inside a runtime, with one of its own, or without any
//! network.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;

use crate::config::Config;
use crate::http::request::Request;
use crate::http::server;
use crate::journal::LogEntry;
use crate::pipeline::{self, Arrived};
use crate::routes::control;
use crate::shared::Shared;
use crate::webhooks::deliver;

/// Starts simulators.
pub struct Simulator;

impl Simulator {
    /// Starts on the runtime this is called in.
    ///
    /// # Errors
    /// The address is taken or not loopback, or the catalog cannot be read.
    pub async fn start(config: Config) -> io::Result<Running> {
        let address = loopback(config.listen)?;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(config, Handle::current())?);
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(server::serve(
            listener,
            Arc::clone(&shared),
            stopped.clone(),
        ));
        let sender = Arc::clone(&shared);
        tokio::spawn(async move {
            let mut stopped = stopped;
            tokio::select! {
                () = deliver::run(sender) => {}
                () = server::stopped(&mut stopped) => {}
            }
        });
        Ok(Running {
            address,
            inner: InProcess { shared },
            stop,
            runtime: None,
        })
    }

    /// Makes one without a network: requests are handed to it, see [`InProcess::arrive`]. It sends
    /// no webhook events. To be called in a runtime.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub fn in_process(config: Config) -> io::Result<InProcess> {
        let shared = Arc::new(Shared::new(config, Handle::current())?);
        Ok(InProcess { shared })
    }

    /// Starts with threads of its own, for code that has no runtime.
    ///
    /// # Errors
    /// As [`Simulator::start`].
    pub fn start_blocking(config: Config) -> io::Result<Running> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("clover-simulator")
            .enable_all()
            .build()?;
        let mut running = runtime.block_on(Simulator::start(config))?;
        running.runtime = Some(runtime);
        Ok(running)
    }
}

/// The simulator has no real security: it must not be reachable from outside the machine.
fn loopback(address: SocketAddr) -> io::Result<SocketAddr> {
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{address} is not a loopback address; the simulator listens only on those"),
        ))
    }
}

/// A simulator to be handed its requests.
pub struct InProcess {
    shared: Arc<Shared>,
}

impl InProcess {
    /// A request arrives: it is recorded, limited, met by faults and carried out as one from the
    /// network. What it gives waits as long as the answer would take. Not for the control plane,
    /// see [`InProcess::control`].
    pub fn arrive(&self, request: Request) -> Arrived {
        pipeline::arrive(&self.shared, request)
    }

    /// The merchant's id.
    pub fn merchant_id(&self) -> String {
        self.shared.store().merchant.id.to_string()
    }

    /// One call to the control plane without the network: `control("POST", "/__sim/clock",
    /// &json!({"advance_s": 60}))` gives the status and the answer. A webhook's verification is
    /// sent but not waited for.
    pub fn control(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let reply = control::handle(&self.shared, &Request::internal(method, target, body));
        self.shared.after_work();
        // Dropping the handle lets the verification go on.
        drop(deliver::start_verification(&self.shared));
        (reply.status, reply.value())
    }

    /// `GET /__sim/state`.
    pub fn state(&self) -> Value {
        self.control("GET", "/__sim/state", &Value::Null).1
    }

    /// The requests after number `since`.
    pub fn requests(&self, since: u64) -> Vec<LogEntry> {
        self.shared.journal.since(since)
    }

    /// An access token as a finished connect gives it, for tests that are not about OAuth.
    pub fn access_token(&self) -> String {
        let mut store = self.shared.store();
        let now = store.clock.now_ms();
        let switches = store.switches.clone();
        let pair = store.grants.connect(true, now, &switches);
        pair["access_token"].as_str().unwrap_or_default().to_owned()
    }

    /// Moves the simulated clock.
    pub fn advance_s(&self, seconds: i64) {
        self.control("POST", "/__sim/clock", &json!({"advance_s": seconds}));
    }
}

/// A simulator that runs until this is dropped.
pub struct Running {
    address: SocketAddr,
    inner: InProcess,
    stop: watch::Sender<bool>,
    runtime: Option<Runtime>,
}

/// What can be done without the network can be done while it runs.
impl Deref for Running {
    type Target = InProcess;

    fn deref(&self) -> &InProcess {
        &self.inner
    }
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops: no new connection, open ones are closed.
    pub fn stop(&self) {
        // No receiver: everything has ended already.
        let _ = self.stop.send(true);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        if let Some(runtime) = self.runtime.take() {
            // The blocking drop of a runtime would panic inside another one.
            runtime.shutdown_background();
        }
    }
}
