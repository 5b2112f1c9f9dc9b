//! What Clover means to a shop. Pure rules: no I/O, no clock, no randomness of its own, no PHP.

pub mod ids;
pub mod json;
pub mod money;
pub mod pricing;
