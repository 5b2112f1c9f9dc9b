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
use clover_core::wire::{ItemStock, Listing, TillOrder};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::error::{Error, WaitReason};
use crate::http::{Access, Api, Write};
use crate::paging::PAGE_LIMIT;
use crate::rhythm::MOST_AT_ONCE;

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

fn reading(stock: &ItemStock) -> CountReading {
    CountReading {
        count: stock.quantity.and_then(Quantity::from_clover),
        modified: stock.modified_time,
    }
}

impl Api {
    /// Reads the first counts of the list, each with its own outcome: as many as can be written
    /// soon after, at least one.
    ///
    /// # Errors
    /// A refused token, because it concerns all counts.
    pub fn read_counts(
        &self,
        access: &Access,
        wanted: Vec<Wanted>,
    ) -> impl Future<Output = Result<Vec<Result<Timed, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let limits = api.rate_limiter().limits();
            let at_once = api.rhythm.seen().batch_size(limits);
            let chosen = wanted.iter().take(at_once).map(|one| one.item.clone());
            let mut read = read_all(&api, &access, chosen.collect()).await?;
            // The latency is known after the first read.
            let fit = api.rhythm.seen().batch_size(limits);
            read.truncate(fit.max(1));
            let items = read.iter().filter(|one| one.is_ok()).count();
            let timeout = api.policy().timeout;
            let timed = read.into_iter().zip(wanted).map(|(read, one)| {
                let (reading, asked) = read?;
                let latest = may_age(items, asked.elapsed(), one.misses);
                Ok(Timed {
                    reading,
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
            let read = read_all(&api, &access, items).await?;
            Ok(read.into_iter().map(|one| one.map(|one| one.0)).collect())
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

    /// One page of all items with their counts, ordered by id; none after the last page.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn counts_page(
        &self,
        access: &Access,
        after: Option<String>,
    ) -> impl Future<Output = Result<Option<crate::paging::RawPage>, Error>> + Send + use<> {
        use crate::paging::{PageStream, Pages as _};
        let mut stream = PageStream::new(self, access, "items")
            .expand(&["itemStock"])
            .after(after);
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
                for order in orders_between(&api, &access, from, to).await? {
                    for line in &order.line_items.0 {
                        let (Some(item), Some(at)) =
                            (&line.item, line.created_time.or(order.created_time))
                        else {
                            continue;
                        };
                        // An order can be in several time spans; it counts once.
                        let stretches = by_item.get(&item.id).into_iter().flatten();
                        if stretches
                            .into_iter()
                            .any(|(from, to)| (*from..=*to).contains(&at))
                        {
                            let units: &mut i64 = sold.entry(item.id.clone()).or_default();
                            *units = units.saturating_add(line.unit_qty.unwrap_or(1000));
                        }
                    }
                }
            }
            Ok(sold)
        }
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
    fn reading(self) -> Option<(ItemId, CountReading)> {
        let stock: ItemStock = serde_json::from_value(self.item_stock).ok()?;
        let reading = reading(&stock);
        (reading.count.is_some() && reading.modified.is_some()).then_some((self.id, reading))
    }
}

type Read = (CountReading, Instant);

/// Reads counts; several items in one request, if Clover returns counts in lists.
async fn read_all(
    api: &Api,
    access: &Access,
    items: Vec<ItemId>,
) -> Result<Vec<Result<Read, Error>>, Error> {
    let mut listed = HashMap::new();
    let is_listed = api.rhythm.seen().is_listed;
    for some in items
        .chunks(MOST_AT_ONCE)
        .filter(|some| is_listed && some.len() > 1)
    {
        match read_list(api, access, some).await {
            Ok(found) => listed.extend(found),
            // The response does not report on single items, so each is requested singly.
            Err(Error::Unauthorized { call, .. } | Error::Intercepted { call, .. })
                if call.status == Some(403) =>
            {
                api.rhythm.seen().is_listed = false;
            }
            Err(Error::Rejected { .. } | Error::NotFound { .. } | Error::BadAnswer { .. }) => {}
            Err(error @ Error::Unauthorized { .. }) => return Err(error),
            // Single requests would fail in the same way.
            Err(error) => return Ok(items.iter().map(|_| Err(error.clone())).collect()),
        }
    }
    each(items.into_iter().map(|item| {
        let known = listed.get(&item).copied();
        let read = api.get(access, &format!("item_stocks/{item}"), &[]);
        let rhythm = api.rhythm.clone();
        async move {
            if let Some(known) = known {
                return Ok(known);
            }
            let answer = read.await?;
            rhythm.seen().latency = answer.asked.elapsed();
            Ok((reading(&answer.json::<ItemStock>()?), answer.asked))
        }
    }))
    .await
    .and_then(all_allowed)
}

async fn read_list(
    api: &Api,
    access: &Access,
    items: &[ItemId],
) -> Result<HashMap<ItemId, Read>, Error> {
    let ids: Vec<String> = items.iter().map(|item| format!("'{item}'")).collect();
    let (filter, limit) = (format!("id in ({})", ids.join(",")), ids.len().to_string());
    let query = [
        ("filter", filter.as_str()),
        ("expand", "itemStock"),
        ("limit", limit.as_str()),
    ];
    let answer = api.get(access, "items", &query).await?;
    api.rhythm.seen().latency = answer.asked.elapsed();
    let page = Listing::<Listed>::parse(&answer.body).map_err(|e| Error::BadAnswer {
        call: answer.call.clone(),
        at: e.path,
        reason: e.reason,
    })?;
    let readings = page.elements.into_iter().filter_map(Listed::reading);
    Ok(readings
        .map(|(id, reading)| (id, (reading, answer.asked)))
        .collect())
}

async fn write(api: Api, access: Access, set: Set) -> Result<Wrote, Error> {
    let left = set.latest.saturating_sub(set.asked.elapsed());
    if left.is_zero() {
        return Ok(Wrote::Late);
    }
    // The limit applies to the wait for a permit; a started write has the whole timeout.
    let mut policy = api.policy().clone();
    policy.elapsed = left.min(policy.elapsed);
    let body = Bytes::from(json!({"quantity": set.target.to_json()}).to_string());
    let path = format!("item_stocks/{}", set.item);
    let sent = api
        .with_policy(policy)
        .send_write(&access, Write::Post, &path, &[], Some(body));
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
    Ok(match answer.json::<ItemStock>() {
        Ok(stock) if reading(&stock).count == Some(set.target) => Wrote::Done {
            modified: stock.modified_time,
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

/// Runs all futures concurrently; the outcomes are in the order of the futures.
async fn each<T, F>(futures: impl Iterator<Item = F>) -> Result<Vec<T>, Error>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut set = JoinSet::new();
    let mut count = 0;
    for (index, future) in futures.enumerate() {
        set.spawn(async move { (index, future.await) });
        count = index + 1;
    }
    let mut ended: BTreeMap<usize, T> = BTreeMap::new();
    while let Some(joined) = set.join_next().await {
        let (index, value) = joined.map_err(|_| Error::Interrupted)?;
        ended.insert(index, value);
    }
    if ended.len() != count {
        return Err(Error::Interrupted);
    }
    Ok(ended.into_values().collect())
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

/// Far more orders than a till can take in one time span. The limit ends the loop if a server
/// ignores the offset.
const MOST_ORDERS: usize = 50_000;

async fn orders_between(
    api: &Api,
    access: &Access,
    from: i64,
    to: i64,
) -> Result<Vec<TillOrder>, Error> {
    let (from, to) = (format!("createdTime>={from}"), format!("createdTime<={to}"));
    let limit = PAGE_LIMIT.to_string();
    let mut orders = Vec::new();
    loop {
        let offset = orders.len().to_string();
        let query = [
            ("filter", from.as_str()),
            ("filter", to.as_str()),
            ("expand", "lineItems"),
            ("orderBy", "createdTime"),
            ("limit", limit.as_str()),
            ("offset", offset.as_str()),
        ];
        let answer = api.get(access, "orders", &query).await?;
        let page = Listing::<TillOrder>::parse(&answer.body).map_err(|e| Error::BadAnswer {
            call: answer.call.clone(),
            at: e.path,
            reason: e.reason,
        })?;
        let count = page.elements.len() + page.errors.len();
        let wrong = |reason: &str| Error::BadAnswer {
            call: answer.call.clone(),
            at: "elements".into(),
            reason: reason.to_owned(),
        };
        if count > PAGE_LIMIT as usize {
            return Err(wrong("the page has more elements than requested"));
        }
        if orders.len() >= MOST_ORDERS {
            return Err(wrong("the list of orders does not end"));
        }
        orders.extend(page.elements);
        if count < PAGE_LIMIT as usize {
            return Ok(orders);
        }
    }
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
