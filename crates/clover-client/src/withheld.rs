//! Fields that Clover does not expand for this app. If a call asks for one of them, Clover refuses
//! the whole call with 403 and does not name the field; without the field the call succeeds.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Fields that were refused, such as `categories`. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Withheld(Arc<Mutex<BTreeSet<String>>>);

impl Withheld {
    /// Whether this field is refused.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.lock().contains(field)
    }

    /// All refused fields, in alphabetical order.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn add(&self, fields: Vec<String>) {
        self.lock().extend(fields);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
