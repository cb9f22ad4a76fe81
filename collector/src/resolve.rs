//! From the entries of a document to projects: pure, so that every case can be seen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use modstats_store::model::{Entry, Pin, Platform, ProjectKey, ProjectObservation};

use crate::decode::{Decoded, FieldError};
use crate::platform::{Found, Outline, Stated};
use crate::problem::{Problems, Reason};

/// What the entries of one platform mean today.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Resolved {
    /// Each project once, however many entries name it, with the first of them.
    pub projects: BTreeMap<ProjectKey, Member>,
    /// Known projects that the platform doesn't show.
    pub invisible: BTreeMap<ProjectKey, Timestamp>,
    /// Every entry that is resolved, today or before.
    pub pins: Vec<Pin>,
    /// Those of them that were not before.
    pub new_pins: Vec<Pin>,
    pub problems: Problems,
}

/// A project that was found, and the first entry that names it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub entry: String,
    pub observation: ProjectObservation,
    pub outline: Outline,
}

/// What to ask for: each entry, to see where it leads, and each pinned id, whose numbers count.
pub(crate) fn keys(entries: &[Entry], pins: &BTreeMap<Entry, ProjectKey>) -> Vec<String> {
    let keys: BTreeSet<&String> = entries
        .iter()
        .flat_map(|entry| {
            [
                Some(&entry.entry),
                pins.get(entry).map(|project| &project.id),
            ]
        })
        .flatten()
        .collect();
    keys.into_iter().cloned().collect()
}

pub(crate) fn resolve(
    entries: &[Entry],
    pins: &BTreeMap<Entry, ProjectKey>,
    stated: &BTreeMap<String, Stated>,
) -> Resolved {
    let mut resolved = Resolved::default();
    for entry in entries {
        let today = stated.get(&entry.entry);
        let pin = |project: &ProjectKey| Pin {
            entry: entry.clone(),
            project: project.clone(),
        };
        match (pins.get(entry), today) {
            (Some(project), today) => {
                resolved.pins.push(pin(project));
                resolved.pinned(entry, project, stated.get(&project.id));
                if let Some(Stated::Found(found)) = today
                    && found.project.value.project != *project
                {
                    resolved.reassigned(entry, project, &found.project.value.project);
                }
            }
            (None, Some(Stated::Found(found))) => {
                let project = &found.project.value.project;
                resolved.pins.push(pin(project));
                resolved.new_pins.push(pin(project));
                resolved.found(entry, found);
            }
            (None, Some(Stated::Absent(_))) => resolved.problems.add(
                Reason::ProjectNotFound,
                &entry.entry,
                format!(
                    "{} shows no such project; check the spelling, and that the project is public",
                    entry.platform
                ),
            ),
            (None, today) => resolved.not_known(entry, today),
        }
    }
    resolved
}

impl Resolved {
    fn pinned(&mut self, entry: &Entry, project: &ProjectKey, stated: Option<&Stated>) {
        match stated {
            Some(Stated::Found(found)) => self.found(entry, found),
            Some(Stated::Absent(asked_at)) => {
                self.invisible.insert(project.clone(), *asked_at);
            }
            other => self.not_known(entry, other),
        }
    }

    fn found(&mut self, entry: &Entry, found: &Found) {
        let Decoded { value, flaws } = &found.project;
        for FieldError { field, wrong } in flaws {
            let message = format!("its `{field}` {wrong}; the rest is recorded");
            self.problems
                .add(Reason::UnreadableItem, &entry.entry, message);
        }
        self.projects
            .entry(value.project.clone())
            .or_insert_with(|| Member {
                entry: entry.entry.clone(),
                observation: value.clone(),
                outline: found.outline.clone(),
            });
    }

    fn not_known(&mut self, entry: &Entry, stated: Option<&Stated>) {
        match stated {
            Some(Stated::Failed(error)) => self.problems.add(error.reason(), &entry.entry, error),
            Some(Stated::Unreadable(error)) => {
                self.problems
                    .add(Reason::UnreadableItem, &entry.entry, error);
            }
            Some(Stated::Found(_) | Stated::Absent(_)) | None => {}
        }
    }

    fn reassigned(&mut self, entry: &Entry, pinned: &ProjectKey, other: &ProjectKey) {
        let (pinned, other) = (&pinned.id, &other.id);
        let message = format!(
            "this name belongs to project {other} now; collected goes on being {pinned}, which it stood for before. Write the id {pinned} or {other} instead of the name to settle it"
        );
        self.problems
            .add(Reason::SlugReassigned, &entry.entry, message);
    }
}

/// The pins of one platform, by entry.
pub(crate) fn pins_of(pins: &[Pin], platform: Platform) -> BTreeMap<Entry, ProjectKey> {
    pins.iter()
        .filter(|pin| pin.entry.platform == platform && pin.project.platform == platform)
        .map(|pin| (pin.entry.clone(), pin.project.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AskError;

    fn key(id: &str) -> ProjectKey {
        ProjectKey {
            platform: Platform::Modrinth,
            id: id.to_owned(),
        }
    }

    fn entry(entry: &str) -> Entry {
        Entry {
            platform: Platform::Modrinth,
            entry: entry.to_owned(),
        }
    }

    fn found(id: &str) -> Stated {
        let observation = ProjectObservation {
            project: key(id),
            asked_at: Timestamp::UNIX_EPOCH,
            description: None,
            downloads: 1,
            followers: None,
            thumbs_up: None,
        };
        Stated::Found(Box::new(Found {
            project: Decoded {
                value: observation,
                flaws: Vec::new(),
            },
            outline: Outline::default(),
        }))
    }

    fn absent() -> Stated {
        Stated::Absent(Timestamp::UNIX_EPOCH)
    }

    fn resolved(entries: &[&str], pins: &[(&str, &str)], stated: &[(&str, Stated)]) -> Resolved {
        let entries: Vec<Entry> = entries.iter().map(|e| entry(e)).collect();
        let pins = pins.iter().map(|(e, id)| (entry(e), key(id))).collect();
        let stated = stated
            .iter()
            .map(|(key, s)| ((*key).to_owned(), s.clone()))
            .collect();
        resolve(&entries, &pins, &stated)
    }

    fn reasons(resolved: &Resolved) -> Vec<(String, String)> {
        let problems = resolved.problems.to_list();
        problems
            .into_iter()
            .map(|problem| (problem.subject, problem.reason))
            .collect()
    }

    #[test]
    fn slugs_and_ids_of_one_project_are_one_project() {
        let both = [
            ("sodium", found("AANobbMI")),
            ("AANobbMI", found("AANobbMI")),
        ];
        let resolved = resolved(&["sodium", "AANobbMI"], &[], &both);
        assert_eq!(
            resolved.projects.keys().collect::<Vec<_>>(),
            [&key("AANobbMI")]
        );
        assert_eq!(resolved.new_pins.len(), 2);
        assert_eq!(reasons(&resolved), []);
    }

    #[test]
    fn a_pin_holds_when_the_slug_is_gone_or_moves() {
        let gone = [("old", absent()), ("A", found("A"))];
        let resolved_gone = resolved(&["old"], &[("old", "A")], &gone);
        assert!(resolved_gone.projects.contains_key(&key("A")));
        assert_eq!(
            (resolved_gone.new_pins.len(), resolved_gone.pins.len()),
            (0, 1)
        );
        assert_eq!(reasons(&resolved_gone), []);

        for (pinned, shown) in [(found("A"), true), (absent(), false)] {
            let moved = [("old", found("B")), ("A", pinned)];
            let resolved = resolved(&["old"], &[("old", "A")], &moved);
            assert_eq!(resolved.projects.contains_key(&key("A")), shown);
            assert_eq!(resolved.invisible.contains_key(&key("A")), !shown);
            assert!(!resolved.projects.contains_key(&key("B")));
            assert_eq!(
                reasons(&resolved),
                [("old".to_owned(), "SlugReassigned".to_owned())]
            );
            let message = &resolved.problems.to_list()[0].message;
            assert!(
                message.contains("project B") && message.contains("id A or B"),
                "{message}"
            );
        }
    }

    #[test]
    fn absence_is_a_state_of_the_known_and_a_problem_of_the_unknown() {
        let stated = [("a", absent()), ("A", absent()), ("b", absent())];
        let resolved = resolved(&["a", "b"], &[("a", "A")], &stated);
        assert_eq!(resolved.invisible.keys().collect::<Vec<_>>(), [&key("A")]);
        assert_eq!(
            reasons(&resolved),
            [("b".to_owned(), "ProjectNotFound".to_owned())]
        );
    }

    #[test]
    fn a_failed_question_says_nothing_about_visibility() {
        let failed = Stated::Failed(AskError::OutOfTime);
        let stated = [("a", failed.clone()), ("A", failed)];
        let resolved = resolved(&["a"], &[("a", "A")], &stated);
        assert!(resolved.invisible.is_empty() && resolved.projects.is_empty());
        assert_eq!(
            reasons(&resolved),
            [("a".to_owned(), "OutOfTime".to_owned())]
        );
    }

    #[test]
    fn pinned_ids_are_asked_for_besides_the_entries() {
        let pins = [(entry("slug"), key("A"))].into();
        assert_eq!(
            keys(&[entry("slug"), entry("A"), entry("new")], &pins),
            ["A", "new", "slug"]
        );
    }
}
