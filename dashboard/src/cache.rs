//! Rendered replies, and the last known views for when the database is away.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;

use crate::SourceOutlook;
use crate::coding::Packed;
use crate::export::{Format, Table};
use crate::preferences::Preferences;

/// A page is some ten kilobytes, packed.
const MOST_ENTRIES: usize = 200;

/// What is asked for: a canonical URL, by a reader with preferences.
pub type Asked = (String, Preferences);

/// What a reply was made of, besides what was asked for. The build is the same for all replies of
/// a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    generation: i64,
    /// The minute: runs become lost and sources stale by the clock alone.
    minute: i64,
    outlook: u64,
}

impl Key {
    pub fn new(generation: i64, now: Timestamp, outlook: &[SourceOutlook]) -> Key {
        Key {
            generation,
            minute: now.as_second().div_euclid(60),
            outlook: hash(outlook),
        }
    }
}

#[derive(Debug)]
pub struct Entry {
    pub key: Key,
    pub at: Timestamp,
    pub body: Body,
    /// Names the body, so that a reply which came out the same needs no sending.
    pub tag: String,
}

#[derive(Debug)]
pub enum Body {
    Page(Packed),
    Json(Packed),
    File(File),
}

/// A table to be written piece by piece.
#[derive(Debug)]
pub struct File {
    pub table: Arc<Table>,
    pub format: Format,
    pub name: String,
}

impl Entry {
    pub fn new(key: Key, at: Timestamp, body: Body) -> Entry {
        let (hash, size) = match &body {
            Body::Page(text) | Body::Json(text) => (hash(text.bytes()), text.bytes().len()),
            Body::File(file) => (hash(&(&file.table, file.format)), file.table.rows.len()),
        };
        Entry {
            key,
            at,
            body,
            tag: format!("{hash:016x}-{size:x}"),
        }
    }

    /// What changes with the build only.
    pub fn of_build(body: Body) -> Entry {
        let never = Timestamp::UNIX_EPOCH;
        Entry::new(Key::new(0, never, &[]), never, body)
    }
}

#[derive(Debug, Default)]
pub struct Cache {
    entries: Mutex<HashMap<Asked, Arc<Entry>>>,
    turns: Mutex<HashMap<Asked, Weak<Turn>>>,
}

/// Whoever holds it makes a reply.
pub type Turn = tokio::sync::Mutex<()>;

impl Cache {
    /// The last reply to the same, however old; its key says whether it still holds.
    pub fn get(&self, asked: &Asked) -> Option<Arc<Entry>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(asked).cloned()
    }

    /// Of several who ask for the same, one makes it while the others wait for their turn.
    pub fn turn(&self, asked: &Asked) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(asked).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(asked.clone(), Arc::downgrade(&turn));
        turn
    }

    pub fn put(&self, asked: Asked, entry: Arc<Entry>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST_ENTRIES && !entries.contains_key(&asked) {
            entries.clear();
        }
        entries.insert(asked, entry);
    }
}

fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::language::Language;

    #[test]
    fn the_cache_stays_small() {
        let cache = Cache::default();
        let asked = |number: i32| (format!("/runs?before={number}"), Preferences::default());
        let key = Key::new(1, Timestamp::UNIX_EPOCH, &[]);
        for number in 0..10_000 {
            let body = Body::Json(Packed::new(&number.to_string()));
            let entry = Entry::new(key, Timestamp::UNIX_EPOCH, body);
            cache.put(asked(number), Arc::new(entry));
        }
        assert!(cache.entries.lock().unwrap().len() <= MOST_ENTRIES);
        assert!(cache.get(&asked(9_999)).is_some());
        let (url, english) = asked(9_999);
        let french = Preferences {
            language: Language::French,
            ..english
        };
        assert!(cache.get(&(url, french)).is_none());
    }

    #[test]
    fn a_turn_lasts_as_long_as_somebody_takes_it() {
        let cache = Cache::default();
        let asked = |number: i32| (number.to_string(), Preferences::default());
        let turn = cache.turn(&asked(0));
        assert!(Arc::ptr_eq(&turn, &cache.turn(&asked(0))));
        for number in 1..100 {
            assert!(!Arc::ptr_eq(&turn, &cache.turn(&asked(number))));
        }
        assert!(Arc::ptr_eq(&turn, &cache.turn(&asked(0))));
        assert!(cache.turns.lock().unwrap().len() <= 2);
    }

    #[test]
    fn what_a_view_depends_on_changes_the_key() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let outlook = SourceOutlook {
            namespace: "a".to_owned(),
            name: "b".to_owned(),
            source: modstats_store::model::Source::Modrinth,
            next_at: None,
            note: None,
        };
        let key = Key::new(1, at("2026-11-22T03:12:01Z"), &[]);
        assert_eq!(key, Key::new(1, at("2026-11-22T03:12:59Z"), &[]));
        assert_ne!(key, Key::new(1, at("2026-11-22T03:13:00Z"), &[]));
        assert_ne!(key, Key::new(2, at("2026-11-22T03:12:01Z"), &[]));
        assert_ne!(key, Key::new(1, at("2026-11-22T03:12:01Z"), &[outlook]));
    }
}
