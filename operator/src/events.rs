//! What is told of a TrackedMod as events, for `kubectl describe`.

use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::Resource;
use kube::runtime::events::{Event, EventType, Recorder};
use modstats_crds::{TrackedMod, TrackedModStatus};

use crate::conditions::{COLLECTION_SUCCEEDED, DATABASE_READY, READY};

/// A note holds so many bytes.
pub const NOTE: usize = 1024;
/// The conditions of which a change is an event.
const TOLD: [&str; 3] = [READY, DATABASE_READY, COLLECTION_SUCCEEDED];

/// Tells each condition that isn't what it was.
pub async fn tell_news(recorder: &Recorder, tracked_mod: &TrackedMod, after: &TrackedModStatus) {
    let before = tracked_mod.status.clone().unwrap_or_default();
    let reference = tracked_mod.object_ref(&());
    for it in after.conditions.iter().filter(|it| is_news(it, &before)) {
        let type_ = match it.status.as_str() {
            "False" => EventType::Warning,
            _ => EventType::Normal,
        };
        publish(
            recorder,
            &reference,
            type_,
            &it.type_,
            &it.reason,
            &it.message,
        )
        .await;
    }
}

fn is_news(condition: &Condition, before: &TrackedModStatus) -> bool {
    let same = |it: &Condition| {
        it.type_ == condition.type_
            && it.status == condition.status
            && it.reason == condition.reason
    };
    TOLD.contains(&condition.type_.as_str())
        && condition.status != "Unknown"
        && !before.conditions.iter().any(same)
}

/// Gives back whether it is recorded.
pub async fn publish(
    recorder: &Recorder,
    reference: &ObjectReference,
    type_: EventType,
    action: &str,
    reason: &str,
    note: &str,
) -> bool {
    let event = Event {
        type_,
        reason: reason.to_owned(),
        note: Some(cut(note, NOTE).to_owned()),
        action: action.to_owned(),
        secondary: None,
    };
    let published = recorder.publish(&event, reference).await;
    if let Err(error) = &published {
        tracing::warn!(%error, "an event is lost");
    }
    published.is_ok()
}

/// As much of a text as so many bytes hold.
pub fn cut(text: &str, bytes: usize) -> &str {
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.rfind(|end| *end <= bytes).unwrap_or_default();
    &text[..end]
}
