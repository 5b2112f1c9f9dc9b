//! What is asked of Clover, one module a resource, with the permission that each path needs.

pub mod items;
pub mod merchant;
pub mod orders;
pub mod permission;
pub mod stock;
