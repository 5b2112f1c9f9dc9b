//! A pretend Clover: OAuth v2, the v3 REST API and webhooks of one merchant and one app, with
//! Clover's limits, switches for what is not known of the real one, and faults on demand.
//! `docs/simulator.md` lists every route, switch and fault.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "an error is always the answer that Clover gives, and only tests call this"
)]

pub mod catalog;
pub mod clock;
pub mod config;
pub mod faults;
mod held;
pub mod http;
pub mod ids;
pub mod journal;
pub mod limits;
pub mod model;
pub mod oauth;
mod pipeline;
pub mod query;
pub mod routes;
pub mod shared;
mod simulator;
pub mod switches;
pub mod webhooks;

pub use clock::Time;
pub use config::{Catalog, Config, Limits};
pub use pipeline::Arrived;
pub use simulator::{InProcess, Running, Simulator};

/// The largest body that is read.
const MAX_BODY: usize = 16 * 1024 * 1024;
