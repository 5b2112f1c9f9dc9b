//! `CloverSync\Catalog`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Instant;

use clover_client::RawPage;
use clover_client::items::{IDS_A_REQUEST, name_lists};
use clover_core::diff::compare;
use clover_core::ids::{GroupId, ItemId};
use clover_core::json::parse;
use clover_core::mapping::{Mapper, Names};
use clover_core::money::Currency;
use clover_core::text;
use clover_core::wire::{Attribute, Item, ItemGroup, Listing};
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use once_cell::unsync::OnceCell;

use crate::connection::Connection;
use crate::engine::array::{self, borrowed};
use crate::link::Link;
use crate::look_up::LookUp;
use crate::page::{Fault, Page, known_rows};
use crate::page_iterator::PageIterator;
use crate::{exception, finish_earlier_classes, group_changes, items};

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
    pub fn alias_of(name: BinarySlice<u8>) -> String {
        text::alias(&String::from_utf8_lossy(&name))
    }

    /// What decides whether two names are the same.
    #[php(name = "nameKey")]
    pub fn name_key(name: BinarySlice<u8>) -> String {
        text::key(&String::from_utf8_lossy(&name))
    }

    /// A name as it is shown and stored.
    #[php(name = "cleanName")]
    pub fn clean_name(name: BinarySlice<u8>) -> String {
        text::clean(&String::from_utf8_lossy(&name)).unwrap_or_default()
    }

    /// Every item, by id.
    pub fn pages(&self, after: Option<String>) -> PageIterator {
        PageIterator::new(
            Rc::clone(&self.link),
            Rc::clone(&self.mapper),
            after.filter(|cursor| !cursor.is_empty()),
        )
    }

    /// A page that somebody else has fetched.
    pub fn read(&self, items: &str, counts: &str) -> PhpResult<Page> {
        let asked = Instant::now();
        let (items, faults) = items::join(&self.link, items.as_bytes(), counts.as_bytes())?;
        Ok(Page::new(asked, String::new(), items, faults, &self.mapper))
    }

    /// Products of whole groups.
    pub fn groups(
        &self,
        staged: &ZendHashTable,
        known: &ZendHashTable,
    ) -> PhpResult<group_changes::GroupChanges> {
        let mut groups: BTreeMap<GroupId, Vec<Item>> = BTreeMap::new();
        let mut faults = Vec::new();
        for row in array::rows(staged) {
            let group = array::text(row, "group_id").and_then(|id| GroupId::new(id).ok());
            match (
                group,
                borrowed(row, "payload").map(|payload| parse::<Item>(payload.as_bytes())),
            ) {
                (Some(group), Some(Ok(item))) => groups.entry(group).or_default().push(item),
                (_, Some(Err(error))) => {
                    faults.push(Fault::staged(array::text(row, "item_id"), error))
                }
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
            let offered = |item: &ItemId| {
                known
                    .get(item.as_str())
                    .is_some_and(|row| !row.deleted && row.is_in(id.as_str()))
            };
            let (product, errors) = self.mapper.group(id, members, names, offered);
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
    pub fn look_up(&self, ids: &ZendHashTable) -> PhpResult<LookUp> {
        let mut wanted: Vec<ItemId> = Vec::with_capacity(ids.len());
        for id in array::values(ids) {
            let id = array::value_text(id)
                .ok_or_else(|| exception::item(array::NOT_UTF8, "ids"))?
                .into_owned();
            wanted.push(ItemId::new(id).map_err(|e| exception::item(&e.to_string(), "ids"))?);
        }
        let asked = Instant::now();
        let (mut items, mut faults) = (Vec::new(), Vec::new());
        for chunk in wanted.chunks(IDS_A_REQUEST) {
            let (found, wrong) = items::some(&self.link, chunk)?;
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
            let found = match items::one(&self.link, &id)? {
                Some(found) => Some(found),
                None => items::one(&self.link, &id)?,
            };
            match found {
                Some(Ok(item)) => items.push(item),
                Some(Err(fault)) => faults.push(fault),
                None => deleted.push(id.into()),
            }
        }
        LookUp::new(
            deleted,
            Page::new(asked, String::new(), items, faults, &self.mapper),
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
            let (groups, attributes) = self.link.call(name_lists)?;
            Ok(Names {
                groups: named::<ItemGroup, _>(&groups, |g| (g.id, g.name))?,
                attributes: named::<Attribute, _>(&attributes, |a| (a.id, a.name))?,
            })
        })
    }
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

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Catalog>()
}
