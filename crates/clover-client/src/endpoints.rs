//! Clover's endpoints, one module for each resource, and the permission that each path needs.

pub mod api_token;
pub mod items;
pub mod merchant;
pub mod order_types;
pub mod orders;
pub mod permission;
pub mod pictures;
pub mod prints;
pub mod stock;
pub mod taxes;
