//! What a program can ask of one merchant's Clover, and what it decides about the answers.
//!
//! A [`Session`] holds the connection of one shop; [`Catalog`](catalog::Catalog),
//! [`Stock`](stock::Stock) and [`Orders`](orders::Orders) work over it. The program around them is
//! a [`Host`]: it stores the token record, shares the rate limit among processes, takes
//! log records, and gets its turn between two polls.
//!
//! Knows nothing of PHP: the extension, or any other program, converts its values and its errors.

pub mod catalog;
pub mod catalog_pages;
pub mod connection;
pub mod error;
mod group_names;
pub mod groups;
pub mod host;
mod items;
pub mod ledger;
mod log_queue;
mod lookups;
mod modifiers;
pub mod orders;
pub mod page;
pub mod prints;
mod rate_limit;
pub mod rows;
pub mod runtime;
pub mod session;
pub mod settings;
pub mod stock;
pub mod taxes;
pub mod token_record;
pub mod vault;
pub mod webhook;

pub use error::{CallbackKind, Error};
pub use host::Host;
pub use session::Session;
