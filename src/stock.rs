//! `CloverSync\Stock`.

use std::rc::Rc;
use std::time::{Duration, Instant};

use clover_client::items::STOCK_EXPANSION;
use clover_client::permission::missing_permission;
use clover_client::stock::{Overwritten, Set, Wanted, Wrote};
use clover_client::{Access, Error, chain};
use clover_core::ids::ItemId;
use clover_core::ledger::{self, CountWrite, Exposure, Settlement};
use clover_core::quantity::Quantity;
use clover_core::wire::{ItemCount, Listing};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable};

use crate::connection::Connection;
use crate::count_page::{CountPage, CountPageObject};
use crate::engine::array::{PhpArray, integer, record, text, try_list, zval};
use crate::exception;
use crate::items::count_of;
use crate::link::Link;
use crate::stock_batch::{Outcome, Ready, StockBatch, StockBatchObject, outcomes};

/// The counts of Clover's items.
#[php_class]
#[php(name = "CloverSync\\Stock", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Stock {
    link: Rc<Link>,
}

/// One row of the shop's ledger, as far as its count goes.
struct Row {
    key: i64,
    item: ItemId,
}

fn row(array: &ZendHashTable) -> PhpResult<Row> {
    let key = integer(array, "key").ok_or_else(|| exception::item("a row has no key", "key"))?;
    let id = text(array, "clover_id").unwrap_or_default();
    let item = ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "clover_id"))?;
    Ok(Row { key, item })
}

fn rows(arrays: &ZendHashTable) -> impl Iterator<Item = &ZendHashTable> {
    crate::engine::array::rows(arrays)
}

fn count(array: &ZendHashTable, field: &str) -> PhpResult<Quantity> {
    text(array, field)
        .and_then(|text| Quantity::parse(&text))
        .ok_or_else(|| exception::item("must be a count with at most three places", field))
}

#[php_impl]
impl Stock {
    /// Asks Clover nothing.
    pub fn __construct(connection: &Connection) -> Self {
        Self {
            link: Rc::clone(&connection.link),
        }
    }

    /// Reads what is to be changed.
    pub fn prepare(&self, changes: &ZendHashTable) -> PhpResult<StockBatchObject> {
        let mut wanted = Vec::new();
        for array in rows(changes) {
            let delta = integer(array, "delta")
                .ok_or_else(|| exception::item("must be a whole number", "delta"))?;
            let misses = integer(array, "misses").unwrap_or(0);
            wanted.push((row(array)?, delta, misses));
        }
        let items: Vec<Wanted> = wanted
            .iter()
            .map(|(row, _, misses)| Wanted {
                item: row.item.clone(),
                misses: u32::try_from(*misses).unwrap_or(0),
            })
            .collect();
        // An earlier batch that was not committed by now will be read again, and holds no lane up.
        self.link.api()?.pacer().redeem();
        let read = self
            .link
            .call(|api, access| api.read_counts(&access, items.clone()))?;
        let (mut seen, mut ready) = (Vec::new(), Vec::new());
        for ((row, delta, _), outcome) in wanted.into_iter().zip(read) {
            let timed = match outcome {
                Ok(timed) => timed,
                Err(error) => {
                    seen.push(failure(row.key, &error));
                    continue;
                }
            };
            let Some(before) = timed.reading.count else {
                seen.push(Outcome::new(
                    row.key,
                    "untracked",
                    "Clover does not count this item",
                ));
                continue;
            };
            let Some(target) = before.less(delta) else {
                seen.push(Outcome::new(
                    row.key,
                    "refused",
                    "the count would be beyond any stock",
                ));
                continue;
            };
            seen.push(Outcome {
                before: Some(before),
                modified: timed.reading.modified,
                target: Some(target),
                window: i64::try_from(timed.worst.as_millis()).ok(),
                ..Outcome::new(row.key, "ready", "")
            });
            ready.push(Ready {
                key: row.key,
                item: row.item,
                timed,
                target,
            });
        }
        let batch = ZendClassObject::new(StockBatch::new(seen, ready));
        Ok(StockBatchObject(batch.into_zval(false)?))
    }

    /// Writes what was prepared and stored.
    pub fn commit(&self, batch: &StockBatch, keys: &ZendHashTable) -> PhpResult<PhpArray> {
        let keys: Vec<i64> = crate::engine::array::values(keys)
            .map(|key| key.long())
            .collect::<Option<_>>()
            .ok_or_else(|| exception::item("must be whole numbers", "keys"))?;
        let mut pending: Vec<Ready> = batch.ready.take();
        pending.retain(|ready| keys.contains(&ready.key));
        let mut done: Vec<Outcome> = Vec::with_capacity(pending.len());
        if pending.is_empty() {
            return Ok(PhpArray(outcomes(&done)?));
        }
        // Without a token nothing is sent, and the next reading says why. To throw here would leave the shop with rows that it
        // must take for sent.
        let no_token =
            |ready: &Ready| Outcome::new(ready.key, "later", "no living token was at hand");
        let Ok(mut access) = self.link.access() else {
            done.extend(pending.iter().map(no_token));
            return Ok(PhpArray(outcomes(&done)?));
        };
        let refused = self.write(&access, pending, &mut done)?;
        if !refused.is_empty() {
            // A 401 was not carried out. It may be the token's fault once.
            match self.link.another_token(&access.token) {
                Ok(Some(token)) => {
                    access.token = token;
                    let (pending, _): (Vec<Ready>, Vec<Error>) = refused.into_iter().unzip();
                    let refused = self.write(&access, pending, &mut done)?;
                    done.extend(
                        refused
                            .iter()
                            .map(|(ready, error)| failure(ready.key, error)),
                    );
                }
                Ok(None) => done.extend(
                    refused
                        .iter()
                        .map(|(ready, error)| failure(ready.key, error)),
                ),
                Err(_) => done.extend(refused.iter().map(|(ready, _)| no_token(ready))),
            }
        }
        Ok(PhpArray(outcomes(&done)?))
    }

    /// Settles writes that got no answer.
    pub fn settle(&self, sent: &ZendHashTable) -> PhpResult<PhpArray> {
        let mut wanted = Vec::new();
        for array in rows(sent) {
            let written = CountWrite {
                before: count(array, "before")?,
                modified: integer(array, "modified"),
                target: count(array, "target")?,
            };
            wanted.push((row(array)?, written));
        }
        let items: Vec<ItemId> = wanted.iter().map(|(row, _)| row.item.clone()).collect();
        let read = self
            .link
            .call(|api, access| api.read_counts_again(&access, items.clone()))?;
        let settled: Vec<Outcome> = wanted
            .into_iter()
            .zip(read)
            .map(|((row, written), outcome)| match outcome {
                Ok(now) => Outcome {
                    before: now.count,
                    modified: now.modified,
                    target: Some(written.target),
                    ..Outcome::new(
                        row.key,
                        match ledger::settle(&written, &now) {
                            Settlement::Confirmed => "confirmed",
                            Settlement::SendAgain => "again",
                            Settlement::Uncertain => "uncertain",
                        },
                        "",
                    )
                },
                Err(error) => failure(row.key, &error),
            })
            .collect();
        Ok(PhpArray(outcomes(&settled)?))
    }

    /// One page of all counts.
    pub fn counts(&self, after: Option<String>) -> PhpResult<CountPageObject> {
        let asked = Instant::now();
        let page = self
            .link
            .call(|api, access| api.counts_page(&access, after.clone()))?;
        let page = match page {
            None => CountPage::new(Vec::new(), None, asked),
            Some(page) => {
                let mut listing = Listing::<ItemCount>::parse(&page.body).map_err(|e| {
                    exception::bug(
                        &format!("Clover's item list makes no sense at {e}"),
                        page.call.request_id.as_deref(),
                    )
                })?;
                if self.link.withheld().has(STOCK_EXPANSION[0]) {
                    for item in &mut listing.elements {
                        item.item_stock = count_of(&self.link, &item.id)?;
                    }
                }
                let cursor = page.cursor.filter(|_| !page.last);
                CountPage::new(listing.elements, cursor, page.asked.into_std())
            }
        };
        Ok(CountPageObject(
            ZendClassObject::new(page).into_zval(false)?,
        ))
    }

    /// What the till sold while counts were overwritten.
    #[php(name = "soldWithin")]
    pub fn sold_within(&self, writes: &ZendHashTable) -> PhpResult<PhpArray> {
        let mut overwritten = Vec::new();
        for array in rows(writes) {
            let id = text(array, "clover_id").unwrap_or_default();
            let item = ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "clover_id"))?;
            let time = |field| {
                integer(array, field).ok_or_else(|| exception::item("must be milliseconds", field))
            };
            let exposure = Exposure {
                before: integer(array, "modified_before"),
                after: time("modified_after")?,
                window: time("window")?,
            };
            overwritten.push(Overwritten { item, exposure });
        }
        let sold = self
            .link
            .call(|api, access| api.sold_within(&access, &overwritten))?;
        let found = sold.into_iter().filter(|(_, sold)| *sold > 0);
        Ok(PhpArray(try_list(found.map(|(item, sold)| {
            record([
                ("clover_id", zval(item.as_str())?),
                ("units", zval(Quantity::from_thousandths(sold).to_string())?),
            ])
        }))?))
    }
}

impl Stock {
    /// Notes what is decided, and gives back what the token was refused for.
    fn write(
        &self,
        access: &Access,
        pending: Vec<Ready>,
        done: &mut Vec<Outcome>,
    ) -> PhpResult<Vec<(Ready, Error)>> {
        let sets = pending
            .iter()
            .map(|ready| Set {
                item: ready.item.clone(),
                target: ready.target,
                asked: ready.timed.asked,
                latest: ready.timed.latest,
            })
            .collect();
        let api = self.link.api()?;
        let written = self.link.finish(api.write_counts(access, sets))?;
        let mut refused = Vec::new();
        match written {
            Ok(written) => {
                for (ready, outcome) in pending.into_iter().zip(written) {
                    match outcome {
                        Err(error @ Error::Unauthorized { .. }) => refused.push((ready, error)),
                        outcome => done.push(wrote(&ready, outcome)),
                    }
                }
            }
            Err(error) => done.extend(
                pending
                    .iter()
                    .map(|ready| wrote(ready, Ok(Wrote::Unknown(chain(&error))))),
            ),
        }
        Ok(refused)
    }
}

fn wrote(ready: &Ready, outcome: Result<Wrote, Error>) -> Outcome {
    let base = Outcome {
        before: ready.timed.reading.count,
        target: Some(ready.target),
        ..Outcome::new(ready.key, "confirmed", "")
    };
    match outcome {
        Ok(Wrote::Done { modified, window }) => Outcome {
            modified,
            window: i64::try_from(window.as_millis()).ok(),
            ..base
        },
        Ok(Wrote::Unknown(message)) => Outcome {
            state: "unknown",
            message,
            ..base
        },
        Ok(Wrote::Late) => Outcome {
            state: "late",
            message: "the count was not written in time, so it is read again".into(),
            ..base
        },
        Ok(Wrote::NotSent(wait)) => Outcome {
            state: "later",
            message: "Clover could not be reached or asked to wait, so the count is read again"
                .into(),
            retry_after: seconds(wait),
            ..base
        },
        Err(error) => failure(ready.key, &error),
    }
}

/// What is to be done about a call that changed nothing.
fn failure(key: i64, error: &Error) -> Outcome {
    let message = chain(error);
    match error {
        Error::Unauthorized { call, .. } => {
            let (advice, permission) = missing_permission(call);
            Outcome {
                permission: Some(permission),
                ..Outcome::new(key, "permission", format!("{advice} ({message})"))
            }
        }
        Error::NotFound { .. } => Outcome::new(key, "gone", message),
        Error::Throttled { wait, .. } => Outcome {
            retry_after: seconds(*wait),
            ..Outcome::new(key, "later", message)
        },
        // What is no answer of Clover's, such as a proxy's page, is no refusal either.
        Error::Unreachable { .. }
        | Error::Unanswered { .. }
        | Error::BadAnswer { .. }
        | Error::Intercepted { .. }
        | Error::Insecure { .. }
        | Error::Undecided { .. }
        | Error::Interrupted => Outcome {
            retry_after: 60,
            ..Outcome::new(key, "later", message)
        },
        Error::Rejected { .. } | Error::Configuration(_) => Outcome::new(key, "refused", message),
    }
}

fn seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Stock>()
}
