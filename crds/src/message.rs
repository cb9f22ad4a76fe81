//! What a finished container tells its pod, and through it the operator.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::text::one_line;
use crate::tracked_mod::PinnedProject;
use crate::words::{Outcome, Source};

/// The kubelet keeps this many bytes.
const LIMIT: usize = 4096;
/// A single long problem leaves room for others.
const SUBJECT: usize = 120;
const MESSAGE: usize = 400;
/// UIDs are 36 characters long; one that is not is no reason for a message that doesn't fit.
const UID: usize = 64;

/// As the status bounds entries and ids.
const PIN: usize = 64;
/// More than a message could ever have left out.
const COUNTLESS: usize = 1_000_000;

/// In the order of what must not be lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminationMessage {
    /// Marks the message as ours; 1 for this format.
    pub modstats: u8,
    pub source: Source,
    /// Whose document it was; none where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentIdentity>,
    /// The sum of the last known values of all projects of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloads: Option<i64>,
    /// Modpacks that contain the mod, as last known; only the source modpacks tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modpacks: Option<i64>,
    /// What of the downloads this run could not renew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    pub outcome: Outcome,
    pub ended_at: Timestamp,
    #[serde(default)]
    pub errors: Vec<Problem>,
    #[serde(default)]
    pub errors_left_out: usize,
    /// What the document's entries stand for.
    #[serde(default)]
    pub projects: Vec<PinnedProject>,
    #[serde(default)]
    pub projects_left_out: usize,
}

/// What went wrong, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The entry, project or platform concerned.
    pub subject: String,
    /// A PascalCase word that doesn't change, like `SlugReassigned`.
    pub reason: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentIdentity {
    pub uid: String,
    pub generation: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stale {
    pub projects: usize,
    /// When the oldest of them was last observed.
    pub since: Timestamp,
}

impl Problem {
    /// Without what would harm a terminal, and cut where nobody reads on.
    fn shown(&self) -> Self {
        Problem {
            subject: one_line(&self.subject, SUBJECT),
            reason: one_line(&self.reason, SUBJECT),
            message: one_line(&self.message, MESSAGE),
        }
    }
}

impl DocumentIdentity {
    pub fn of(document: &Document) -> Self {
        DocumentIdentity {
            uid: document.uid.clone(),
            generation: document.generation,
        }
    }
}

impl TerminationMessage {
    pub fn new(
        source: Source,
        outcome: Outcome,
        ended_at: Timestamp,
        errors: Vec<Problem>,
    ) -> Self {
        TerminationMessage {
            modstats: 1,
            source,
            document: None,
            downloads: None,
            modpacks: None,
            stale: None,
            outcome,
            ended_at,
            errors,
            errors_left_out: 0,
            projects: Vec::new(),
            projects_left_out: 0,
        }
    }

    /// What stands in a pod's status, which more can write than the collector: `None` if it is no
    /// message, else made as fit to be shown and stored as the collector would have made it.
    pub fn from_json(text: &str) -> Option<Self> {
        let message: TerminationMessage = serde_json::from_str(text).ok()?;
        let errors = message.errors.iter().map(Problem::shown).collect();
        let fits = |text: &str| (1..=PIN).contains(&text.chars().count());
        let mut projects = message.projects;
        projects.retain(|it| fits(&it.project) && fits(&it.id) && one_line(&it.id, PIN) == it.id);
        Some(TerminationMessage {
            // A status holds no years before the first.
            ended_at: message.ended_at.max(Timestamp::UNIX_EPOCH),
            errors,
            errors_left_out: message.errors_left_out.min(COUNTLESS),
            projects,
            ..message
        })
    }

    /// JSON on one line that fits: the last errors and projects give way, and are counted.
    pub fn to_json(&self) -> String {
        let mut fitting = TerminationMessage {
            document: self.document.as_ref().map(|document| DocumentIdentity {
                uid: one_line(&document.uid, UID),
                ..*document
            }),
            errors: Vec::new(),
            errors_left_out: self.errors_left_out + self.errors.len(),
            projects: Vec::new(),
            projects_left_out: self.projects_left_out + self.projects.len(),
            ..self.clone()
        };
        let mut text = json(&fitting);
        for error in &self.errors {
            fitting.errors.push(error.shown());
            fitting.errors_left_out -= 1;
            let longer = json(&fitting);
            if longer.len() > LIMIT {
                fitting.errors.pop();
                fitting.errors_left_out += 1;
                break;
            }
            text = longer;
        }
        for project in &self.projects {
            fitting.projects.push(project.clone());
            fitting.projects_left_out -= 1;
            let longer = json(&fitting);
            if longer.len() > LIMIT {
                break;
            }
            text = longer;
        }
        text
    }
}

#[expect(
    clippy::expect_used,
    reason = "no map with keys that are no texts, and no float"
)]
fn json(message: &TerminationMessage) -> String {
    serde_json::to_string(message).expect("a message is JSON")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn problem() -> impl Strategy<Value = Problem> {
        let text = prop_oneof![any::<String>(), "[\"\\\\❤🎉]{0,900}", "[a-z ]{0,400}"];
        (text.clone(), "[A-Z][a-z]{2,12}", text).prop_map(|(subject, reason, message)| Problem {
            subject,
            reason,
            message,
        })
    }

    fn message() -> impl Strategy<Value = TerminationMessage> {
        let project = ("\\PC{1,64}", "[A-Za-z0-9]{8}")
            .prop_map(|(project, id)| PinnedProject { project, id });
        (
            (
                any::<String>(),
                any::<i64>(),
                any::<(Option<i64>, Option<i64>)>(),
                any::<usize>(),
            ),
            proptest::collection::vec(problem(), 0..60),
            proptest::collection::vec(project, 0..60),
        )
            .prop_map(
                |((uid, generation, (downloads, modpacks), stale), errors, projects)| {
                    TerminationMessage {
                        document: Some(DocumentIdentity { uid, generation }),
                        downloads,
                        modpacks,
                        stale: Some(Stale {
                            projects: stale,
                            since: Timestamp::MIN,
                        }),
                        projects,
                        ..TerminationMessage::new(
                            Source::Curseforge,
                            Outcome::Partial,
                            Timestamp::MAX,
                            errors,
                        )
                    }
                },
            )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]
        #[test]
        fn every_message_fits_parses_and_accounts_for_everything(message in message()) {
            let text = message.to_json();
            prop_assert!(text.len() <= LIMIT, "{} bytes", text.len());
            prop_assert!(!text.contains('\n'));
            let read: TerminationMessage = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read.downloads, message.downloads);
            prop_assert_eq!(read.modpacks, message.modpacks);
            prop_assert_eq!(&read.stale, &message.stale);
            prop_assert_eq!(read.errors.len() + read.errors_left_out, message.errors.len());
            prop_assert_eq!(read.projects.len() + read.projects_left_out, message.projects.len());
            prop_assert!(read.errors.len() >= message.errors.len().min(1), "the first error counts");
            prop_assert_eq!(&read.projects[..], &message.projects[..read.projects.len()]);
        }
    }

    #[test]
    fn the_most_important_comes_first() {
        let errors = vec![Problem {
            subject: "s".into(),
            reason: "R".into(),
            message: "m".into(),
        }];
        let mut message = TerminationMessage::new(
            Source::Modrinth,
            Outcome::Failed,
            Timestamp::UNIX_EPOCH,
            errors,
        );
        message.downloads = Some(1_234_567);
        message.projects = vec![PinnedProject {
            project: "a".into(),
            id: "AANobbMI".into(),
        }];
        assert_eq!(
            message.to_json(),
            r#"{"modstats":1,"source":"modrinth","downloads":1234567,"outcome":"failed","endedAt":"1970-01-01T00:00:00Z","errors":[{"subject":"s","reason":"R","message":"m"}],"errorsLeftOut":0,"projects":[{"project":"a","id":"AANobbMI"}],"projectsLeftOut":0}"#
        );
        message.modpacks = Some(528);
        let text = message.to_json();
        assert!(
            text.contains(r#""downloads":1234567,"modpacks":528,"outcome""#),
            "{text}"
        );
    }

    #[test]
    fn what_somebody_else_wrote_is_made_fit_or_is_no_message() {
        let text = r#"{"modstats":1,"source":"modrinth","outcome":"complete","endedAt":"-009999-01-02T01:59:59Z",
            "errors":[{"subject":"a\u001b[31m","reason":"","message":"LONG"}],"errorsLeftOut":18446744073709551615,
            "projects":[{"project":"a","id":""},{"project":"b","id":"LONG"},{"project":"c","id":"\u0007"},{"project":"d","id":"AANobbMI"}]}"#;
        let text = text.replace("LONG", &"a".repeat(5000));
        let read = TerminationMessage::from_json(&text).unwrap();
        assert_eq!(read.ended_at, Timestamp::UNIX_EPOCH);
        assert_eq!(read.errors[0].subject, "a[31m");
        assert_eq!(read.errors[0].message.len(), MESSAGE);
        assert_eq!(read.errors_left_out, COUNTLESS);
        let pins: Vec<&str> = read.projects.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(pins, ["AANobbMI"]);
        assert_eq!(TerminationMessage::from_json(&"[".repeat(100_000)), None);
    }

    #[test]
    fn a_message_of_before_modpacks_were_collected_is_still_read() {
        let text = r#"{"modstats":1,"source":"modrinth","downloads":7,"outcome":"complete","endedAt":"1970-01-01T00:00:00Z"}"#;
        let read: TerminationMessage = serde_json::from_str(text).unwrap();
        assert_eq!((read.downloads, read.modpacks), (Some(7), None));
    }
}
