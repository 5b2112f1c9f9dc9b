//! `CloverSync\TokenStore`, implemented in PHP.

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::{FromZval, IntoZvalDyn};
use ext_php_rs::error::Error;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use crate::zend::no_pending_exception;

/// Stores the tokens of one environment.
#[php_interface]
#[allow(dead_code)] // PHP classes implement it; Rust calls them through `Store`.
#[php(name = "CloverSync\\TokenStore")]
pub trait TokenStore {
    /// The record that any process wrote last.
    fn read(&self) -> Option<String>;
    /// Stores the record durably before it returns.
    fn write(&self, record: String);
    /// Deletes the record.
    fn delete(&self);
    /// Takes the one lock of this environment's tokens.
    fn lock(&self) -> bool;
    /// Releases the lock.
    fn unlock(&self);
}

/// A PHP object that implements the interface, kept alive by this reference.
pub struct Store(Zval);

impl FromZval<'_> for Store {
    const TYPE: DataType = DataType::object("CloverSync\\TokenStore");

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.object()?
            .instance_of(PhpInterfaceTokenStore::get_metadata().ce())
            .then(|| Self(zval.shallow_clone()))
    }
}

impl Store {
    /// Calls one of the methods.
    pub fn call(&self, method: &str, arguments: Vec<&dyn IntoZvalDyn>) -> PhpResult<Zval> {
        // Panic: `from_zval` takes objects only.
        let object = self.0.object().ok_or(Error::Object)?;
        let answer = object.try_call_method(method, arguments)?;
        no_pending_exception()?;
        Ok(answer)
    }
}
