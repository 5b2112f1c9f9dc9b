//! The names of groups and of their attributes, which Clover's items do not have.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::ready;
use std::rc::Rc;

use clover_client::items::{MAX_EXPANDED, attributes, item_groups};
use clover_client::{Error as ClientError, RawPage};
use clover_core::ids::{AttributeId, GroupId};
use clover_core::mapping::Names;
use clover_core::wire::{Attribute, Item, ItemGroup};
use serde::de::DeserializeOwned;
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::page::Page;
use crate::session::Session;

/// The names of all groups of a merchant, read at most twice, and never for a merchant without
/// variants.
pub(crate) struct GroupNames {
    session: Rc<Session>,
    state: RefCell<State>,
    later: RefCell<Later>,
    /// The host may call again while we wait.
    is_reading: RefCell<()>,
}

/// What occurs on pages that came after the list was requested, which may lack it.
#[derive(Default)]
struct Later {
    groups: HashSet<GroupId>,
    attributes: HashSet<AttributeId>,
}

#[derive(Default)]
enum State {
    #[default]
    Unread,
    Ahead(ListAhead),
    Read(Rc<Names>),
}

/// The list of groups on its way.
struct ListAhead {
    task: JoinHandle<Result<Vec<RawPage>, ClientError>>,
    /// The process whose runtime reads it.
    pid: u32,
}

impl Later {
    fn add(&mut self, items: &[Item]) {
        self.groups
            .extend(items.iter().filter_map(|item| item.item_group.clone()));
        let options = items.iter().flat_map(|item| &item.options.0);
        let attributes = options.filter_map(|option| option.attribute.as_ref());
        self.attributes
            .extend(attributes.map(|attribute| attribute.id.clone()));
    }

    fn is_in(&self, names: &Names) -> bool {
        self.groups.iter().all(|id| names.groups.contains_key(id))
            && self
                .attributes
                .iter()
                .all(|id| names.attributes.contains_key(id))
    }
}

impl Drop for GroupNames {
    fn drop(&mut self) {
        if let State::Ahead(ahead) = self.state.get_mut()
            && ahead.pid == std::process::id()
        {
            ahead.task.abort();
        }
    }
}

impl fmt::Debug for GroupNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupNames").finish_non_exhaustive()
    }
}

impl GroupNames {
    pub(crate) fn new(session: Rc<Session>) -> Self {
        Self {
            session,
            state: RefCell::default(),
            later: RefCell::default(),
            is_reading: RefCell::default(),
        }
    }

    /// Requests the list when the first page has items of groups, so that it arrives while the host
    /// works on pages.
    pub(crate) fn read_ahead(&self, page: &Page) -> Result<(), Error> {
        if page.group_items().is_empty() {
            return Ok(());
        }
        if !matches!(&*self.state.borrow(), State::Unread) {
            self.later.borrow_mut().add(page.group_items());
            return Ok(());
        }
        let (api, access) = (self.session.api()?, self.session.access()?);
        let task = self.session.runtime()?.spawn(item_groups(api, access));
        let pid = std::process::id();
        *self.state.borrow_mut() = State::Ahead(ListAhead { task, pid });
        // The task sends its request during a wait.
        self.session.finish(ready(()))
    }

    /// The names. The first call may ask Clover.
    pub(crate) fn get(&self) -> Result<Rc<Names>, Error> {
        let _only_one = self
            .is_reading
            .try_borrow_mut()
            .map_err(|_| Error::bug("Catalog::groups was called within itself", None))?;
        let names = match self.state.take() {
            State::Read(names) => names,
            State::Ahead(ahead) => self.arrived(ahead)?,
            State::Unread => self.read()?,
        };
        *self.state.borrow_mut() = State::Read(Rc::clone(&names));
        Ok(names)
    }

    /// The list that was read ahead. After an error on its way the list is read again.
    fn arrived(&self, ahead: ListAhead) -> Result<Rc<Names>, Error> {
        if ahead.pid != std::process::id() {
            // The task belongs to a runtime that does not run in this process.
            return self.read();
        }
        let list = self.session.finish(ahead.task)?;
        let (Ok(Ok(pages)), later) = (list, self.later.take()) else {
            return self.read();
        };
        let names = self.with_attributes(&pages)?;
        if later.is_in(&names) {
            Ok(names)
        } else {
            self.read()
        }
    }

    fn read(&self) -> Result<Rc<Names>, Error> {
        self.with_attributes(&self.session.call(item_groups)?)
    }

    fn with_attributes(&self, groups: &[RawPage]) -> Result<Rc<Names>, Error> {
        let (mut names, has_all) = names(groups)?;
        if !has_all {
            names.attributes = attribute_names(&self.session.call(attributes)?)?;
        }
        Ok(Rc::new(names))
    }
}

/// The names in the list of item groups, and whether it has all of their attributes.
fn names(pages: &[RawPage]) -> Result<(Names, bool), Error> {
    let mut names = Names::default();
    let mut has_all = true;
    for group in entries::<ItemGroup>(pages)? {
        let nested = group.attributes.filter(|list| list.0.len() < MAX_EXPANDED);
        has_all &= nested.is_some();
        for attribute in nested.into_iter().flat_map(|list| list.0) {
            names
                .attributes
                .extend(attribute.name.map(|name| (attribute.id, name)));
        }
        names.groups.extend(group.name.map(|name| (group.id, name)));
    }
    Ok((names, has_all))
}

/// The names in the list of attributes.
fn attribute_names(pages: &[RawPage]) -> Result<HashMap<AttributeId, String>, Error> {
    let named = entries::<Attribute>(pages)?.into_iter();
    Ok(named
        .filter_map(|attribute| Some((attribute.id, attribute.name?)))
        .collect())
}

/// The readable entries of a list: a broken one only fails what needs it.
pub(crate) fn entries<T: DeserializeOwned>(pages: &[RawPage]) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    for page in pages {
        all.extend(page.listing::<T>()?.elements);
    }
    Ok(all)
}
