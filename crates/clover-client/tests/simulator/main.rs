//! The client against the simulator, over real sockets.

mod calls;
mod connect;
mod counter;
mod lists;
mod modifications;
mod orders;
mod stock;
#[allow(dead_code)] // Shared with another binary, which uses other parts of it.
mod world;
