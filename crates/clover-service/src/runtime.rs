//! tokio and HTTP in a process that is not ours: made on first use, made anew after a fork, and
//! left between two polls so that the host gets its turn.

use std::cell::Cell;
use std::future::Future;
use std::mem::forget;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clover_client::transport::HttpTransport;
use clover_client::{Hosts, RateLimit, RateLimiter};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::Error;
use crate::host::Host;

/// How long a wait may keep the host from its turn.
const TICK: Duration = Duration::from_millis(50);

/// A request passes from its caller to the pool of connections, and from there to a connection.
const HANDOVERS: usize = 3;

/// Threads that look up host names. One is enough; a look-up that hangs must not prevent the next
/// attempt's.
const LOOKUP_THREADS: usize = 4;

/// How long such a thread stays for the next look-up, so that an idle PHP process soon has one
/// thread again.
const LOOKUP_THREAD_IDLE: Duration = Duration::from_secs(2);

/// What must not outlive a fork: the runtime has no threads in the child, and two processes must
/// not share a connection.
struct Process {
    pid: u32,
    runtime: Runtime,
    clients: Mutex<Vec<PooledClient>>,
}

/// The connections to one Clover, and the rate limiter of this process there.
struct PooledClient {
    hosts: Hosts,
    transport: Arc<HttpTransport>,
    limiter: RateLimiter,
}

static PROCESS: Mutex<Option<Arc<Process>>> = Mutex::new(None);

fn process(host: &dyn Host) -> Result<Arc<Process>, Error> {
    let mut known = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(process) = known
        .as_ref()
        .filter(|known| known.pid == std::process::id())
    {
        return Ok(Arc::clone(process));
    }
    let runtime = Builder::new_current_thread()
        .max_blocking_threads(LOOKUP_THREADS)
        .thread_keep_alive(LOOKUP_THREAD_IDLE)
        .enable_all()
        .on_thread_start(host.thread_start())
        .build()
        .map_err(|e| {
            Error::bug(
                format!("this process cannot wait for the network: {e}"),
                None,
            )
        })?;
    let fresh = Arc::new(Process {
        pid: std::process::id(),
        runtime,
        clients: Mutex::new(Vec::new()),
    });
    // A parent's runtime must not be dropped here: that would wait for threads that this process
    // does not have.
    forget(known.replace(Arc::clone(&fresh)));
    Ok(fresh)
}

/// This process' runtime, for tasks that read ahead.
pub(crate) fn handle(host: &dyn Host) -> Result<Handle, Error> {
    Ok(process(host)?.runtime.handle().clone())
}

/// This process' connections to these hosts, and its rate limiter there.
pub(crate) fn client(
    host: &dyn Host,
    hosts: &Hosts,
    own: RateLimit,
) -> Result<(Arc<HttpTransport>, RateLimiter), Error> {
    let process = process(host)?;
    let mut clients = process
        .clients
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(client) = clients.iter().find(|client| client.hosts == *hosts) {
        client.limiter.set_own_limit(own);
        return Ok((Arc::clone(&client.transport), client.limiter.clone()));
    }
    let transport = Arc::new(HttpTransport::new(hosts)?);
    let limiter = RateLimiter::new(own);
    clients.push(PooledClient {
        hosts: hosts.clone(),
        transport: Arc::clone(&transport),
        limiter: limiter.clone(),
    });
    Ok((transport, limiter))
}

/// Drives a future to its end. `between` is called after every tick, and as soon as `wake`
/// resolves, outside the runtime, where the host may be called.
pub(crate) fn wait<F: Future + 'static, W: Future<Output = ()>>(
    host: &dyn Host,
    future: F,
    wake: impl Fn() -> W,
    mut between: impl FnMut(),
) -> Result<F::Output, Error> {
    // The host may skip this frame, which must not keep the runtime from its end.
    let process = Arc::downgrade(&process(host)?);
    let output = Rc::new(Cell::new(None));
    let into = Rc::clone(&output);
    let mut guard = host.guard(Box::pin(async move { into.set(Some(future.await)) }));
    loop {
        let running = process
            .upgrade()
            .ok_or_else(|| Error::bug("the runtime has ended", None))?;
        let ended = running.runtime.block_on(async {
            let ended = tokio::select! {
                biased;
                () = guard.task() => true,
                () = wake() => false,
                () = tokio::time::sleep(TICK) => false,
            };
            handed_over().await;
            ended
        });
        drop(running);
        if ended && let Some(output) = output.take() {
            return Ok(output);
        }
        between();
        host.tick()?;
    }
}

/// Lets tasks send the requests that were just permitted, without a wait.
pub(crate) fn write_out(host: &dyn Host) -> Result<(), Error> {
    process(host)?.runtime.block_on(handed_over());
    Ok(())
}

/// Lets the tasks of connections write the requests that were just handed to them. Clover's limit
/// counts a request when it arrives, which must not be as late as the host's next turn.
async fn handed_over() {
    for _ in 0..HANDOVERS {
        tokio::task::yield_now().await;
    }
}

/// Ends the runtime of this process, when the host ends.
pub fn shutdown() {
    let known = PROCESS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(process) = known else { return };
    if process.pid != std::process::id() {
        forget(process);
        return;
    }
    match Arc::try_unwrap(process) {
        Ok(Process {
            runtime, clients, ..
        }) => {
            drop(clients);
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
        Err(in_use) => forget(in_use),
    }
}
