//! Words in the API's schemas.

use modstats_store::model::{Outcome, Platform, ProjectKind, RunState, Source};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

use crate::query::{Grouping, Tag};

pub fn platform() -> Schema {
    one_of(Platform::ALL, Platform::as_str)
}

pub fn source() -> Schema {
    one_of(Source::ALL, Source::as_str)
}

pub fn run_state() -> Schema {
    one_of(RunState::ALL, RunState::as_str)
}

pub fn maybe_run_state() -> Schema {
    none_or_one_of(RunState::ALL, RunState::as_str)
}

pub fn maybe_outcome() -> Schema {
    none_or_one_of(Outcome::ALL, Outcome::as_str)
}

pub fn maybe_project_kind() -> Schema {
    none_or_one_of(ProjectKind::ALL, ProjectKind::as_str)
}

pub fn grouping() -> Schema {
    one_of(Grouping::ALL, Grouping::as_str)
}

pub fn tag() -> Schema {
    one_of(Tag::ALL, Tag::as_str)
}

fn one_of<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(all.iter().map(|it| word(*it))))
        .into()
}

fn none_or_one_of<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Schema {
    let words = all.iter().map(|it| Some(word(*it)));
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words.chain([None])))
        .into()
}
