//! `CloverSync\Pace`, implemented in PHP, and this process' lanes.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use clover_client::lanes::{Answer, Leave, Order};
use clover_client::{Lanes, LearnedLimit, Pacer, Share};
use ext_php_rs::boxed::ZBox;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::FromZval;
use ext_php_rs::error::Error;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::engine::array::{field, integer, list, values, zval};
use crate::engine::no_pending_exception;
use crate::runtime;

/// Requests in flight may keep a caller that would leave for so long, when others wait for their lanes.
const DRAIN: Duration = Duration::from_millis(500);

/// To say where one is, to drain, and to give back: enough, should the host not take the lanes.
const STEPS: usize = 3;

/// Divides a token's pace among the processes of a site.
#[php_interface]
#[allow(dead_code)] // PHP classes implement it; Rust calls them through `Host`.
#[php(name = "CloverSync\\Pace")]
pub trait Pace {
    /// Asks for lanes, gives some back, tells what was learned, and hears how things stand.
    fn exchange(
        &self,
        wanted: i64,
        returned: i64,
        recent: Vec<i64>,
        closedFor: i64,
        away: bool,
        learned: HashMap<String, HashMap<String, i64>>,
    ) -> ZBox<ZendHashTable>;
}

/// A PHP object that implements the interface, kept alive by our own reference.
pub struct Host(Zval);

impl FromZval<'_> for Host {
    const TYPE: DataType = DataType::object("CloverSync\\Pace");

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.object()?
            .instance_of(PhpInterfacePace::get_metadata().ce())
            .then(|| Self(zval.shallow_clone()))
    }
}

impl Host {
    fn exchange(&self, order: &Order) -> PhpResult<Answer> {
        // Panic-free: `from_zval` took objects only.
        let object = self.0.object().ok_or(Error::Object)?;
        let recent = zval(list(
            order.given.recent.iter().map(|time| milliseconds(*time)),
        )?)?;
        let (wanted, returned) = (i64::from(order.wanted), i64::from(order.given.lanes));
        let closed_for = milliseconds(order.closed_for);
        let learned = zval(learned_array(order.learned)?)?;
        let answer = object.try_call_method(
            "exchange",
            vec![
                &wanted,
                &returned,
                &recent,
                &closed_for,
                &order.away,
                &learned,
            ],
        )?;
        no_pending_exception()?;
        let answer = answer.array().ok_or(Error::Object)?;
        let recent = field(answer, "recent").and_then(Zval::array);
        Ok(Answer {
            lanes: count(answer, "lanes"),
            keep: count(answer, "keep"),
            crowded: integer(answer, "crowded").unwrap_or(0) != 0,
            recent: recent.map_or_else(Vec::new, |times| {
                let times = values(times).filter_map(Zval::long);
                times.map(duration).collect()
            }),
            valid_for: duration(integer(answer, "validFor").unwrap_or(0)),
            closed_for: duration(integer(answer, "closedFor").unwrap_or(0)),
            learned: field(answer, "learned")
                .and_then(Zval::array)
                .map(|limits| LIMITS.map(|name| learned_limit(limits, name))),
        })
    }
}

/// The names of the limits in PHP.
const LIMITS: [&str; 2] = ["per_second", "concurrent"];

fn learned_array(learned: [Option<LearnedLimit>; 2]) -> PhpResult<ZBox<ZendHashTable>> {
    let mut array = ZendHashTable::new();
    for (name, limit) in LIMITS.into_iter().zip(learned) {
        let Some(limit) = limit else { continue };
        let mut entry = ZendHashTable::new();
        entry.insert("limit", i64::from(limit.limit))?;
        entry.insert("forgottenIn", milliseconds(limit.forgotten_in))?;
        entry.insert("step", milliseconds(limit.step))?;
        array.insert(name, entry)?;
    }
    Ok(array)
}

fn learned_limit(limits: &ZendHashTable, name: &str) -> Option<LearnedLimit> {
    let entry = field(limits, name)?.array()?;
    Some(LearnedLimit {
        limit: count(entry, "limit"),
        forgotten_in: duration(integer(entry, "forgottenIn").unwrap_or(0)),
        step: duration(integer(entry, "step").unwrap_or(0)),
    })
}

/// Rounded up: a request counts too long rather than too short.
fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

fn count(answer: &ZendHashTable, field: &str) -> u32 {
    u32::try_from(integer(answer, field).unwrap_or(0)).unwrap_or(0)
}

/// A place among the processes that share the token. The lanes belong to one process: a child begins with none.
pub struct Seat {
    host: Host,
    lanes: RefCell<Option<(u32, Rc<Lanes>)>>,
}

impl Seat {
    /// Asks nothing yet.
    pub fn new(host: Host) -> Self {
        Self {
            host,
            lanes: RefCell::new(None),
        }
    }

    /// This process' lanes.
    pub fn lanes(&self) -> Rc<Lanes> {
        let pid = std::process::id();
        let mut lanes = self.lanes.borrow_mut();
        match &*lanes {
            Some((owner, lanes)) if *owner == pid => Rc::clone(lanes),
            _ => {
                let fresh = Rc::new(Lanes::new(Pacer::in_lanes(Share::default())));
                *lanes = Some((pid, Rc::clone(&fresh)));
                fresh
            }
        }
    }

    /// Asks what is due. What PHP throws stays pending in the engine.
    pub fn between(&self) {
        let lanes = self.lanes();
        if let Some(order) = lanes.due() {
            self.say(&lanes, &order);
        }
    }

    /// To be called when a wait has ended, before PHP goes on.
    pub fn leave(&self) {
        let lanes = self.lanes();
        let mut drained = false;
        for _ in 0..STEPS {
            let Some(step) = lanes.leave(drained) else {
                return;
            };
            match step {
                Leave::Drain => {
                    lanes.pacer().stop(true);
                    runtime::drive(lanes.pacer().drained(), DRAIN);
                    lanes.pacer().stop(false);
                    drained = true;
                }
                Leave::Say(order) => {
                    if !self.say(&lanes, &order) {
                        return;
                    }
                }
            }
        }
    }

    fn say(&self, lanes: &Lanes, order: &Order) -> bool {
        // Nothing can be asked over an exception that is on its way.
        let answer = no_pending_exception().and_then(|()| self.host.exchange(order));
        match answer {
            Ok(answer) => {
                lanes.settle(order, &answer);
                true
            }
            Err(_) => false,
        }
    }
}

/// Adds the interface to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.interface::<PhpInterfacePace>()
}
