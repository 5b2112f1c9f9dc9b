//! The PHP callable that receives log records.

use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendCallable, Zval};

/// A `callable(string $level, string $message): void`, kept alive by this reference.
pub struct Listener(Zval);

impl FromZval<'_> for Listener {
    const TYPE: DataType = DataType::Callable;

    fn from_zval(zval: &Zval) -> Option<Self> {
        zval.is_callable().then(|| Self(zval.shallow_clone()))
    }
}

impl Listener {
    /// Passes one record. `false`: the callable threw; the exception stays pending in the engine.
    pub fn call(&self, level: &str, message: &str) -> bool {
        ZendCallable::new(&self.0)
            .ok()
            .is_none_or(|callable| callable.try_call(vec![&level, &message]).is_ok())
    }
}
