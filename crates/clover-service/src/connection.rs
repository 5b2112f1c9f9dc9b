//! Connecting a shop with a merchant, and what is known of the connection.

pub use clover_client::Credential;
use clover_client::api_token::try_token;
pub use clover_client::merchant::CurrencySource;
use clover_client::merchant::{self, MerchantFacts};
use clover_client::{
    Access, AccessToken, AuthorizeRequest, Callback, CsrfToken, Origin, Tokens, authorize_url,
};
use clover_core::environment::Environment;
use clover_core::ids::MerchantId;
use clover_core::problem::{Problem, ProblemCode};

use crate::error::{Error, permission_of, problem_of};
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
    /// What the connection is made with.
    pub credential: Option<Credential>,
    /// By Clover's clock. None for an API token.
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

/// What the owner entered, without the blanks of a copy.
fn api_access(merchant: &str, token: &str) -> Result<Access, Error> {
    // The error does not quote what was entered: it may be the token.
    let merchant = MerchantId::new(merchant.trim())
        .map_err(|_| Error::item(ProblemCode::MerchantIdForm, "merchantId"))?;
    let token = token.trim();
    let is_token =
        (8..=1_000).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
    if !is_token {
        return Err(Error::item(ProblemCode::ApiTokenForm, "token"));
    }
    Ok(Access {
        merchant,
        token: AccessToken::new(token.to_owned()),
    })
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

    /// Stores a merchant's API token, after Clover has accepted it if `test` is set.
    ///
    /// # Errors
    /// [`Error::Item`] for what cannot be a merchant id or a token, and when Clover refuses the
    /// token for items or orders; the rest of [`Error`].
    pub fn connect_with_api_token(
        &self,
        merchant: &str,
        token: &str,
        test: bool,
    ) -> Result<ConnectionStatus, Error> {
        let access = api_access(merchant, token)?;
        if test {
            self.test_api_token(&access)?;
        }
        let tokens = Tokens::of_api_token(access.token, now(), Origin::Connected);
        self.connect(access.merchant, &tokens)?;
        self.status()
    }

    /// Whether this API token of this merchant is the stored one, connected or not.
    ///
    /// # Errors
    /// [`Error::Vault`] when the record does not open, and the host's.
    pub fn has_api_token(&self, merchant: &str, token: &str) -> Result<bool, Error> {
        let Some(record) = self.record()? else {
            return Ok(false);
        };
        let tokens = record.tokens()?;
        Ok(record.merchant.as_str() == merchant.trim()
            && tokens.credential() == Credential::Merchant
            && tokens.access.secret() == token.trim())
    }

    /// Makes two reads that need permissions of the owner's manual.
    fn test_api_token(&self, access: &Access) -> Result<(), Error> {
        let trial = self.finish(try_token(self.api()?, access.clone()))??;
        let Some(first) = trial.refusals.first() else {
            return Ok(());
        };
        let permissions: Vec<&str> = trial.refusals.iter().filter_map(permission_of).collect();
        let problem = if trial.is_refused() {
            Problem::new(ProblemCode::ApiTokenNotAccepted)
                .with("merchant", access.merchant.as_str())
        } else {
            Problem::new(ProblemCode::ApiTokenPermission)
        };
        let problem = problem.with("permissions", permissions);
        let details = problem_of(first).details;
        Err(Error::item(problem.because(details), "token"))
    }

    /// Reads the stored record.
    ///
    /// # Errors
    /// [`Error::Vault`] when it does not open, and the host's.
    pub fn status(&self) -> Result<ConnectionStatus, Error> {
        let record = self.record()?;
        let tokens = record.as_ref().map(TokenRecord::tokens).transpose()?;
        let renewal = tokens.as_ref().and_then(|tokens| tokens.renewal.as_ref());
        let connected = record.as_ref().is_some_and(|r| r.reconnect.is_none());
        let refusal = tokens
            .as_ref()
            .and_then(|t| t.refusal)
            .filter(|_| connected);
        Ok(ConnectionStatus {
            connected,
            environment: self.settings().environment,
            merchant_id: record.as_ref().map(|r| r.merchant.as_str().to_owned()),
            credential: tokens.as_ref().map(Tokens::credential),
            access_expires_at: renewal.map(|renewal| renewal.access_expires_at),
            refresh_expires_at: renewal.and_then(|renewal| renewal.refresh_expires_at),
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
