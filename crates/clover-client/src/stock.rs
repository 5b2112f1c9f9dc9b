//! Counts of single items: read, written, and read again when a write got no answer.
//!
//! Clover knows no "take two", only "set to seven", and no precondition. What another till does between our read and our
//! write is lost, so the two must lie close together: items are read only as many at a time as can be written at once.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use clover_core::ids::ItemId;
use clover_core::ledger::Reading;
use clover_core::quantity::Quantity;
use clover_core::wire::{ItemStock, Listing, TillOrder};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::error::Error;
use crate::http::{Access, Api, Write};
use crate::paging::PAGE_LIMIT;

/// A count that was read longer ago than this is read again before it is written.
pub const WINDOW: Duration = Duration::from_secs(1);

/// With a share of one request a second a read and a write cannot lie closer.
const WINDOW_OF_THE_SLOWEST: Duration = Duration::from_secs(3);

/// A read is worth its request when the write finds its place within this time: with the latency of both, the window stays
/// well below a second.
const SOON: Duration = Duration::from_millis(400);

/// How long a batch may wait for its turn to read.
const PATIENCE: Duration = Duration::from_secs(60);

/// A count with the moment from which on another till may have changed it.
#[derive(Debug, Clone, Copy)]
pub struct Timed {
    /// What Clover said.
    pub reading: Reading,
    /// When it was asked.
    pub asked: Instant,
}

/// A count to be written.
#[derive(Debug, Clone)]
pub struct Set {
    /// The item.
    pub item: ItemId,
    /// Its count from now on.
    pub target: Quantity,
    /// When the count that this one is made from was asked for.
    pub asked: Instant,
}

/// How a write ended.
#[derive(Debug, Clone)]
pub enum Wrote {
    /// Clover holds the count.
    Done {
        /// `modifiedTime` of the count, in milliseconds.
        modified: Option<i64>,
        /// From the question for the old count to the answer: what another till sold meanwhile is lost.
        window: Duration,
    },
    /// No answer, or none that makes sense: to be settled by reading.
    Unknown(String),
    /// It was not sent: its time was over, or the pace left no room.
    NotSent(Duration),
}

/// A stretch of Clover's time in which the count of an item was overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overwritten {
    /// The item.
    pub item: ItemId,
    /// Milliseconds, from.
    pub from: i64,
    /// Milliseconds, to and with.
    pub to: i64,
}

fn reading(stock: &ItemStock) -> Reading {
    Reading {
        count: stock.quantity.and_then(Quantity::from_clover),
        modified: stock.modified_time,
    }
}

fn window(api: &Api) -> Duration {
    if api.pacer().share().per_second < 2 {
        WINDOW_OF_THE_SLOWEST
    } else {
        WINDOW
    }
}

impl Api {
    /// Reads counts, each with its own outcome: the first ones of the list, as many as the pace lets be read *and* written
    /// within a second, at least one.
    ///
    /// # Errors
    /// A refused token, which is everybody's and not one count's.
    pub fn read_counts(
        &self,
        access: &Access,
        items: Vec<ItemId>,
    ) -> impl Future<Output = Result<Vec<Result<Timed, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let deadline = Instant::now() + PATIENCE;
            let of_use = u32::try_from(items.len()).unwrap_or(u32::MAX);
            let pairs = api.pacer().room_for_pairs(of_use, SOON, deadline).await;
            let at_once = pairs.unwrap_or(1).max(1);
            api.pacer().pledge(WINDOW);
            let chosen = items.into_iter().take(at_once as usize);
            each(chosen.map(|item| {
                let read = api.get_json::<ItemStock>(&access, &format!("item_stocks/{item}"), &[]);
                async move {
                    let asked = Instant::now();
                    read.await.map(|stock| Timed {
                        reading: reading(&stock),
                        asked,
                    })
                }
            }))
            .await
            .and_then(all_allowed)
        }
    }

    /// Reads the counts of all these items, for settling.
    ///
    /// # Errors
    /// As [`Api::read_counts`].
    pub fn read_counts_again(
        &self,
        access: &Access,
        items: Vec<ItemId>,
    ) -> impl Future<Output = Result<Vec<Result<Reading, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            each(items.into_iter().map(|item| {
                let read = api.get_json::<ItemStock>(&access, &format!("item_stocks/{item}"), &[]);
                async move { read.await.map(|stock| reading(&stock)) }
            }))
            .await
            .and_then(all_allowed)
        }
    }

    /// Writes counts side by side, each once and only while what it was made from is fresh. An error inside the list says
    /// that Clover refused this count, and that it stands as before.
    ///
    /// # Errors
    /// [`Error::Interrupted`]: nothing is known of any of them.
    pub fn write_counts(
        &self,
        access: &Access,
        sets: Vec<Set>,
    ) -> impl Future<Output = Result<Vec<Result<Wrote, Error>>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let written = each(
                sets.into_iter()
                    .map(|set| write(api.clone(), access.clone(), set)),
            )
            .await;
            // Else one batch after the other would keep the lanes for ever.
            api.pacer().redeem();
            written
        }
    }

    /// One page of all items with their counts, by item id; none after the last.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn counts_page(
        &self,
        access: &Access,
        after: Option<String>,
    ) -> impl Future<Output = Result<Option<crate::paging::RawPage>, Error>> + Send + use<> {
        use crate::paging::{Pages as _, Sweep};
        let mut sweep = Sweep::new(self, access, "items")
            .expand(&["itemStock"])
            .after(after);
        async move { sweep.next().await.transpose() }
    }

    /// Thousandths of units that orders of the till took of each of these items within its stretch of time.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub fn sold_within(
        &self,
        access: &Access,
        stretches: Vec<Overwritten>,
    ) -> impl Future<Output = Result<Vec<i64>, Error>> + Send + use<> {
        let (api, access) = (self.clone(), access.clone());
        async move {
            let mut sold = vec![0_i64; stretches.len()];
            for (from, to) in merged(&stretches) {
                for order in orders_between(&api, &access, from, to).await? {
                    for line in &order.line_items.0 {
                        let (Some(item), Some(at)) =
                            (&line.item, line.created_time.or(order.created_time))
                        else {
                            continue;
                        };
                        for (units, stretch) in sold.iter_mut().zip(&stretches) {
                            if stretch.item == item.id && (stretch.from..=stretch.to).contains(&at)
                            {
                                *units = units.saturating_add(line.unit_qty.unwrap_or(1000));
                            }
                        }
                    }
                }
            }
            Ok(sold)
        }
    }
}

async fn write(api: Api, access: Access, set: Set) -> Result<Wrote, Error> {
    let left = window(&api).saturating_sub(set.asked.elapsed());
    if left.is_zero() {
        return Ok(Wrote::NotSent(Duration::ZERO));
    }
    // The limit is for the wait before it is sent; once sent it has all the time of a write.
    let mut policy = api.policy().clone();
    policy.elapsed = left.min(policy.elapsed);
    let body = Bytes::from(json!({"quantity": set.target.to_json()}).to_string());
    let path = format!("item_stocks/{}", set.item);
    let sent = api
        .with_policy(policy)
        .send_write(&access, Write::Post, &path, &[], Some(body));
    let answer = match sent.await {
        Ok(answer) => answer,
        Err(Error::Throttled { wait, .. }) => return Ok(Wrote::NotSent(wait)),
        Err(Error::Unreachable { .. } | Error::Insecure { .. }) => {
            return Ok(Wrote::NotSent(Duration::from_secs(10)));
        }
        Err(error) if error.leaves_write_unknown() => {
            return Ok(Wrote::Unknown(error.to_string()));
        }
        Err(error) => return Err(error),
    };
    Ok(match answer.json::<ItemStock>() {
        Ok(stock) if reading(&stock).count == Some(set.target) => Wrote::Done {
            modified: stock.modified_time,
            window: set.asked.elapsed(),
        },
        Ok(_) => Wrote::Unknown(format!("Clover answered another count ({})", answer.call)),
        Err(error) => Wrote::Unknown(error.to_string()),
    })
}

/// A refused token fails the whole, so that the caller gets another one and asks again.
fn all_allowed<T>(outcomes: Vec<Result<T, Error>>) -> Result<Vec<Result<T, Error>>, Error> {
    let refused = outcomes.iter().find_map(|outcome| match outcome {
        Err(error @ Error::Unauthorized { .. }) => Some(error.clone()),
        _ => None,
    });
    refused.map_or(Ok(outcomes), Err)
}

/// All side by side; the outcomes in the order of the futures.
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

/// Stretches of time that cover all of these, joined where they lie within a minute.
fn merged(stretches: &[Overwritten]) -> Vec<(i64, i64)> {
    const NEAR: i64 = 60_000;
    let mut times: Vec<(i64, i64)> = stretches.iter().map(|s| (s.from, s.to)).collect();
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
    fn stretches_within_a_minute_are_asked_for_together() {
        let stretch = |from, to| Overwritten {
            item: ItemId::new("A").unwrap(),
            from,
            to,
        };
        assert_eq!(
            merged(&[
                stretch(500_000, 501_000),
                stretch(1_000, 2_000),
                stretch(30_000, 31_000)
            ]),
            [(1_000, 31_000), (500_000, 501_000)]
        );
        assert_eq!(merged(&[]), []);
    }
}
