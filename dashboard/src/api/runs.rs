//! What the collector did.

use jiff::Timestamp;
use modstats_store::model::{Problem, RunState, RunView, Source};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;

#[derive(Debug, Serialize, ToSchema)]
pub struct Runs {
    generation: i64,
    runs: Vec<Run>,
    /// What to give as `before` for the runs before these.
    next_before: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Run {
    id: i32,
    namespace: String,
    name: String,
    #[schema(schema_with = words::source)]
    source: Source,
    #[schema(schema_with = words::run_state)]
    state: RunState,
    scheduled_at: Timestamp,
    started_at: Timestamp,
    deadline_at: Timestamp,
    ended_at: Option<Timestamp>,
    /// Retries included.
    requests: i64,
    retries: i64,
    /// Of the answers, unpacked.
    bytes: i64,
    projects: i64,
    versions: i64,
    /// None where an older build wrote the run, or it hasn't ended.
    rows: Option<i64>,
    problems: Vec<RunProblem>,
}

impl Runs {
    pub fn new(generation: i64, runs: &[RunView], more: bool) -> Runs {
        Runs {
            generation,
            next_before: runs.last().filter(|_| more).map(|run| run.id.0),
            runs: runs.iter().map(Run::new).collect(),
        }
    }
}

impl Run {
    fn new(run: &RunView) -> Run {
        Run {
            id: run.id.0,
            namespace: run.namespace.clone(),
            name: run.name.clone(),
            source: run.source,
            state: run.state,
            scheduled_at: run.scheduled_at,
            started_at: run.started_at,
            deadline_at: run.deadline_at,
            ended_at: run.ended_at,
            requests: run.progress.requests,
            retries: run.progress.retries,
            bytes: run.progress.bytes,
            projects: run.progress.projects,
            versions: run.progress.versions,
            rows: run.rows,
            problems: run.problems.iter().map(RunProblem::new).collect(),
        }
    }
}

/// What went wrong in a run.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunProblem {
    /// The entry, project or platform concerned.
    subject: String,
    /// A word that doesn't change, like `SlugReassigned`.
    reason: String,
    message: String,
}

impl RunProblem {
    fn new(problem: &Problem) -> RunProblem {
        let Problem {
            subject,
            reason,
            message,
        } = problem.clone();
        RunProblem {
            subject,
            reason,
            message,
        }
    }
}
