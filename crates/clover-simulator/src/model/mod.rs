//! What the pretend merchant has: items, lookup lists, stock, orders. Rules of Clover, no HTTP
//! routes.

pub mod doc_view;
pub mod fields;
pub mod item;
pub mod item_view;
pub mod lookups;
pub mod merchant;
pub mod order;
pub mod pricing;
pub mod rules;
pub mod spec;
pub mod store;
pub mod table;
pub mod variants;
