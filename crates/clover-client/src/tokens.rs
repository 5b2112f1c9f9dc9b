//! The tokens of a connection and the data that is stored with them. No requests, no clock.

use std::mem::{replace, take};

use oauth2::{AccessToken, RefreshToken};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use clover_core::json::{self, JsonError};
use clover_core::text_enum;
use clover_core::wire::lenient_integer;
use zeroize::{Zeroize as _, Zeroizing};

/// For this time, a refusal of a pair that replaced a refused one concerns a permission and not the
/// token. Long enough that a burst of calls without the permission causes only one refresh.
pub const TRUSTED_FOR: i64 = 10;

/// A refusal of a refresh token or an API token ends the connection if Clover repeats it after this
/// time or later.
/// By then, a temporary fault of Clover or of a server in between is over.
pub const CONFIRMED_AFTER: i64 = 600;

text_enum! {
    /// What a connection is made with.
    pub enum Credential {
        /// The app's: a pair of tokens, which it gets by OAuth and renews.
        App = "oauth",
        /// The merchant's: an API token of his own, which does not expire.
        Merchant = "api_token",
    }
}

/// The reason for fetching a pair, or for trying an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The owner connected the shop.
    Connected,
    /// The previous pair was about to expire.
    Aged,
    /// The token was refused.
    Refused,
}

/// The stored token record. It is wiped from memory when dropped. `Debug` shows no secret;
/// [`Tokens::to_json`] contains all of them.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token, or the API token.
    pub access: AccessToken,
    /// How the access token is replaced; none for an API token.
    pub renewal: Option<Renewal>,
    /// When Clover gave these tokens, or last accepted the API token in a trial. Unix seconds, by
    /// this machine's clock.
    pub rotated_at: i64,
    /// The reason for that.
    pub origin: Origin,
    /// Clover's first refusal to replace the pair, or of the API token; a second refusal ends the
    /// connection.
    pub refusal: Option<Refusal>,
}

/// What belongs to an access token of OAuth.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// Unix seconds, by Clover's clock.
    pub access_expires_at: i64,
    /// The refresh token; works once.
    pub refresh: RefreshToken,
    /// Unix seconds, by Clover's clock, if Clover returned it.
    pub refresh_expires_at: Option<i64>,
    /// The refresh token that was used for this pair: Clover's recovery may accept it for two
    /// weeks.
    pub previous_refresh: Option<RefreshToken>,
}

/// Clover's first refusal of a refresh token or an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Unix seconds, by this machine's clock.
    pub at: i64,
    /// Whether Clover has refused the access token as well, so that it cannot be used meanwhile.
    pub access_too: bool,
}

impl Refusal {
    /// When the second attempt may start.
    #[must_use]
    pub fn next_try_at(&self) -> i64 {
        self.at.saturating_add(CONFIRMED_AFTER)
    }

    /// Whether it is too early for the second attempt. A refusal in the future, caused by a wrong
    /// clock, does not delay it.
    #[must_use]
    pub fn holds(&self, now: i64) -> bool {
        (self.at..self.next_try_at()).contains(&now)
    }

    /// Whether a refusal now is the second one, which ends the connection.
    #[must_use]
    pub fn is_confirmed_by_one(&self, now: i64) -> bool {
        now >= self.next_try_at()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    access: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_expires_at: Option<i64>,
    /// Missing for an API token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<Zeroizing<String>>,
    refresh_expires_at: Option<i64>,
    previous_refresh: Option<Zeroizing<String>>,
    rotated_at: i64,
    origin: Origin,
    /// Missing in records of version 0.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
}

/// Clover's response to a code, a refresh and a recovery. Expiry times are absolute, in seconds.
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
    lenient_integer(deserializer)?.ok_or_else(|| D::Error::custom("is not a time"))
}

impl Pair {
    /// The record to store. `spent` is the refresh token that was used for this pair.
    pub(crate) fn into_tokens(
        self,
        spent: Option<RefreshToken>,
        now: i64,
        origin: Origin,
    ) -> Tokens {
        Tokens {
            access: AccessToken::new(self.access_token),
            renewal: Some(Renewal {
                access_expires_at: self.access_token_expiration,
                refresh: RefreshToken::new(self.refresh_token),
                refresh_expires_at: self.refresh_token_expiration,
                previous_refresh: spent,
            }),
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
        if let Some(renewal) = &mut self.renewal {
            wiped(refresh(&mut renewal.refresh).into_secret());
            if let Some(token) = &mut renewal.previous_refresh {
                wiped(refresh(token).into_secret());
            }
        }
    }
}

impl Tokens {
    /// The record of a merchant's API token that Clover has just accepted, or has yet to accept.
    #[must_use]
    pub fn of_api_token(token: AccessToken, now: i64, origin: Origin) -> Self {
        Self {
            access: token,
            renewal: None,
            rotated_at: now,
            origin,
            refusal: None,
        }
    }

    /// What the connection is made with.
    #[must_use]
    pub fn credential(&self) -> Credential {
        match self.renewal {
            Some(_) => Credential::App,
            None => Credential::Merchant,
        }
    }

    /// Whether these tokens have not been replaced by `other`: the refresh token is the same, or
    /// the API token and the time of its trial are.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (&self.renewal, &other.renewal) {
            (Some(mine), Some(its)) => mine.refresh.secret() == its.refresh.secret(),
            (None, None) => {
                self.access.secret() == other.access.secret() && self.rotated_at == other.rotated_at
            }
            _ => false,
        }
    }

    /// Whether at least `seconds` are left, or a refresh would not help. An API token has no end.
    ///
    /// If a pair had fewer seconds even when it was new (a wrong clock, or shorter lifetimes than
    /// Clover documents), it is used for half of its apparent lifetime. So a wrong clock cannot
    /// cause a refresh in every call.
    #[must_use]
    pub fn serves(&self, seconds: i64, now: i64) -> bool {
        if self.refusal.is_some_and(|refusal| refusal.access_too) {
            return false;
        }
        let Some(renewal) = &self.renewal else {
            return true;
        };
        let lifetime = renewal.access_expires_at.saturating_sub(self.rotated_at);
        if lifetime > seconds {
            return renewal.access_expires_at.saturating_sub(now) >= seconds;
        }
        let age = now.saturating_sub(self.rotated_at);
        (0..(lifetime / 2).max(TRUSTED_FOR)).contains(&age)
    }

    /// Whether the pair has just replaced a refused one, or Clover has just accepted the API token
    /// in a trial after a refusal, so that a refusal now is not caused by the token.
    #[must_use]
    pub fn is_beyond_doubt(&self, now: i64) -> bool {
        let age = now.saturating_sub(self.rotated_at);
        self.origin == Origin::Refused && (0..TRUSTED_FOR).contains(&age)
    }

    /// Only for encryption: the text contains all secrets.
    #[must_use]
    pub fn to_json(&self) -> String {
        let renewal = self.renewal.as_ref();
        let secret = |token: &RefreshToken| Zeroizing::new(token.secret().clone());
        let stored = Stored {
            access: self.access.secret().clone().into(),
            access_expires_at: renewal.map(|renewal| renewal.access_expires_at),
            refresh: renewal.map(|renewal| secret(&renewal.refresh)),
            refresh_expires_at: renewal.and_then(|renewal| renewal.refresh_expires_at),
            previous_refresh: renewal.and_then(|r| r.previous_refresh.as_ref().map(secret)),
            rotated_at: self.rotated_at,
            origin: self.origin,
            refusal: self.refusal,
        };
        // Panic: strings and integers always have a JSON form.
        serde_json::to_string(&stored).expect("strings and integers")
    }

    /// Parses the text of [`Tokens::to_json`].
    ///
    /// # Errors
    /// [`JsonError`], which contains the path and no value.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let mut stored: Stored = json::parse(text.as_bytes())?;
        let opened = |token: &mut Zeroizing<String>| RefreshToken::new(take(token));
        let renewal = match (&mut stored.refresh, stored.access_expires_at) {
            (Some(refresh), Some(access_expires_at)) => Some(Renewal {
                access_expires_at,
                refresh: opened(refresh),
                refresh_expires_at: stored.refresh_expires_at,
                previous_refresh: stored.previous_refresh.as_mut().map(opened),
            }),
            (None, None) => None,
            _ => {
                return Err(JsonError {
                    path: "refresh".to_owned(),
                    reason: "a pair has both its refresh token and its expiry".to_owned(),
                });
            }
        };
        Ok(Self {
            access: AccessToken::new(take(&mut stored.access)),
            renewal,
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
                r#"{{"access_token":"a","access_token_expiration":{access},
                     "refresh_token":"r","refresh_token_expiration":{refresh}}}"#
            ))
            .unwrap();
            let tokens = pair.into_tokens(None, 0, Origin::Aged);
            let renewal = tokens.renewal.as_ref().unwrap();
            assert_eq!(
                (renewal.access_expires_at, renewal.refresh_expires_at),
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
