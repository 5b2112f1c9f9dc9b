//! Rules whose edges mutation testing found without a test. Each test names the rule that it holds.

mod ledger;
mod mapping;
mod order;
mod quantity;
mod text;
mod webhook;
