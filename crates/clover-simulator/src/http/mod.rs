//! HTTP plumbing: what a request and an answer are, and how they travel. It does not know the
//! routes.

pub mod body;
pub mod reply;
pub mod request;
pub mod server;
