//! Seals texts for the host. Sealed texts and contexts come as bytes that may not be UTF-8.

use clover_core::problem::{Problem, ProblemCode};
use clover_core::seal::{NONCE_BYTES, SHORTEST_SECRET, Vault};
use zeroize::Zeroizing;

use crate::error::Error;

/// A vault whose key is derived from the secret.
///
/// # Errors
/// [`Error::Settings`] when a secret is too short.
pub fn derive(secret: &[u8], previous: Option<&[u8]>) -> Result<Vault, Error> {
    Vault::new(secret, previous).map_err(|_| {
        let problem = Problem::new(ProblemCode::SettingSecretShort);
        Error::setting("secret", problem.with("least", SHORTEST_SECRET))
    })
}

/// Seals with fresh random bytes of the system.
///
/// # Errors
/// [`Error::Bug`] when the system gives none, [`Error::Vault`] when the context is not UTF-8.
pub fn seal(vault: &Vault, plaintext: &[u8], context: &[u8]) -> Result<String, Error> {
    let context = text(context, "context")?;
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce)
        .map_err(|e| Error::bug(format!("the system gives no random bytes: {e}"), None))?;
    Ok(vault.seal(plaintext, context, nonce))
}

/// Decrypts text that was sealed for the same context.
///
/// # Errors
/// [`Error::Vault`].
pub fn open(vault: &Vault, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let sealed = text(sealed, "sealed")?;
    let opened = vault.open(sealed, text(context, "context")?);
    opened.map_err(|e| failed(e.to_string()))
}

/// Whether the text was sealed with the current secret.
#[must_use]
pub fn is_current(vault: &Vault, sealed: &[u8]) -> bool {
    std::str::from_utf8(sealed).is_ok_and(|sealed| vault.is_current(sealed))
}

fn text<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Error> {
    std::str::from_utf8(bytes).map_err(|_| failed(format!("the {name} text is not valid UTF-8")))
}

fn failed(details: String) -> Error {
    Error::Vault {
        problem: Problem::new(ProblemCode::SecretSealed).because(details),
    }
}
