//! `CloverSync\Connection`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::rc::Rc;

use clover_service::Session;
use clover_service::connection::CurrencySource;
use clover_service::rows::connection;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ClassEntry;

use crate::exception::of;
use crate::host::PhpHost;
use crate::logging::Listener;
use crate::output::{PhpArray, array, zval};
use crate::rate_limit;
use crate::settings::Settings;
use crate::token_store::Store;
use crate::values::{Authorization, ConnectionStatus, Merchant};
use crate::vault::Vault;
use crate::zend::class::{Finish, sensitive};
use crate::zend::text_enum::Case;

/// One shop's connection to one Clover merchant.
#[php_class]
#[php(
    name = "CloverSync\\Connection",
    flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties)
)]
pub struct Connection {
    pub(crate) session: Rc<Session>,
}

#[php_impl]
impl Connection {
    /// Sends no request.
    pub fn __construct(
        settings: &Settings,
        vault: &Vault,
        store: Store,
        log: Option<Listener>,
        rateLimiter: Option<rate_limit::Host>,
    ) -> Self {
        let host = PhpHost {
            store,
            log,
            rate_limiter: rateLimiter,
        };
        Self {
            session: Session::new(&settings.core, vault.core.clone(), Box::new(host)),
        }
    }

    /// The URL of Clover's authorization page.
    pub fn authorize(&self, redirectUri: String) -> PhpResult<Authorization> {
        let request = self.session.authorize(&redirectUri).map_err(of)?;
        Ok(Authorization(zval(&connection::authorization(&request))?))
    }

    /// Exchanges the callback's code for tokens.
    pub fn complete(&self, callback: String, state: String) -> PhpResult<ConnectionStatus> {
        let status = self.session.complete(&callback, state).map_err(of)?;
        Ok(ConnectionStatus(zval(&connection::status(&status))?))
    }

    /// Stores a merchant's API token.
    #[php(defaults(test = true))]
    pub fn connectWithApiToken(
        &self,
        merchantId: String,
        token: String,
        test: bool,
    ) -> PhpResult<ConnectionStatus> {
        let connected = self
            .session
            .connect_with_api_token(&merchantId, &token, test);
        Ok(ConnectionStatus(zval(&connection::status(
            &connected.map_err(of)?,
        ))?))
    }

    /// Whether this API token is the stored one.
    pub fn hasApiToken(&self, merchantId: String, token: String) -> PhpResult<bool> {
        self.session.has_api_token(&merchantId, &token).map_err(of)
    }

    /// Reads the stored record.
    pub fn status(&self) -> PhpResult<ConnectionStatus> {
        let status = self.session.status().map_err(of)?;
        Ok(ConnectionStatus(zval(&connection::status(&status))?))
    }

    /// Refreshes the access token if it expires soon.
    #[php(defaults(whenUnder = 1200))]
    pub fn refresh(&self, whenUnder: i64) -> PhpResult<bool> {
        self.session.refresh(whenUnder).map_err(of)
    }

    /// The merchant's profile in Clover.
    pub fn merchant(&self, before: Option<Case<CurrencySource>>) -> PhpResult<Merchant> {
        let before = before.map(|case| case.0);
        let merchant = self.session.merchant(before).map_err(of)?;
        Ok(Merchant(zval(&connection::merchant(&merchant))?))
    }

    /// The merchant's tax rates.
    #[php(name = "taxRates")]
    pub fn tax_rates(&self) -> PhpResult<PhpArray> {
        let rates = self.session.tax_rates().map_err(of)?;
        Ok(array(&connection::tax_rates(&rates))?)
    }

    /// The picture at an address that Clover has given.
    pub fn picture(&self, address: String) -> PhpResult<PhpArray> {
        let picture = self.session.picture(&address).map_err(of)?;
        Ok(array(&connection::picture(&picture))?)
    }

    /// Deletes the stored tokens.
    pub fn disconnect(&self) -> PhpResult<()> {
        self.session.disconnect().map_err(of)
    }

    /// Item fields that Clover does not return to this app.
    pub fn withheld(&self) -> Vec<String> {
        self.session.withheld_from_items()
    }

    /// Seconds by which this server's clock is ahead of Clover's.
    pub fn clock_difference(&self) -> Option<i64> {
        self.session.clock_difference()
    }

    /// Requests sent so far.
    pub fn requests(&self) -> i64 {
        self.session.requests()
    }
}

impl Finish for Connection {
    fn finish(ce: &ClassEntry) {
        sensitive(ce, "complete", 0);
        sensitive(ce, "complete", 1);
        sensitive(ce, "connectWithApiToken", 1);
        sensitive(ce, "hasApiToken", 1);
    }
}
