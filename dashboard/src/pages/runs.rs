//! The runs, newest first.

use modstats_store::model::{RunState, RunView};

use super::Context;
use crate::export::{Exported, TableLinks};
use crate::freshness::source_name;
use crate::language::Markup;
use crate::query::{ModKey, Query, RunsQuery};

#[derive(Clone, Debug)]
pub struct RunsPage {
    pub(super) rows: Vec<Row>,
    /// The heading, where these are the runs of one TrackedMod.
    pub(super) of: Option<Markup>,
    pub(super) is_first: bool,
    pub(super) newest: String,
    pub(super) older: Option<String>,
    pub(super) exports: TableLinks,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub id: i32,
    pub state: String,
    pub tone: &'static str,
    pub namespaced: String,
    pub href: String,
    pub source: &'static str,
    pub started: Markup,
    /// Where it isn't the minute in which the run started.
    pub scheduled: Option<Markup>,
    pub took: Option<String>,
    pub requests: String,
    /// `2 retries`, where there were any.
    pub retries: Option<String>,
    /// What the answers weighed.
    pub received: String,
    pub projects: String,
    pub versions: String,
    /// None where an older build wrote the run, or it hasn't ended.
    pub rows: Option<String>,
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
    pub fn new(runs: &[RunView], more: bool, query: &RunsQuery, context: Context<'_>) -> RunsPage {
        let Context { words, links, .. } = context;
        let at = |before| {
            let page = RunsQuery {
                before,
                ..query.clone()
            };
            links.runs(page.render())
        };
        RunsPage {
            rows: runs.iter().map(|run| Row::new(run, context)).collect(),
            of: query
                .tracked_mod
                .as_ref()
                .map(|ModKey { namespace, name }| {
                    let link = Markup::link(
                        &links.mod_page(namespace, name, ""),
                        &Markup::isolated(&format!("{namespace}/{name}")),
                    );
                    words.markup("runs-heading-of", &[("mod", (&link).into())])
                }),
            is_first: query.before.is_none(),
            newest: at(None),
            older: runs.last().filter(|_| more).map(|last| at(Some(last.id))),
            exports: Exported::Runs(query.clone()).links(links),
        }
    }
}

impl Row {
    fn new(run: &RunView, Context { words, links, .. }: Context<'_>) -> Row {
        let scheduled = words.instant(run.scheduled_at) != words.instant(run.started_at);
        Row {
            id: run.id.0,
            state: words.text(match run.state {
                RunState::Complete => "runs-complete",
                RunState::Partial => "runs-partial",
                RunState::Failed => "runs-failed",
                RunState::Lost => "runs-lost",
                RunState::Running => "runs-running",
            }),
            tone: match run.state {
                RunState::Complete => "good",
                RunState::Running => "quiet",
                RunState::Partial | RunState::Failed | RunState::Lost => "warning",
            },
            namespaced: format!("{}/{}", run.namespace, run.name),
            href: links.mod_page(&run.namespace, &run.name, ""),
            source: source_name(run.source),
            started: words.at(run.started_at),
            scheduled: scheduled.then(|| {
                let at = words.at(run.scheduled_at);
                words.markup("runs-scheduled", &[("at", (&at).into())])
            }),
            took: run
                .ended_at
                .map(|ended| words.took(ended.duration_since(run.started_at))),
            requests: words.count(run.progress.requests),
            retries: match run.progress.retries {
                0 => None,
                some => Some(words.with("runs-retries", &[("count", some.into())])),
            },
            received: words.data_size(run.progress.bytes),
            projects: words.count(run.progress.projects),
            versions: words.count(run.progress.versions),
            rows: run.rows.map(|rows| words.count(rows)),
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

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::fixtures::sample_runs;

    let of_mod = RunsQuery::of_mod("zz", "zz-zz");
    let all = RunsQuery::default();
    let older = RunsQuery {
        before: Some(modstats_store::model::RunId(5)),
        ..RunsQuery::default()
    };
    vec![
        Box::new(RunsPage::new(&sample_runs(), true, &of_mod, context)),
        Box::new(RunsPage::new(&[], false, &all, context)),
        Box::new(RunsPage::new(&[], false, &older, context)),
    ]
}
