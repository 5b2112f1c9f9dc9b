//! `CloverSync\RateLimiter`, implemented in PHP.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::collections::HashMap;

use clover_client::{PermitGrant, PermitRequest};
use clover_service::rows::permits;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::{FromZval, IntoZvalDyn};
use ext_php_rs::error::Error;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use crate::input::Php;
use crate::output::zval;
use crate::zend::no_pending_exception;

/// Grants the requests of one token to the processes of a site.
#[php_interface]
#[allow(dead_code)] // PHP classes implement it; Rust calls them through `Host`.
#[php(name = "CloverSync\\RateLimiter")]
pub trait RateLimiter {
    /// Reports the state of this process and requests permits.
    #[allow(clippy::too_many_arguments)] // PHP names them.
    fn exchange(
        &self,
        wanted: i64,
        unused: i64,
        inFlight: i64,
        ended: Vec<i64>,
        leaving: bool,
        closedFor: i64,
        learned: HashMap<String, HashMap<String, i64>>,
    ) -> Option<ZBox<ZendHashTable>>;
}

/// A PHP object that implements the interface, kept alive by this reference.
pub struct Host(Zval);

impl FromZval<'_> for Host {
    const TYPE: DataType = DataType::object("CloverSync\\RateLimiter");

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.object()?
            .instance_of(PhpInterfaceRateLimiter::get_metadata().ce())
            .then(|| Self(zval.shallow_clone()))
    }
}

impl Host {
    /// `None`: the limiter was not reached in time, and nothing changed.
    pub fn exchange(&self, request: &PermitRequest) -> PhpResult<Option<PermitGrant>> {
        // PHP runs no code while an exception is pending.
        no_pending_exception()?;
        // Panic: `from_zval` takes objects only.
        let object = self.0.object().ok_or(Error::Object)?;
        let arguments = permits::request(request);
        let arguments = arguments
            .iter()
            .map(zval)
            .collect::<Result<Vec<Zval>, _>>()?;
        let arguments = arguments
            .iter()
            .map(|one| one as &dyn IntoZvalDyn)
            .collect();
        let answer = object.try_call_method("exchange", arguments)?;
        no_pending_exception()?;
        Ok(permits::grant(Php::of(&answer)))
    }
}
