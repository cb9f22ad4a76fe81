//! Many keys or ids in as few requests as a platform allows.

use std::collections::BTreeMap;

use super::{Api, Stated};
use crate::error::AskError;

/// What is still to be asked for. A batch that is too long is halved.
pub(crate) struct Batches<'a>(Vec<&'a [String]>);

impl<'a> Batches<'a> {
    pub fn of(items: &'a [String], size: usize) -> Self {
        Batches(items.chunks(size).collect())
    }

    pub fn next(&mut self) -> Option<&'a [String]> {
        self.0.pop()
    }

    /// Comes back to a batch in halves, if that can help; otherwise gives its error back.
    pub fn halved(&mut self, batch: &'a [String], error: AskError) -> Option<AskError> {
        if !error.asks_for_less() || batch.len() == 1 {
            return Some(error);
        }
        let (left, right) = batch.split_at(batch.len() / 2);
        self.0.extend([left, right]);
        None
    }
}

/// One statement for each key.
pub(crate) async fn totals(api: &dyn Api, keys: &[String]) -> BTreeMap<String, Stated> {
    let mut stated = BTreeMap::new();
    let mut batches = Batches::of(keys, api.project_batch());
    while let Some(batch) = batches.next() {
        match api.projects(batch).await {
            Ok(answers) => stated.extend(answers),
            Err(error) => {
                if let Some(error) = batches.halved(batch, error) {
                    let failed = |key: &String| (key.clone(), Stated::Failed(error.clone()));
                    stated.extend(batch.iter().map(failed));
                }
            }
        }
    }
    stated
}
