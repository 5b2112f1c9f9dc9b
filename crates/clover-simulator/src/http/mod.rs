//! HTTP plumbing: what a request and an answer are, and how they travel. It knows nothing of Clover's routes.

pub mod body;
pub mod reply;
pub mod request;
pub mod server;
