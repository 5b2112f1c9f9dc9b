//! The program `clover-simulator`: a pretend Clover on a loopback address.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clover_simulator::{Catalog, Config, Limits, Simulator};
use tokio::signal::unix::{SignalKind, signal};

/// A pretend Clover for tests and demos. It listens on a loopback address only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Loopback address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8901")]
    listen: SocketAddr,
    /// What the merchant sells: sandbox, FILE.json or synthetic:N
    #[arg(long, value_name = "CATALOG", default_value = "sandbox")]
    catalog: Catalog,
    /// Milliseconds before every answer under /v3
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Clover's request limits: documented or off
    #[arg(long, value_name = "WHICH", default_value = "documented")]
    limits: Limits,
    /// Where ids and other random values start from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The registered app
    #[arg(long, value_name = "ID", default_value = "APPID00000001")]
    app_id: String,
    /// Its secret
    #[arg(
        long,
        value_name = "SECRET",
        default_value = "11111111-2222-3333-4444-555555555555"
    )]
    app_secret: String,
    /// An API token that the merchant has made
    #[arg(long, value_name = "TOKEN")]
    api_token: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clover-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> io::Result<()> {
    let config = Config {
        listen: arguments.listen,
        catalog: arguments.catalog,
        latency: Duration::from_millis(arguments.latency),
        limits: arguments.limits,
        seed: arguments.seed,
        app_id: arguments.app_id,
        app_secret: arguments.app_secret,
        api_token: arguments.api_token,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let running = Simulator::start(config).await?;
        let mut out = io::stdout().lock();
        writeln!(out, "clover-simulator ready on {}", running.base_url())?;
        out.flush()?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        running.stop();
        Ok(())
    })
}
