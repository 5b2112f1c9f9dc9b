//! The PHP extension `cloversync`: one file for each PHP class, and one each for all enums, value
//! classes and exceptions. It converts values and errors; `clover-service` makes the decisions.

mod catalog;
mod connection;
mod enums;
mod exception;
mod host;
mod input;
mod item_lookup;
mod ledger;
mod logging;
mod orders;
mod output;
mod page;
mod page_iterator;
mod rate_limit;
mod settings;
mod stock;
mod stock_batch;
mod stock_page;
mod token_store;
mod values;
mod vault;
mod webhook;
mod zend;

use std::ffi::c_int;
use std::panic::catch_unwind;

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::error::php_error;
use ext_php_rs::flags::ErrorType;
use ext_php_rs::prelude::*;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};

use crate::zend::class::Finish;

/// Names what the extension registers, once. Each list is in the order of registration.
macro_rules! registry {
    (
        plain: $($plain:ident)+,
        interfaces: $($interface:path)+,
        classes: $($class:path)+,
        last: $last:path,
    ) => {
        /// Runs before the builder's own classes are registered, which none of these needs.
        fn register_plain() -> ext_php_rs::error::Result<()> {
            $($plain::register()?;)+
            Ok(())
        }

        fn register_classes(module: ModuleBuilder) -> ModuleBuilder {
            module
                $(.interface::<$interface>())+
                $(.class::<$class>())+
                .class::<$last>()
        }

        /// Runs while the last class is built, when those before it are registered: only then have
        /// their methods a place for attributes.
        fn finish_earlier_classes(last: ClassBuilder) -> ClassBuilder {
            $(<$class as Finish>::finish(<$class as RegisteredClass>::get_metadata().ce());)+
            last
        }
    };
}

registry! {
    // Modules of enums, and of classes without a Rust object behind them.
    plain: enums exception values,
    interfaces: token_store::PhpInterfaceTokenStore rate_limit::PhpInterfaceRateLimiter,
    classes: settings::Settings vault::Vault connection::Connection page::Page
        page_iterator::PageIterator item_lookup::ItemLookup stock_batch::StockBatch
        stock_page::StockPage stock::Stock ledger::Ledger orders::Orders webhook::Webhook,
    last: catalog::Catalog,
}

extern "C" fn startup(_: i32, _: i32) -> i32 {
    // A failure here would leave PHP without our classes; PHP then says so and starts without the
    // module.
    i32::from(!matches!(catch_unwind(register_plain), Ok(Ok(()))))
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
    register_classes(module)
}
