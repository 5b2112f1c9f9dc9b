//! HTTP with Clover: hosts, OAuth, token lifecycle, rate limit, retries, paging.
//!
//! This crate does not depend on PHP and does not interpret most bodies. It creates no thread, no
//! socket and no runtime by itself. Its futures run on the caller's runtime, own all data that they
//! need, and never call the token store.
//!
//! ```no_run
//! use clover_client::{Access, Api, Environment, Hosts, PageStream, Policy};
//! use clover_client::{Prefetch, RateLimit, RateLimiter};
//!
//! # fn example(
//! #     access: Access,
//! #     runtime: tokio::runtime::Runtime,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let hosts = Hosts::of(Environment::Sandbox);
//! let api = Api::new(hosts, RateLimiter::new(RateLimit::default()), Policy::default())?;
//! let stream = PageStream::new(&api, &access, "items")
//!     .expand(&["categories", "options", "tags"])
//!     .paired(&["itemStock"]);
//! let pages = Prefetch::start(runtime.handle(), stream, 2);
//! while let Some(pair) = runtime.block_on(pages.recv()) {
//!     let pair = pair?;
//!     println!("{} items up to {:?}", pair.first.count, pair.first.cursor);
//! }
//! # Ok(())
//! # }
//! ```

pub mod callback;
pub mod clock_difference;
mod concurrent;
pub mod endpoints;
pub mod error;
mod expand;
pub mod hosts;
pub mod http;
mod id_filter;
pub mod oauth;
mod page;
pub mod paging;
pub mod prefetch;
pub mod rate_limit;
mod refusal;
pub mod retry;
mod rhythm;
pub mod token_manager;
pub mod tokens;
pub mod transport;
mod verdict;
pub mod withheld;

pub use callback::{Callback, CallbackError};
pub use clock_difference::ClockDifference;
pub use endpoints::{
    api_token, items, merchant, order_types, orders, permission, pictures, prints, stock, taxes,
};
pub use error::{Call, Error, error_chain};
pub use hosts::{Environment, Hosts};
pub use http::{Access, Answer, Api};
pub use oauth::{AuthorizeRequest, OAuth, OAuthError, authorize_url};
pub use oauth2::{AccessToken, AuthorizationCode, ClientSecret, CsrfToken, RefreshToken};
pub use paging::{PageStream, Pages, PairedPageStream, RawPage, RawPair};
pub use prefetch::{ListError, Prefetch};
pub use rate_limit::{LearnedLimit, PermitGrant, PermitRequest, RateLimit, RateLimiter};
pub use retry::Policy;
pub use rhythm::Rhythm;
pub use token_manager::{BlockOn, TokenError, TokenManager, TokenRequirement, TokenStore};
pub use tokens::{Credential, Origin, Refusal, Renewal, Tokens};
pub use withheld::Withheld;
