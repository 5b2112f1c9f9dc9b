//! `CloverSync\Connection`.
#![allow(non_snake_case)] // PHP sees the parameters' names.

use std::rc::Rc;

use clover_client::{Callback, CsrfToken, authorize_url};
use clover_service::Error;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::engine::class::sensitive;
use crate::link::{Link, exception_of, host_exception};
use crate::logging::Listener;
use crate::rate_limit::Host;
use crate::settings::Settings;
use crate::token_store::Store;
use crate::vault::Vault;
use crate::{authorization, connection_status, exception, merchant};

/// One shop's connection to one Clover merchant.
#[php_class]
#[php(name = "CloverSync\\Connection", flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Connection {
    pub(crate) link: Rc<Link>,
}

#[php_impl]
impl Connection {
    /// Sends nothing.
    pub fn __construct(
        settings: &Settings,
        vault: &Vault,
        store: Store,
        log: Option<Listener>,
        rateLimiter: Option<Host>,
    ) -> Self {
        Self {
            link: Link::new(
                settings.core.clone(),
                settings.hosts.clone(),
                vault.core.clone(),
                store,
                log,
                rateLimiter,
            ),
        }
    }

    /// Where to send the browser.
    pub fn authorize(&self, redirectUri: String) -> PhpResult<authorization::Authorization> {
        let oauth = self.link.oauth()?;
        let request = authorize_url(self.link.hosts(), oauth.app_id(), &redirectUri)
            .map_err(|e| exception_of(&e))?;
        Ok(authorization::object(
            request.url.as_str(),
            request.state.secret(),
        )?)
    }

    /// Buys tokens with the callback's code.
    pub fn complete(
        &self,
        callback: String,
        state: String,
    ) -> PhpResult<connection_status::ConnectionStatus> {
        let oauth = self.link.oauth()?;
        let callback = Callback::parse(&callback).map_err(|e| exception::of(e.into()))?;
        callback
            .check(oauth.app_id(), &CsrfToken::new(state))
            .map_err(|e| exception::of(e.into()))?;
        let answer = self
            .link
            .finish(oauth.exchange(&callback.code, crate::link::now()))?;
        let tokens = answer.map_err(|error| exception::of(Error::of_exchange(error)))?;
        self.link.connect(&callback.merchant_id, &tokens)?;
        self.status()
    }

    /// Reads the stored record.
    pub fn status(&self) -> PhpResult<connection_status::ConnectionStatus> {
        let record = self.link.record().map_err(|e| host_exception(&e))?;
        let tokens = record
            .as_ref()
            .map(crate::link::Record::tokens)
            .transpose()
            .map_err(|e| host_exception(&e.into()))?;
        Ok(connection_status::object(
            self.link.settings.environment,
            record.as_ref(),
            tokens.as_ref(),
        )?)
    }

    /// Refreshes when it is time.
    #[php(defaults(whenUnder = 1200))]
    pub fn refresh(&self, whenUnder: i64) -> PhpResult<bool> {
        self.link.refresh(whenUnder)
    }

    /// What Clover tells of the merchant.
    pub fn merchant(&self) -> PhpResult<merchant::Merchant> {
        let facts = self.link.call(clover_client::merchant::read)?;
        Ok(merchant::object(&facts)?)
    }

    /// Forgets the tokens.
    pub fn disconnect(&self) -> PhpResult<()> {
        self.link.disconnect()
    }

    /// Fields that Clover does not show to this app.
    pub fn withheld(&self) -> Vec<String> {
        self.link.withheld().fields()
    }

    /// Requests sent so far.
    pub fn requests(&self) -> i64 {
        i64::try_from(self.link.requests()).unwrap_or(i64::MAX)
    }
}

/// Adds the class to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.class::<Connection>()
}

/// What only the registered class can be told.
pub fn finish() {
    let ce = <Connection as ext_php_rs::class::RegisteredClass>::get_metadata().ce();
    sensitive(ce, "complete", 0);
    sensitive(ce, "complete", 1);
}
