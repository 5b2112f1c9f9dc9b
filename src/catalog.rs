//! `CloverSync\Catalog`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use bytes::Bytes;
use clover_client::{Access, Api, Error, RawPage, RawPair};
use clover_core::diff::compare;
use clover_core::ids::{GroupId, ItemId};
use clover_core::json::parse;
use clover_core::mapping::{Mapper, Names, alias};
use clover_core::money::Currency;
use clover_core::wire::{Attribute, Item, ItemCount, ItemGroup, ItemStock, Listing};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use once_cell::unsync::OnceCell;

use crate::connection::Connection;
use crate::engine::array::text;
use crate::link::Link;
use crate::look_up::LookUp;
use crate::page::{Fault, Page, known_rows};
use crate::page_iterator::PageIterator;
use crate::{exception, finish_earlier_classes, group_changes};

/// Clover asks for at most three expansions a call, so the stock is read by a second request over the same stretch of ids.
pub const ITEM_EXPANSIONS: [&str; 3] = ["categories", "options", "tags"];
/// The second request's.
pub const STOCK_EXPANSION: [&str; 1] = ["itemStock"];
/// Ids that Clover recommends at most in one `in (…)` filter.
const IDS_A_REQUEST: usize = 100;

/// The merchant's catalogue, mapped to shop products.
#[php_class]
#[php(name = "CloverSync\\Catalog", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
#[php(modifier = finish_earlier_classes)]
pub struct Catalog {
    link: Rc<Link>,
    mapper: Rc<Mapper>,
    /// Read when the first group is mapped: a merchant without variants never pays for it.
    names: OnceCell<Names>,
    /// The cell above cannot be filled while it is being filled, and a signal handler may call again while we wait for Clover.
    reading_names: RefCell<()>,
}

#[php_impl]
impl Catalog {
    /// Asks Clover nothing.
    #[php(defaults(trackStock = true))]
    pub fn __construct(
        connection: &Connection,
        currency: String,
        trackStock: bool,
    ) -> PhpResult<Self> {
        let currency = Currency::from_code(&currency)
            .map_err(|e| exception::setting("currency", e.to_string()))?;
        let mapper = Mapper::new(&connection.link.settings, currency, trackStock);
        Ok(Self {
            link: Rc::clone(&connection.link),
            mapper: Rc::new(mapper),
            names: OnceCell::new(),
            reading_names: RefCell::new(()),
        })
    }

    /// A name for a URL.
    #[php(name = "alias")]
    pub fn alias_of(name: String) -> String {
        alias(&name)
    }

    /// Every item, by id.
    pub fn pages(&self, after: Option<String>) -> PageIterator {
        PageIterator::new(
            Rc::clone(&self.link),
            Rc::clone(&self.mapper),
            after.filter(|cursor| !cursor.is_empty()),
        )
    }

    /// Products of whole groups.
    pub fn groups(
        &self,
        staged: &ZendHashTable,
        known: &ZendHashTable,
    ) -> PhpResult<group_changes::GroupChanges> {
        let mut groups: BTreeMap<GroupId, Vec<Item>> = BTreeMap::new();
        let mut faults = Vec::new();
        for row in staged.values().filter_map(Zval::array) {
            let group = text(row, "group_id").and_then(|id| GroupId::new(id).ok());
            match (
                group,
                text(row, "payload").map(|payload| parse::<Item>(payload.as_bytes())),
            ) {
                (Some(group), Some(Ok(item))) => groups.entry(group).or_default().push(item),
                (_, Some(Err(error))) => faults.push(Fault::staged(text(row, "item_id"), error)),
                _ => {
                    return Err(exception::item(
                        "a staged row has no group_id or payload",
                        "staged",
                    ));
                }
            }
        }
        let known = known_rows(known);
        let names = if groups.is_empty() {
            &Names::default()
        } else {
            self.names()?
        };
        let (mut changes, mut unchanged) = (Vec::new(), 0);
        for (id, members) in &groups {
            let (product, errors) = self.mapper.group(id, members, names);
            faults.extend(errors.into_iter().map(Fault::from));
            match product.map(|product| compare(&product, &known)) {
                Some(Some(change)) => changes.push(change),
                Some(None) => unchanged += 1,
                None => {}
            }
        }
        Ok(group_changes::object(&changes, &faults, unchanged)?)
    }

    /// Clover's own word on single items.
    #[php(name = "lookUp")]
    pub fn look_up(&self, ids: Vec<String>) -> PhpResult<LookUp> {
        let mut wanted: Vec<ItemId> = Vec::with_capacity(ids.len());
        for id in ids {
            wanted.push(ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "ids"))?);
        }
        let (mut items, mut faults) = (Vec::new(), Vec::new());
        for some in wanted.chunks(IDS_A_REQUEST) {
            let quoted: Vec<String> = some.iter().map(|id| format!("'{id}'")).collect();
            let filter = format!("id in ({})", quoted.join(","));
            let (first, second) = self
                .link
                .call(|api, access| both(api, access, filter.clone()))?;
            let (found, wrong) = join(&self.link, &first, &second)?;
            items.extend(found);
            faults.extend(wrong);
        }
        let present = |id: &ItemId, items: &[Item], faults: &[Fault]| {
            items
                .iter()
                .any(|item| item.id == *id && !item.is_deleted())
                || faults.iter().any(|fault| fault.concerns(id.as_str()))
        };
        let mut deleted = Vec::new();
        for id in wanted {
            if present(&id, &items, &faults) {
                continue;
            }
            // Twice, since the shop acts on this answer.
            match self.one(&id)?.or(self.one(&id)?) {
                Some(item) => items.push(item),
                None => deleted.push(id.into()),
            }
        }
        LookUp::new(
            deleted,
            Page::new(String::new(), items, faults, &self.mapper),
        )
    }
}

impl Catalog {
    fn names(&self) -> PhpResult<&Names> {
        let _only_one = self
            .reading_names
            .try_borrow_mut()
            .map_err(|_| exception::bug("Catalog::groups was called within itself", None))?;
        self.names.get_or_try_init(|| {
            let (groups, attributes) = self.link.call(|api, access| async move {
                tokio::try_join!(
                    api.list_all(&access, "item_groups", &[]),
                    api.list_all(&access, "attributes", &[])
                )
            })?;
            Ok(Names {
                groups: named::<ItemGroup, _>(&groups, |g| (g.id, g.name))?,
                attributes: named::<Attribute, _>(&attributes, |a| (a.id, a.name))?,
            })
        })
    }

    /// One item that Clover still has.
    fn one(&self, id: &ItemId) -> PhpResult<Option<Item>> {
        let path = format!("items/{id}");
        let answers = self.link.call(|api, access| {
            let path = path.clone();
            async move {
                let (items, stock) = (ITEM_EXPANSIONS.join(","), STOCK_EXPANSION.join(","));
                let (first, second) = ([("expand", items.as_str())], [("expand", stock.as_str())]);
                let both = tokio::try_join!(
                    api.get_json::<Item>(&access, &path, &first),
                    api.get_json::<ItemCount>(&access, &path, &second)
                );
                match both {
                    Ok((mut item, count)) => {
                        item.item_stock = count.item_stock;
                        Ok(Some(item))
                    }
                    Err(Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        })?;
        Ok(answers.filter(|item| !item.is_deleted()))
    }
}

async fn both(api: Api, access: Access, filter: String) -> Result<(Bytes, Bytes), Error> {
    let (items, stock) = (ITEM_EXPANSIONS.join(","), STOCK_EXPANSION.join(","));
    let query = |expand| {
        [
            ("filter", filter.as_str()),
            ("limit", "1000"),
            ("expand", expand),
        ]
    };
    let (first, second) = tokio::try_join!(
        api.get(&access, "items", &query(&items)),
        api.get(&access, "items", &query(&stock))
    )?;
    Ok((first.body, second.body))
}

fn named<T: serde::de::DeserializeOwned, I: Eq + std::hash::Hash>(
    pages: &[RawPage],
    parts: impl Fn(T) -> (I, Option<String>),
) -> PhpResult<HashMap<I, String>> {
    let mut names = HashMap::new();
    for page in pages {
        // A nameless or broken entry only fails the groups that need it.
        let listing = Listing::<T>::parse(&page.body)
            .map_err(|e| exception::bug(&e.to_string(), page.call.request_id.as_deref()))?;
        names.extend(
            listing
                .elements
                .into_iter()
                .map(&parts)
                .filter_map(|(id, name)| Some((id, name?))),
        );
    }
    Ok(names)
}

/// The items of a pair of pages, with their counts.
pub fn page_items(link: &Link, pair: &RawPair) -> PhpResult<(Vec<Item>, Vec<Fault>)> {
    join(link, &pair.first.body, &pair.second.body)
}

fn join(link: &Link, items: &[u8], counts: &[u8]) -> PhpResult<(Vec<Item>, Vec<Fault>)> {
    let readable = |e: clover_core::json::JsonError| {
        exception::bug(&format!("Clover's item list makes no sense at {e}"), None)
    };
    let listing = Listing::<Item>::parse(items).map_err(readable)?;
    let counted = Listing::<ItemCount>::parse(counts).map_err(readable)?;
    let mut faults: Vec<Fault> = listing.errors.into_iter().map(Fault::from).collect();
    let mut counts: HashMap<ItemId, Option<f64>> = counted
        .elements
        .into_iter()
        .map(|c| (c.id, c.item_stock))
        .collect();
    let mut joined = Vec::with_capacity(listing.elements.len());
    let unreadable: Vec<Fault> = counted.errors.into_iter().map(Fault::from).collect();
    for mut item in listing.elements {
        if let Some(fault) = unreadable
            .iter()
            .find(|fault| fault.concerns(item.id.as_str()))
        {
            faults.push(fault.clone());
            continue;
        }
        item.item_stock = match counts.remove(&item.id) {
            Some(count) => count,
            // It came to be between the two answers. To take it for uncounted would switch the shop's counting off.
            None => count_of(link, &item.id)?,
        };
        joined.push(item);
    }
    Ok((joined, faults))
}

fn count_of(link: &Link, id: &ItemId) -> PhpResult<Option<f64>> {
    let path = format!("item_stocks/{id}");
    let stock = link.call(|api, access| {
        let read = api.get_json::<ItemStock>(&access, &path, &[]);
        async move {
            match read.await {
                Ok(stock) => Ok(stock.quantity),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
    })?;
    Ok(stock)
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Catalog>()
}
