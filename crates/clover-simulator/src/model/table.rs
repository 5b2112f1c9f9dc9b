//! A list of records with two orders kept ready: by id for keyset paging, by age for the default
//! order.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::ids::Id;

/// Records by id, which also remembers the order they came in.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<Id, (u64, T)>,
    by_age: BTreeMap<u64, Id>,
    next: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table {
            rows: BTreeMap::new(),
            by_age: BTreeMap::new(),
            next: 0,
        }
    }
}

impl<T> Table<T> {
    /// Adds a record as the newest; one with the same id is replaced where it stands.
    pub fn insert(&mut self, id: Id, record: T) {
        if let Some((_, old)) = self.rows.get_mut(&id) {
            *old = record;
            return;
        }
        self.by_age.insert(self.next, id);
        self.rows.insert(id, (self.next, record));
        self.next += 1;
    }

    /// The record of that id.
    pub fn get(&self, id: Id) -> Option<&T> {
        self.rows.get(&id).map(|(_, record)| record)
    }

    /// The record of that id, to change.
    pub fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        self.rows.get_mut(&id).map(|(_, record)| record)
    }

    /// How many records were there before it.
    pub fn age(&self, id: Id) -> Option<u64> {
        self.rows.get(&id).map(|(age, _)| *age)
    }

    /// Whether the id is taken.
    pub fn contains(&self, id: Id) -> bool {
        self.rows.contains_key(&id)
    }

    /// How many records there are, deleted ones too.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All records by id.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values().map(|(_, record)| record)
    }

    /// All records by id, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut().map(|(_, record)| record)
    }

    /// The records from one id on, by id.
    pub fn range(&self, from: Bound<Id>) -> impl DoubleEndedIterator<Item = &T> {
        self.rows
            .range((from, Bound::Unbounded))
            .map(|(_, (_, record))| record)
    }

    /// The records in the order they came in.
    pub fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.by_age.values().filter_map(|id| self.get(*id))
    }

    /// The latest first: Clover's order when none is asked for.
    pub fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.oldest_first().rev()
    }
}
