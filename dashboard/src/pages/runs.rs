//! The runs, newest first.

use modstats_store::model::{RunState, RunView};

use super::mod_href;
use crate::format::{At, Count, TimeTag, took};
use crate::freshness::source_name;
use crate::query::RunsQuery;

#[derive(Clone, Debug)]
pub struct RunsPage {
    pub(super) rows: Vec<Row>,
    /// The TrackedMod whose runs these are, if not all: its name and page.
    pub(super) of: Option<(String, String)>,
    pub(super) is_first: bool,
    pub(super) newest: String,
    pub(super) older: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub id: i32,
    pub state: &'static str,
    pub tone: &'static str,
    pub namespaced: String,
    pub href: String,
    pub source: &'static str,
    pub scheduled: TimeTag,
    pub started: TimeTag,
    pub took: Option<String>,
    pub requests: Count,
    pub projects: Count,
    pub versions: Count,
    pub problems: Vec<ProblemLine>,
}

#[derive(Clone, Debug)]
pub(super) struct ProblemLine {
    pub subject: String,
    pub reason: String,
    pub message: String,
}

impl RunsPage {
    /// `runs` has at most the query's limit; `more` says that older ones exist.
    pub fn new(runs: &[RunView], more: bool, query: &RunsQuery) -> RunsPage {
        let at = |before| {
            format!(
                "/runs{}",
                RunsQuery {
                    before,
                    ..query.clone()
                }
            )
        };
        RunsPage {
            rows: runs.iter().map(Row::new).collect(),
            of: query.tracked_mod.as_ref().map(|(namespace, name)| {
                (format!("{namespace}/{name}"), mod_href(namespace, name))
            }),
            is_first: query.before.is_none(),
            newest: at(None),
            older: runs.last().filter(|_| more).map(|last| at(Some(last.id))),
        }
    }
}

impl Row {
    fn new(run: &RunView) -> Row {
        Row {
            id: run.id.0,
            state: run.state.as_str(),
            tone: match run.state {
                RunState::Complete => "good",
                RunState::Running => "quiet",
                RunState::Partial | RunState::Failed | RunState::Lost => "warning",
            },
            namespaced: format!("{}/{}", run.namespace, run.name),
            href: mod_href(&run.namespace, &run.name),
            source: source_name(run.source),
            scheduled: At(run.scheduled_at).tag(),
            started: At(run.started_at).tag(),
            took: run
                .ended_at
                .map(|ended| took(ended.duration_since(run.started_at))),
            requests: Count(run.progress.requests),
            projects: Count(run.progress.projects),
            versions: Count(run.progress.versions),
            problems: run
                .problems
                .iter()
                .map(|problem| ProblemLine {
                    subject: problem.subject.clone(),
                    reason: problem.reason.clone(),
                    message: problem.message.clone(),
                })
                .collect(),
        }
    }
}
