//! The token lifecycle: check, lock, check again, refresh, check once more, *store*, then use.
//!
//! Runs outside any runtime. The store may be PHP code, which must not be called from within a
//! future. So each future is awaited separately, and the store is called in between.
//!
//! A process may die between the refresh and the store. Clover then has a newer pair than the
//! store, and the store has the refresh token that was used for it. The next process is refused and
//! recovers with that token.
//!
//! A merchant's API token does not expire and is not renewed. When Clover refuses it, or has
//! refused it ten minutes ago, it is tried: a trial takes the place of the refresh, under the same
//! lock.
//!
//! A refusal is final when Clover repeats it ten minutes later or more. The first one is stored
//! with the pair, and no request is sent until then. Any new pair clears it.

use std::future::Future;

use log::{info, warn};
use oauth2::AccessToken;

use crate::api_token::Trial;
use crate::error::Error;
use crate::oauth::{OAuth, OAuthError};
use crate::tokens::{Origin, Refusal, Renewal, Tokens};
use crate::transport::Boxed;

/// A token with less than this time left is replaced before a call: one call may take two attempts
/// of 30 s each, and clocks differ by some seconds.
pub const ON_DEMAND: i64 = 120;

/// Stores the tokens of a connection, with a lock across processes.
pub trait TokenStore {
    /// The error of the store.
    type Error;

    /// The current pair, or `None` if there is no connection.
    ///
    /// # Errors
    /// The store's.
    fn read(&self) -> Result<Option<Tokens>, Self::Error>;

    /// Stores a pair durably before it returns: a new one, or the current one with its refusal.
    ///
    /// # Errors
    /// The store's.
    fn write(&self, tokens: &Tokens) -> Result<(), Self::Error>;

    /// Takes the lock; the store decides how long to wait. `false`: another process holds it.
    ///
    /// # Errors
    /// The store's.
    fn lock(&self) -> Result<bool, Self::Error>;

    /// Releases the lock. Called exactly once after each `lock` that returned `true`.
    fn unlock(&self);

    /// Records that Clover no longer accepts this pair. Called under the lock, so that it cannot
    /// affect the pair of an owner who connects again at this moment.
    ///
    /// # Errors
    /// The store's.
    fn refused(&self, tokens: &Tokens, reason: &OAuthError) -> Result<(), Self::Error> {
        let _ = (tokens, reason);
        Ok(())
    }
}

/// Runs a future to completion on the caller's runtime.
pub trait BlockOn {
    /// Why the wait was interrupted.
    type Error;

    /// Waits.
    ///
    /// # Errors
    /// When the wait was interrupted.
    fn wait<F: Future + 'static>(&self, future: F) -> Result<F::Output, Self::Error>;
}

/// The caller's requirement for the token.
#[derive(Debug, Clone, Copy)]
pub enum TokenRequirement<'a> {
    /// At least this number of seconds left.
    AtLeast(i64),
    /// A different token than this one, which Clover refused.
    Replace(&'a AccessToken),
}

/// Why there is no usable token.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TokenError<S, W> {
    /// There is no connection.
    #[error("the shop is not connected to Clover")]
    NotConnected,
    /// Clover accepted neither the refresh token nor a recovery, for the first time. No request is
    /// sent before the second attempt.
    #[error("Clover refused to renew the connection; a second attempt follows later")]
    Refused(Refusal),
    /// Clover refused the refresh token and a recovery twice: only the owner can restore the
    /// connection.
    #[error("connect to Clover again: {0}")]
    ReconnectNeeded(#[source] OAuthError),
    /// Clover refused a new token, or one that it accepts elsewhere, so the token is not the
    /// reason: a permission is missing, or the app was uninstalled.
    #[error("the token is new, so the app lacks a permission or was uninstalled")]
    TokenIsNew,
    /// The tokens must be refreshed, and the app that they belong to is not set.
    #[error("a refresh needs the app's id and secret")]
    AppNeeded,
    /// Another process is refreshing and held the lock for longer than this one waits.
    #[error("another process is refreshing the token")]
    Busy,
    /// No decision by Clover. The next attempt continues from this state.
    #[error(transparent)]
    Clover(Error),
    /// The store failed. If it failed to write, the next attempt recovers.
    #[error("the token store failed")]
    Store(S),
    /// The caller interrupted the wait.
    #[error("the wait for Clover was interrupted")]
    Wait(W),
}

/// Manages the tokens of one connection.
pub struct TokenManager<'a, S, W> {
    /// Stores the tokens.
    pub store: &'a S,
    /// Runs futures.
    pub waiter: &'a W,
    /// Refreshes tokens; none without an app, which an API token does not need.
    pub oauth: Option<&'a OAuth>,
    /// Tries an API token of the connection's merchant.
    pub trial: &'a dyn Fn(&AccessToken) -> Boxed<Result<Trial, Error>>,
    /// Unix seconds.
    pub clock: &'a dyn Fn() -> i64,
}

struct Unlock<'a, S: TokenStore>(&'a S);

impl<S: TokenStore> Drop for Unlock<'_, S> {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

type Outcome<T, S, W> = Result<T, TokenError<<S as TokenStore>::Error, <W as BlockOn>::Error>>;

impl<S: TokenStore, W: BlockOn> TokenManager<'_, S, W> {
    /// Tokens that meet the requirement, refreshed if necessary.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn ensure(&self, need: TokenRequirement<'_>) -> Outcome<Tokens, S, W> {
        let seen = self.read()?;
        if self.meets(&seen, need)? {
            return Ok(seen);
        }
        self.may_ask(&seen)?;
        if !self.store.lock().map_err(TokenError::Store)? {
            // The holder of the lock may have finished.
            return self.accept(self.read()?, need);
        }
        let _unlock = Unlock(self.store);
        let current = self.read()?;
        if self.meets(&current, need)? {
            return Ok(current);
        }
        self.may_ask(&current)?;
        let origin = match need {
            TokenRequirement::AtLeast(_) => Origin::Aged,
            TokenRequirement::Replace(_) => Origin::Refused,
        };
        let answer = match &current.renewal {
            Some(renewal) => self.rotate(renewal, origin)?,
            None => self.try_out(&current.access, origin)?,
        };
        // The owner may have disconnected or connected again; a lost lock may have a new holder.
        let stored = self.read()?;
        if !stored.is_same_as(&current) {
            warn!("the connection was changed during the refresh, whose result is dropped");
            return self.accept(stored, need);
        }
        match answer {
            Ok(fresh) => {
                self.store.write(&fresh).map_err(TokenError::Store)?;
                // An API token that Clover accepts is still the refused one.
                self.meets(&fresh, need)?;
                Ok(fresh)
            }
            Err(reason) => self.refused(current, need, reason),
        }
    }

    /// Tokens that another process stored, or the current ones if they last for a call.
    fn accept(&self, tokens: Tokens, need: TokenRequirement<'_>) -> Outcome<Tokens, S, W> {
        let is_enough = match need {
            TokenRequirement::AtLeast(seconds) => {
                tokens.serves(seconds.min(ON_DEMAND), (self.clock)())
            }
            TokenRequirement::Replace(_) => self.meets(&tokens, need)?,
        };
        is_enough.then_some(tokens).ok_or(TokenError::Busy)
    }

    fn may_ask(&self, tokens: &Tokens) -> Outcome<(), S, W> {
        match tokens.refusal {
            Some(refusal) if refusal.holds((self.clock)()) => Err(TokenError::Refused(refusal)),
            _ => Ok(()),
        }
    }

    /// The first refusal is stored with the pair, the second one ends the connection.
    fn refused(
        &self,
        mut current: Tokens,
        need: TokenRequirement<'_>,
        reason: OAuthError,
    ) -> Outcome<Tokens, S, W> {
        let now = (self.clock)();
        let before = current.refusal;
        if before.is_some_and(|refusal| refusal.is_confirmed_by_one(now)) {
            self.store
                .refused(&current, &reason)
                .map_err(TokenError::Store)?;
            return Err(TokenError::ReconnectNeeded(reason));
        }
        let refusal = Refusal {
            at: now,
            access_too: matches!(need, TokenRequirement::Replace(_))
                || before.is_some_and(|refusal| refusal.access_too),
        };
        warn!("Clover refused to renew the connection; a second attempt follows later: {reason}");
        current.refusal = Some(refusal);
        self.store.write(&current).map_err(TokenError::Store)?;
        Err(TokenError::Refused(refusal))
    }

    fn read(&self) -> Outcome<Tokens, S, W> {
        let stored = self.store.read().map_err(TokenError::Store)?;
        stored.ok_or(TokenError::NotConnected)
    }

    fn meets(&self, tokens: &Tokens, need: TokenRequirement<'_>) -> Outcome<bool, S, W> {
        match need {
            TokenRequirement::AtLeast(seconds) => Ok(tokens.serves(seconds, (self.clock)())),
            TokenRequirement::Replace(refused) if tokens.access.secret() != refused.secret() => {
                Ok(true)
            }
            TokenRequirement::Replace(_) if tokens.is_beyond_doubt((self.clock)()) => {
                Err(TokenError::TokenIsNew)
            }
            TokenRequirement::Replace(_) => Ok(false),
        }
    }

    fn wait<F: Future + 'static>(&self, future: F) -> Outcome<F::Output, S, W> {
        self.waiter.wait(future).map_err(TokenError::Wait)
    }

    /// The same API token if Clover accepts it, or Clover's refusal. Does not store anything.
    fn try_out(
        &self,
        token: &AccessToken,
        origin: Origin,
    ) -> Outcome<Result<Tokens, OAuthError>, S, W> {
        let trial = self.wait((self.trial)(token))?;
        let trial = trial.map_err(TokenError::Clover)?;
        Ok(match trial.refusal_of_token() {
            Some((call, said)) => Err(OAuthError::Refused {
                call: Box::new(call.clone()),
                said: said.to_owned(),
                recovery: None,
            }),
            None => Ok(Tokens::of_api_token(token.clone(), (self.clock)(), origin)),
        })
    }

    /// The next pair, by refresh or recovery, or Clover's refusal of both. Does not store anything.
    fn rotate(
        &self,
        current: &Renewal,
        origin: Origin,
    ) -> Outcome<Result<Tokens, OAuthError>, S, W> {
        let oauth = self.oauth.ok_or(TokenError::AppNeeded)?;
        let now = || (self.clock)();
        let refresh = || self.wait(oauth.refresh(&current.refresh, now(), origin));
        let mut answer = refresh()?;
        let lost = is_unknown(&answer);
        if lost {
            warn!("no complete response to the refresh; sending the same token once more");
            answer = refresh()?;
        }
        let refused = match answer {
            Ok(fresh) => return Ok(Ok(fresh)),
            Err(OAuthError::Failed(error)) => return Err(TokenError::Clover(error)),
            Err(refused) => refused,
        };
        // This process may have just used up the token itself, so recovery is tried whatever the
        // header says.
        let hopeless = matches!(
            refused,
            OAuthError::Refused {
                recovery: Some(false),
                ..
            }
        );
        let spent = (lost || !hopeless).then_some(&current.refresh);
        for token in spent.into_iter().chain(&current.previous_refresh) {
            let recover = || self.wait(oauth.recover(token, now(), origin));
            let mut answer = recover()?;
            if is_unknown(&answer) {
                warn!("no complete response to the recovery; sending the same token once more");
                answer = recover()?;
            }
            match answer {
                Ok(fresh) => {
                    info!("the tokens were recovered after a refresh that was not stored");
                    return Ok(Ok(fresh));
                }
                Err(OAuthError::Failed(error)) => return Err(TokenError::Clover(error)),
                Err(OAuthError::Refused { .. }) => {}
            }
        }
        Ok(Err(refused))
    }
}

/// Whether the token may have been used up without a usable response: none arrived, it is
/// unreadable, or it is not from Clover.
fn is_unknown(answer: &Result<Tokens, OAuthError>) -> bool {
    matches!(
        answer,
        Err(OAuthError::Failed(error))
            if error.leaves_write_unknown() || matches!(error, Error::Undecided { .. })
    )
}
