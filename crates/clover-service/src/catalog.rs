//! The merchant's catalog, mapped to shop products.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use clover_client::items::IDS_A_REQUEST;
use clover_core::diff::Known;
use clover_core::ids::ItemId;
use clover_core::mapping::Mapper;
use clover_core::money::Currency;
use clover_core::problem::ProblemCode;
use clover_core::wire::{Item, Listing};
use serde::de::DeserializeOwned;

use crate::catalog_pages::CatalogPages;
use crate::error::Error;
use crate::group_names::GroupNames;
use crate::groups::{GroupChanges, Staged};
use crate::items::{self, Joined};
use crate::lookups::Lookups;
use crate::page::{Fault, Page};
use crate::session::Session;

/// The catalog of one merchant.
pub struct Catalog {
    session: Rc<Session>,
    mapper: Rc<Mapper>,
    names: Rc<GroupNames>,
    lookups: Rc<Lookups>,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").finish_non_exhaustive()
    }
}

/// What Clover answers about single items.
#[derive(Debug)]
pub struct ItemLookup {
    /// Ids that Clover does not have any more.
    pub deleted: Vec<String>,
    /// The items that Clover still has.
    pub page: Page,
}

impl Catalog {
    /// Asks Clover nothing.
    ///
    /// # Errors
    /// [`Error::Settings`] when the currency is not an ISO 4217 code.
    pub fn new(session: &Rc<Session>, currency: &str, track_stock: bool) -> Result<Self, Error> {
        Self::knowing(session, currency, track_stock, Vec::new())
    }

    /// As [`Self::new`], with items that are left out because Clover did not sell them online when
    /// it last said so.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn knowing(
        session: &Rc<Session>,
        currency: &str,
        track_stock: bool,
        offline: Vec<ItemId>,
    ) -> Result<Self, Error> {
        let currency = Currency::from_code(currency)
            .map_err(|_| Error::setting("currency", ProblemCode::SettingCurrency))?;
        let mut mapper = Mapper::new(session.settings(), currency, track_stock);
        mapper.filter = mapper.filter.last_offline(offline);
        Ok(Self {
            session: Rc::clone(session),
            mapper: Rc::new(mapper),
            names: Rc::new(GroupNames::new(Rc::clone(session))),
            lookups: Rc::new(Lookups::new(session)),
        })
    }

    /// Every item, by id, from a cursor on.
    #[must_use]
    pub fn pages(&self, after: Option<String>) -> CatalogPages {
        CatalogPages::new(
            Rc::clone(&self.session),
            Rc::clone(&self.mapper),
            Rc::clone(&self.names),
            Rc::clone(&self.lookups),
            after.filter(|cursor| !cursor.is_empty()),
        )
    }

    /// A page that the caller has fetched: a list of items, and the same list with their counts.
    ///
    /// # Errors
    /// [`Error::Bug`] when one is not a list.
    pub fn read(&self, items: &[u8], counts: &[u8]) -> Result<Page, Error> {
        fn listing<T: DeserializeOwned>(list: &[u8]) -> Result<Listing<T>, Error> {
            let wrong = |e| Error::bug(format!("Clover's item list makes no sense at {e}"), None);
            Listing::parse(list).map_err(wrong)
        }
        let asked = Instant::now();
        let joined = Joined::new(&self.session, listing(items)?, listing(counts)?);
        let (items, faults) = joined.complete(&self.session)?;
        self.page(asked, items, faults)
    }

    /// Products of whole groups.
    ///
    /// # Errors
    /// [`Error`], of reading the names of groups and attributes.
    pub fn groups(
        &self,
        staged: Staged,
        known: &HashMap<String, Known>,
    ) -> Result<GroupChanges, Error> {
        let names = if staged.is_empty() {
            Rc::default()
        } else {
            self.names.get()?
        };
        Ok(GroupChanges::new(&self.mapper, staged, &names, known))
    }

    /// Asks Clover about single items.
    ///
    /// # Errors
    /// [`Error`].
    pub fn look_up(&self, wanted: Vec<ItemId>) -> Result<ItemLookup, Error> {
        let asked = Instant::now();
        let (mut items, mut faults) = (Vec::new(), Vec::new());
        for chunk in wanted.chunks(IDS_A_REQUEST) {
            let (found, wrong) = items::some(&self.session, chunk)?;
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
            let found = match items::one(&self.session, &id)? {
                Some(found) => Some(found),
                None => items::one(&self.session, &id)?,
            };
            match found {
                Some(Ok(item)) => items.push(item),
                Some(Err(fault)) => faults.push(fault),
                None => deleted.push(id.into()),
            }
        }
        Ok(ItemLookup {
            deleted,
            page: self.page(asked, items, faults)?,
        })
    }

    fn page(
        &self,
        asked: Instant,
        mut items: Vec<Item>,
        faults: Vec<Fault>,
    ) -> Result<Page, Error> {
        self.lookups.fill(&mut items)?;
        Ok(Page::new(asked, String::new(), items, faults, &self.mapper))
    }
}
