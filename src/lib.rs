//! The PHP extension `cloversync`: one file for each PHP class. It converts values and errors;
//! `clover-service` makes the decisions.

mod authorization;
mod catalog;
mod connection;
mod connection_status;

mod environment;
mod exception;
mod group_changes;
mod host;
mod item_lookup;
mod ledger;
mod logging;
mod merchant;
mod order_outcome;
mod orders;
mod page;
mod page_iterator;
mod product_change;
mod rate_limit;
mod settings;
mod stock;
mod stock_batch;
mod stock_page;
mod token_store;
mod vault;
mod webhook;
mod webhook_verdict;
mod zend;

use std::ffi::c_int;
use std::panic::catch_unwind;

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::error::php_error;
use ext_php_rs::flags::ErrorType;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};

/// Registers the classes without a Rust object behind them. Runs before the module builder
/// registers its classes; none of these needs one of those.
extern "C" fn startup(_: i32, _: i32) -> i32 {
    let registered = catch_unwind(|| {
        exception::register()
            .and_then(|()| authorization::register())
            .and_then(|()| connection_status::register())
            .and_then(|()| merchant::register())
            .and_then(|()| product_change::register())
            .and_then(|()| group_changes::register())
            .and_then(|()| order_outcome::register())
            .and_then(|()| webhook_verdict::register())
    });
    // On a failure, PHP reports it and starts without the module.
    i32::from(!matches!(registered, Ok(Ok(()))))
}

/// Ends the runtime of this process.
extern "C" fn shutdown(_: i32, _: i32) -> i32 {
    let _ = catch_unwind(clover_service::runtime::shutdown);
    0
}

extern "C" fn info(_: *mut ModuleEntry) {
    info_table_start!();
    info_table_row!("CloverSync", "enabled");
    info_table_row!("Version", env!("CARGO_PKG_VERSION"));
    info_table_end!();
}

/// Runs while the last class is built, when those before it are registered: methods can take
/// attributes only after registration.
fn finish_earlier_classes(last: ClassBuilder) -> ClassBuilder {
    settings::finish();
    vault::finish();
    connection::finish();
    page::finish();
    page_iterator::finish();
    item_lookup::finish();
    stock_batch::finish();
    stock_page::finish();
    orders::finish();
    webhook::finish();
    last
}

unsafe extern "C" {
    /// Not 0 after PHP has read php.ini and started the modules listed there.
    fn php_get_module_initialized() -> c_int;
}

/// Whether PHP loads the extension after its own start: by a pool's `php_admin_value[extension]`,
/// or by `dl()`.
///
/// At the end of its start, PHP fixes how many class tables outlive a request. It reuses the tables
/// of classes registered later for classes of later requests: first wrong constants, then a crash.
fn is_late() -> bool {
    // SAFETY: exported by every PHP binary; it reads one integer.
    unsafe { php_get_module_initialized() != 0 }
}

extern "C" fn refuse(_: i32, _: i32) -> i32 {
    let _ = catch_unwind(|| {
        php_error(
            &ErrorType::Warning,
            "cloversync is not loaded: load it in php.ini (extension=cloversync.so), \
             not in the pool's configuration and not by dl()",
        );
    });
    0
}

/// Registers the module.
#[php_module]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    if is_late() {
        // A failed start would end PHP. This module has no class and another name, so
        // `extension_loaded('cloversync')` is false.
        return module.name("cloversync-refused").startup_function(refuse);
    }
    let module = module
        .name("cloversync")
        .startup_function(startup)
        .shutdown_function(shutdown)
        .info_function(info);
    let module = token_store::register(module);
    let module = rate_limit::register(module);
    let module = settings::register(module);
    let module = vault::register(module);
    let module = connection::register(module);
    let module = page::register(module);
    let module = page_iterator::register(module);
    let module = item_lookup::register(module);
    let module = stock_batch::register(module);
    let module = stock_page::register(module);
    let module = stock::register(module);
    let module = ledger::register(module);
    let module = orders::register(module);
    let module = webhook::register(module);
    let module = catalog::register(module);
    environment::register(module)
}
