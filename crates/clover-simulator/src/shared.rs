//! What all requests share: the world, the limits, the record, and the wake-up of the webhook
//! sender.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::catalog;
use crate::clock::Clock;
use crate::config::{self, Catalog, Config};
use crate::held::Held;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::model::store::MerchantStore;
use crate::oauth::Grants;
use crate::switches::Switches;

/// The shared state of a running simulator.
pub struct Shared {
    /// How it was started.
    pub config: Config,
    /// The record of requests.
    pub journal: Journal,
    /// Answers that wait for their release.
    pub held: Held,
    /// Wakes the webhook sender.
    pub events: Notify,
    store: Mutex<MerchantStore>,
    limits: Mutex<Limits>,
    /// Runs what goes on after an answer.
    pub runtime: Handle,
}

impl Shared {
    /// Builds the world; fails where the catalog cannot be read or a switch is wrong.
    pub fn new(config: Config, runtime: Handle) -> io::Result<Self> {
        let store = build(&config, &config.catalog).map_err(io::Error::other)?;
        let shared = Shared {
            journal: Journal::default(),
            held: Held::default(),
            events: Notify::new(),
            limits: Mutex::default(),
            store: Mutex::new(store),
            config,
            runtime,
        };
        shared.follow_switches(&shared.store().switches);
        Ok(shared)
    }

    /// The world, for one piece of work.
    pub fn store(&self) -> MutexGuard<'_, MerchantStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The limits.
    pub fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what the switches say of the limits.
    pub fn follow_switches(&self, switches: &Switches) {
        self.limits().rules = match self.config.limits {
            config::Limits::Documented => Some(switches.rate_limit),
            config::Limits::Off => None,
        };
    }

    /// Everything as at the start, with the same or another catalog.
    pub fn reset(&self, catalog: Option<Catalog>) -> Result<(), String> {
        let catalog = catalog.as_ref().unwrap_or(&self.config.catalog);
        // Built beside the old one: a catalog that cannot be read changes nothing.
        let mut fresh = build(&self.config, catalog)?;
        let mut store = self.store();
        fresh.grants.follow(&mut store.grants);
        *store = fresh;
        self.follow_switches(&store.switches);
        self.limits().forget();
        self.journal.clear();
        self.held.release();
        Ok(())
    }

    /// Wakes the webhook sender when the last piece of work left something to send.
    pub fn after_work(&self) {
        if self.store().hooks.has_events() {
            self.events.notify_one();
        }
    }

    /// How long to gather events before a delivery; `None` when there is nothing to deliver.
    pub fn pause_before_delivery(&self) -> Option<Duration> {
        let store = self.store();
        let pause = Duration::from_millis(store.switches.webhook_batch_ms);
        store.hooks.has_events().then_some(pause)
    }
}

fn build(config: &Config, catalog: &Catalog) -> Result<MerchantStore, String> {
    let mut grants = Grants::new(&config.app_id, &config.app_secret, config.seed);
    if let Some(token) = &config.api_token {
        grants.add_api_token(token);
    }
    let latency = u64::try_from(config.latency.as_millis()).unwrap_or(u64::MAX);
    let switches = Switches {
        latency,
        ..Switches::default()
    };
    let switches = switches.patched(&config.switches)?;
    let mut store = MerchantStore::new(config.seed, Clock::new(config.time), switches, grants);
    catalog::load(&mut store, catalog, config.seed)?;
    Ok(store)
}
