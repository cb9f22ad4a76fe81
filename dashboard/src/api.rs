//! The API: what it can be asked for, and what it answers. Every figure of the pages is in it, each
//! with its instant.

mod compare;
mod figures;
mod history;
mod modpacks;
mod mods;
mod period;
mod portfolio;
mod publishing;
mod request;
mod rows;
mod runs;
mod series;
mod spec;
mod tags;
mod words;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::figures::history::LastKnown;

pub use request::{Endpoint, Nothing, Request};
pub use runs::RunProblem;
pub use spec::spec;
pub use words::{maybe_run_state, source};

/// A number and when it was observed.
#[derive(Debug, Serialize, ToSchema)]
struct Value {
    value: i64,
    observed_at: Timestamp,
}

impl From<LastKnown> for Value {
    fn from(total: LastKnown) -> Value {
        Value {
            value: total.value,
            observed_at: total.at,
        }
    }
}
