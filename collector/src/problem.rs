//! What a run has to say besides numbers.

use modstats_crds::clean;
use modstats_store::model::{Outcome, Problem};
use modstats_store::{StoreError, StoreErrorKind};

/// The most characters of a problem's subject and of its message.
const SUBJECT: usize = 500;
const MESSAGE: usize = 1000;

/// A word for a kind of problem. The words don't change: alerts and pages go by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    ApiRetired,
    AskedToday,
    DatabaseUnavailable,
    IncompleteListing,
    InvalidConfiguration,
    InvalidDocument,
    KeyMissing,
    KeyRefused,
    OutOfTime,
    ProjectNotFound,
    RateLimited,
    RequestRefused,
    SlugReassigned,
    Stopped,
    Unreachable,
    UnreadableAnswer,
    UnreadableItem,
    WebsiteRefused,
}

/// What follows from a problem if nothing at all was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Something to know; every number is there.
    Note,
    /// Numbers are missing, and another try may bring them.
    TryAgain,
    /// Numbers are missing until a person changes something.
    Configuration,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::ApiRetired => "ApiRetired",
            Reason::AskedToday => "AskedToday",
            Reason::DatabaseUnavailable => "DatabaseUnavailable",
            Reason::IncompleteListing => "IncompleteListing",
            Reason::InvalidConfiguration => "InvalidConfiguration",
            Reason::InvalidDocument => "InvalidDocument",
            Reason::KeyMissing => "KeyMissing",
            Reason::KeyRefused => "KeyRefused",
            Reason::OutOfTime => "OutOfTime",
            Reason::ProjectNotFound => "ProjectNotFound",
            Reason::RateLimited => "RateLimited",
            Reason::RequestRefused => "RequestRefused",
            Reason::SlugReassigned => "SlugReassigned",
            Reason::Stopped => "Stopped",
            Reason::Unreachable => "Unreachable",
            Reason::UnreadableAnswer => "UnreadableAnswer",
            Reason::UnreadableItem => "UnreadableItem",
            Reason::WebsiteRefused => "WebsiteRefused",
        }
    }

    pub fn weight(self) -> Weight {
        match self {
            // What is meant to be so is no failure.
            Reason::AskedToday | Reason::SlugReassigned | Reason::WebsiteRefused => Weight::Note,
            Reason::ApiRetired
            | Reason::InvalidConfiguration
            | Reason::InvalidDocument
            | Reason::KeyMissing
            | Reason::KeyRefused
            | Reason::ProjectNotFound => Weight::Configuration,
            Reason::DatabaseUnavailable
            | Reason::IncompleteListing
            | Reason::OutOfTime
            | Reason::RequestRefused
            | Reason::Stopped
            | Reason::RateLimited
            | Reason::Unreachable
            | Reason::UnreadableAnswer
            | Reason::UnreadableItem => Weight::TryAgain,
        }
    }
}

/// How the process ends; the numbers are what a Job's pod failure policy goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    Done = 0,
    /// The platform or the database is away, or asks for patience (EX_TEMPFAIL).
    TryAgain = 75,
    /// A person must change something first (EX_CONFIG).
    Configuration = 78,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        (code as u8).into()
    }
}

/// The problems of a run, in the order they were met. Subjects with the same trouble are named
/// together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problems(Vec<Trouble>);

#[derive(Clone, Debug, PartialEq)]
struct Trouble {
    reason: Reason,
    message: String,
    subjects: Vec<String>,
}

impl Problems {
    pub fn add(&mut self, reason: Reason, subject: impl Into<String>, message: impl ToString) {
        let (subject, message) = (subject.into(), message.to_string());
        let same = |known: &&mut Trouble| known.reason == reason && known.message == message;
        match self.0.iter_mut().find(same) {
            Some(known) if known.subjects.contains(&subject) => {}
            Some(known) => known.subjects.push(subject),
            None => {
                let subjects = vec![subject];
                self.0.push(Trouble {
                    reason,
                    message,
                    subjects,
                });
            }
        }
    }

    pub fn append(&mut self, others: Problems) {
        for Trouble {
            reason,
            message,
            subjects,
        } in others.0
        {
            for subject in subjects {
                self.add(reason, subject, &message);
            }
        }
    }

    pub fn add_database(&mut self, error: &StoreError) {
        let reason = match error.kind() {
            StoreErrorKind::Configuration | StoreErrorKind::TooNew => Reason::InvalidConfiguration,
            StoreErrorKind::NoSchema | StoreErrorKind::Unavailable | StoreErrorKind::Query => {
                Reason::DatabaseUnavailable
            }
        };
        self.add(reason, "database", error);
    }

    pub fn one(reason: Reason, subject: impl Into<String>, message: impl ToString) -> Self {
        let mut problems = Problems::default();
        problems.add(reason, subject, message);
        problems
    }

    pub fn outcome(&self, learned: bool) -> Outcome {
        match (self.weights().any(|weight| weight != Weight::Note), learned) {
            (false, _) => Outcome::Complete,
            (true, true) => Outcome::Partial,
            (true, false) => Outcome::Failed,
        }
    }

    pub fn exit(&self, outcome: Outcome) -> ExitCode {
        match outcome {
            Outcome::Complete | Outcome::Partial => ExitCode::Done,
            Outcome::Failed if self.weights().any(|weight| weight == Weight::TryAgain) => {
                ExitCode::TryAgain
            }
            Outcome::Failed => ExitCode::Configuration,
        }
    }

    /// As they are stored and shown, failures before notes.
    pub fn to_list(&self) -> Vec<Problem> {
        let is_note = |trouble: &&Trouble| trouble.reason.weight() == Weight::Note;
        let (notes, failures): (Vec<_>, Vec<_>) = self.0.iter().partition(is_note);
        let in_words = |trouble: &Trouble| Problem {
            subject: clean(&trouble.subjects.join(", "), SUBJECT),
            reason: trouble.reason.as_str().to_owned(),
            message: clean(&trouble.message, MESSAGE),
        };
        failures.into_iter().chain(notes).map(in_words).collect()
    }

    fn weights(&self) -> impl Iterator<Item = Weight> {
        self.0.iter().map(|trouble| trouble.reason.weight())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_follows_from_what_was_learned() {
        let mut problems = Problems::default();
        assert_eq!(problems.outcome(false), Outcome::Complete);
        problems.add(Reason::SlugReassigned, "sodium", "…");
        assert_eq!(problems.outcome(true), Outcome::Complete);
        problems.add(Reason::ProjectNotFound, "oops", "…");
        assert_eq!(problems.outcome(true), Outcome::Partial);
        assert_eq!(problems.outcome(false), Outcome::Failed);
        assert_eq!(problems.exit(Outcome::Partial), ExitCode::Done);
        assert_eq!(problems.exit(Outcome::Failed), ExitCode::Configuration);
        problems.add(Reason::Unreachable, "modrinth", "…");
        assert_eq!(problems.exit(Outcome::Failed), ExitCode::TryAgain);
    }

    #[test]
    fn equal_trouble_is_told_once() {
        let mut problems = Problems::one(Reason::SlugReassigned, "note", "moved");
        for subject in ["a", "b", "a"] {
            problems.add(Reason::Unreachable, subject, "away");
        }
        let list = problems.to_list();
        let told: Vec<_> = list
            .iter()
            .map(|p| (p.subject.as_str(), p.reason.as_str()))
            .collect();
        assert_eq!(told, [("a, b", "Unreachable"), ("note", "SlugReassigned")]);
    }
}
