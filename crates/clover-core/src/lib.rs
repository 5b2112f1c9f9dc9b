//! The rules of CloverSync. Pure functions: no I/O, no clock, no source of randomness, no PHP.

pub mod description;
pub mod diff;
pub mod environment;
pub mod ids;
pub mod item_filter;
pub mod json;
pub mod ledger;
pub mod mapping;
pub mod money;
pub mod order;
pub mod pricing;
pub mod problem;
pub mod product;
pub mod quantity;
pub mod seal;
pub mod settings;
pub mod tax;
pub mod text;
pub mod text_enum;
pub mod webhook;
pub mod wire;
