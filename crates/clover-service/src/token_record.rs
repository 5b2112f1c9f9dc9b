//! The token record: what the host stores of a connection, sealed.

use clover_client::Tokens;
use clover_core::environment::Environment;
use clover_core::ids::MerchantId;
use clover_core::json::{JsonError, parse};
use clover_core::problem::{Problem, ProblemCode};
use clover_core::seal::{OpenError, Vault};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::vault::seal;

/// What the host stores.
#[derive(Serialize, Deserialize)]
pub struct TokenRecord {
    /// The merchant of the tokens.
    pub merchant: MerchantId,
    /// Why the owner must connect again.
    pub reconnect: Option<String>,
    tokens: Zeroizing<String>,
}

impl TokenRecord {
    /// A record of these tokens.
    #[must_use]
    pub fn new(merchant: MerchantId, tokens: &Tokens, reconnect: Option<String>) -> Self {
        Self {
            merchant,
            reconnect,
            tokens: Zeroizing::new(tokens.to_json()),
        }
    }

    /// The tokens.
    ///
    /// # Errors
    /// [`Error::Vault`] when they cannot be read.
    pub fn tokens(&self) -> Result<Tokens, Error> {
        Tokens::from_json(&self.tokens).map_err(unreadable)
    }

    /// Reads what [`TokenRecord::seal`] made.
    ///
    /// # Errors
    /// [`Error::Vault`] when the text does not open or is not a record.
    pub fn open(text: &[u8], vault: &Vault, environment: Environment) -> Result<Self, Error> {
        // Bytes that are not text: a broken record is not a missing one.
        let text = std::str::from_utf8(text).map_err(|_| sealed(OpenError::Unknown))?;
        // The merchant stands outside the seal because it is part of the seal's context.
        let (merchant, secret) = text
            .split_once('.')
            .ok_or_else(|| sealed(OpenError::Unknown))?;
        let opened = vault
            .open(secret, &context(environment, merchant))
            .map_err(sealed)?;
        parse(&opened).map_err(unreadable)
    }

    /// The text to store.
    ///
    /// # Errors
    /// [`Error::Bug`] when the system gives no random bytes.
    pub fn seal(&self, vault: &Vault, environment: Environment) -> Result<String, Error> {
        // Panic: the record consists of strings.
        let text = Zeroizing::new(serde_json::to_vec(self).expect("strings"));
        let merchant = &self.merchant;
        let context = context(environment, merchant.as_str());
        let secret = seal(vault, &text, context.as_bytes())?;
        Ok(format!("{merchant}.{secret}"))
    }
}

fn context(environment: Environment, merchant: &str) -> String {
    format!("{}/{merchant}/tokens", environment.key())
}

fn sealed(error: OpenError) -> Error {
    vault(&error.to_string())
}

fn unreadable(error: JsonError) -> Error {
    vault(&error.to_string())
}

fn vault(details: &str) -> Error {
    Error::Vault {
        problem: Problem::new(ProblemCode::TokensSealed).because(details),
    }
}
