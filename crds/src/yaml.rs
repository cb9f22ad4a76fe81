//! TrackedMods from YAML files, with the place of everything that is wrong.

use std::collections::HashMap;
use std::fmt;

use kube::{Resource, ResourceExt};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::shape;
use crate::tracked_mod::TrackedMod;
use crate::validate::{Violation, validate};

/// The namespace of a TrackedMod that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// One thing in a file that a user must change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub document: usize,
    /// In the file, counted from 1.
    pub line: Option<usize>,
    /// Like `spec.modrinth.projects[0]`.
    pub field: Option<String>,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {}", self.document)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The TrackedMods of a file, or everything that is wrong with it. Empty documents are passed over.
/// After YAML that can't be parsed nothing more is read.
pub fn read(text: &str) -> Result<Vec<TrackedMod>, Vec<Problem>> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let mut seen = HashMap::new();
    for (index, source) in serde_yaml::Deserializer::from_str(text).enumerate() {
        let document = index + 1;
        let written = match parse(source) {
            Ok(written) => written,
            Err(error) => {
                problems.push(Problem {
                    document,
                    line: error.location().map(|location| location.line()),
                    field: None,
                    message: error.to_string(),
                });
                break;
            }
        };
        if written.is_null() {
            continue;
        }
        let read = tracked_mod(written).and_then(|tracked_mod| {
            let key = (tracked_mod.namespace(), tracked_mod.name_any());
            match seen.insert(key, document) {
                None => Ok(tracked_mod),
                Some(first) => Err(vec![Violation {
                    field: "metadata.name".to_owned(),
                    message: format!(
                        "{:?} is also the name of document {first}: names are unique in a namespace",
                        tracked_mod.name_any()
                    ),
                }]),
            }
        });
        match read {
            Ok(tracked_mod) => found.push(tracked_mod),
            Err(violations) => problems.extend(violations.into_iter().map(|violation| Problem {
                document,
                line: line_of(text, document, &violation.field),
                field: Some(violation.field).filter(|field| !field.is_empty()),
                message: violation.message,
            })),
        }
    }
    if found.is_empty() && problems.is_empty() {
        problems.push(Problem {
            document: 1,
            line: None,
            field: None,
            message:
                "there is no TrackedMod in this file; write one as in examples/trackedmod.yaml"
                    .to_owned(),
        });
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

/// YAML as JSON, which is what the API server gets to see: merge keys are resolved, a field that is
/// null is an absent one, a tag of one's own becomes a map that fits nowhere.
fn parse(source: serde_yaml::Deserializer<'_>) -> Result<Value, serde_yaml::Error> {
    let mut yaml = serde_yaml::Value::deserialize(source)?;
    yaml.apply_merge()?;
    let mut json = serde_json::to_value(yaml).map_err(serde_yaml::Error::custom)?;
    drop_null_fields(&mut json);
    Ok(json)
}

fn drop_null_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_null_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_null_fields),
        _ => {}
    }
}

fn tracked_mod(mut written: Value) -> Result<TrackedMod, Vec<Violation>> {
    let refuse = |field: &str, message: String| {
        Err(vec![Violation {
            field: field.to_owned(),
            message,
        }])
    };
    if !written.is_object() {
        return refuse(
            "",
            "is not a TrackedMod: begin with apiVersion and kind".to_owned(),
        );
    }
    let expected = [
        ("apiVersion", TrackedMod::api_version(&())),
        ("kind", TrackedMod::kind(&())),
    ];
    for (field, expected) in expected {
        match &written[field] {
            Value::String(text) if *text == expected => {}
            Value::Null => return refuse(field, format!("is missing: write `{expected}`")),
            other => return refuse(field, format!("is {other}, only `{expected}` is read here")),
        }
    }
    // The missing name is then told like any other.
    if written["metadata"].is_null() {
        written["metadata"] = serde_json::json!({});
    }
    let violations = shape::check(&written);
    if !violations.is_empty() {
        return Err(violations);
    }
    let mut tracked_mod: TrackedMod = match serde_json::from_value(written) {
        Ok(tracked_mod) => tracked_mod,
        Err(error) => return refuse("", error.to_string()),
    };
    let namespace = &mut tracked_mod.metadata.namespace;
    namespace.get_or_insert_with(|| DEFAULT_NAMESPACE.to_owned());
    validate(&tracked_mod)?;
    Ok(tracked_mod)
}

/// The line on which a field stands in a document, or else the nearest field around it.
///
/// The parser knows the place of everything but tells it only in errors, so the way to the field is
/// walked with a deserializer that fails on arrival.
fn line_of(text: &str, document: usize, field: &str) -> Option<usize> {
    let steps = steps(field);
    (0..=steps.len()).rev().find_map(|depth| {
        let source = serde_yaml::Deserializer::from_str(text).nth(document - 1)?;
        let arrival = Walk(&steps[..depth]).deserialize(source).err()?;
        Some(arrival.location()?.line())
    })
}

#[derive(Debug, PartialEq)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

fn steps(field: &str) -> Vec<Step<'_>> {
    field
        .split(['.', '['])
        .filter(|part| !part.is_empty())
        .map(|part| match part.strip_suffix(']').map(str::parse) {
            Some(Ok(index)) => Step::Item(index),
            _ => Step::Field(part),
        })
        .collect()
}

/// Goes the steps and fails at their end; succeeds where there is no such way.
#[derive(Clone, Copy)]
struct Walk<'a>(&'a [Step<'a>]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the way to a field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.0.split_first() else {
            return Err(A::Error::custom("arrived"));
        };
        let key = Key {
            step,
            arrive: rest.is_empty(),
        };
        while let Some(on_the_way) = map.next_key_seed(&key)? {
            if on_the_way {
                map.next_value_seed(Walk(rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.0.split_first() else {
            return Err(A::Error::custom("arrived"));
        };
        let mut index = 0;
        loop {
            let item = if *step == Step::Item(index) {
                seq.next_element_seed(Walk(rest))?
            } else {
                seq.next_element::<IgnoredAny>()?.map(|_| ())
            };
            if item.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }
}

/// A key of a map: on the way or not, and perhaps where it ends.
struct Key<'a> {
    step: &'a Step<'a>,
    arrive: bool,
}

impl<'de> DeserializeSeed<'de> for &Key<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for &Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        match (*self.step == Step::Field(key), self.arrive) {
            (true, true) => Err(E::custom("arrived")),
            (on_the_way, _) => Ok(on_the_way),
        }
    }
}
