//! The PHP extension `cloversync`.
use ext_php_rs::prelude::*;

/// Registers the module's classes.
#[php_module]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    module
}
