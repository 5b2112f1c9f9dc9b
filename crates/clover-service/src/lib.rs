//! What a program can ask of one merchant's Clover, and what it decides about the answers.
//!
//! Knows nothing of PHP: the extension, or any other program, converts its values and its errors.

pub mod error;
pub mod groups;
pub mod orders;
pub mod page;
pub mod stock;

pub use error::Error;
