//! TrackedMods from files, as the documents that collectors work from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use modstats_crds::yaml::{self, DEFAULT_NAMESPACE};
use modstats_crds::{Document, TrackedMod};

use crate::error::ProgramError;

/// The UID of every TrackedMod that comes from a file: reading the file again, or after a restart,
/// means the same TrackedMod, so that what its entries were resolved to holds.
const FILE_UID: &str = "file";

/// Reads all files, or tells everything that is wrong with them.
///
/// The time of reading stands for the creation time: what a file says today outweighs what it said
/// before.
pub fn read(files: &[PathBuf], read_at: Timestamp) -> Result<Vec<Document>, ProgramError> {
    let mut texts = Vec::with_capacity(files.len());
    for path in files {
        let text = std::fs::read_to_string(path).map_err(|source| ProgramError::File {
            path: path.clone(),
            source,
        })?;
        texts.push((path.as_path(), text));
    }
    parse(&texts, read_at)
}

fn parse(texts: &[(&Path, String)], read_at: Timestamp) -> Result<Vec<Document>, ProgramError> {
    let mut found: BTreeMap<(String, String), (Document, &Path)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (path, text) in texts {
        let tracked_mods = yaml::read(text).unwrap_or_else(|wrong| {
            problems.extend(
                wrong
                    .iter()
                    .map(|problem| format!("{}: {problem}", path.display())),
            );
            Vec::new()
        });
        for tracked_mod in tracked_mods {
            match document(tracked_mod, read_at) {
                Err(error) => problems.push(format!("{}: {error}", path.display())),
                Ok(document) => {
                    let key = (document.namespace.clone(), document.name.clone());
                    if let Some((document, first)) = found.insert(key, (document, path)) {
                        problems.push(format!(
                            "{}: {}/{} stands in {} too; names are unique in a namespace",
                            path.display(),
                            document.namespace,
                            document.name,
                            first.display()
                        ));
                    }
                }
            }
        }
    }
    if problems.is_empty() {
        Ok(found.into_values().map(|(document, _)| document).collect())
    } else {
        Err(ProgramError::Documents(problems))
    }
}

/// Reads TrackedMods from a text of our own.
pub fn from_text(
    name: &str,
    text: String,
    read_at: Timestamp,
) -> Result<Vec<Document>, ProgramError> {
    parse(&[(Path::new(name), text)], read_at)
}

fn document(
    tracked_mod: TrackedMod,
    read_at: Timestamp,
) -> Result<Document, modstats_crds::DocumentError> {
    let metadata = tracked_mod.metadata;
    Document::new(
        metadata.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE),
        metadata.name.as_deref().unwrap_or_default(),
        FILE_UID,
        0,
        read_at,
        tracked_mod.spec,
    )
}
