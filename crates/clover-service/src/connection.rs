//! Connecting a shop with a merchant, and what is known of the connection.

pub use clover_client::merchant::CurrencySource;
use clover_client::merchant::{self, MerchantFacts};
use clover_client::{AuthorizeRequest, Callback, CsrfToken, authorize_url};
use clover_core::environment::Environment;
use clover_core::problem::Problem;

use crate::error::Error;
use crate::session::{Session, connection_lost, now};
use crate::token_record::TokenRecord;

/// The connection as stored. Times in unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionStatus {
    /// Whether calls can be made.
    pub connected: bool,
    /// Which Clover.
    pub environment: Environment,
    /// The merchant's id.
    pub merchant_id: Option<String>,
    /// By Clover's clock.
    pub access_expires_at: Option<i64>,
    /// By Clover's clock.
    pub refresh_expires_at: Option<i64>,
    /// Why the owner must connect again.
    pub reconnect_reason: Option<Problem>,
    /// When Clover refused to renew the connection.
    pub refused_at: Option<i64>,
    /// When Clover is asked once more.
    pub next_try_at: Option<i64>,
}

/// The merchant, as far as the app may read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// Clover's id.
    pub id: String,
    /// As on Clover's dashboard.
    pub name: Option<String>,
    /// ISO 4217, with its source.
    pub currency: Option<(String, CurrencySource)>,
    /// Whether prices include VAT.
    pub vat: Option<bool>,
    /// Whether the merchant tracks stock.
    pub track_stock: Option<bool>,
    /// Whether Clover takes sold units out of the stock.
    pub update_stock: Option<bool>,
}

impl From<MerchantFacts> for Merchant {
    fn from(facts: MerchantFacts) -> Self {
        let properties = facts.properties.as_ref();
        let stated = properties.and_then(|p| p.default_currency.clone());
        let currency = match (stated, facts.order_currency) {
            (Some(currency), _) => Some((currency, CurrencySource::Properties)),
            (None, Some(currency)) => Some((currency, CurrencySource::Order)),
            (None, None) => None,
        };
        Self {
            id: facts.id,
            name: facts.name,
            currency,
            vat: properties.and_then(|p| p.vat),
            track_stock: properties.and_then(|p| p.track_stock),
            update_stock: properties.and_then(|p| p.update_stock),
        }
    }
}

impl Session {
    /// Where to send the owner's browser, and the state to keep until it comes back.
    ///
    /// # Errors
    /// [`Error::Settings`] without the app's id and secret, or with a redirect URI that is not a
    /// URL.
    pub fn authorize(&self, redirect_uri: &str) -> Result<AuthorizeRequest, Error> {
        let oauth = self.oauth()?;
        Ok(authorize_url(self.hosts(), oauth.app_id(), redirect_uri)?)
    }

    /// Buys tokens with the code of a callback, and stores them.
    ///
    /// # Errors
    /// [`Error::Callback`] and the rest of [`Error`].
    pub fn complete(&self, callback: &str, state: String) -> Result<ConnectionStatus, Error> {
        let oauth = self.oauth()?;
        let callback = Callback::parse(callback)?;
        callback.check(oauth.app_id(), &CsrfToken::new(state))?;
        let answer = self.finish(oauth.exchange(&callback.code, now()))?;
        let tokens = answer.map_err(Error::of_exchange)?;
        self.connect(callback.merchant_id.clone(), &tokens)?;
        self.status()
    }

    /// Reads the stored record.
    ///
    /// # Errors
    /// [`Error::Vault`] when it does not open, and the host's.
    pub fn status(&self) -> Result<ConnectionStatus, Error> {
        let record = self.record()?;
        let tokens = record.as_ref().map(TokenRecord::tokens).transpose()?;
        let connected = record.as_ref().is_some_and(|r| r.reconnect.is_none());
        let refusal = tokens
            .as_ref()
            .and_then(|t| t.refusal)
            .filter(|_| connected);
        Ok(ConnectionStatus {
            connected,
            environment: self.settings().environment,
            merchant_id: record.as_ref().map(|r| r.merchant.as_str().to_owned()),
            access_expires_at: tokens.as_ref().map(|t| t.access_expires_at),
            refresh_expires_at: tokens.as_ref().and_then(|t| t.refresh_expires_at),
            reconnect_reason: record.and_then(|r| r.reconnect).map(connection_lost),
            refused_at: refusal.map(|refusal| refusal.at),
            next_try_at: refusal.map(|refusal| refusal.next_try_at()),
        })
    }

    /// Reads what the app may read of the merchant. If its currency is still where it was before,
    /// that is all that is read, with one request.
    ///
    /// # Errors
    /// [`Error`].
    pub fn merchant(&self, before: Option<CurrencySource>) -> Result<Merchant, Error> {
        let facts = match before {
            Some(source) => {
                self.call(move |api, access| merchant::read_again(api, access, source))?
            }
            None => self.call(merchant::read)?,
        };
        Ok(facts.into())
    }
}
