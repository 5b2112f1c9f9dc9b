//! `CloverSync\Environment`.

use clover_core::environment::Environment as Core;
use ext_php_rs::prelude::*;

/// Clover's environments. A connection, its links and its tokens belong to exactly one.
#[php_enum]
#[php(name = "CloverSync\\Environment")]
#[derive(Clone, Copy)]
#[allow(missing_docs)] // The stub says it.
pub enum Environment {
    #[php(value = "sandbox")]
    Sandbox,
    #[php(value = "na")]
    NorthAmerica,
    #[php(value = "eu")]
    Europe,
    #[php(value = "la")]
    LatinAmerica,
}

impl From<Core> for Environment {
    fn from(environment: Core) -> Self {
        match environment {
            Core::Sandbox => Self::Sandbox,
            Core::NorthAmerica => Self::NorthAmerica,
            Core::Europe => Self::Europe,
            Core::LatinAmerica => Self::LatinAmerica,
        }
    }
}

/// Adds the enum to the module.
pub fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.enumeration::<Environment>()
}
