//! `CloverSync\PageIterator`.

use std::cell::RefCell;
use std::rc::Rc;

use clover_client::items::{ITEM_EXPANSIONS, STOCK_EXPANSION};
use clover_client::life::ON_DEMAND;
use clover_client::prefetch::DEPTH;
use clover_client::{Access, AccessToken, Need, Prefetch, RawPair, Sweep};
use clover_core::mapping::Mapper;
use clover_service::page::Page as Core;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ce;

use crate::engine::class::only_from_rust;
use crate::exception;
use crate::items::page_items;
use crate::link::{Fresh, Link, exception_of, host_exception};
use crate::page::{Page, PageObject};
use crate::runtime;

/// Pages, fetched ahead.
#[php_class]
#[php(
    name = "CloverSync\\PageIterator",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties),
    implements(ce = ce::iterator, stub = "\\Iterator")
)]
pub struct PageIterator {
    link: Rc<Link>,
    mapper: Rc<Mapper>,
    /// The runtime that reads ahead is this process' own.
    pid: u32,
    state: RefCell<State>,
}

struct State {
    reading: Option<Reading>,
    /// None before the first page and after the last.
    page: Option<Zval>,
    key: i64,
    cursor: Option<String>,
    begun: bool,
    ended: bool,
}

struct Reading {
    pages: Prefetch<RawPair>,
    token: AccessToken,
}

impl PageIterator {
    /// Sends nothing yet.
    pub fn new(link: Rc<Link>, mapper: Rc<Mapper>, after: Option<String>) -> Self {
        let state = State {
            reading: None,
            page: None,
            key: 0,
            cursor: after,
            begun: false,
            ended: false,
        };
        Self {
            link,
            mapper,
            pid: std::process::id(),
            state: RefCell::new(state),
        }
    }

    fn begin(&self) -> PhpResult<()> {
        if self.pid != std::process::id() {
            return Err(exception::bug(
                "a PageIterator cannot be used in a forked process: make one there",
                None,
            ));
        }
        let begun = self.state.try_borrow().map_err(|_| in_use())?.begun;
        if begun { Ok(()) } else { self.advance() }
    }

    /// The state is taken out while we wait: a signal handler may call this very object then.
    fn advance(&self) -> PhpResult<()> {
        let (mut reading, cursor) = {
            let mut state = self.state.try_borrow_mut().map_err(|_| in_use())?;
            if state.ended {
                state.page = None;
                return Ok(());
            }
            state.begun = true;
            state.page = None;
            (state.reading.take(), state.cursor.clone())
        };
        let next = self.page(&mut reading, cursor);
        let mut state = self.state.try_borrow_mut().map_err(|_| in_use())?;
        match next {
            Ok(Some((page, cursor))) => {
                state.page = Some(page);
                state.cursor = cursor;
                state.reading = reading;
                Ok(())
            }
            Ok(None) => {
                state.ended = true;
                Ok(())
            }
            // Only the list's own end ends it: whoever catches this and goes on gets the page that
            // was not read.
            Err(error) => {
                state.begun = false;
                Err(error)
            }
        }
    }

    /// The next page with the cursor behind it.
    fn page(
        &self,
        reading: &mut Option<Reading>,
        cursor: Option<String>,
    ) -> PhpResult<Option<(Zval, Option<String>)>> {
        let Some(pair) = self.fetch(reading, cursor)? else {
            return Ok(None);
        };
        let (items, faults) = page_items(&self.link, &pair)?;
        let cursor = pair.first.cursor.clone();
        let core = Core::new(
            pair.first.asked.into_std(),
            cursor.clone().unwrap_or_default(),
            items,
            faults,
            &self.mapper,
        );
        Ok(Some((
            ZendClassObject::new(Page { core }).into_zval(false)?,
            cursor,
        )))
    }

    fn fetch(
        &self,
        reading: &mut Option<Reading>,
        mut cursor: Option<String>,
    ) -> PhpResult<Option<RawPair>> {
        let mut replaced = false;
        loop {
            let current = match reading {
                Some(current) => current,
                None => reading.insert(self.start(cursor.clone())?),
            };
            let stopped = match self.link.finish(current.pages.recv())? {
                None => return Ok(None),
                Some(Ok(pair)) => return Ok(Some(pair)),
                Some(Err(stopped)) => stopped,
            };
            if replaced || !stopped.error.wants_new_token() {
                let error = if replaced {
                    stopped.error.after_refresh()
                } else {
                    stopped.error
                };
                return Err(exception_of(&error));
            }
            replaced = true;
            let refused = current.token.clone();
            cursor = stopped.cursor.or(cursor);
            *reading = None;
            self.link.replace(&refused, stopped.error)?;
        }
    }

    fn start(&self, cursor: Option<String>) -> PhpResult<Reading> {
        let Fresh {
            merchant, tokens, ..
        } = self.link.tokens(Need::AtLeast(ON_DEMAND))?;
        let access = Access {
            merchant,
            token: tokens.access.clone(),
        };
        let sweep = Sweep::new(&self.link.api()?, &access, "items")
            .expand(&ITEM_EXPANSIONS)
            .after(cursor)
            .paired(&STOCK_EXPANSION);
        let runtime = runtime::handle().map_err(|e| host_exception(&e.into()))?;
        Ok(Reading {
            pages: Prefetch::start(&runtime, sweep, DEPTH),
            token: tokens.access.clone(),
        })
    }
}

fn in_use() -> PhpException {
    exception::bug("a PageIterator was called within itself", None)
}

#[php_impl]
impl PageIterator {
    /// The page, or null at the end.
    pub fn current(&self) -> PhpResult<Option<PageObject>> {
        self.begin()?;
        Ok(self
            .state
            .try_borrow()
            .map_err(|_| in_use())?
            .page
            .as_ref()
            .map(|page| PageObject(page.shallow_clone())))
    }

    /// Counts from 0.
    pub fn key(&self) -> PhpResult<i64> {
        Ok(self.state.try_borrow().map_err(|_| in_use())?.key)
    }

    /// The next page.
    pub fn next(&self) -> PhpResult<()> {
        self.begin()?;
        self.state.try_borrow_mut().map_err(|_| in_use())?.key += 1;
        self.advance()
    }

    /// Only before the first page.
    pub fn rewind(&self) -> PhpResult<()> {
        if self.state.try_borrow().map_err(|_| in_use())?.key > 0 {
            return Err(PhpException::new(
                "pages go through once: ask the catalogue for new ones".into(),
                0,
                crate::engine::class::builtin("LogicException"),
            ));
        }
        self.begin()
    }

    /// Whether there is a page.
    pub fn valid(&self) -> PhpResult<bool> {
        self.begin()?;
        Ok(self
            .state
            .try_borrow()
            .map_err(|_| in_use())?
            .page
            .is_some())
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<PageIterator>()
}

/// What only the registered class can be told.
pub fn finish() {
    only_from_rust(<PageIterator as ext_php_rs::class::RegisteredClass>::get_metadata().ce());
}
