//! OAuth v2 as Clover does it: JSON bodies, absolute seconds, refresh tokens that work once.

pub mod grants;
pub mod routes;

pub use grants::Grants;
