//! Pages of items, mapped to the shop's products, and pages of counts.

use std::collections::HashMap;
use std::time::Instant;

use clover_core::diff::{Change, CountChange, Known, compare, compare_count};
use clover_core::ids::{GroupId, ItemId};
use clover_core::json::JsonError;
use clover_core::mapping::{ItemError, Mapper, is_sellable};
use clover_core::problem::{Problem, ProblemCode};
use clover_core::product::Product;
use clover_core::quantity::{Quantity, Reserve};
use clover_core::tax::ProductTax;
use clover_core::text;
use clover_core::wire::{ElementError, Item, ItemCount};

/// Why one item could not be read or mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The item, where its id could be read.
    pub item: Option<String>,
    /// The place in Clover's data.
    pub path: String,
    /// What is wrong there.
    pub problem: Problem,
}

impl Fault {
    /// A staged payload that cannot be read back.
    #[must_use]
    pub fn staged(item: Option<String>, error: JsonError) -> Self {
        Self {
            item,
            problem: unreadable(&error.path, error.reason),
            path: error.path,
        }
    }

    /// An item that Clover has and that cannot be read.
    #[must_use]
    pub fn unreadable(id: &ItemId, path: String, reason: String) -> Self {
        Self {
            item: Some(id.as_str().to_owned()),
            problem: unreadable(&path, reason),
            path,
        }
    }

    /// Whether it is about this item.
    #[must_use]
    pub fn concerns(&self, id: &str) -> bool {
        self.item.as_deref() == Some(id)
    }
}

fn unreadable(path: &str, reason: String) -> Problem {
    Problem::new(ProblemCode::ItemUnreadable)
        .with("path", path)
        .because(reason)
}

impl From<ElementError> for Fault {
    fn from(error: ElementError) -> Self {
        Self {
            item: error.id,
            problem: unreadable(&error.error.path, error.error.reason),
            path: error.error.path,
        }
    }
}

impl From<ItemError> for Fault {
    fn from(error: ItemError) -> Self {
        Self {
            item: error.item.map(Into::into),
            path: error.path,
            problem: error.problem,
        }
    }
}

/// One page of mapped items.
#[derive(Debug)]
pub struct Page {
    /// Where the next page begins; empty on a page without a successor.
    pub cursor: String,
    /// Every item on the page, those with faults and those that are left out included.
    pub ids: Vec<String>,
    /// Items that could not be read or mapped.
    pub faults: Vec<Fault>,
    /// Items that the settings leave out.
    pub left_out: Vec<LeftOut>,
    /// Number of items that are imported because Clover does not say whether they are sold online.
    pub online_unknown: usize,
    asked: Instant,
    products: Vec<Product>,
    members: Vec<Item>,
}

/// An item of a group, to be staged until its whole group has been read.
#[derive(Debug)]
pub struct Member<'a> {
    /// The item.
    pub item: &'a ItemId,
    /// Its group.
    pub group: &'a GroupId,
    /// The item as JSON, for [`Staged::add`](crate::groups::Staged::add).
    pub payload: String,
}

/// An item that the settings leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The item.
    pub item: ItemId,
    /// Its name, otherwise its id.
    pub name: String,
    /// Why it is left out.
    pub reason: Problem,
}

impl LeftOut {
    fn new(item: &Item, reason: Problem) -> Self {
        let name = item.name.as_deref().and_then(text::clean);
        Self {
            name: name.unwrap_or_else(|| item.id.as_str().to_owned()),
            item: item.id.clone(),
            reason,
        }
    }
}

impl Page {
    /// Maps the items of one page that are not left out; deleted ones count as not there.
    #[must_use]
    pub fn new(
        asked: Instant,
        cursor: String,
        items: Vec<Item>,
        faults: Vec<Fault>,
        mapper: &Mapper,
    ) -> Self {
        let mut page = Self {
            cursor,
            ids: faults
                .iter()
                .filter_map(|fault| fault.item.clone())
                .collect(),
            products: Vec::with_capacity(items.len()),
            members: Vec::new(),
            left_out: Vec::new(),
            online_unknown: 0,
            faults,
            asked,
        };
        for item in items.into_iter().filter(|item| !item.is_deleted()) {
            page.ids.push(item.id.as_str().to_owned());
            match mapper.left_out(&item) {
                Ok(None) => page.online_unknown += usize::from(mapper.filter.lacks_online(&item)),
                Ok(Some(reason)) => {
                    page.left_out.push(LeftOut::new(&item, reason));
                    continue;
                }
                Err(error) => {
                    page.faults.push(error.into());
                    continue;
                }
            }
            if item.item_group.is_some() {
                page.members.push(item);
                continue;
            }
            match mapper.item(&item) {
                Ok(product) => page.products.push(product),
                Err(error) => page.faults.push(error.into()),
            }
        }
        page
    }

    /// Milliseconds since Clover was asked for it.
    #[must_use]
    pub fn age(&self) -> i64 {
        age(self.asked)
    }

    /// What must be written, of what the shop has.
    pub fn changes<'a>(
        &'a self,
        known: &'a HashMap<String, Known>,
    ) -> impl Iterator<Item = Change> + 'a {
        self.products
            .iter()
            .filter_map(|product| compare(product, known))
    }

    /// How Clover taxes the items without a group, by id; none whose rates are not known.
    pub fn taxes(&self) -> impl Iterator<Item = (&str, &ProductTax)> {
        self.products
            .iter()
            .filter_map(|product| Some((product.reference.id(), product.tax.as_ref()?)))
    }

    pub(crate) fn group_items(&self) -> &[Item] {
        &self.members
    }

    /// Items of groups.
    pub fn members(&self) -> impl Iterator<Item = Member<'_>> {
        self.members.iter().filter_map(|item| {
            Some(Member {
                item: &item.id,
                group: item.item_group.as_ref()?,
                // Panic: the wire model has text keys and finite numbers only, as JSON does.
                payload: serde_json::to_string(item).expect("a wire item is JSON"),
            })
        })
    }
}

/// One page of items with their counts and nothing else.
#[derive(Debug)]
pub struct StockPage {
    /// Where the next page begins; none after the last.
    pub cursor: Option<String>,
    items: Vec<ItemCount>,
    asked: Instant,
    reserve: Reserve,
}

impl StockPage {
    /// What Clover answered. Items whose count is beyond any stock are left out: taken for
    /// uncounted, they would switch the shop's counting off.
    #[must_use]
    pub fn new(
        mut items: Vec<ItemCount>,
        cursor: Option<String>,
        asked: Instant,
        reserve: Reserve,
    ) -> Self {
        items.retain(|item| item.item_stock.is_untracked() || count(item).is_some());
        Self {
            cursor,
            items,
            asked,
            reserve,
        }
    }

    /// Milliseconds since Clover was asked for it.
    #[must_use]
    pub fn age(&self) -> i64 {
        age(self.asked)
    }

    /// The counts; none for an item that Clover does not count.
    pub fn counts(&self) -> impl Iterator<Item = (&ItemId, Option<Quantity>)> {
        self.items.iter().map(|item| (&item.id, count(item)))
    }

    /// Counts that must be written, of items that the shop has.
    pub fn changes<'a>(
        &'a self,
        known: &'a HashMap<String, Known>,
        track_stock: bool,
    ) -> impl Iterator<Item = (&'a ItemId, CountChange)> {
        self.items.iter().filter_map(move |item| {
            let row = known.get(item.id.as_str())?;
            let stock = count(item).filter(|_| track_stock);
            // The page does not say whether the item is a variant, but the shop's row does.
            let is_variant = !row.is_in(item.id.as_str());
            let sellable = is_sellable(item.available, item.hidden, is_variant);
            let change = compare_count(stock, sellable, row, self.reserve)?;
            Some((&item.id, change))
        })
    }
}

fn count(item: &ItemCount) -> Option<Quantity> {
    item.item_stock.quantity.and_then(Quantity::from_clover)
}

/// Milliseconds since then, rounded up.
fn age(asked: Instant) -> i64 {
    i64::try_from(asked.elapsed().as_millis() + 1).unwrap_or(i64::MAX)
}
