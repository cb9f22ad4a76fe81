//! Projects in as few requests as a platform allows.

use std::collections::BTreeMap;

use super::{Api, Stated};

/// One statement for each key. A batch that is too long is halved.
pub(crate) async fn totals(api: &dyn Api, keys: &[String]) -> BTreeMap<String, Stated> {
    let mut stated = BTreeMap::new();
    let mut batches: Vec<&[String]> = keys.chunks(api.project_batch()).collect();
    while let Some(batch) = batches.pop() {
        match api.projects(batch).await {
            Ok(answers) => stated.extend(answers),
            Err(error) if error.asks_for_less() && batch.len() > 1 => {
                let (left, right) = batch.split_at(batch.len() / 2);
                batches.extend([left, right]);
            }
            Err(error) => {
                let failed = |key: &String| (key.clone(), Stated::Failed(error.clone()));
                stated.extend(batch.iter().map(failed));
            }
        }
    }
    stated
}
