//! `CloverSync\Catalog`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use clover_service::catalog::Catalog as Core;
use clover_service::rows::catalog;
use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;

use crate::connection::Connection;
use crate::exception::of;
use crate::finish_earlier_classes;
use crate::input::Php;
use crate::item_lookup::ItemLookup;
use crate::output::zval;
use crate::page::Page;
use crate::page_iterator::PageIterator;
use crate::values::GroupChanges;
use crate::zend::class::Finish;

/// The merchant's catalog, mapped to shop products.
#[php_class]
#[php(
    name = "CloverSync\\Catalog",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
#[php(modifier = finish_earlier_classes)]
pub struct Catalog {
    core: Core,
}

#[php_impl]
impl Catalog {
    /// Sends no request.
    #[php(defaults(trackStock = true))]
    pub fn __construct(
        connection: &Connection,
        currency: String,
        trackStock: bool,
        offline: Option<&ZendHashTable>,
    ) -> PhpResult<Self> {
        let offline = offline.map_or_else(|| Ok(Vec::new()), |list| catalog::ids(Php::Array(list)));
        let offline = offline.map_err(of)?;
        let core = Core::knowing(&connection.session, &currency, trackStock, offline);
        let core = core.map_err(of)?;
        Ok(Self { core })
    }

    /// A name for a URL.
    #[php(name = "alias")]
    pub fn alias_of(name: BinarySlice<u8>) -> String {
        catalog::alias(&name)
    }

    /// The key by which two names compare equal.
    #[php(name = "nameKey")]
    pub fn name_key(name: BinarySlice<u8>) -> String {
        catalog::name_key(&name)
    }

    /// Names as they are shown and stored.
    #[php(name = "cleanNames")]
    pub fn clean_names(names: &ZendHashTable) -> PhpResult<Vec<String>> {
        catalog::clean_names(Php::Array(names)).map_err(of)
    }

    /// Every item, by id.
    pub fn pages(&self, after: Option<String>) -> PageIterator {
        PageIterator::new(self.core.pages(after))
    }

    /// A page from two responses that the caller has fetched.
    pub fn read(&self, items: &str, counts: &str) -> PhpResult<Page> {
        let page = self.core.read(items.as_bytes(), counts.as_bytes());
        Ok(Page {
            core: page.map_err(of)?,
        })
    }

    /// Products of whole groups.
    pub fn groups(&self, staged: &ZendHashTable, known: &ZendHashTable) -> PhpResult<GroupChanges> {
        let staged = catalog::staged(Php::Array(staged)).map_err(of)?;
        let known = catalog::known(Php::Array(known));
        let changes = self.core.groups(staged, &known).map_err(of)?;
        Ok(GroupChanges(zval(&catalog::group_changes(&changes))?))
    }

    /// Fetches single items by id.
    #[php(name = "lookUp")]
    pub fn look_up(&self, ids: &ZendHashTable) -> PhpResult<ItemLookup> {
        let ids = catalog::ids(Php::Array(ids)).map_err(of)?;
        ItemLookup::new(self.core.look_up(ids).map_err(of)?)
    }
}

impl Finish for Catalog {}
