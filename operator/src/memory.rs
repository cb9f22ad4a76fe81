//! What is remembered of each TrackedMod from one reconcile to the next. Whoever forgets it asks, applies
//! and tells once more than needed, and nothing else.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A TrackedMod's namespace and name.
pub type Key = (String, String);

#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<Key, Remembered>>);

#[derive(Debug, Default)]
pub struct Remembered {
    /// How often in a row its reconcile has failed.
    pub failures: u32,
    /// Of reading what is there.
    pub failed_reads: Streak,
    /// Of its children.
    pub failed_applies: Streak,
    /// By the names of its CronJobs.
    pub applied: HashMap<String, Applied>,
    /// What it was when it was told that it can't be read.
    pub unreadable: Option<Identity>,
}

/// How often in a row a step has failed.
#[derive(Debug, Default)]
pub struct Streak(u32);

impl Streak {
    pub fn after<T, E>(&mut self, result: &Result<T, E>) -> u32 {
        self.0 = match result {
            Ok(_) => 0,
            Err(_) => self.0.saturating_add(1),
        };
        self.0
    }
}

/// A CronJob as it was applied last: an apply that would change nothing isn't made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// A hash.
    pub desired: String,
    pub uid: Option<String>,
    /// Grows with every change of the spec, whoever makes it.
    pub generation: Option<i64>,
}

/// UID and generation.
pub type Identity = (Option<String>, Option<i64>);

impl Memory {
    pub fn of<T>(&self, key: &Key, look: impl FnOnce(&mut Remembered) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        look(all.entry(key.clone()).or_default())
    }

    /// It is gone.
    pub fn forget(&self, key: &Key) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(key);
    }
}
