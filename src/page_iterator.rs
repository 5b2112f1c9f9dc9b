//! `CloverSync\PageIterator`.

use std::cell::{Ref, RefCell};

use clover_service::catalog_pages::CatalogPages;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ClassEntry;
use ext_php_rs::zend::ce;

use crate::exception;
use crate::page::{Page, PageObject};
use crate::zend::class::{Finish, only_from_rust};

/// Pages that are fetched ahead.
#[php_class]
#[php(
    name = "CloverSync\\PageIterator",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties),
    implements(ce = ce::iterator, stub = "\\Iterator")
)]
pub struct PageIterator {
    pages: CatalogPages,
    /// The runtime that fetches ahead belongs to this process.
    pid: u32,
    state: RefCell<State>,
}

struct State {
    /// None before the first page and after the last.
    page: Option<Zval>,
    key: i64,
    begun: bool,
}

impl PageIterator {
    /// Sends nothing yet.
    pub fn new(pages: CatalogPages) -> Self {
        Self {
            pages,
            pid: std::process::id(),
            state: RefCell::new(State {
                page: None,
                key: 0,
                begun: false,
            }),
        }
    }

    fn begin(&self) -> PhpResult<()> {
        if self.pid != std::process::id() {
            return Err(exception::bug(
                "a PageIterator cannot be used in a forked process: create a new one there",
            ));
        }
        let begun = self.state()?.begun;
        if begun { Ok(()) } else { self.advance() }
    }

    fn state(&self) -> PhpResult<Ref<'_, State>> {
        self.state.try_borrow().map_err(|_| in_use())
    }

    /// The state is not borrowed during the wait, because a signal handler may call this object.
    fn advance(&self) -> PhpResult<()> {
        {
            let mut state = self.state.try_borrow_mut().map_err(|_| in_use())?;
            state.begun = true;
            state.page = None;
        }
        let next = self.pages.next().map_err(exception::of);
        let page = next.and_then(|page| {
            let object = |core| ZendClassObject::new(Page { core }).into_zval(false);
            Ok(page.map(object).transpose()?)
        });
        let mut state = self.state.try_borrow_mut().map_err(|_| in_use())?;
        match page {
            Ok(page) => {
                state.page = page;
                Ok(())
            }
            // A caller that catches this and continues gets the page that was not read.
            Err(error) => {
                state.begun = false;
                Err(error)
            }
        }
    }
}

fn in_use() -> PhpException {
    exception::bug("a PageIterator was called within itself")
}

#[php_impl]
impl PageIterator {
    /// The page, or null at the end.
    pub fn current(&self) -> PhpResult<Option<PageObject>> {
        self.begin()?;
        let page = self.state()?.page.as_ref().map(Zval::shallow_clone);
        Ok(page.map(PageObject))
    }

    /// Counts from 0.
    pub fn key(&self) -> PhpResult<i64> {
        Ok(self.state()?.key)
    }

    /// The next page.
    pub fn next(&self) -> PhpResult<()> {
        self.begin()?;
        self.state.try_borrow_mut().map_err(|_| in_use())?.key += 1;
        self.advance()
    }

    /// Only before the first page.
    pub fn rewind(&self) -> PhpResult<()> {
        if self.state()?.key > 0 {
            return Err(PhpException::new(
                "pages can be iterated once: call Catalog::pages() again".into(),
                0,
                crate::zend::class::builtin("LogicException"),
            ));
        }
        self.begin()
    }

    /// Whether there is a page.
    pub fn valid(&self) -> PhpResult<bool> {
        self.begin()?;
        Ok(self.state()?.page.is_some())
    }
}

impl Finish for PageIterator {
    fn finish(ce: &ClassEntry) {
        only_from_rust(ce);
    }
}
