//! Clover orders.
