//! One file a PHP class or a group of them: JSON in and out, and the call of the service between.

pub mod catalog;
pub mod connection;
pub mod ledger;
pub mod orders;
pub mod settings;
pub mod stock;
pub mod vault;
pub mod webhook;
