//! The merchant's modifier groups, which Clover's items only name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use clover_client::items::{MAX_EXPANDED, modifier_groups, modifiers};
use clover_core::ids::ModifierGroupId;
use clover_core::settings::ModifierMode;
use clover_core::wire::{Elements, Item, Modifier, ModifierGroup};

use crate::error::Error;
use crate::group_names::entries;
use crate::session::Session;

type Groups = HashMap<ModifierGroupId, Arc<ModifierGroup>>;

/// The modifier groups of a merchant, read at most twice, and never for a merchant whose single
/// items have none.
pub(crate) struct ModifierGroups {
    session: Rc<Session>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    groups: Option<Rc<Groups>>,
    /// Whether the list was read again for a group that it lacked.
    is_reread: bool,
}

impl fmt::Debug for ModifierGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModifierGroups").finish_non_exhaustive()
    }
}

impl ModifierGroups {
    pub(crate) fn new(session: Rc<Session>) -> Self {
        Self {
            session,
            state: RefCell::default(),
        }
    }

    /// Gives single items their modifier groups with all modifiers, if the settings want them. The
    /// first call may ask Clover.
    pub(crate) fn complete(&self, items: &mut [Item]) -> Result<(), Error> {
        if self.session.settings().modifiers != ModifierMode::Options {
            return Ok(());
        }
        let singles = items.iter_mut().filter(|item| item.item_group.is_none());
        let mut assigned: Vec<_> = singles
            .flat_map(|item| &mut item.modifier_groups)
            .filter(|one| !one.deleted)
            .collect();
        if assigned.is_empty() {
            return Ok(());
        }
        let has_all = |groups: &Groups| {
            let mut ids = assigned.iter().filter_map(|one| one.id.as_ref());
            ids.all(|id| groups.contains_key(id))
        };
        let groups = self.groups(has_all)?;
        for one in &mut assigned {
            let id = one.id.as_ref();
            one.group = id.and_then(|id| groups.get(id)).map(Arc::clone);
        }
        Ok(())
    }

    /// The list. One that lacks a group was read before the group was made, and is read again.
    fn groups(&self, has_all: impl Fn(&Groups) -> bool) -> Result<Rc<Groups>, Error> {
        let (known, is_reread) = {
            let state = self.state.borrow();
            (state.groups.clone(), state.is_reread)
        };
        if let Some(known) = &known
            && (is_reread || has_all(known))
        {
            return Ok(Rc::clone(known));
        }
        // The host may call again while we wait: nothing is borrowed then.
        let groups = Rc::new(self.read()?);
        *self.state.borrow_mut() = State {
            groups: Some(Rc::clone(&groups)),
            is_reread: known.is_some(),
        };
        Ok(groups)
    }

    fn read(&self) -> Result<Groups, Error> {
        let mut groups = entries::<ModifierGroup>(&self.session.call(modifier_groups)?)?;
        let is_whole = |group: &ModifierGroup| {
            let listed = group.modifiers.as_ref();
            listed.is_some_and(|list| list.0.len() < MAX_EXPANDED)
        };
        if !groups.iter().all(is_whole) {
            let mut listed: HashMap<ModifierGroupId, Vec<Modifier>> = HashMap::new();
            for modifier in entries::<Modifier>(&self.session.call(modifiers)?)? {
                if let Some(group) = &modifier.modifier_group {
                    listed.entry(group.id.clone()).or_default().push(modifier);
                }
            }
            for group in &mut groups {
                let all = listed.remove(&group.id).unwrap_or_default();
                group.modifiers = Some(Elements(all));
            }
        }
        let groups = groups.into_iter();
        Ok(groups
            .map(|group| (group.id.clone(), Arc::new(group)))
            .collect())
    }
}
