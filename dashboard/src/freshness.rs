//! How fresh the data of a source is, and what happens next.

use jiff::Timestamp;
use modstats_store::model::{Problem, RunState, RunView, Source, SourceView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::language::isolated;
use crate::{SourceOutlook, api};

/// So many intervals without a run, and a source is no longer being collected.
const STALE_INTERVALS: i32 = 3;

/// A source's state in the words of the pages and of the API.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Freshness {
    #[schema(schema_with = api::source)]
    pub source: Source,
    /// None where no run of it is known.
    #[schema(schema_with = api::maybe_run_state)]
    pub state: Option<RunState>,
    /// When the newest run began, and when it ended.
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// The end of the newest run that brought numbers.
    pub last_success_at: Option<Timestamp>,
    /// No run for three intervals.
    pub stale: bool,
    pub next_at: Option<Timestamp>,
    pub note: Option<String>,
    #[schema(value_type = Vec<api::RunProblem>)]
    pub problems: Vec<Problem>,
}

/// How much attention a line wants. Words say it too, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Quiet,
    Warning,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Quiet => "quiet",
            Tone::Warning => "warning",
        }
    }
}

/// The freshness of every source of a TrackedMod that has run, or that a scheduler knows of.
pub fn freshness(
    sources: &[SourceView],
    outlook: &[&SourceOutlook],
    now: Timestamp,
) -> Vec<Freshness> {
    let of = |source: Source| {
        let run = sources.iter().find(|view| view.source == source);
        let outlook = outlook.iter().find(|outlook| outlook.source == source);
        (run.is_some() || outlook.is_some()).then(|| Freshness {
            source,
            state: run.map(|view| view.last_run.state),
            started_at: run.map(|view| view.last_run.started_at),
            ended_at: run.and_then(|view| view.last_run.ended_at),
            last_success_at: run.and_then(|view| view.last_success_at),
            stale: run.is_some_and(|view| is_stale(&view.last_run, now)),
            next_at: outlook.and_then(|outlook| outlook.next_at),
            note: outlook.and_then(|outlook| outlook.note.clone()),
            problems: run
                .map(|view| view.last_run.problems.clone())
                .unwrap_or_default(),
        })
    };
    Source::ALL.iter().copied().filter_map(of).collect()
}

fn is_stale(run: &RunView, now: Timestamp) -> bool {
    now.duration_since(run.started_at) > run.interval.saturating_mul(STALE_INTERVALS)
}

impl Freshness {
    pub fn tone(&self) -> Tone {
        match self.state {
            _ if self.stale => Tone::Warning,
            Some(RunState::Complete) => Tone::Good,
            Some(RunState::Running) | None => Tone::Quiet,
            Some(RunState::Partial | RunState::Failed | RunState::Lost) => Tone::Warning,
        }
    }

    /// What happened, as the key of a text or in the scheduler's words, and the instant that
    /// belongs to it.
    pub fn headline(&self) -> (Result<&'static str, &str>, Option<Timestamp>) {
        let (key, at) = match (self.state, &self.note) {
            // What is never tried is not late.
            (None, Some(note)) if self.next_at.is_none() => return (Err(note), None),
            (None, _) => ("freshness-not-collected-yet", None),
            (Some(_), _) if self.stale => match self.last_success_at {
                Some(at) => ("freshness-not-collected-since", Some(at)),
                None => ("freshness-never-collected", self.started_at),
            },
            (Some(RunState::Running), _) => ("freshness-collecting", self.started_at),
            (Some(RunState::Complete), _) => ("freshness-collected", self.ended_at),
            (Some(RunState::Partial), _) => ("freshness-partly-collected", self.ended_at),
            (Some(RunState::Failed), _) => ("freshness-failed", self.ended_at),
            (Some(RunState::Lost), _) => ("freshness-lost", self.started_at),
        };
        (Ok(key), at)
    }

    /// The last time that numbers came, where the headline doesn't say it.
    pub fn last_success(&self) -> Option<Timestamp> {
        match self.state {
            Some(RunState::Failed | RunState::Lost | RunState::Running) if !self.stale => {
                self.last_success_at
            }
            _ => None,
        }
    }

    /// The first problem and how many more there are, else what the scheduler says.
    pub fn reason(&self) -> Option<(String, usize)> {
        let Some(first) = self.problems.first() else {
            let note = self.note.clone();
            let note = note.filter(|note| self.headline().0 != Err(note.as_str()));
            return note.map(|note| (note, 0));
        };
        let text = match first.subject.trim() {
            "" => first.message.clone(),
            subject => format!("{}: {}", isolated(subject), isolated(&first.message)),
        };
        Some((text, self.problems.len() - 1))
    }
}

pub fn source_name(source: Source) -> &'static str {
    match source {
        Source::Modrinth => "Modrinth",
        Source::Curseforge => "CurseForge",
        Source::Modpacks => "Modpacks",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::SignedDuration;
    use modstats_store::model::{Progress, RunId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn source(state: RunState, problems: &[(&str, &str)]) -> SourceView {
        let started_at = at("2026-11-22T03:11Z");
        let ended_at = matches!(
            state,
            RunState::Complete | RunState::Partial | RunState::Failed
        )
        .then(|| at("2026-11-22T03:12Z"));
        let problem = |(subject, message): &(&str, &str)| Problem {
            subject: (*subject).to_owned(),
            reason: "Refused".to_owned(),
            message: (*message).to_owned(),
        };
        SourceView {
            source: Source::Modrinth,
            last_success_at: Some(at("2026-11-21T21:12Z")),
            last_run: RunView {
                id: RunId(7),
                namespace: "default".to_owned(),
                name: "mod".to_owned(),
                source: Source::Modrinth,
                scheduled_at: started_at,
                started_at,
                deadline_at: at("2026-11-22T04:00Z"),
                ended_at,
                state,
                interval: SignedDuration::from_hours(6),
                progress: Progress::default(),
                rows: None,
                problems: problems.iter().map(problem).collect(),
            },
        }
    }

    fn one(view: SourceView, now: &str) -> Freshness {
        freshness(&[view], &[], at(now)).remove(0)
    }

    #[test]
    fn a_failure_says_why_and_when_numbers_last_came() {
        let problems = [("curseforge", "key refused"), ("x", "y"), ("z", "w")];
        let fresh = one(source(RunState::Failed, &problems), "2026-11-22T05:00Z");
        assert_eq!(fresh.tone(), Tone::Warning);
        assert_eq!(
            fresh.headline(),
            (Ok("freshness-failed"), Some(at("2026-11-22T03:12Z")))
        );
        let reason = "curseforge: key refused".to_owned();
        assert_eq!(fresh.reason().unwrap(), (reason, 2));
        assert_eq!(fresh.last_success(), Some(at("2026-11-21T21:12Z")));
    }

    #[test]
    fn three_intervals_without_a_run_are_stale_and_not_a_minute_less() {
        let complete = || source(RunState::Complete, &[]);
        let fresh = one(complete(), "2026-11-22T21:11Z");
        assert_eq!((fresh.tone(), fresh.stale), (Tone::Good, false));
        let stale = one(complete(), "2026-11-22T21:12Z");
        assert_eq!(stale.tone(), Tone::Warning);
        assert_eq!(stale.headline().0, Ok("freshness-not-collected-since"));
    }

    #[test]
    fn a_source_that_only_the_scheduler_knows_is_told_too() {
        let outlook = SourceOutlook {
            namespace: "default".to_owned(),
            name: "mod".to_owned(),
            source: Source::Modpacks,
            next_at: None,
            note: Some("suspended: spec.suspend is true".to_owned()),
        };
        let all = freshness(
            &[source(RunState::Running, &[])],
            &[&outlook],
            at("2026-11-22T03:12Z"),
        );
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].headline().0, Ok("freshness-collecting"));
        assert_eq!(
            all[1].headline(),
            (Err("suspended: spec.suspend is true"), None)
        );
        assert_eq!(all[1].reason(), None);
    }
}
