//! What comes next for each source, for the page and for the terminal.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use modstats_collector::stored;
use modstats_crds::{Document, Source};
use modstats_dashboard::SourceOutlook;

/// Shared by the lanes, which know, and the dashboard, which tells.
#[derive(Clone, Debug, Default)]
pub struct Outlook(Arc<Mutex<BTreeMap<Key, SourceOutlook>>>);

/// Namespace, name and source.
type Key = (String, String, Source);

impl Outlook {
    pub fn set(
        &self,
        document: &Document,
        source: Source,
        next_at: Option<Timestamp>,
        note: Option<String>,
    ) {
        let key = (document.namespace.clone(), document.name.clone(), source);
        let outlook = SourceOutlook {
            namespace: key.0.clone(),
            name: key.1.clone(),
            source: stored(source),
            next_at,
            note,
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, outlook);
    }

    pub fn all(&self) -> Vec<SourceOutlook> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }
}
