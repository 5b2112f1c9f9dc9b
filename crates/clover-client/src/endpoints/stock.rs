//! Stock counts: read, written, and read again if a write has no response.
//!
//! Clover's API has no "subtract two", only "set to seven", and no precondition. A change by
//! another till between the read and the write is lost, so both must be close together. Counts are
//! read in one request, and only as many as can be written at once. If limits or latency do not
//! allow both within a second, fewer are taken, down to one. The last one is written in any case.
//! The expected time is returned before the write, so that the caller can store it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;
use clover_core::ids::ItemId;
use clover_core::ledger::{CountReading, Exposure};
use clover_core::quantity::Quantity;
use clover_core::wire::{ItemStock, TillLine, TillOrder};
use log::warn;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::items::{COUNTED_SINGLY, MAX_EXPANDED, STOCK_EXPANSION};
use crate::concurrent::each;
use crate::error::{Error, WaitReason};
use crate::http::{Access, Answer, Api};
use crate::id_filter::{IDS_A_REQUEST, filter_of};
use crate::paging::{PageStream, Pages as _, RawPage};

pub use crate::rhythm::{WINDOW, batch_size};

/// The absolute limit: a count that was read longer ago than this is read again before a write.
pub const OLDEST: Duration = Duration::from_secs(60);

/// The maximum age of a count at the start of its write, by the number of counts that were read
/// together and the duration of that read. A single count waits only for its own permit; it gets
/// more time after each missed permit.
#[must_use]
pub fn may_age(items: usize, age: Duration, misses: u32) -> Duration {
    let age = age.min(OLDEST);
    let goal = WINDOW.max(age + WINDOW / 2);
    if items > 1 {
        return goal.min(OLDEST);
    }
    let patience = 2 * WINDOW * 4_u32.saturating_pow(misses.min(4));
    (goal + patience).min(OLDEST)
}

/// A count to be changed.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The item.
    pub item: ItemId,
    /// How often its write was late before.
    pub misses: u32,
}

impl From<ItemId> for Wanted {
    fn from(item: ItemId) -> Self {
        Self { item, misses: 0 }
    }
}

/// A count with the time after which another till may have changed it.
#[derive(Debug, Clone, Copy)]
pub struct Timed {
    /// The count in Clover.
    pub reading: CountReading,
    /// The till warns at this count and below.
    pub threshold: Option<f64>,
    /// When the request was sent.
    pub asked: Instant,
    /// The maximum age at the start of the write.
    pub latest: Duration,
    /// The maximum time from the request to the end of the write.
    pub worst: Duration,
}

/// A count to be written.
#[derive(Debug, Clone)]
pub struct Set {
    /// The item.
    pub item: ItemId,
    /// The new count.
    pub target: Quantity,
    /// As it was read. Whether Clover keeps a threshold that a write does not name is not known.
    pub threshold: Option<f64>,
    /// When the old count was requested.
    pub asked: Instant,
    /// The maximum age of the old count at the start of the write.
    pub latest: Duration,
}

/// The outcome of a write.
#[derive(Debug, Clone)]
pub enum Wrote {
    /// Clover has stored the count.
    Done {
        /// `modifiedTime` of the count, in milliseconds.
        modified: Option<i64>,
        /// The time from the request for the old count to the response. Sales of another till in
        /// this time are lost.
        window: Duration,
    },
    /// No response, or an unusable one: read the count to learn the outcome.
    Unknown(String),
    /// Not sent: its time was over before it got a permit.
    Late,
    /// Not sent: Clover is unreachable, or asked to wait for this time.
    NotSent(Duration),
}

impl Wrote {
    fn is_missed(&self) -> bool {
        matches!(self, Self::Late | Self::NotSent(_))
    }
}

/// A time span in which sales of an item may have been overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overwritten {
    /// The item.
    pub item: ItemId,
    /// The time span.
    pub exposure: Exposure,
}

/// None for a count that is beyond any stock. It is not an item without a count.
fn reading(stock: &ItemStock) -> Option<CountReading> {
    let count = match stock.quantity {
        Some(quantity) => Some(Quantity::from_clover(quantity)?),
        None => None,
    };
    Some(CountReading {
        count,
        modified: stock.modified_time,
    })
}

/// After so many missed writes of a count, each further one halves the batches that it may be in.
/// [`Rhythm`](crate::Rhythm) makes batches smaller earlier, but only until its process ends.
const MISSES_IN_A_BATCH: u32 = 2;

/// How many of the first counts are read together.
fn batch_of(wanted: &[Wanted], at_once: usize) -> usize {
    let mut most = at_once;
    let fits = |(index, one): &(usize, &Wanted)| {
        let halvings = one.misses.saturating_sub(MISSES_IN_A_BATCH);
        most = most.min(at_once.checked_shr(halvings).unwrap_or(0).max(1));
        *index < most
    };
    wanted.iter().enumerate().take_while(fits).count()
}

impl Api {
    /// Reads the first counts of the list, each with its own outcome: as many as can be written
    /// soon after, at least one.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], because it concerns all counts, and [`Error::Interrupted`].
    pub fn read_counts(
        &self,
        access: &Access,
        wanted: Vec<Wanted>,
    ) -> impl Future<Output = Result<Vec<Result<Timed, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let fit = |wanted: &[Wanted]| batch_of(wanted, api.batch_size());
            let chosen = wanted.iter().take(fit(&wanted)).map(|one| one.item.clone());
            let mut chosen: Vec<ItemId> = chosen.collect();
            let listed = read_lists(&api, &access, &chosen).await?;
            // After the first list it is known whether it has counts, and the latency.
            chosen.truncate(fit(&wanted));
            let mut read = read_rest(&api, &access, chosen, listed).await?;
            read.truncate(fit(&wanted));
            let items = read.iter().filter(|one| one.is_ok()).count();
            let timeout = api.policy().timeout;
            let timed = read.into_iter().zip(wanted).map(|(read, one)| {
                let Read {
                    reading,
                    threshold,
                    asked,
                } = read?;
                let latest = may_age(items, asked.elapsed(), one.misses);
                Ok(Timed {
                    reading,
                    threshold,
                    asked,
                    latest,
                    worst: latest + timeout,
                })
            });
            Ok(timed.collect())
        }
    }

    /// Reads the counts of all these items, to learn the outcome of writes.
    ///
    /// # Errors
    /// As [`Api::read_counts`].
    pub fn read_counts_again(
        &self,
        access: &Access,
        items: Vec<ItemId>,
    ) -> impl Future<Output = Result<Vec<Result<CountReading, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let listed = read_lists(&api, &access, &items).await?;
            let read = read_rest(&api, &access, items, listed).await?;
            let read = read.into_iter();
            Ok(read.map(|one| one.map(|one| one.reading)).collect())
        }
    }

    /// Writes counts concurrently, each once and only while the old count is recent enough. An
    /// error in the list means that Clover refused this count and did not change it.
    ///
    /// # Errors
    /// [`Error::Interrupted`]: the outcome of all writes is unknown.
    pub fn write_counts(
        &self,
        access: &Access,
        sets: Vec<Set>,
    ) -> impl Future<Output = Result<Vec<Result<Wrote, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let sent = sets.len();
            let written = each(
                sets.into_iter()
                    .map(|set| write(api.clone(), access.clone(), set)),
            )
            .await;
            let missed = written
                .iter()
                .flatten()
                .filter(|wrote| wrote.as_ref().is_ok_and(Wrote::is_missed));
            api.rhythm.learn(sent, missed.count());
            written
        }
    }

    /// One page of all items with their counts, ordered by id; none after the last page. If lists
    /// are known to show no counts, the page has at most [`COUNTED_SINGLY`] items.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn counts_page(
        &self,
        access: &Access,
        after: Option<String>,
    ) -> impl Future<Output = Result<Option<RawPage>, Error>> + Send + use<> {
        let mut stream = PageStream::new(self, access, "items")
            .expand(&STOCK_EXPANSION)
            .after(after);
        if self.withheld().has(STOCK_EXPANSION[0]) {
            stream = stream.limit(COUNTED_SINGLY);
        }
        async move { stream.next().await.transpose() }
    }

    /// Thousandths of units of each item that the till sold while the item's count was being
    /// overwritten.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn sold_within(
        &self,
        access: &Access,
        overwritten: &[Overwritten],
    ) -> impl Future<Output = Result<BTreeMap<ItemId, i64>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        let mut by_item: HashMap<ItemId, Vec<(i64, i64)>> = HashMap::new();
        for one in overwritten {
            let stretches = by_item.entry(one.item.clone()).or_default();
            stretches.push(one.exposure.stretch());
        }
        async move {
            let mut sold = BTreeMap::new();
            let all = by_item.values().flatten().copied().collect();
            for (from, to) in merged(all) {
                let sales = till_sales(&api, &access, from, to).await?;
                for (item, at, units) in sales {
                    let stretches = by_item.get(&item).into_iter().flatten();
                    if stretches
                        .into_iter()
                        .any(|(from, to)| (*from..=*to).contains(&at))
                    {
                        let sum: &mut i64 = sold.entry(item).or_default();
                        *sum = sum.saturating_add(units);
                    }
                }
            }
            Ok(sold)
        }
    }

    /// How many counts can be written soon after they were read.
    fn batch_size(&self) -> usize {
        let is_withheld = self.withheld().has(STOCK_EXPANSION[0]);
        let mut seen = self.rhythm.seen();
        seen.is_listed &= !is_withheld;
        seen.batch_size(self.rate_limiter().limits())
    }
}

/// An item in a list, reduced to its count.
#[derive(Deserialize)]
struct Listed {
    id: ItemId,
    #[serde(default, rename = "itemStock")]
    item_stock: Value,
}

impl Listed {
    /// None if the list does not contain the whole count, which is then requested singly.
    fn read(self, asked: Instant) -> Option<(ItemId, Read)> {
        let stock: ItemStock = serde_json::from_value(self.item_stock).ok()?;
        let read = Read::of(&stock, asked)?;
        let is_whole = read.reading.count.is_some() && read.reading.modified.is_some();
        is_whole.then_some((self.id, read))
    }
}

/// A count that was read.
#[derive(Clone, Copy)]
struct Read {
    reading: CountReading,
    threshold: Option<f64>,
    asked: Instant,
}

impl Read {
    fn of(stock: &ItemStock, asked: Instant) -> Option<Self> {
        Some(Self {
            reading: reading(stock)?,
            threshold: stock.stock_alert_threshold,
            asked,
        })
    }
}

/// The counts that lists show, several items in one request. An error of the list that single
/// requests would repeat is the error of each item.
async fn read_lists(
    api: &Api,
    access: &Access,
    items: &[ItemId],
) -> Result<HashMap<ItemId, Result<Read, Error>>, Error> {
    let mut listed = HashMap::new();
    let is_withheld = api.withheld().has(STOCK_EXPANSION[0]);
    for some in items.chunks(IDS_A_REQUEST).filter(|some| some.len() > 1) {
        if is_withheld || !api.rhythm.seen().is_listed {
            break;
        }
        match read_list(api, access, some).await {
            Ok(found) => listed.extend(found.into_iter().map(|(id, read)| (id, Ok(read)))),
            // The response does not report on single items, so each is requested singly.
            Err(Error::Unauthorized { call, .. } | Error::Intercepted { call, .. })
                if call.status == Some(403) =>
            {
                api.rhythm.seen().is_listed = false;
            }
            Err(Error::Rejected { .. } | Error::NotFound { .. } | Error::BadAnswer { .. }) => {}
            Err(error @ Error::Unauthorized { .. }) => return Err(error),
            Err(error) => {
                let failed = |item: &ItemId| (item.clone(), Err(error.clone()));
                return Ok(items.iter().map(failed).collect());
            }
        }
    }
    Ok(listed)
}

/// Each count: as listed, or requested singly.
async fn read_rest(
    api: &Api,
    access: &Access,
    items: Vec<ItemId>,
    listed: HashMap<ItemId, Result<Read, Error>>,
) -> Result<Vec<Result<Read, Error>>, Error> {
    each(items.into_iter().map(|item| {
        let known = listed.get(&item).cloned();
        let read = api.get(access, &format!("item_stocks/{item}"), &[]);
        let rhythm = api.rhythm.clone();
        async move {
            if let Some(known) = known {
                return known;
            }
            let answer = read.await?;
            rhythm.seen().latency = answer.asked.elapsed();
            counted(&answer)
        }
    }))
    .await
    .and_then(all_allowed)
}

fn counted(answer: &Answer) -> Result<Read, Error> {
    Read::of(&answer.json()?, answer.asked).ok_or_else(|| Error::CountTooLarge {
        call: answer.call.clone(),
    })
}

async fn read_list(
    api: &Api,
    access: &Access,
    items: &[ItemId],
) -> Result<HashMap<ItemId, Read>, Error> {
    let (filter, limit) = (filter_of(items), items.len().to_string());
    let query = [
        ("filter", filter.as_str()),
        ("expand", STOCK_EXPANSION[0]),
        ("limit", limit.as_str()),
    ];
    let answer = api.get(access, "items", &query).await?;
    api.rhythm.seen().latency = answer.asked.elapsed();
    // What a list does not show as expected is requested singly, which has an error of its own.
    let page = answer.listing::<Listed>()?;
    let listed = page.elements.into_iter();
    Ok(listed.filter_map(|item| item.read(answer.asked)).collect())
}

async fn write(api: Api, access: Access, set: Set) -> Result<Wrote, Error> {
    let left = set.latest.saturating_sub(set.asked.elapsed());
    if left.is_zero() {
        return Ok(Wrote::Late);
    }
    // The limit applies to the wait for a permit; a started write has the whole timeout.
    let mut policy = api.policy().clone();
    policy.elapsed = left.min(policy.elapsed);
    let mut body = json!({"quantity": set.target.to_json()});
    if let Some(threshold) = set.threshold {
        body["stockAlertThreshold"] = json!(threshold);
    }
    let body = Bytes::from(body.to_string());
    let path = format!("item_stocks/{}", set.item);
    let sent = api.with_policy(policy).post(&access, &path, body);
    let answer = match sent.await {
        Ok(answer) => answer,
        Err(Error::Throttled {
            reason: WaitReason::Clover,
            wait,
            ..
        }) => return Ok(Wrote::NotSent(wait)),
        Err(Error::Throttled { .. }) => return Ok(Wrote::Late),
        Err(Error::Unreachable { .. } | Error::Insecure { .. }) => {
            return Ok(Wrote::NotSent(Duration::from_secs(10)));
        }
        Err(error) if error.leaves_write_unknown() => {
            return Ok(Wrote::Unknown(error.details()));
        }
        Err(error) => return Err(error),
    };
    let written = answer.json::<ItemStock>();
    Ok(match written.map(|stock| reading(&stock)) {
        Ok(Some(now)) if now.count == Some(set.target) => Wrote::Done {
            modified: now.modified,
            window: set.asked.elapsed(),
        },
        Ok(_) => Wrote::Unknown(format!("{}: another count", answer.call)),
        Err(error) => Wrote::Unknown(error.details()),
    })
}

/// A refused token fails the whole call, so that the caller refreshes it and calls again.
fn all_allowed<T>(outcomes: Vec<Result<T, Error>>) -> Result<Vec<Result<T, Error>>, Error> {
    let refused = outcomes.iter().find_map(|outcome| match outcome {
        Err(error @ Error::Unauthorized { .. }) => Some(error.clone()),
        _ => None,
    });
    refused.map_or(Ok(outcomes), Err)
}

/// Time spans that cover all of these; spans less than a minute apart are joined.
fn merged(mut times: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    const NEAR: i64 = 60_000;
    times.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in times {
        match joined.last_mut() {
            Some(last) if from <= last.1.saturating_add(NEAR) => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Sold units of linked items, in thousandths, each with the time of its sale, which is between
/// `from` and `to`. A line may be added long after its order was opened, so the orders are those
/// that were opened before the end and changed after the start.
async fn till_sales(
    api: &Api,
    access: &Access,
    from: i64,
    to: i64,
) -> Result<Vec<(ItemId, i64, i64)>, Error> {
    let mut sales = Vec::new();
    let mut pages = PageStream::new(api, access, "orders")
        .filter(format!("modifiedTime>={from}"))
        .filter(format!("createdTime<={to}"))
        .expand(&["lineItems"]);
    while let Some(page) = pages.next().await {
        let orders = page?.listing::<TillOrder>()?;
        for error in orders.errors {
            let Some(id) = error.id else {
                warn!("an order of the till is left out: {}", error.error);
                continue;
            };
            sales.extend(sold_in(&all_lines(api, access, &id).await?, None));
        }
        for order in orders.elements {
            let expanded = order.line_items.0;
            let is_part = expanded.len() >= MAX_EXPANDED || api.withheld().has("lineItems");
            let lines = if is_part {
                all_lines(api, access, order.id.as_str()).await?
            } else {
                expanded
            };
            sales.extend(sold_in(&lines, order.created_time));
        }
    }
    sales.retain(|(_, at, _)| (from..=to).contains(at));
    Ok(sales)
}

fn sold_in(lines: &[TillLine], opened: Option<i64>) -> Vec<(ItemId, i64, i64)> {
    let sale = |line: &TillLine| {
        let item = line.item.as_ref()?.id.clone();
        let at = line.created_time.or(opened)?;
        Some((item, at, line.unit_qty.unwrap_or(1000)))
    };
    lines.iter().filter_map(sale).collect()
}

/// All lines of an order, which a list of orders shows only in part, or not at all when one of them
/// is unreadable. An order that no longer exists has none.
async fn all_lines(api: &Api, access: &Access, order: &str) -> Result<Vec<TillLine>, Error> {
    let path = format!("orders/{order}/line_items");
    let pages = match api.list_all(access, &path, &[]).await {
        Err(Error::NotFound { .. }) => return Ok(Vec::new()),
        pages => pages?,
    };
    let mut lines = Vec::new();
    for page in pages {
        let page = page.listing::<TillLine>()?;
        for error in page.errors {
            warn!("a line of order {order} is left out: {}", error.error);
        }
        lines.extend(page.elements);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_leaves_within_a_second_or_soon_after_the_reading_that_took_longer() {
        let ms = Duration::from_millis;
        assert_eq!(may_age(5, ms(100), 0), WINDOW);
        assert_eq!(may_age(5, ms(1_200), 7), ms(1_700));
        assert_eq!(may_age(5, ms(8_000), 0), ms(8_500));
        // A single count is sent in the end, however long that takes.
        assert_eq!(may_age(1, ms(100), 0), ms(3_000));
        assert_eq!(may_age(1, ms(100), 1), ms(9_000));
        assert_eq!(may_age(1, ms(100), 9), OLDEST);
        assert_eq!(may_age(1, Duration::MAX, 9), OLDEST);
    }

    #[test]
    fn stretches_within_a_minute_are_asked_for_together() {
        assert_eq!(
            merged(vec![(500_000, 501_000), (1_000, 2_000), (30_000, 31_000)]),
            [(1_000, 31_000), (500_000, 501_000)]
        );
        assert_eq!(merged(Vec::new()), []);
    }
}
