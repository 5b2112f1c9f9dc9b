//! Where the module keeps a registered class.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::zend::ClassEntry;

/// One of this extension's classes; filled by its registration.
pub struct Slot(AtomicPtr<ClassEntry>);

impl Slot {
    /// Before registration.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    /// The class entry.
    pub fn ce(&self) -> &'static ClassEntry {
        // Panic: no PHP code runs before the module has started.
        // SAFETY: set once in MINIT to a class entry that lives as long as the process.
        unsafe { self.0.load(Ordering::Relaxed).as_ref() }.expect("registered in MINIT")
    }

    /// For `ClassBuilder::registration`.
    pub fn set(&self, ce: &'static mut ClassEntry, methods: ArgInfoTables) {
        // The engine keeps pointers into the tables for the life of the process.
        Box::leak(methods);
        self.0.store(ce, Ordering::Relaxed);
    }
}
