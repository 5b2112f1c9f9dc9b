//! The callback of the authorization: a request of the browser, or a URL that the owner pastes.

use clover_core::ids::{InvalidId, MerchantId};
use oauth2::{AuthorizationCode, CsrfToken};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

/// The owner's approval. `Debug` does not show code and state.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Exchanged for the first tokens; works once and for a few seconds.
    pub code: AuthorizationCode,
    /// Must equal the state that was sent.
    pub state: CsrfToken,
    /// The merchant that approved. Clover returns this id only here.
    pub merchant_id: MerchantId,
    /// The app that was approved.
    pub client_id: String,
}

/// Why a callback is refused. The message does not contain code or state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The owner denied access.
    #[error("access was denied in Clover")]
    Denied,
    /// Clover reported something else, such as `server_error`.
    #[error("Clover reports {0}")]
    Failed(String),
    /// A parameter is missing. Without `state`, the app was opened from Clover's own pages, or the
    /// address is incomplete.
    #[error(
        "the callback has no {0}; start the connection from the shop, and paste the whole address"
    )]
    Missing(&'static str),
    /// Another app was approved.
    #[error("the callback is for the app {0}, not for the one in the settings")]
    WrongApp(String),
    /// The state is not the one that was sent, or was used before.
    #[error("the callback does not belong to this attempt to connect; start again")]
    StateMismatch,
    /// The merchant id is invalid.
    #[error("the callback has no valid merchant id: {0}")]
    Merchant(#[from] InvalidId),
}

impl Callback {
    /// Parses a whole URL, or its query with or without the question mark.
    ///
    /// # Errors
    /// [`CallbackError`], including a denial by the owner.
    pub fn parse(url_or_query: &str) -> Result<Self, CallbackError> {
        let text = url_or_query.trim();
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        // Clover appends its parameters to those of the redirect URI, so the last of a name is
        // Clover's.
        let find = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .filter(|(key, value)| key == name && !value.is_empty())
                .last()
                .map(|(_, value)| value.into_owned())
        };
        match find("error") {
            None => {}
            Some(error) if error == "access_denied" => return Err(CallbackError::Denied),
            Some(error) => {
                let word = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
                return Err(CallbackError::Failed(
                    error.chars().filter(word).take(40).collect(),
                ));
            }
        }
        let part = |name| find(name).ok_or(CallbackError::Missing(name));
        let code = AuthorizationCode::new(part("code")?);
        let merchant = part("merchant_id")?;
        let client_id = part("client_id")?;
        let state = CsrfToken::new(part("state")?);
        Ok(Self {
            code,
            state,
            merchant_id: MerchantId::new(merchant)?,
            client_id,
        })
    }

    /// Checks that the callback belongs to this app and this state. The check takes the same time
    /// for every wrong state.
    ///
    /// # Errors
    /// [`CallbackError::WrongApp`], [`CallbackError::StateMismatch`].
    pub fn check(&self, app_id: &str, state: &CsrfToken) -> Result<(), CallbackError> {
        let (sent, got) = (state.secret().as_bytes(), self.state.secret().as_bytes());
        // An empty state was never sent, so no callback can match it.
        if sent.is_empty() || !bool::from(sent.ct_eq(got)) {
            return Err(CallbackError::StateMismatch);
        }
        if self.client_id != app_id {
            let shown = self.client_id.chars().take(40).collect();
            return Err(CallbackError::WrongApp(shown));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &str = "option=com_ajax&plugin=cloverpos&merchant_id=M1M2M3M4M5M6M\
        &client_id=APPID00000001&code=CANARY-CODE&employee_id=E1&state=CANARY-STATE";

    #[test]
    fn a_whole_url_and_its_query_alone_give_the_same() {
        let url = format!(" https://shop.example/index.php?{QUERY}#top\n");
        for text in [url.as_str(), QUERY, &format!("?{QUERY}")] {
            let callback = Callback::parse(text).unwrap();
            assert_eq!(callback.code.secret(), "CANARY-CODE");
            assert_eq!(callback.merchant_id.as_str(), "M1M2M3M4M5M6M");
            let state = CsrfToken::new("CANARY-STATE".into());
            assert_eq!(callback.check("APPID00000001", &state), Ok(()));
        }
    }

    #[test]
    fn each_missing_part_is_named() {
        for part in ["code", "merchant_id", "client_id", "state"] {
            let without = QUERY.replace(&format!("&{part}="), "&x=");
            let error = Callback::parse(&without).unwrap_err();
            assert_eq!(error, CallbackError::Missing(part));
            assert!(error.to_string().contains(part));
        }
        assert_eq!(
            Callback::parse("").unwrap_err(),
            CallbackError::Missing("code")
        );
    }

    #[test]
    fn denial_wrong_app_wrong_state_and_a_bad_merchant_are_told_apart() {
        let denied = Callback::parse("error=access_denied&state=s").unwrap_err();
        assert_eq!(denied, CallbackError::Denied);
        let failed = Callback::parse("error=server_error%3Cscript%3E").unwrap_err();
        assert_eq!(failed, CallbackError::Failed("server_errorscript".into()));
        let callback = Callback::parse(QUERY).unwrap();
        let state = |text: &str| CsrfToken::new(text.to_owned());
        assert_eq!(
            callback.check("APPID00000002", &state("CANARY-STATE")),
            Err(CallbackError::WrongApp("APPID00000001".into()))
        );
        for wrong in ["CANARY-STATF", "CANARY", ""] {
            assert_eq!(
                callback.check("APPID00000001", &state(wrong)),
                Err(CallbackError::StateMismatch)
            );
        }
        let mut stateless = callback;
        stateless.state = state("");
        assert_eq!(
            stateless.check("APPID00000001", &state("")),
            Err(CallbackError::StateMismatch)
        );
        let bad = QUERY.replace("M1M2M3M4M5M6M", "../x");
        assert!(matches!(
            Callback::parse(&bad),
            Err(CallbackError::Merchant(_))
        ));
    }

    #[test]
    fn what_clover_appended_wins_over_the_redirect_uris_own_words() {
        let callback = Callback::parse(&format!("state=own&code=own&{QUERY}")).unwrap();
        assert_eq!(callback.code.secret(), "CANARY-CODE");
        assert_eq!(callback.state.secret(), "CANARY-STATE");
    }

    #[test]
    fn neither_code_nor_state_is_ever_printed() {
        let callback = Callback::parse(QUERY).unwrap();
        assert!(!format!("{callback:?}").contains("CANARY"));
    }
}
