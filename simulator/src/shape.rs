//! The shape of JSON values: which keys they have and of which types, without any value.
//!
//! A shape is written as a flat object, key path to JSON types. `$` is the value itself, `[]` the
//! items of an array; a `?` at the end of a path marks a key that some samples lack:
//!
//! ```json
//! {"$": ["object"], "$.id": ["string"], "$.loaders": ["array"], "$.loaders[]": ["string"],
//!  "$.environment?": ["null", "string"]}
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    Null,
    Boolean,
    /// A number without fraction and exponent that fits 64 bits.
    Integer,
    /// Any other number.
    Number,
    String,
    Array,
    Object,
}

impl Type {
    pub fn of(value: &Value) -> Type {
        match value {
            Value::Null => Type::Null,
            Value::Bool(_) => Type::Boolean,
            Value::Number(number) if number.is_f64() => Type::Number,
            Value::Number(_) => Type::Integer,
            Value::String(_) => Type::String,
            Value::Array(_) => Type::Array,
            Value::Object(_) => Type::Object,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "BTreeMap<String, BTreeSet<Type>>",
    into = "BTreeMap<String, BTreeSet<Type>>"
)]
pub struct Shape(BTreeMap<String, Place>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    types: BTreeSet<Type>,
    optional: bool,
}

/// One difference between a value and a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// A key that every sample has is absent.
    Missing { path: String },
    /// A key, or an item of an array, that no sample has.
    Unknown { path: String },
    /// A type that no sample has here.
    WrongType { path: String, found: Type },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Missing { path } => write!(f, "{path} is missing"),
            Mismatch::Unknown { path } => write!(f, "{path} is in no recorded answer"),
            Mismatch::WrongType { path, found } => {
                write!(f, "{path} is never recorded as {found:?}")
            }
        }
    }
}

impl Shape {
    /// The shape that all samples fit.
    pub fn of(samples: &[Value]) -> Shape {
        let mut shape = Shape::default();
        shape.learn("$".to_owned(), &samples.iter().collect::<Vec<_>>(), false);
        shape
    }

    /// What of `value` the samples of this shape never showed; empty if it fits.
    pub fn check(&self, value: &Value) -> Vec<Mismatch> {
        let mut found = Vec::new();
        self.compare("$", value, &mut found);
        found
    }

    /// Every key path with its types, and whether the key may be absent.
    pub fn paths(&self) -> impl Iterator<Item = (&str, &BTreeSet<Type>, bool)> {
        self.0
            .iter()
            .map(|(path, place)| (path.as_str(), &place.types, place.optional))
    }

    fn learn(&mut self, path: String, samples: &[&Value], optional: bool) {
        let types = samples.iter().map(|value| Type::of(value)).collect();
        let objects: Vec<_> = samples.iter().filter_map(|v| v.as_object()).collect();
        let keys: BTreeSet<&String> = objects.iter().flat_map(|object| object.keys()).collect();
        for key in keys {
            let values: Vec<_> = objects.iter().filter_map(|o| o.get(key)).collect();
            let optional = values.len() < objects.len();
            self.learn(format!("{path}.{key}"), &values, optional);
        }
        let arrays = samples.iter().filter_map(|value| value.as_array());
        let items: Vec<_> = arrays.flatten().collect();
        if !items.is_empty() {
            self.learn(format!("{path}[]"), &items, false);
        }
        self.0.insert(path, Place { types, optional });
    }

    fn compare(&self, path: &str, value: &Value, found: &mut Vec<Mismatch>) {
        let Some(place) = self.0.get(path) else {
            let path = path.to_owned();
            return found.push(Mismatch::Unknown { path });
        };
        if !place.types.contains(&Type::of(value)) {
            let (path, found_type) = (path.to_owned(), Type::of(value));
            return found.push(Mismatch::WrongType {
                path,
                found: found_type,
            });
        }
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    self.compare(&format!("{path}.{key}"), value, found);
                }
                for key in self.required(path) {
                    if !object.contains_key(key) {
                        let path = format!("{path}.{key}");
                        found.push(Mismatch::Missing { path });
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.compare(&format!("{path}[]"), item, found);
                }
            }
            _ => {}
        }
    }

    fn required<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a str> {
        let required = self.0.iter().filter(|(_, place)| !place.optional);
        required.filter_map(move |(path, _)| {
            let key = path.strip_prefix(parent)?.strip_prefix('.')?;
            (!key.contains(['.', '['])).then_some(key)
        })
    }
}

impl From<BTreeMap<String, BTreeSet<Type>>> for Shape {
    fn from(written: BTreeMap<String, BTreeSet<Type>>) -> Shape {
        let places = written.into_iter().map(|(path, types)| {
            let optional = path.ends_with('?');
            let path = path.trim_end_matches('?').to_owned();
            (path, Place { types, optional })
        });
        Shape(places.collect())
    }
}

impl From<Shape> for BTreeMap<String, BTreeSet<Type>> {
    fn from(shape: Shape) -> BTreeMap<String, BTreeSet<Type>> {
        let places = shape.0.into_iter().map(|(mut path, place)| {
            if place.optional {
                path.push('?');
            }
            (path, place.types)
        });
        places.collect()
    }
}

/// The values at a pointer such as `/data/*/latestFiles`, where `*` stands for every item of an
/// array. An array at the end counts as its items: `/data` of a page is each of its mods.
pub fn select<'a>(value: &'a Value, pointer: &str) -> Vec<&'a Value> {
    let mut at = vec![value];
    for step in pointer.split('/').filter(|step| !step.is_empty()) {
        at = at.into_iter().flat_map(|v| children(v, step)).collect();
    }
    at.into_iter()
        .flat_map(|value| match value {
            Value::Array(items) => items.iter().collect(),
            other => vec![other],
        })
        .collect()
}

fn children<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    match value {
        Value::Array(items) if step == "*" => items.iter().collect(),
        // A single mod is asked for by the same pointer as a page of them.
        single if step == "*" => vec![single],
        other => other.get(step).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn shape() -> Shape {
        Shape::of(&[
            json!({"id": "a", "count": 1, "tags": [], "link": {"url": null}}),
            json!({"id": "b", "count": 1.5, "tags": ["x"], "link": {"url": "y"}, "extra": true}),
        ])
    }

    #[test]
    fn a_shape_survives_being_written() {
        let written = serde_json::to_value(shape()).unwrap();
        assert_eq!(written["$.count"], json!(["integer", "number"]));
        assert_eq!(written["$.extra?"], json!(["boolean"]));
        assert_eq!(written["$.tags[]"], json!(["string"]));
        assert_eq!(serde_json::from_value::<Shape>(written).unwrap(), shape());
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let value = json!({"id": 7, "count": 2, "tags": ["x", null], "link": {}, "new": 1});
        let mut found: Vec<_> = shape()
            .check(&value)
            .iter()
            .map(|m| m.to_string())
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                "$.id is never recorded as Integer",
                "$.link.url is missing",
                "$.new is in no recorded answer",
                "$.tags[] is never recorded as Null",
            ]
        );
    }

    #[test]
    fn pointers_reach_into_arrays() {
        let page = json!({"data": [{"files": [1, 2]}, {"files": [3]}]});
        assert_eq!(
            select(&page, "/data/*/files"),
            [&json!(1), &json!(2), &json!(3)]
        );
        assert_eq!(
            select(&json!({"data": {"files": [4]}}), "/data/*/files"),
            [&json!(4)]
        );
    }
}
