//! The rates that tax items, which Clover's items do not show.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use clover_client::taxes::{self, TAX_RATES};
use clover_core::tax::TaxTable;
use clover_core::wire::{Item, TaxRate, TaxedItem};

use crate::error::Error;
use crate::group_names::entries;
use crate::session::Session;

/// The merchant's rates, read at most once; the items of each rate only when one occurs that has
/// rates of its own. Nothing is read while the settings name no tax profile.
pub(crate) struct Taxes {
    session: Rc<Session>,
    state: RefCell<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Unread,
    /// The rates, and whether their items are known.
    Read(TaxTable, bool),
}

impl fmt::Debug for Taxes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taxes").finish_non_exhaustive()
    }
}

impl Taxes {
    pub(crate) fn new(session: Rc<Session>) -> Self {
        Self {
            session,
            state: RefCell::default(),
        }
    }

    /// Adds their rates to the items; leaves them out where Clover does not show rates to this app.
    pub(crate) fn fill(&self, items: &mut [Item]) -> Result<(), Error> {
        if self.session.settings().tax_mapping.is_empty() || items.is_empty() {
            return Ok(());
        }
        // The host may call again while we wait, and then reads for itself.
        let state = self.state.take();
        let (mut table, mut has_items) = match state {
            State::Read(table, has_items) => (table, has_items),
            State::Unread => match self.read()? {
                Some(table) => (table, false),
                None => return Ok(()),
            },
        };
        if !has_items && items.iter().any(|item| !item.default_tax_rates) {
            self.add_items(&mut table)?;
            has_items = true;
        }
        for item in items {
            item.tax_rates = Some(table.of(item));
        }
        *self.state.borrow_mut() = State::Read(table, has_items);
        Ok(())
    }

    fn read(&self) -> Result<Option<TaxTable>, Error> {
        if self.session.withheld().has(TAX_RATES) {
            return Ok(None);
        }
        let pages = self.session.call(taxes::rates_if_shown)?;
        let rates = pages.map(|pages| entries::<TaxRate>(&pages)).transpose()?;
        Ok(rates.map(TaxTable::new))
    }

    fn add_items(&self, table: &mut TaxTable) -> Result<(), Error> {
        let ids = table.ids();
        let lists = self
            .session
            .call(|api, access| taxes::items_of(api, access, ids.clone()))?;
        for (id, pages) in ids.iter().zip(&lists) {
            table.add(id, entries::<TaxedItem>(pages)?);
        }
        Ok(())
    }
}

impl Session {
    /// The merchant's tax rates by name, those that are in use.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Permission`] when Clover does not show them to this app.
    pub fn tax_rates(&self) -> Result<Vec<TaxRate>, Error> {
        let pages = self.call(taxes::rates)?;
        let mut rates = entries::<TaxRate>(&pages)?;
        rates.retain(|rate| !rate.is_deleted());
        rates.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(rates)
    }
}
