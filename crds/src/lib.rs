//! The TrackedMod contract: the resource and its schema, the verdict on what a user wrote, the
//! schedules it asks for, the document that a collector works from, and the message that it leaves.

pub mod cron;
pub mod document;
pub mod message;
mod shape;
mod text;
pub mod tracked_mod;
pub mod validate;
mod words;
pub mod yaml;

pub use cron::{CronError, Schedule, default_modpacks_schedule, default_schedule};
pub use document::{Document, DocumentError, due_in_name};
pub use message::TerminationMessage;
pub use text::{clean, one_line};
pub use tracked_mod::{
    ApiKeySecretRef, ClusterRef, CollectNow, CurseforgeModpacks, CurseforgeSpec, DatabaseSpec,
    ModpacksSpec, ModrinthModpacks, ModrinthSpec, PinnedProject, SecretRef, SourceStatus,
    TrackedMod, TrackedModSpec, TrackedModStatus, crd_yaml,
};
pub use validate::{Violation, validate};
pub use words::{Outcome, Platform, Source, UnknownWord};
