//! What the pretend Clover does, seen from outside over HTTP.

mod catalogs;
mod control;
mod faults;
mod fidelity;
mod in_process;
mod inventory;
mod limits;
mod lists;
mod oauth;
mod orders;
mod program;
mod replay;
mod stock;
mod support;
mod webhooks;
