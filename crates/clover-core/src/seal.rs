//! Sealing of secrets for a database that is backed up and copied: `ChaCha20-Poly1305` with the
//! context bound in.
//!
//! The extended-nonce form is used, since many processes seal under one key without a shared
//! counter and a random 12-byte nonce would be too short for that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Shortest secret a key is derived from. Joomla's `secret` has 16 characters.
pub const SHORTEST_SECRET: usize = 16;
/// Random bytes that each sealing needs.
pub const NONCE_BYTES: usize = 24;

const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const HEADER_BYTES: usize = 1 + KEY_ID_BYTES;

/// The secret has fewer bytes than [`SHORTEST_SECRET`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must have at least {SHORTEST_SECRET} bytes")]
pub struct SecretTooShort;

/// The text does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was never sealed by this software, or by a later version of it.
    #[error("this is not a sealed text of a known version")]
    Unknown,
    /// It was sealed under a secret that is neither the present nor the previous one.
    #[error("it was sealed with another secret")]
    OtherSecret,
    /// It was changed, or sealed for another context.
    #[error("it was changed or belongs to another context")]
    Rejected,
}

/// Seals and opens under the site's secret.
pub struct Vault {
    current: SealingKey,
    previous: Option<SealingKey>,
}

struct SealingKey {
    id: [u8; KEY_ID_BYTES],
    cipher: XChaCha20Poly1305,
}

impl SealingKey {
    fn derive(secret: &[u8]) -> Result<Self, SecretTooShort> {
        if secret.len() < SHORTEST_SECRET {
            return Err(SecretTooShort);
        }
        let hkdf = Hkdf::<Sha256>::new(Some(b"cloversync"), secret);
        let (mut key, mut id) = (Zeroizing::new([0; 32]), [0; KEY_ID_BYTES]);
        // Panic: HKDF refuses only outputs above 255 hashes.
        hkdf.expand(b"vault key v1", &mut *key).expect("32 bytes");
        hkdf.expand(b"vault key id v1", &mut id).expect("4 bytes");
        Ok(Self {
            id,
            // The cipher wipes its own key.
            cipher: XChaCha20Poly1305::new((&*key).into()),
        })
    }
}

impl Vault {
    /// A vault that seals with `secret`, and still opens what was sealed with `previous`.
    ///
    /// # Errors
    /// [`SecretTooShort`].
    pub fn new(secret: &[u8], previous: Option<&[u8]>) -> Result<Self, SecretTooShort> {
        Ok(Self {
            current: SealingKey::derive(secret)?,
            previous: previous.map(SealingKey::derive).transpose()?,
        })
    }

    /// Seals for one context. The nonce must be fresh random bytes each time.
    #[must_use]
    pub fn seal(&self, plaintext: &[u8], context: &str, nonce: [u8; NONCE_BYTES]) -> String {
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&self.current.id);
        sealed.extend_from_slice(&nonce);
        let payload = Payload {
            msg: plaintext,
            aad: &bound(context),
        };
        // Panic: this cipher fails only above 256 GiB.
        sealed.extend(
            self.current
                .cipher
                .encrypt(&XNonce::from(nonce), payload)
                .expect("small message"),
        );
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`Vault::seal`] made for the same context. The result wipes itself.
    ///
    /// # Errors
    /// [`OpenError`]; it does not tell a changed text from one of another context.
    pub fn open(&self, sealed: &str, context: &str) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(sealed)
            .map_err(|_| OpenError::Unknown)?;
        let (header, rest) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or(OpenError::Unknown)?;
        let (nonce, ciphertext) = rest
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(OpenError::Unknown)?;
        if header.first() != Some(&VERSION) {
            return Err(OpenError::Unknown);
        }
        let key = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| header.ends_with(&key.id))
            .ok_or(OpenError::OtherSecret)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &bound(context),
        };
        key.cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| OpenError::Rejected)
    }

    /// Whether the text was sealed with the present secret. False also for a text that was never
    /// sealed.
    #[must_use]
    pub fn is_current(&self, sealed: &str) -> bool {
        URL_SAFE_NO_PAD.decode(sealed).is_ok_and(|bytes| {
            bytes.first() == Some(&VERSION)
                && bytes.get(1..HEADER_BYTES) == Some(&self.current.id[..])
        })
    }
}

fn bound(context: &str) -> Vec<u8> {
    [&[VERSION], context.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"0123456789abcdef";
    const OTHER: &[u8] = b"fedcba9876543210";

    #[test]
    fn keys_and_what_they_open_are_wiped_in_the_end() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let vault = Vault::new(SECRET, None).unwrap();
        let sealed = vault.seal(b"token", "c", [7; NONCE_BYTES]);
        is_wiped(&vault.current.cipher);
        is_wiped(&vault.open(&sealed, "c").unwrap());
        is_wiped(&crate::settings::Secret::new("a secret").0);
    }

    #[test]
    fn what_was_sealed_opens_in_its_context_only() {
        let vault = Vault::new(SECRET, None).unwrap();
        let sealed = vault.seal(b"token", "na/M1/tokens", [7; NONCE_BYTES]);
        assert_eq!(**vault.open(&sealed, "na/M1/tokens").unwrap(), *b"token");
        assert_eq!(
            vault.open(&sealed, "eu/M1/tokens"),
            Err(OpenError::Rejected)
        );
        assert!(!sealed.contains("token"));
    }

    #[test]
    fn after_a_change_of_secret_old_texts_open_and_new_ones_use_the_new_key() {
        let sealed = Vault::new(SECRET, None)
            .unwrap()
            .seal(b"token", "c", [1; NONCE_BYTES]);
        let rotated = Vault::new(OTHER, Some(SECRET)).unwrap();
        assert_eq!(**rotated.open(&sealed, "c").unwrap(), *b"token");
        assert!(!rotated.is_current(&sealed));
        assert!(rotated.is_current(&rotated.seal(b"token", "c", [2; NONCE_BYTES])));
        assert_eq!(
            Vault::new(OTHER, None).unwrap().open(&sealed, "c"),
            Err(OpenError::OtherSecret)
        );
    }

    #[test]
    fn a_secret_that_is_too_short_makes_no_vault() {
        assert!(Vault::new(b"short", None).is_err());
        assert!(Vault::new(SECRET, Some(b"")).is_err());
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_noticed(
            plain in proptest::collection::vec(any::<u8>(), 0..60),
            nonce: [u8; NONCE_BYTES],
            at: prop::sample::Index,
            bit in 0..8_u8,
        ) {
            let vault = Vault::new(SECRET, Some(OTHER)).unwrap();
            let sealed = vault.seal(&plain, "c", nonce);
            prop_assert_eq!(&*vault.open(&sealed, "c").unwrap(), &plain);
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            let index = at.index(bytes.len());
            bytes[index] ^= 1 << bit;
            prop_assert!(vault.open(&URL_SAFE_NO_PAD.encode(bytes), "c").is_err());
        }

        #[test]
        fn no_text_makes_opening_panic(text in ".{0,80}") {
            prop_assert!(Vault::new(SECRET, None).unwrap().open(&text, "c").is_err());
        }
    }
}
