//! The routes: Clover's REST API under `/v3`, and the control plane under `/__sim/`.

pub mod associations;
pub mod atomic;
pub mod call;
pub mod control;
pub mod items;
pub mod lines;
pub mod lookups;
pub mod media;
pub mod merchant;
pub mod orders;
pub mod rest;
pub mod sim_items;
pub mod stock;
