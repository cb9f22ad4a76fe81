//! The runs, newest first.

use modstats_store::model::{RunState, RunView};

use super::mod_href;
use crate::format::{At, Count, TimeTag, data_size, took};
use crate::freshness::source_name;
use crate::query::{ModKey, Query, RunsQuery};

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
    /// Where it isn't the minute in which the run started.
    pub scheduled: Option<TimeTag>,
    pub started: TimeTag,
    pub took: Option<String>,
    pub requests: Count,
    /// `2 retries`, where there were any.
    pub retries: Option<String>,
    /// What the answers weighed.
    pub received: String,
    pub projects: Count,
    pub versions: Count,
    /// None where an older build wrote the run, or it hasn't ended.
    pub rows: Option<Count>,
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
            let page = RunsQuery {
                before,
                ..query.clone()
            };
            format!("/runs{}", page.render())
        };
        RunsPage {
            rows: runs.iter().map(Row::new).collect(),
            of: query
                .tracked_mod
                .as_ref()
                .map(|ModKey { namespace, name }| {
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
            scheduled: Some(At(run.scheduled_at))
                .filter(|it| it.to_string() != At(run.started_at).to_string())
                .map(At::tag),
            started: At(run.started_at).tag(),
            took: run
                .ended_at
                .map(|ended| took(ended.duration_since(run.started_at))),
            requests: Count(run.progress.requests),
            retries: match run.progress.retries {
                0 => None,
                1 => Some("1 retry".to_owned()),
                more => Some(format!("{} retries", Count(more))),
            },
            received: data_size(run.progress.bytes),
            projects: Count(run.progress.projects),
            versions: Count(run.progress.versions),
            rows: run.rows.map(Count),
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
