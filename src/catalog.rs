//! `CloverSync\Catalog`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use clover_client::items::{IDS_A_REQUEST, name_lists};
use clover_core::ids::ItemId;
use clover_core::mapping::{Mapper, Names};
use clover_core::money::Currency;
use clover_core::text;
use clover_core::wire::Item;
use clover_service::groups::{self, GroupChanges, Staged};
use clover_service::page::{Fault, Page as Core};
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use once_cell::unsync::OnceCell;

use crate::connection::Connection;
use crate::engine::array::{self, borrowed};
use crate::item_lookup::ItemLookup;
use crate::link::Link;
use crate::page::{Page, known_rows};
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
    /// The cell above cannot be filled while it is being filled, and a signal handler may call
    /// again while we wait for Clover.
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
        let core = Core::new(asked, String::new(), items, faults, &self.mapper);
        Ok(Page { core })
    }

    /// Products of whole groups.
    pub fn groups(
        &self,
        staged: &ZendHashTable,
        known: &ZendHashTable,
    ) -> PhpResult<group_changes::GroupChanges> {
        let mut rows = Staged::default();
        for row in array::rows(staged) {
            rows.add(
                array::text(row, "group_id"),
                || array::text(row, "item_id"),
                borrowed(row, "payload").as_deref(),
            )
            .map_err(exception::of)?;
        }
        let known = known_rows(known);
        let names = if rows.is_empty() {
            &Names::default()
        } else {
            self.names()?
        };
        let changes = GroupChanges::new(&self.mapper, rows, names, &known);
        Ok(group_changes::object(&changes)?)
    }

    /// What Clover answers about single items.
    #[php(name = "lookUp")]
    pub fn look_up(&self, ids: &ZendHashTable) -> PhpResult<ItemLookup> {
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
        let core = Core::new(asked, String::new(), items, faults, &self.mapper);
        ItemLookup::new(deleted, Page { core })
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
            groups::names(&groups, &attributes).map_err(exception::of)
        })
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Catalog>()
}
