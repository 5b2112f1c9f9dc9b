//! Histories that once went wrong, or that must be told by name.
