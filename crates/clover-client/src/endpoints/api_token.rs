//! A trial of a merchant's API token: two reads that need only permissions of the owner's manual.

use crate::error::{Call, Error};
use crate::http::{Access, Api};

/// Paths below the merchant.
const READS: [&str; 2] = ["items", "orders"];

/// What Clover refused to a token.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The refusals, each an [`Error::Unauthorized`] of one read.
    pub refusals: Vec<Error>,
}

impl Trial {
    /// Whether Clover refused the token for all that it was tried with.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refusals.len() == READS.len()
    }

    /// The refusal that is the token's: every read was refused with 401. A refusal of one read, or
    /// a 403, concerns a permission.
    #[must_use]
    pub fn refusal_of_token(&self) -> Option<(&Call, &str)> {
        let is_401 = |error: &Error| error.call().and_then(|call| call.status) == Some(401);
        if !self.is_refused() || !self.refusals.iter().all(is_401) {
            return None;
        }
        self.refusals.iter().find_map(|error| match error {
            Error::Unauthorized { call, said, .. } => Some((&**call, said.as_str())),
            _ => None,
        })
    }
}

/// Tries a token with one item and one order. The caller may have the lock of the tokens.
///
/// # Errors
/// As [`Api::get`], except [`Error::Unauthorized`].
pub async fn try_token(api: Api, access: Access) -> Result<Trial, Error> {
    let api = api.with_policy(api.policy().under_lock());
    let query = [("limit", "1")];
    let [items, orders] = READS.map(|path| api.get(&access, path, &query));
    let (items, orders) = tokio::join!(items, orders);
    let mut refusals = Vec::new();
    for answer in [items, orders] {
        match answer {
            Ok(_) => {}
            Err(error @ Error::Unauthorized { .. }) => refusals.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok(Trial { refusals })
}
