//! Conditions as kstatus and `kubectl wait` read them.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use modstats_crds::one_line;

use crate::trouble::as_reason;

pub const READY: &str = "Ready";
pub const DATABASE_READY: &str = "DatabaseReady";
pub const COLLECTION_SUCCEEDED: &str = "CollectionSucceeded";
pub const RECONCILING: &str = "Reconciling";
pub const STALLED: &str = "Stalled";

pub const TYPES: [&str; 5] = [
    READY,
    DATABASE_READY,
    COLLECTION_SUCCEEDED,
    RECONCILING,
    STALLED,
];

/// The schema allows more; a message is for people.
const LONGEST: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    True,
    False,
    Unknown,
}

impl ConditionStatus {
    pub fn of(holds: bool) -> ConditionStatus {
        if holds {
            ConditionStatus::True
        } else {
            ConditionStatus::False
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            ConditionStatus::True => "True",
            ConditionStatus::False => "False",
            ConditionStatus::Unknown => "Unknown",
        }
    }
}

/// What is said of one condition now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub type_: &'static str,
    pub state: ConditionStatus,
    pub reason: String,
    pub message: String,
}

pub fn said(
    type_: &'static str,
    state: ConditionStatus,
    reason: impl Into<String>,
    message: impl Into<String>,
) -> Said {
    Said {
        type_,
        state,
        reason: reason.into(),
        message: message.into(),
    }
}

/// The conditions with what is said now. The time moves only when the state does.
pub fn merged(
    before: &[Condition],
    said: Vec<Said>,
    generation: Option<i64>,
    now: Timestamp,
) -> Vec<Condition> {
    said.into_iter()
        .map(|said| {
            let status = said.state.as_str();
            let since = before
                .iter()
                .find(|it| it.type_ == said.type_ && it.status == status)
                .map_or_else(|| Time(now), |it| it.last_transition_time.clone());
            Condition {
                type_: said.type_.to_owned(),
                status: status.to_owned(),
                reason: as_reason(&said.reason),
                message: one_line(&said.message, LONGEST),
                observed_generation: generation,
                last_transition_time: since,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_moves_only_with_the_state() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = merged(
            &[],
            vec![said(READY, ConditionStatus::False, "A", "")],
            Some(1),
            at(10),
        );
        let second = merged(
            &first,
            vec![said(READY, ConditionStatus::False, "B", "")],
            Some(2),
            at(20),
        );
        assert_eq!(second[0].last_transition_time.0, at(10));
        assert_eq!(
            (second[0].reason.as_str(), second[0].observed_generation),
            ("B", Some(2))
        );
        let third = merged(
            &second,
            vec![said(READY, ConditionStatus::True, "B", "")],
            Some(2),
            at(30),
        );
        assert_eq!(third[0].last_transition_time.0, at(30));
    }
}
