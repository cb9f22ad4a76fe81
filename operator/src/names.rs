//! Names, labels and annotations of everything that the operator makes.

use std::collections::BTreeMap;

use modstats_crds::{CurseforgeModpacks, Document, Source};
use sha2::{Digest, Sha256};

/// The manager of every field that the operator applies.
pub const MANAGER: &str = "modstats-operator";
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const NAME: &str = "app.kubernetes.io/name";
pub const TRACKED_MOD: &str = "modstats.dev/tracked-mod";
pub const SOURCE: &str = "modstats.dev/source";
/// The TrackedMod as a run works from it; on pods.
pub const DOCUMENT: &str = "modstats.dev/document";
/// When a run outside the schedule was asked for; on pods.
pub const SCHEDULED_AT: &str = "modstats.dev/scheduled-at";
/// A new value asks for a collection at once; on TrackedMods.
pub const COLLECT_NOW: &str = "modstats.dev/collect-now";
/// The API server puts it on the pods of Jobs.
pub const JOB_NAME: &str = "batch.kubernetes.io/job-name";
pub const CONTAINER: &str = "collector";

/// The Job controller adds eleven characters to a CronJob's name, and a label holds 63.
const LONGEST: usize = 52;

/// The first eight hexadecimal digits of a hash, which tell the parts apart from their seams.
pub fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// `<cut>-<source>-<hash>`: always with the hash, so that no cut makes two names one.
fn name(document: &Document, source: Source, purpose: &[&str]) -> String {
    let mut parts = vec![document.uid.as_str(), source.as_str()];
    parts.extend(purpose);
    let tail = format!("-{source}-{}", hash(&parts));
    let longest = LONGEST - tail.len();
    let cut = document.name.get(..longest).unwrap_or(&document.name);
    format!("{}{tail}", cut.trim_end_matches('-'))
}

pub fn cron_job(document: &Document, source: Source) -> String {
    name(document, source, &[])
}

pub fn first_job(document: &Document, source: Source) -> String {
    let projects = projects_hash(document, source);
    name(document, source, &["first", &projects])
}

pub fn collect_now_job(document: &Document, source: Source, request: &str) -> String {
    name(document, source, &["collect-now", request])
}

/// What the document names for a source, as pins name it.
pub fn entries(document: &Document, source: Source) -> Vec<String> {
    let spec = &document.spec;
    match source {
        Source::Modrinth => {
            let modrinth = spec.modrinth.iter();
            modrinth.flat_map(|it| it.projects.clone()).collect()
        }
        Source::Curseforge => {
            let projects = spec.curseforge.iter().flat_map(|it| &it.projects);
            projects.map(i64::to_string).collect()
        }
        // Their pins stand with the other sources.
        Source::Modpacks => Vec::new(),
    }
}

/// What a source asks about; for modpacks told apart by where they are learnt from.
fn subjects(document: &Document, source: Source) -> Vec<String> {
    if source != Source::Modpacks {
        return entries(document, source);
    }
    let spec = &document.spec;
    let modpacks = spec.modpacks.clone().unwrap_or_default();
    let mut subjects = Vec::new();
    if spec.asks_modrinth_for_modpacks() {
        let projects = entries(document, Source::Modrinth).into_iter();
        subjects.extend(projects.map(|project| format!("modrinth {project}")));
    }
    if modpacks.curseforge == CurseforgeModpacks::Website {
        let projects = entries(document, Source::Curseforge).into_iter();
        subjects.extend(projects.map(|project| format!("curseforge {project}")));
    }
    let declared = modpacks.curseforge_ids.iter();
    subjects.extend(declared.map(|id| format!("declared {id}")));
    subjects
}

/// Changes with the TrackedMod, the source, and the set of what it asks about.
pub fn projects_hash(document: &Document, source: Source) -> String {
    let mut subjects = subjects(document, source);
    subjects.sort();
    subjects.dedup();
    let mut parts = vec![document.uid.as_str(), source.as_str()];
    parts.extend(subjects.iter().map(String::as_str));
    hash(&parts)
}

/// On every child and its pods.
pub fn labels(document: &Document, source: Source) -> BTreeMap<String, String> {
    let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    BTreeMap::from([
        label(MANAGED_BY, MANAGER),
        label(NAME, "modstats-collector"),
        label(TRACKED_MOD, &document.name),
        label(SOURCE, source.as_str()),
    ])
}

/// Whether a label or annotation of pods is not the user's to set.
pub fn is_reserved(key: &str) -> bool {
    let exact = [MANAGED_BY, NAME, "job-name", "controller-uid"];
    let prefixes = ["batch.kubernetes.io/", "modstats.dev/"];
    exact.contains(&key) || prefixes.iter().any(|it| key.starts_with(it))
}

/// Selects what was made for one TrackedMod.
pub fn selector(tracked_mod: &str) -> String {
    format!("{MANAGED_BY}={MANAGER},{TRACKED_MOD}={tracked_mod}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::tests::document;
    use proptest::prelude::*;
    use serde_json::json;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_name_is_a_dns_label_that_a_cron_job_may_have(
            name in "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
            other in "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
        ) {
            let named = |name: &str| {
                let mut document = document();
                document.name = name.to_owned();
                document.uid = format!("uid of {name}");
                document
            };
            let (document, other) = (named(&name), named(&other));
            let mut names = Vec::new();
            for source in Source::ALL {
                for document in [&document, &other] {
                    names.push(cron_job(document, *source));
                    names.push(first_job(document, *source));
                    names.push(collect_now_job(document, *source, "5f"));
                }
            }
            for name in &names {
                prop_assert!(name.len() <= LONGEST, "{name}");
                let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                prop_assert!(name.chars().all(inner) && !name.starts_with('-'), "{name}");
            }
            let count = names.len();
            names.sort();
            names.dedup();
            let expected = if document.name == other.name { count / 2 } else { count };
            prop_assert_eq!(names.len(), expected);
        }
    }

    #[test]
    fn the_projects_hash_knows_a_set_and_not_an_order() {
        let with = |projects: &[&str]| {
            let mut document = document();
            document.spec.modrinth.as_mut().unwrap().projects = projects
                .iter()
                .map(|project| (*project).to_owned())
                .collect();
            projects_hash(&document, Source::Modrinth)
        };
        assert_eq!(with(&["aaa", "bbb"]), with(&["bbb", "aaa", "bbb"]));
        assert_ne!(with(&["aaa", "bbb"]), with(&["aaabbb"]));
        assert_ne!(with(&["aaa", "bbb"]), with(&["aaa"]));
    }

    #[test]
    fn the_hash_of_modpacks_knows_what_is_asked_and_of_whom() {
        let with = |curseforge: i64, modpacks: serde_json::Value| {
            let mut document = document();
            document.spec.modrinth.as_mut().unwrap().projects = vec!["4711".to_owned()];
            document.spec.curseforge.as_mut().unwrap().projects = vec![curseforge];
            document.spec.modpacks = Some(serde_json::from_value(modpacks).unwrap());
            projects_hash(&document, Source::Modpacks)
        };
        let hashes = [
            with(4711, json!({})),
            with(4711, json!({"curseforge": "Website"})),
            with(4711, json!({"curseforgeIds": [4711]})),
            with(
                4711,
                json!({"modrinth": "Disabled", "curseforge": "Website"}),
            ),
            with(
                815,
                json!({"modrinth": "Disabled", "curseforge": "Website"}),
            ),
            with(
                4711,
                json!({"modrinth": "Disabled", "curseforgeIds": [4711]}),
            ),
            with(
                4711,
                json!({"modrinth": "Disabled", "curseforgeIds": [4711, 12]}),
            ),
        ];
        let different: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), hashes.len(), "{hashes:?}");
        assert_eq!(with(815, json!({})), hashes[0], "CurseForge isn't asked");
        let later = json!({"schedule": "43 3 * * *"});
        assert_eq!(with(4711, later), hashes[0], "when is no matter");
        let turned = json!({"modrinth": "Disabled", "curseforgeIds": [12, 4711]});
        assert_eq!(with(4711, turned), hashes[6]);
    }
}
