//! Values and rows of the host: how they are read, and what is written back.
//!
//! A host has its own form of values, such as arrays of PHP or JSON. It implements [`Input`] for
//! them and converts [`Output`] into them. Names, kinds and defaults of all fields stand here.

mod input;
mod output;

pub mod catalog;
pub mod connection;
pub mod errors;
pub mod orders;
pub mod permits;
pub mod stock;

pub use input::{Input, Key, Kind, NOT_UTF8};
pub use output::{Case, Class, Output};

pub(crate) use input::required;
pub(crate) use output::{object, row};
