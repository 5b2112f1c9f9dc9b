//! Fields that Clover does not expand for this app. If a call asks for one of them, Clover refuses
//! the whole call with 403 and does not name the field; without the field the call succeeds.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The expansion of an item's online part. Whether Clover shows it to an ordinary app is not
/// known, so it is asked for [on trial](Withheld::is_tried).
pub const MENU_ITEM: &str = "menuItem";

/// Fields that were refused, such as `categories`. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Withheld(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    refused: BTreeSet<String>,
    is_menu_item_shown: bool,
}

impl Withheld {
    /// Whether this field is refused.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.lock().refused.contains(field)
    }

    /// All refused fields, in alphabetical order.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        self.lock().refused.iter().cloned().collect()
    }

    pub(crate) fn add(&self, fields: Vec<String>) {
        self.lock().refused.extend(fields);
    }

    /// Whether one refusal is enough to live without this field: it is not known whether
    /// Clover expands it for ordinary apps, and it has not done so yet.
    #[must_use]
    pub fn is_tried(&self, field: &str) -> bool {
        field == MENU_ITEM && !self.lock().is_menu_item_shown
    }

    pub(crate) fn shown(&self, fields: &[String]) {
        if fields.iter().any(|field| field == MENU_ITEM) {
            self.lock().is_menu_item_shown = true;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
