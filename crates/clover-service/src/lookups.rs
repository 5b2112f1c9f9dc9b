//! What Clover's lists of items only name.

use std::rc::Rc;

use clover_core::wire::Item;

use crate::error::Error;
use crate::modifiers::ModifierGroups;
use crate::session::Session;
use crate::taxes::Taxes;

/// Tax rates and modifier groups, each read when an item needs them.
#[derive(Debug)]
pub(crate) struct Lookups {
    taxes: Taxes,
    modifiers: ModifierGroups,
}

impl Lookups {
    pub(crate) fn new(session: &Rc<Session>) -> Self {
        Self {
            taxes: Taxes::new(Rc::clone(session)),
            modifiers: ModifierGroups::new(Rc::clone(session)),
        }
    }

    pub(crate) fn fill(&self, items: &mut [Item]) -> Result<(), Error> {
        self.taxes.fill(items)?;
        self.modifiers.complete(items)
    }
}
