//! What really happened in Clover, written down as each request is carried out. The shop never
//! looks at it; the checks and the owner, who can walk to the till, do.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use clover_client::stock::WINDOW;
use tokio::time::Instant;

use crate::run::EPOCH;

/// A broken law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken(pub String);

/// A change of a count that was not ours.
#[derive(Debug, Clone, Copy)]
struct Other {
    /// In thousandths; none when counting began or ended.
    change: Option<i64>,
    is_till: bool,
}

/// A moment in an item's life.
#[derive(Debug, Clone, Copy)]
struct Mark {
    others: usize,
    count: Option<i64>,
    modified: u64,
    at: Instant,
}

#[derive(Debug, Default)]
struct Item {
    count: Option<i64>,
    /// When it was set last, in Clover's whole seconds.
    modified: u64,
    /// The count without any write of ours.
    base: i64,
    /// By how much writes lifted the count, for they overwrote what others took.
    overlapped: i64,
    /// By how much the count differs from the books since an unanswered write was settled by a
    /// count that others had moved.
    misread: i64,
    others: Vec<Other>,
    /// Sales of the till, as places in `others`, that drift must name.
    lost: BTreeSet<usize>,
}

/// One write of ours.
#[derive(Debug)]
struct Attempt {
    process: u64,
    row: usize,
    item: usize,
    delta: i64,
    asked: Instant,
    latest: Duration,
    worst: Duration,
    read: Mark,
    is_open: bool,
    applied: Option<usize>,
}

/// How the shop came to the end of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Clover said so.
    Answered,
    /// It never left, or was refused.
    NotDone,
    /// Settled: it was carried out.
    FoundDone,
    /// Settled: it was not carried out.
    FoundUndone,
    /// Settled: it is not known.
    Unclear,
    /// Settled: Clover has no such item any more.
    Gone,
}

/// A write that is about to leave.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    pub process: u64,
    pub row: usize,
    pub item: usize,
    pub delta: i64,
    pub before: i64,
    pub asked: Instant,
    pub latest: Duration,
    pub worst: Duration,
}

/// A page as it was served.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// By row: whether the counts held it.
    pub held: Vec<bool>,
}

/// Sums over histories.
#[derive(Debug, Default, Clone, Copy)]
pub struct Totals {
    pub histories: u64,
    pub requests: u64,
    pub writes: u64,
    pub answered: u64,
    pub unanswered: u64,
    pub uncertain: u64,
    /// Writes that overwrote sales of the till; each is named by drift.
    pub overlapped: u64,
    /// Those of them that got no answer.
    pub overlapped_unanswered: u64,
    pub till_units_overlapped: i64,
    /// Writes without answer that were settled wrongly, for others had moved the count.
    pub misread: u64,
    /// Those of them that drift cannot name, since the count was set by hand.
    pub undecidable: u64,
    pub pulls: u64,
    pub orders_pushed: u64,
    /// From the reading of a count in Clover to its writing, without what the network added on the
    /// way there.
    pub longest_window: Duration,
    /// The same where limits or latency did not allow a second.
    pub longest_window_of_the_slowest: Duration,
    /// As the client tells it: from its question to the last answer.
    pub longest_measured_window: Duration,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.requests += other.requests;
        self.writes += other.writes;
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.uncertain += other.uncertain;
        self.overlapped += other.overlapped;
        self.overlapped_unanswered += other.overlapped_unanswered;
        self.till_units_overlapped += other.till_units_overlapped;
        self.misread += other.misread;
        self.undecidable += other.undecidable;
        self.pulls += other.pulls;
        self.orders_pushed += other.orders_pushed;
        self.longest_window = self.longest_window.max(other.longest_window);
        self.longest_window_of_the_slowest = self
            .longest_window_of_the_slowest
            .max(other.longest_window_of_the_slowest);
        self.longest_measured_window = self
            .longest_measured_window
            .max(other.longest_measured_window);
    }
}

#[derive(Debug)]
pub struct Truth {
    /// Clover's time begins with it.
    start: Instant,
    items: Vec<Item>,
    attempts: Vec<Attempt>,
    /// By row of the shop's ledger: item and units, when Clover's count holds it.
    held: Vec<Option<(usize, i64)>>,
    reads: HashMap<(u64, usize), Mark>,
    pages: HashMap<u64, Seen>,
    pub broken: Option<Broken>,
    pub totals: Totals,
}

impl Truth {
    pub fn new(counts: &[Option<i64>]) -> Self {
        let items = counts.iter().map(|count| Item {
            count: *count,
            modified: EPOCH.unsigned_abs() / 1000,
            base: count.unwrap_or(0),
            ..Item::default()
        });
        Self {
            start: Instant::now(),
            items: items.collect(),
            attempts: Vec::new(),
            held: Vec::new(),
            reads: HashMap::new(),
            pages: HashMap::new(),
            broken: None,
            totals: Totals::default(),
        }
    }

    fn breaks(&mut self, what: String) {
        self.broken.get_or_insert(Broken(what));
    }

    pub fn count(&self, item: usize) -> Option<i64> {
        self.items[item].count
    }

    pub fn holds(&self, row: usize) -> bool {
        self.held.get(row).is_some_and(Option::is_some)
    }

    fn hold(&mut self, row: usize, held: Option<(usize, i64)>) {
        if self.held.len() <= row {
            self.held.resize(row + 1, None);
        }
        self.held[row] = held;
    }

    /// Thousandths that our rows have taken from the count.
    fn ours(&self, item: usize) -> i64 {
        let rows = self.held.iter().flatten().filter(|held| held.0 == item);
        rows.map(|held| held.1).sum::<i64>() * 1000
    }

    /// The books of an item begin anew with this count.
    fn rebase(&mut self, item: usize, count: i64) {
        let ours = self.ours(item);
        let item = &mut self.items[item];
        item.base = count + ours - item.overlapped - item.misread;
    }

    /// The till sold so much.
    pub fn sold(&mut self, item: usize, thousandths: i64) {
        let now = self.second();
        let item = &mut self.items[item];
        if let Some(count) = &mut item.count {
            item.modified = now;
            *count -= thousandths;
            item.base -= thousandths;
            item.others.push(Other {
                change: Some(-thousandths),
                is_till: true,
            });
        }
    }

    /// The store set a count.
    pub fn set(&mut self, item: usize, count: Option<i64>) {
        let now = self.second();
        let record = &mut self.items[item];
        record.modified = now;
        let change = record.count.zip(count).map(|(old, new)| new - old);
        record.count = count;
        record.others.push(Other {
            change,
            is_till: false,
        });
        if let Some(count) = count {
            self.rebase(item, count);
        }
    }

    fn mark(&self, item: usize) -> Mark {
        let item = &self.items[item];
        Mark {
            others: item.others.len(),
            count: item.count,
            modified: item.modified,
            at: Instant::now(),
        }
    }

    /// Clover's time of a change, in its whole seconds.
    fn second(&self) -> u64 {
        let epoch = Duration::from_millis(EPOCH.unsigned_abs());
        (epoch + self.start.elapsed()).as_secs()
    }

    pub fn read(&mut self, process: u64, item: usize) {
        let mark = self.mark(item);
        self.reads.insert((process, item), mark);
    }

    pub fn page(&mut self, process: u64) {
        let held = self.held.iter().map(Option::is_some).collect();
        self.pages.insert(process, Seen { held });
    }

    pub fn seen(&mut self, process: u64) -> Seen {
        self.pages.remove(&process).unwrap_or_default()
    }

    /// A write is about to leave.
    pub fn aims(&mut self, aim: Aim) {
        let Aim {
            process,
            row,
            item,
            before,
            ..
        } = aim;
        let read = self.reads.get(&(process, item)).copied();
        let read = read.unwrap_or_else(|| self.mark(item));
        if read.count != Some(before) {
            self.breaks(format!(
                "row {row} starts from {before}, Clover said {:?}",
                read.count
            ));
        }
        if let Some(other) = self.attempts.iter().find(|a| a.is_open && a.item == item) {
            let other = other.row;
            self.breaks(format!(
                "row {row} is sent while row {other} of the same item is under way"
            ));
        }
        self.attempts.push(Attempt {
            process,
            row,
            item,
            delta: aim.delta,
            asked: aim.asked,
            latest: aim.latest,
            worst: aim.worst,
            read,
            is_open: true,
            applied: None,
        });
        self.totals.writes += 1;
    }

    /// A write leaves the shop.
    pub fn departs(&mut self, process: u64, item: usize) {
        let Some(at) = self
            .attempts
            .iter()
            .rposition(|a| a.process == process && a.item == item)
        else {
            return self.breaks("a write of which the shop had stored nothing".into());
        };
        let age = self.attempts[at].asked.elapsed();
        if age > self.attempts[at].latest {
            self.breaks(format!(
                "row {} is written {age:?} after its count was asked for",
                self.attempts[at].row
            ));
        }
    }

    /// Clover carried a write out that was so long on its way.
    pub fn wrote(&mut self, process: u64, item: usize, target: i64, way: Duration) {
        let Some(at) = self
            .attempts
            .iter()
            .rposition(|a| a.process == process && a.item == item)
        else {
            return self.breaks("a write of which the shop had stored nothing".into());
        };
        let attempt = &self.attempts[at];
        let (row, delta, read, is_open) = (
            attempt.row,
            attempt.delta * 1000,
            attempt.read,
            attempt.is_open,
        );
        let window = read.at.elapsed().saturating_sub(way);
        let (latest, worst, asked) = (attempt.latest, attempt.worst, attempt.asked);
        if asked.elapsed() > worst {
            self.breaks(format!(
                "row {row} is carried out later than was stored for it"
            ));
        }
        let longest = if latest > WINDOW {
            &mut self.totals.longest_window_of_the_slowest
        } else {
            &mut self.totals.longest_window
        };
        *longest = window.max(*longest);
        if window > latest {
            self.breaks(format!(
                "row {}: its window is {window:?} long",
                self.attempts[at].row
            ));
        }
        let attempt = &mut self.attempts[at];
        let again = attempt
            .applied
            .replace(self.items[item].others.len())
            .is_some();
        let second = self.second();
        let record = &mut self.items[item];
        record.modified = second;
        let before = read.count.unwrap_or(0);
        let meanwhile = &record.others[read.others..];
        let moved: Option<i64> = meanwhile.iter().map(|o| o.change).sum();
        let now = record.count.replace(target);
        let mut wrong = None;
        let counted = moved.zip(now);
        if let Some((moved, now)) = counted {
            if before + moved != now {
                wrong = Some("another write of ours came between its reading and its writing");
            }
            record.overlapped += before - now;
        }
        if target != before - delta {
            wrong = Some("it aims at another count");
        }
        if again || self.holds(row) {
            wrong = Some("it was carried out twice");
        }
        if !is_open {
            wrong = Some("it arrived after it was settled");
        }
        self.hold(row, Some((item, delta / 1000)));
        if counted.is_none() {
            // The item was not counted for a while.
            self.rebase(item, target);
        }
        if let Some(wrong) = wrong {
            self.breaks(format!("row {row}: {wrong}"));
        }
    }

    /// The shop has come to the end of its write.
    pub fn ends(&mut self, process: u64, row: usize, end: End) {
        let at = self
            .attempts
            .iter()
            .rposition(|a| a.row == row && a.is_open);
        let Some(at) = at else {
            return self.breaks(format!("row {row} ends as {end:?} and was not under way"));
        };
        let attempt = &mut self.attempts[at];
        attempt.is_open = false;
        let (item, delta, read) = (attempt.item, attempt.delta * 1000, attempt.read);
        let is_applied = attempt.applied.is_some();
        let until = attempt.applied.unwrap_or(read.others);
        if end != End::Gone {
            let till = self.loses(item, read.others..until);
            self.totals.overlapped += u64::from(till > 0);
            self.totals.overlapped_unanswered += u64::from(till > 0 && end != End::Answered);
            self.totals.till_units_overlapped += till;
        }
        match end {
            End::Answered => {
                self.totals.answered += 1;
                if !is_applied {
                    self.breaks(format!("row {row} is confirmed and was not carried out"));
                }
                return;
            }
            End::NotDone => {
                if is_applied {
                    self.breaks(format!("row {row} counts as not sent and was carried out"));
                }
                return;
            }
            End::Gone => {
                self.totals.unanswered += 1;
                self.totals.uncertain += 1;
                return;
            }
            End::FoundDone | End::FoundUndone | End::Unclear => {}
        }
        self.totals.unanswered += 1;
        let seen = self.reads[&(process, item)];
        let meanwhile = &self.items[item].others[read.others..seen.others];
        let others: i64 = meanwhile
            .iter()
            .map(|other| other.change.unwrap_or(0).abs())
            .sum();
        let is_counted = meanwhile.iter().all(|other| other.change.is_some());
        let is_till = meanwhile.iter().all(|other| other.is_till);
        let is_touched = !meanwhile.is_empty();
        if end == End::Unclear {
            self.totals.uncertain += 1;
            if !is_touched {
                self.breaks(format!(
                    "row {row} is left to the owner though no other client touched the count"
                ));
            }
            return;
        }
        let is_found = end == End::FoundDone;
        if is_found == is_applied {
            return;
        }
        // Others can move the count to where a settling must misread it: to the target, or within
        // one second back to where it was.
        let is_misleading = match end {
            End::FoundDone => seen.count == read.count.map(|before| before - delta),
            _ => (seen.count, seen.modified) == (read.count, read.modified),
        };
        if !is_misleading || (others < delta.abs() && is_counted) {
            self.breaks(format!(
                "row {row} is settled as {end:?}, carried out: {is_applied}"
            ));
        }
        self.totals.misread += 1;
        if is_till {
            self.loses(item, read.others..seen.others);
        } else {
            // A count that was set by hand to just that number leaves no trace of which it was.
            self.totals.undecidable += 1;
        }
        self.hold(row, is_found.then_some((item, delta / 1000)));
        self.items[item].misread += if is_found { delta } else { -delta };
    }

    /// Drift must name the till's sales among these; their thousandths.
    fn loses(&mut self, item: usize, range: std::ops::Range<usize>) -> i64 {
        let item = &mut self.items[item];
        let till = range.filter(|at| item.others[*at].is_till);
        let mut units = 0;
        for at in till {
            units += item.others[at].change.unwrap_or(0).abs();
            item.lost.insert(at);
        }
        units
    }

    /// Thousandths that the till sold and that were overwritten, by item. Where counting ended
    /// after it, there is no count any more that could be wrong by it.
    pub fn lost(&self) -> BTreeMap<usize, i64> {
        let items = self.items.iter().enumerate();
        let units = items.map(|(n, item)| {
            let last = item.others.iter().rposition(|other| other.change.is_none());
            let sales = item
                .lost
                .iter()
                .filter(|at| last.is_none_or(|last| **at > last));
            let units = sales.map(|at| item.others[*at].change.unwrap_or(0).abs());
            (n, units.sum::<i64>())
        });
        units.filter(|(_, units)| *units > 0).collect()
    }

    /// The owner lets the count hold a row: by setting it, unless it does. The count to be set.
    pub fn owner_settles(&mut self, row: usize, item: usize, delta: i64) -> Option<i64> {
        if self.holds(row) {
            return None;
        }
        self.hold(row, Some((item, delta)));
        let second = self.second();
        let item = &mut self.items[item];
        let count = item.count.as_mut()?;
        item.modified = second;
        *count -= delta * 1000;
        let (change, count) = (-delta * 1000, *count);
        item.others.push(Other {
            change: Some(change),
            is_till: false,
        });
        Some(count)
    }

    /// What the count must be while these rows are in it.
    pub fn expected(&self, item: usize, confirmed: i64) -> i64 {
        let item = &self.items[item];
        item.base - confirmed * 1000 + item.overlapped + item.misread
    }
}
