//! What can happen in a history, how histories are made up, and how a failing one is made smaller.

use std::fmt::Write;

use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Items that Clover has; the product after them is linked to none.
pub const ITEMS: u8 = 3;

/// What becomes of the event of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Received,
    Lost,
    Twice,
    /// It comes when the next event of any order has come.
    Late,
}

/// Which requests a fault meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Reads,
    Writes,
    Orders,
    Pages,
    All,
}

/// What goes wrong with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Drop,
    ApplyThenDrop,
    /// The answer comes so many milliseconds late.
    Delay(u64),
    Truncate(u64),
    Garbage,
    Fails(u16),
    /// Carried out all the same.
    FailsApplied(u16),
    /// 429 with `Retry-After` in seconds.
    Throttle(Option<u64>),
    /// No connection.
    Refuse,
    /// So many milliseconds on the way to Clover.
    Slow(u64),
}

/// Where a worker dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Planned,
    Claimed,
    Counted,
    Stored,
    Wrote,
    Settling,
    Pushing,
    Pushed,
    Filled,
}

/// What the owner says of a row that waits for his word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// Whether Clover holds it, as it is.
    Truth,
    /// He sets the count himself.
    Leave,
}

/// One thing that happens. Orders, lines and rows are counted round, so that every list of steps
/// makes a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Pause {
        ms: u64,
    },
    Order {
        product: u8,
        units: i64,
        other: Option<(u8, i64)>,
        old: bool,
    },
    Status {
        order: u8,
        to: i64,
        event: Event,
    },
    Edit {
        order: u8,
        line: u8,
        units: i64,
    },
    Swap {
        order: u8,
        line: u8,
        product: u8,
    },
    Hand {
        order: u8,
        line: u8,
        units: i64,
    },
    Refund {
        order: u8,
    },
    Delete {
        order: u8,
    },
    Till {
        item: u8,
        thousandths: i64,
    },
    Count {
        item: u8,
        thousandths: Option<i64>,
    },
    Vanish {
        item: u8,
    },
    Fault {
        on: On,
        effect: Effect,
        times: u64,
    },
    Work {
        worker: u8,
        dies: Option<Point>,
    },
    Kill {
        worker: u8,
    },
    Rob,
    Scan,
    Read,
    Apply,
    Push {
        on: bool,
    },
    /// The owner changes how many units are kept for the till.
    Reserve {
        units: i64,
    },
    Resolve {
        row: u8,
        say: Say,
    },
}

impl Step {
    /// Something goes wrong with the next request of this kind.
    pub const fn once(on: On, effect: Effect) -> Self {
        Self::Fault {
            on,
            effect,
            times: 1,
        }
    }
}

/// What a history starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// In thousandths; none is not counted.
    pub counts: [Option<i64>; ITEMS as usize],
    /// Of Clover, in milliseconds.
    pub latency: u64,
    /// Milliseconds by which the shop's clock is ahead of Clover's.
    pub skew: i64,
    /// Requests a second and at once of one process.
    pub share: (u32, u32),
    /// Whether paid orders are pushed, and by how many milliseconds Clover's search for them lags.
    pub push: Option<u64>,
    /// Units kept for the till.
    pub reserve: i64,
    /// For the network's whims.
    pub seed: u64,
}

/// Units kept for the till: most shops keep none.
const RESERVES: [i64; 6] = [0, 0, 0, 1, 2, 6];

pub const QUIET: Setup = Setup {
    counts: [Some(12_000), Some(3_000), Some(2_500)],
    latency: 60,
    skew: 0,
    share: (5, 2),
    push: None,
    reserve: 0,
    seed: 1,
};

/// A history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub setup: Setup,
    pub steps: Vec<Step>,
}

impl History {
    /// The history of a seed.
    pub fn of(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let count = |rng: &mut ChaCha8Rng| match rng.random_range(0..10) {
            0 => None,
            1 => Some(0),
            2 => Some(2_500),
            3 => Some(-1_000),
            _ => Some(rng.random_range(1..15) * 1_000),
        };
        let setup = Setup {
            counts: std::array::from_fn(|_| count(&mut rng)),
            latency: *pick(&mut rng, &[5, 60, 60, 150, 450, 1_200, 4_000]),
            skew: *pick(&mut rng, &[0, 0, 0, 700, 45_000, -45_000]),
            share: *pick(&mut rng, &[(5, 2), (5, 2), (16, 5), (4, 5), (2, 1), (1, 1)]),
            push: rng
                .random_bool(0.4)
                .then(|| *pick(&mut rng, &[0, 0, 5_000, 60_000, 115_000])),
            reserve: *pick(&mut rng, &RESERVES),
            seed: rng.random(),
        };
        let length = rng.random_range(10..110);
        let mut steps = vec![order(&mut rng)];
        while steps.len() < length {
            if rng.random_bool(0.12) {
                scene(&mut rng, &mut steps);
            } else {
                steps.push(any_step(&mut rng));
            }
            if rng.random_bool(0.55) {
                let ms = *pick(
                    &mut rng,
                    &[
                        1, 20, 50, 50, 100, 200, 400, 700, 1_500, 5_000, 31_000, 33_000, 70_000,
                        700_000,
                    ],
                );
                steps.push(Step::Pause { ms });
            }
        }
        Self { setup, steps }
    }

    /// Leaves out what the failure does not need.
    pub fn shrunk(&self, fails: impl Fn(&Self) -> bool) -> Self {
        let mut best = self.clone();
        let mut tries = 0;
        let mut size = best.steps.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < best.steps.len() && tries < 2_000 {
                let mut smaller = best.clone();
                let to = (from + size).min(smaller.steps.len());
                smaller.steps.drain(from..to);
                tries += 1;
                if fails(&smaller) {
                    best = smaller;
                } else {
                    from += size;
                }
            }
            size /= 2;
        }
        for plain in [
            Setup {
                skew: 0,
                ..best.setup
            },
            Setup {
                share: QUIET.share,
                ..best.setup
            },
            Setup {
                counts: QUIET.counts,
                ..best.setup
            },
            Setup {
                latency: QUIET.latency,
                ..best.setup
            },
            Setup {
                reserve: QUIET.reserve,
                ..best.setup
            },
        ] {
            let candidate = Self {
                setup: Setup {
                    skew: plain.skew.min(best.setup.skew),
                    ..plain
                },
                steps: best.steps.clone(),
            };
            if fails(&candidate) {
                best = candidate;
            }
        }
        best
    }

    /// A regression to be pasted.
    pub fn as_regression(&self) -> String {
        let mut text = format!(
            "#[test]\nfn what_it_shows() {{\n    holds(\n        {:?},\n        &[\n",
            self.setup
        );
        for step in &self.steps {
            let _ = writeln!(text, "            {step:?},");
        }
        text + "        ],\n    );\n}"
    }
}

fn pick<'a, T>(rng: &mut impl Rng, list: &'a [T]) -> &'a T {
    list.choose(rng).expect("no list is empty")
}

fn order(rng: &mut ChaCha8Rng) -> Step {
    Step::Order {
        product: rng.random_range(0..=ITEMS),
        units: rng.random_range(1..4),
        other: rng
            .random_bool(0.3)
            .then(|| (rng.random_range(0..=ITEMS), rng.random_range(1..3))),
        old: rng.random_bool(0.1),
    }
}

fn effect(rng: &mut ChaCha8Rng) -> Effect {
    match rng.random_range(0..14) {
        0 | 1 => Effect::Drop,
        2..=4 => Effect::ApplyThenDrop,
        5 => Effect::Delay(*pick(rng, &[300, 900, 5_000, 40_000])),
        6 => Effect::Truncate(rng.random_range(0..30)),
        7 => Effect::Garbage,
        8 => Effect::Fails(*pick(rng, &[500, 503, 401, 400, 404])),
        9 => Effect::FailsApplied(*pick(rng, &[500, 504])),
        10 => Effect::Throttle(None),
        11 => Effect::Throttle(Some(*pick(rng, &[1, 30, 90]))),
        12 => Effect::Refuse,
        _ => Effect::Slow(*pick(rng, &[400, 3_000, 29_000])),
    }
}

/// Things that must come close together to matter.
fn scene(rng: &mut ChaCha8Rng, steps: &mut Vec<Step>) {
    let (item, order) = (rng.random_range(0..ITEMS), rng.random_range(0..4));
    let worker = rng.random_range(0..2);
    let (paid, gone) = (
        Step::Status {
            order,
            to: 1,
            event: Event::Received,
        },
        Step::Status {
            order,
            to: 6,
            event: Event::Received,
        },
    );
    let work = |worker| Step::Work { worker, dies: None };
    let till = Step::Till {
        item,
        thousandths: 1_000,
    };
    let pause = |rng: &mut ChaCha8Rng, from, to| Step::Pause {
        ms: rng.random_range(from..to),
    };
    match rng.random_range(0..9) {
        // The till sells while a write is on its way whose answer is lost, or whose worker is
        // killed.
        7 | 8 => {
            let slow = Effect::Slow(rng.random_range(300..3_000));
            let writes = |effect| Step::once(On::Writes, effect);
            steps.extend([paid, writes(slow)]);
            if rng.random_bool(0.7) {
                steps.push(writes(*pick(
                    rng,
                    &[
                        Effect::ApplyThenDrop,
                        Effect::Garbage,
                        Effect::FailsApplied(504),
                    ],
                )));
            }
            steps.extend([work(worker), pause(rng, 100, 500), till]);
            if rng.random_bool(0.4) {
                steps.push(Step::Kill { worker });
            }
            if rng.random_bool(0.3) {
                steps.extend([pause(rng, 100, 60_000), till]);
            }
            steps.extend([
                Step::Pause { ms: 36_000 },
                work(worker),
                pause(rng, 10, 2_000),
            ]);
        }
        // The till sells while a count is written.
        0 => steps.extend([
            paid,
            work(worker),
            pause(rng, 1, 300),
            till,
            pause(rng, 1, 300),
            till,
        ]),
        // An answer is lost, and the till sells before that is settled.
        1 => {
            let effect = *pick(
                rng,
                &[
                    Effect::Drop,
                    Effect::ApplyThenDrop,
                    Effect::FailsApplied(502),
                    Effect::Fails(500),
                ],
            );
            let fault = Step::once(On::Writes, effect);
            if rng.random_bool(0.3) {
                // All within one second of Clover's clock.
                steps.extend([till, paid, fault, work(worker), pause(rng, 50, 500)]);
            } else {
                steps.extend([paid, fault, work(worker), pause(rng, 100, 2_000), gone]);
            }
            if rng.random_bool(0.5) {
                steps.push(till);
            }
            steps.extend([
                Step::Pause { ms: 36_000 },
                work(worker),
                pause(rng, 10, 2_000),
            ]);
        }
        // Two orders of one item, two workers, and a lock that the first one loses.
        2 => {
            let sale = Step::Order {
                product: item,
                units: 1,
                other: None,
                old: false,
            };
            steps.extend([sale, sale]);
            steps.extend((0..4).map(|order| Step::Status {
                order,
                to: 1,
                event: Event::Received,
            }));
            steps.extend([work(0), pause(rng, 20, 250), Step::Rob]);
            if rng.random_bool(0.5) {
                let late = Effect::Delay(rng.random_range(100..900));
                steps.push(Step::once(On::Reads, late));
            }
            steps.extend([work(1), pause(rng, 100, 1_000)]);
        }
        // A page is read around a write, and applied later.
        3 => {
            steps.extend([
                paid,
                Step::Read,
                pause(rng, 1, 400),
                work(worker),
                pause(rng, 1, 700),
                Step::Apply,
            ]);
            steps.extend([
                gone,
                Step::Read,
                work(worker),
                pause(rng, 300, 1_500),
                Step::Apply,
            ]);
        }
        // A write takes its time to arrive, and another worker settles it.
        4 => {
            let slow = Effect::Slow(rng.random_range(29_500..29_990));
            steps.extend([paid, Step::once(On::Writes, slow), work(0)]);
            steps.extend([
                pause(rng, 29_600, 31_500),
                Step::Rob,
                work(1),
                pause(rng, 50, 3_000),
            ]);
        }
        // An order takes its time to be filled, and another worker looks at it.
        5 => {
            let slow = Effect::Slow(rng.random_range(24_000..29_500));
            let (on, times) = (On::All, rng.random_range(4..9));
            steps.extend([paid, work(0), Step::Pause { ms: 40_000 }]);
            let other = Step::Order {
                product: ITEMS,
                units: 2,
                other: None,
                old: false,
            };
            steps.push(other);
            steps.extend((0..4).map(|order| Step::Status {
                order,
                to: 1,
                event: Event::Received,
            }));
            steps.push(Step::Fault {
                on,
                effect: slow,
                times,
            });
            steps.extend([work(0), pause(rng, 85_000, 125_000), work(1)]);
        }
        // A page is read before the owner sets a count that could not be settled.
        _ => {
            let word = Step::Resolve {
                row: rng.random_range(0..4),
                say: Say::Leave,
            };
            steps.extend([Step::Read, pause(rng, 300, 2_500), word, Step::Apply]);
        }
    }
}

fn any_step(rng: &mut ChaCha8Rng) -> Step {
    let order_of = |rng: &mut ChaCha8Rng| rng.random_range(0..4);
    let item = |rng: &mut ChaCha8Rng| rng.random_range(0..ITEMS);
    match rng.random_range(0..100) {
        0..=8 => order(rng),
        9..=28 => Step::Status {
            order: order_of(rng),
            to: *pick(rng, &[1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9, 10]),
            event: *pick(
                rng,
                &[
                    Event::Received,
                    Event::Received,
                    Event::Received,
                    Event::Lost,
                    Event::Twice,
                    Event::Late,
                ],
            ),
        },
        29..=32 => Step::Edit {
            order: order_of(rng),
            line: rng.random_range(0..2),
            units: rng.random_range(0..5),
        },
        33..=34 => Step::Swap {
            order: order_of(rng),
            line: rng.random_range(0..2),
            product: rng.random_range(0..=ITEMS),
        },
        35..=36 => Step::Hand {
            order: order_of(rng),
            line: rng.random_range(0..2),
            units: rng.random_range(1..3),
        },
        37 => Step::Refund {
            order: order_of(rng),
        },
        38 => Step::Delete {
            order: order_of(rng),
        },
        39..=47 => Step::Till {
            item: item(rng),
            thousandths: *pick(rng, &[1_000, 1_000, 1_000, 2_000, 500]),
        },
        48..=49 => Step::Count {
            item: item(rng),
            thousandths: *pick(
                rng,
                &[
                    None,
                    Some(0),
                    Some(-2_000),
                    Some(7_500),
                    Some(4_000),
                    Some(20_000),
                ],
            ),
        },
        50 => {
            if rng.random_bool(0.3) {
                Step::Vanish { item: item(rng) }
            } else {
                Step::Rob
            }
        }
        51..=61 => Step::Fault {
            on: *pick(
                rng,
                &[
                    On::Writes,
                    On::Writes,
                    On::Writes,
                    On::Orders,
                    On::Orders,
                    On::Reads,
                    On::Pages,
                    On::All,
                ],
            ),
            effect: effect(rng),
            times: *pick(rng, &[1, 1, 1, 2, 5]),
        },
        62..=81 => Step::Work {
            worker: rng.random_range(0..2),
            dies: rng.random_bool(0.12).then(|| {
                *pick(
                    rng,
                    &[
                        Point::Planned,
                        Point::Claimed,
                        Point::Counted,
                        Point::Stored,
                        Point::Wrote,
                        Point::Settling,
                        Point::Pushing,
                        Point::Pushed,
                        Point::Filled,
                    ],
                )
            }),
        },
        82..=83 => Step::Kill {
            worker: rng.random_range(0..2),
        },
        84 => Step::Rob,
        85..=87 => Step::Scan,
        88..=91 => Step::Read,
        92..=95 => Step::Apply,
        96 if rng.random_bool(0.4) => Step::Reserve {
            units: *pick(rng, &RESERVES),
        },
        96 => Step::Push {
            on: rng.random_bool(0.6),
        },
        _ => Step::Resolve {
            row: rng.random_range(0..4),
            say: *pick(rng, &[Say::Truth, Say::Truth, Say::Leave]),
        },
    }
}
