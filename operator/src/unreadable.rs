//! TrackedMods that this version can't read: a definition of another version let them be stored.

use kube::api::DynamicObject;
use kube::runtime::events::EventType;
use kube::{CustomResourceExt, Resource, ResourceExt};
use modstats_crds::{TrackedMod, TrackedModStatus, one_line, yaml};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::events::{NOTE, cut, publish};
use crate::reconcile::Context;

/// In characters; what is to be done must fit into the event beside it.
const LONGEST: usize = 600;
const WAY_OUT: &str =
    "Correct it, or bring the CustomResourceDefinition and the operator to the same version";

/// A TrackedMod as it is stored.
pub enum Stored {
    Readable(Box<TrackedMod>),
    /// Its spec can be read; what must go of its status, as a merge patch.
    UnreadableStatus(Value),
    Unreadable(String),
}

pub fn read(object: &DynamicObject) -> Stored {
    let mut stored = json!(object);
    let error = match TrackedMod::deserialize(&stored) {
        Ok(tracked_mod) => return Stored::Readable(Box::new(tracked_mod)),
        Err(error) => error,
    };
    let status = stored["status"].take();
    match TrackedMod::deserialize(&stored) {
        Ok(_) => Stored::UnreadableStatus(without_odd_fields(&status)),
        Err(_) => Stored::Unreadable(what_is_wrong(object, &error.to_string())),
    }
}

/// A newer version may have written them. The rest holds pins and figures, and stays.
fn without_odd_fields(status: &Value) -> Value {
    let Some(fields) = status.as_object() else {
        return Value::Null;
    };
    let odd =
        |name: &str, value: &Value| TrackedModStatus::deserialize(json!({name: value})).is_err();
    let odd = fields.iter().filter(|(name, value)| odd(name, value));
    odd.map(|(name, _)| (name.clone(), Value::Null)).collect()
}

/// Field by field, as `modstats serve` says it of a file; the parser's own words name none.
fn what_is_wrong(object: &DynamicObject, error: &str) -> String {
    let written = json!({
        "apiVersion": TrackedMod::api_version(&()),
        "kind": TrackedMod::kind(&()),
        "metadata": {"name": object.name_any()},
        "spec": object.data.get("spec"),
    });
    let problems = yaml::read(&written.to_string()).err().unwrap_or_default();
    let said = problems.into_iter().map(|it| match it.field {
        Some(field) => format!("{field}: {}", it.message),
        None => it.message,
    });
    let said: Vec<String> = said.collect();
    let said = if said.is_empty() {
        error.to_owned()
    } else {
        said.join("; ")
    };
    one_line(said.trim_end_matches('.'), LONGEST)
}

/// Says so in an event, once for each change of it; gives back whether that is done.
pub async fn tell(context: &Context, object: &DynamicObject, what_is_wrong: &str) -> bool {
    let key = (object.namespace().unwrap_or_default(), object.name_any());
    let now = (object.uid(), object.metadata.generation);
    if context
        .memory
        .of(&key, |it| it.unreadable.as_ref() == Some(&now))
    {
        return true;
    }
    let (namespace, name) = (&key.0, &key.1);
    tracing::error!(
        namespace,
        name,
        what_is_wrong,
        "this TrackedMod can't be read"
    );
    let mut reference = object.object_ref(&TrackedMod::api_resource());
    // Of the same version it would be the same event again, with its first words.
    reference.resource_version = object.resource_version();
    let note = format!(
        "{}. {WAY_OUT}.",
        cut(what_is_wrong, NOTE - WAY_OUT.len() - 3)
    );
    let (recorder, type_) = (&context.recorder, EventType::Warning);
    let is_told = publish(recorder, &reference, type_, "Read", "Unreadable", &note).await;
    if is_told {
        context.memory.of(&key, |it| it.unreadable = Some(now));
    }
    is_told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(spec: Value, status: Value) -> DynamicObject {
        let object = json!({
            "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod",
            "metadata": {"name": "gears", "namespace": "mods"}, "spec": spec, "status": status,
        });
        serde_json::from_value(object).unwrap()
    }

    fn good() -> Value {
        json!({"modrinth": {"projects": ["gears"]}})
    }

    #[test]
    fn a_spec_that_can_not_be_read_is_told_field_by_field() {
        let odd = json!({"modrinth": {"projects": "gears"}, "suspend": "yes"});
        match read(&stored(odd, json!({"downloads": 7}))) {
            Stored::Unreadable(said) => assert_eq!(
                said,
                "spec.modrinth.projects: is text, but must be a list; spec.suspend: is text, but must be true or false"
            ),
            _ => panic!("it was read"),
        }
        match read(&stored(
            json!({"modrinth": {"projects": "\u{1b}[31m"}}),
            Value::Null,
        )) {
            Stored::Unreadable(said) => assert!(!said.contains('\u{1b}'), "{said:?}"),
            _ => panic!("it was read"),
        }
    }

    #[test]
    fn of_a_status_only_what_can_not_be_read_goes() {
        let status = json!({
            "downloads": 7, "modpacks": "many", "sources": [{"source": "elsewhere"}], "newer": true,
        });
        match read(&stored(good(), status)) {
            Stored::UnreadableStatus(patch) => {
                assert_eq!(patch, json!({"modpacks": null, "sources": null}));
            }
            _ => panic!("it was read, or not at all"),
        }
        match read(&stored(good(), json!("fine"))) {
            Stored::UnreadableStatus(patch) => assert_eq!(patch, Value::Null),
            _ => panic!("it was read, or not at all"),
        }
        assert!(matches!(
            read(&stored(good(), json!({"newer": true}))),
            Stored::Readable(_)
        ));
    }
}
