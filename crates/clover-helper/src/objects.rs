//! The objects behind PHP's, by number.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use clover_core::seal::Vault;
use clover_service::catalog::Catalog;
use clover_service::catalog_pages::CatalogPages;
use clover_service::ledger::Ledger;
use clover_service::orders::Orders;
use clover_service::page::{Page, StockPage};
use clover_service::settings::Settings;
use clover_service::stock::{Stock, StockBatch};
use clover_service::webhook::Webhook;
use clover_service::{Error, Session};

use crate::json::Json;
use crate::pipe::{Call, Pipe};
use crate::value::Value;

/// What Clover answers about single items.
pub struct Lookup {
    pub deleted: Vec<String>,
    pub page: Rc<Page>,
}

/// An object of one of PHP's classes.
#[derive(Clone)]
pub enum Object {
    Settings(Rc<Settings>),
    Vault(Arc<Vault>),
    Connection(Rc<Session>),
    Catalog(Rc<Catalog>),
    PageIterator(Rc<CatalogPages>),
    Page(Rc<Page>),
    ItemLookup(Rc<Lookup>),
    Stock(Rc<Stock>),
    StockBatch(Rc<StockBatch>),
    StockPage(Rc<StockPage>),
    Orders(Rc<Orders>),
    Ledger(Rc<Ledger>),
    Webhook(Rc<Webhook>),
}

/// All objects, and the pipe to PHP.
pub struct Objects {
    pub pipe: Rc<Pipe>,
    /// Makes a call that comes while another one is under way.
    answer: fn(&Rc<Self>, Call),
    known: RefCell<HashMap<u64, Object>>,
    latest: Cell<u64>,
}

/// Says which object a class's method needs.
macro_rules! getters {
    ($($name:ident $variant:ident $ty:ty;)*) => {
        impl Objects {
            $(
                /// The object with this number.
                pub fn $name(&self, number: Option<u64>) -> Result<$ty, Error> {
                    match self.find(number) {
                        Some(Object::$variant(object)) => Ok(object),
                        _ => Err(unknown(stringify!($variant))),
                    }
                }
            )*
        }
    };
}

getters! {
    settings Settings Rc<Settings>;
    vault Vault Arc<Vault>;
    connection Connection Rc<Session>;
    catalog Catalog Rc<Catalog>;
    page_iterator PageIterator Rc<CatalogPages>;
    page Page Rc<Page>;
    item_lookup ItemLookup Rc<Lookup>;
    stock Stock Rc<Stock>;
    stock_batch StockBatch Rc<StockBatch>;
    stock_page StockPage Rc<StockPage>;
    orders Orders Rc<Orders>;
    ledger Ledger Rc<Ledger>;
    webhook Webhook Rc<Webhook>;
}

fn unknown(class: &str) -> Error {
    Error::bug(format!("the helper does not know this {class}"), None)
}

impl Objects {
    /// None yet.
    pub fn new(pipe: &Rc<Pipe>, answer: fn(&Rc<Self>, Call)) -> Rc<Self> {
        Rc::new(Self {
            pipe: Rc::clone(pipe),
            answer,
            known: RefCell::default(),
            latest: Cell::new(0),
        })
    }

    /// The number of the next object.
    pub fn reserve(&self) -> u64 {
        let number = self.latest.get() + 1;
        self.latest.set(number);
        number
    }

    /// Keeps an object under a reserved number, and gives PHP's reference to it.
    pub fn keep_as(&self, number: u64, object: Object) -> Json {
        self.known.borrow_mut().insert(number, object);
        Json::object(number)
    }

    /// Keeps an object.
    pub fn keep(&self, object: Object) -> Json {
        self.keep_as(self.reserve(), object)
    }

    /// PHP has no reference to these any more.
    pub fn drop_all(&self, numbers: &[u64]) {
        let mut dropped = Vec::with_capacity(numbers.len());
        let mut known = self.known.borrow_mut();
        dropped.extend(numbers.iter().filter_map(|number| known.remove(number)));
        // Their own drops may come back here.
        drop(known);
    }

    /// Calls PHP back; `None`: it threw.
    pub fn call_back(
        self: &Rc<Self>,
        connection: u64,
        name: &str,
        arguments: serde_json::Value,
    ) -> Option<Value> {
        let nested = |call: Call| (self.answer)(self, call);
        self.pipe.call_back(connection, name, arguments, &nested)
    }

    /// Deals with what PHP has sent while a call waits.
    pub fn look(self: &Rc<Self>) {
        while let Some(frame) = self.pipe.ready() {
            self.pipe.take(frame, &|call| (self.answer)(self, call));
        }
    }

    fn find(&self, number: Option<u64>) -> Option<Object> {
        self.known.borrow().get(&number?).cloned()
    }
}
