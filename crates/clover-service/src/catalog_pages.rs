//! Pages of items, fetched ahead while the caller works on the ones before.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use clover_client::items::{COUNTED_SINGLY, ITEM_EXPANSIONS, SECOND_EXPANSIONS};
use clover_client::prefetch::DEPTH;
use clover_client::{AccessToken, PageStream, Prefetch, RawPair};
use clover_core::mapping::Mapper;

use crate::error::Error;
use crate::group_names::GroupNames;
use crate::items::{Joined, has_no_counts};
use crate::lookups::Lookups;
use crate::page::Page;
use crate::session::Session;

/// All items from a cursor on, page by page.
pub struct CatalogPages {
    session: Rc<Session>,
    mapper: Rc<Mapper>,
    names: Rc<GroupNames>,
    lookups: Rc<Lookups>,
    state: RefCell<State>,
}

impl fmt::Debug for CatalogPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogPages").finish_non_exhaustive()
    }
}

struct State {
    reading: Option<Reading>,
    cursor: Option<String>,
    ended: bool,
}

struct Reading {
    pages: Prefetch<RawPair>,
    token: AccessToken,
}

impl CatalogPages {
    pub(crate) fn new(
        session: Rc<Session>,
        mapper: Rc<Mapper>,
        names: Rc<GroupNames>,
        lookups: Rc<Lookups>,
        after: Option<String>,
    ) -> Self {
        Self {
            session,
            mapper,
            names,
            lookups,
            state: RefCell::new(State {
                reading: None,
                cursor: after,
                ended: false,
            }),
        }
    }

    /// The next page; none after the last. Only the list's own end ends the stream: after an error
    /// the next call gives the page that was not read.
    ///
    /// # Errors
    /// [`Error`].
    pub fn next(&self) -> Result<Option<Page>, Error> {
        // The state is taken out while we wait: the host may call this very stream then.
        let (mut reading, cursor) = {
            let mut state = self.state.try_borrow_mut().map_err(|_| in_use())?;
            if state.ended {
                return Ok(None);
            }
            (state.reading.take(), state.cursor.clone())
        };
        let next = self.page(&mut reading, cursor);
        let mut state = self.state.try_borrow_mut().map_err(|_| in_use())?;
        match next? {
            Some((page, cursor)) => {
                state.cursor = cursor;
                state.reading = reading;
                Ok(Some(page))
            }
            None => {
                state.ended = true;
                Ok(None)
            }
        }
    }

    /// The next page with the cursor behind it.
    fn page(
        &self,
        reading: &mut Option<Reading>,
        cursor: Option<String>,
    ) -> Result<Option<(Page, Option<String>)>, Error> {
        let Some(pair) = self.fetch(reading, cursor)? else {
            return Ok(None);
        };
        let lists = (pair.first.listing()?, pair.second.listing()?);
        let mut joined = Joined::new(&self.session, lists.0, lists.1);
        let mut cursor = pair.first.cursor.clone();
        if let Some(last) = joined.cut() {
            cursor = Some(last.into());
            *reading = None;
        }
        let (mut items, faults) = joined.complete(&self.session)?;
        self.lookups.fill(&mut items)?;
        let page = Page::new(
            pair.first.asked.into_std(),
            cursor.clone().unwrap_or_default(),
            items,
            faults,
            &self.mapper,
        );
        self.names.read_ahead(&page)?;
        Ok(Some((page, cursor)))
    }

    fn fetch(
        &self,
        reading: &mut Option<Reading>,
        mut cursor: Option<String>,
    ) -> Result<Option<RawPair>, Error> {
        let mut replaced = false;
        loop {
            let current = match reading {
                Some(current) => current,
                None => reading.insert(self.start(cursor.clone())?),
            };
            let stopped = match self.session.finish(current.pages.recv())? {
                None => return Ok(None),
                Some(Ok(pair)) => return Ok(Some(pair)),
                Some(Err(stopped)) => stopped,
            };
            if replaced {
                return Err(stopped.error.after_refresh().into());
            }
            if !stopped.error.wants_new_token() {
                return Err(stopped.error.into());
            }
            replaced = true;
            let refused = current.token.clone();
            cursor = stopped.cursor.or(cursor);
            *reading = None;
            self.session.replace(&refused, stopped.error)?;
        }
    }

    fn start(&self, cursor: Option<String>) -> Result<Reading, Error> {
        let access = self.session.access()?;
        let mut pages = PageStream::new(&self.session.api()?, &access, "items")
            .expand(&ITEM_EXPANSIONS)
            .after(cursor);
        if has_no_counts(&self.session) {
            pages = pages.limit(COUNTED_SINGLY);
        }
        let pages = pages.paired(&SECOND_EXPANSIONS);
        Ok(Reading {
            pages: Prefetch::start(&self.session.runtime()?, pages, DEPTH),
            token: access.token,
        })
    }
}

fn in_use() -> Error {
    Error::bug("a PageIterator was called within itself", None)
}
