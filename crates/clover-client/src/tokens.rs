//! A pair of tokens and what must be kept with it. No requests, no clock.

use std::mem::{replace, take};

use oauth2::{AccessToken, RefreshToken};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use clover_core::json::{self, JsonError};
use clover_core::wire::lenient_integer;
use zeroize::{Zeroize as _, Zeroizing};

/// A pair that was made because Clover refused the one before is trusted for this long: a second
/// refusal is then about a permission, not the token. Long enough for a burst of calls that all
/// lack the permission to cost one refresh.
pub const TRUSTED_FOR: i64 = 10;

/// A refusal of a refresh token ends the connection when Clover repeats it after this long or
/// longer: a fault of Clover's, or of what stands before it, is over by then.
pub const CONFIRMED_AFTER: i64 = 600;

/// Why a pair was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The owner connected the shop.
    Connected,
    /// The one before was about to expire.
    Aged,
    /// The one before was refused.
    Refused,
}

/// What the token store keeps. Wiped from memory in the end. `Debug` shows no secret;
/// [`Tokens::to_json`] shows all of them.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Opens the data.
    pub access: AccessToken,
    /// Unix seconds, by Clover's clock.
    pub access_expires_at: i64,
    /// Buys the next pair, once.
    pub refresh: RefreshToken,
    /// Unix seconds, by Clover's clock, when Clover told.
    pub refresh_expires_at: Option<i64>,
    /// The refresh token that bought this pair: Clover's recovery may accept it for two weeks.
    pub previous_refresh: Option<RefreshToken>,
    /// Unix seconds, by our clock.
    pub rotated_at: i64,
    /// Why this pair was fetched.
    pub origin: Origin,
    /// That Clover refused to replace this pair; a second refusal ends the connection.
    pub refusal: Option<Refusal>,
}

/// Clover's first refusal of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Unix seconds, by our clock.
    pub at: i64,
    /// Clover had refused the access token as well, so it opens nothing meanwhile.
    pub access_too: bool,
}

impl Refusal {
    /// When Clover is asked again.
    #[must_use]
    pub fn next_try_at(&self) -> i64 {
        self.at.saturating_add(CONFIRMED_AFTER)
    }

    /// It is too early to ask again. A refusal that lies ahead, by a clock that was wrong, holds
    /// nothing up.
    #[must_use]
    pub fn holds(&self, now: i64) -> bool {
        (self.at..self.next_try_at()).contains(&now)
    }

    /// A refusal now is the second one, and the connection ends.
    #[must_use]
    pub fn is_confirmed_by_one(&self, now: i64) -> bool {
        now >= self.next_try_at()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    access: Zeroizing<String>,
    access_expires_at: i64,
    refresh: Zeroizing<String>,
    refresh_expires_at: Option<i64>,
    previous_refresh: Option<Zeroizing<String>>,
    rotated_at: i64,
    origin: Origin,
    /// Records of 0.1.0 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
}

/// Clover's answer to a code, a refresh and a recovery. Expiries are absolute, in seconds.
#[derive(Deserialize)]
pub(crate) struct Pair {
    access_token: String,
    #[serde(deserialize_with = "seconds")]
    access_token_expiration: i64,
    refresh_token: String,
    #[serde(default, deserialize_with = "lenient_integer")]
    refresh_token_expiration: Option<i64>,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    lenient_integer(deserializer)?.ok_or_else(|| D::Error::custom("is no time"))
}

impl Pair {
    /// What to store. `spent` is the refresh token that bought it.
    pub(crate) fn into_tokens(
        self,
        spent: Option<RefreshToken>,
        now: i64,
        origin: Origin,
    ) -> Tokens {
        Tokens {
            access: AccessToken::new(self.access_token),
            access_expires_at: self.access_token_expiration,
            refresh: RefreshToken::new(self.refresh_token),
            refresh_expires_at: self.refresh_token_expiration,
            previous_refresh: spent,
            rotated_at: now,
            origin,
            refusal: None,
        }
    }
}

impl Drop for Tokens {
    fn drop(&mut self) {
        let wiped = |mut text: String| text.zeroize();
        let refresh = |token: &mut RefreshToken| replace(token, RefreshToken::new(String::new()));
        wiped(replace(&mut self.access, AccessToken::new(String::new())).into_secret());
        wiped(refresh(&mut self.refresh).into_secret());
        if let Some(token) = &mut self.previous_refresh {
            wiped(refresh(token).into_secret());
        }
    }
}

impl Tokens {
    /// Seconds that the access token has left; negative when it has expired.
    #[must_use]
    pub fn remaining(&self, now: i64) -> i64 {
        self.access_expires_at.saturating_sub(now)
    }

    /// At least `seconds` are left, or a refresh would not help.
    ///
    /// A pair that did not have as much even when it was new (a clock that is wrong, or shorter
    /// lives than Clover documents) serves half its apparent life, so that no clock can make every
    /// call refresh.
    #[must_use]
    pub fn serves(&self, seconds: i64, now: i64) -> bool {
        if self.refusal.is_some_and(|refusal| refusal.access_too) {
            return false;
        }
        let life = self.access_expires_at.saturating_sub(self.rotated_at);
        if life > seconds {
            return self.remaining(now) >= seconds;
        }
        let age = now.saturating_sub(self.rotated_at);
        (0..(life / 2).max(TRUSTED_FOR)).contains(&age)
    }

    /// It was fetched just now because the one before was refused, so a refusal is not the token's
    /// fault.
    #[must_use]
    pub fn is_beyond_doubt(&self, now: i64) -> bool {
        let age = now.saturating_sub(self.rotated_at);
        self.origin == Origin::Refused && (0..TRUSTED_FOR).contains(&age)
    }

    /// For sealing, and nothing else: the text holds every secret.
    #[must_use]
    pub fn to_json(&self) -> String {
        let stored = Stored {
            access: self.access.secret().clone().into(),
            access_expires_at: self.access_expires_at,
            refresh: self.refresh.secret().clone().into(),
            refresh_expires_at: self.refresh_expires_at,
            previous_refresh: self
                .previous_refresh
                .as_ref()
                .map(|t| t.secret().clone().into()),
            rotated_at: self.rotated_at,
            origin: self.origin,
            refusal: self.refusal,
        };
        // Panic: cannot fire, strings and integers always have a JSON form.
        serde_json::to_string(&stored).expect("strings and integers")
    }

    /// What [`Tokens::to_json`] wrote.
    ///
    /// # Errors
    /// [`JsonError`], which names the place and holds no value.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let mut stored: Stored = json::parse(text.as_bytes())?;
        Ok(Self {
            access: AccessToken::new(take(&mut stored.access)),
            access_expires_at: stored.access_expires_at,
            refresh: RefreshToken::new(take(&mut stored.refresh)),
            refresh_expires_at: stored.refresh_expires_at,
            previous_refresh: stored
                .previous_refresh
                .as_mut()
                .map(|t| RefreshToken::new(take(t))),
            rotated_at: stored.rotated_at,
            origin: stored.origin,
            refusal: stored.refusal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiries_may_come_as_text_or_as_doubles() {
        for (access, refresh) in [
            ("1767001800", "1767001900"),
            (r#""1767001800""#, r#""1767001900""#),
            ("1767001800.0", "1767001900.0"),
        ] {
            let pair: Pair = serde_json::from_str(&format!(
                r#"{{"access_token":"a","access_token_expiration":{access},"refresh_token":"r","refresh_token_expiration":{refresh}}}"#
            ))
            .unwrap();
            let tokens = pair.into_tokens(None, 0, Origin::Aged);
            assert_eq!(
                (tokens.access_expires_at, tokens.refresh_expires_at),
                (1_767_001_800, Some(1_767_001_900))
            );
        }
        for wrong in [r#""soon""#, "null", "1.5", r#""""#] {
            let pair = serde_json::from_str::<Pair>(&format!(
                r#"{{"access_token":"a","access_token_expiration":{wrong},"refresh_token":"r"}}"#
            ));
            assert!(pair.is_err(), "{wrong}");
        }
    }
}
