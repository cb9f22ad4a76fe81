//! The document that a collector works from: one TrackedMod at one generation.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::cron::{self, Schedule, default_modpacks_schedule, default_schedule};
use crate::tracked_mod::{
    CurseforgeModpacks, ModpacksSpec, ModrinthModpacks, TrackedMod, TrackedModSpec,
};
use crate::validate::{Violation, validate};
use crate::words::Source;

/// Why a document can't be worked from.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the document is not readable: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the document's TrackedMod is not valid: {}", join(.0))]
    Invalid(Vec<Violation>),
}

/// A valid TrackedMod with its identity. The operator makes it from the object in the cluster,
/// standalone from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Travelling")]
pub struct Document {
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub generation: i64,
    pub creation_timestamp: Timestamp,
    pub spec: TrackedModSpec,
    #[serde(skip)]
    schedules: Schedules,
}

/// The schedules that the spec gives, parsed when the document is made.
#[derive(Clone, Debug, PartialEq)]
struct Schedules {
    downloads: Option<Schedule>,
    modpacks: Option<Schedule>,
    time_zone: TimeZone,
}

/// A document as it travels; fields that this version doesn't know are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Travelling {
    namespace: String,
    name: String,
    uid: String,
    generation: i64,
    creation_timestamp: Timestamp,
    spec: TrackedModSpec,
}

/// When a CronJob's Job was due: its name ends in that time in minutes since 1970. Whoever reads a
/// name that may be of another Job asks whether that time can be true.
pub fn due_in_name(job: &str) -> Option<Timestamp> {
    let minutes: i64 = job.rsplit_once('-')?.1.parse().ok()?;
    Timestamp::from_second(minutes.checked_mul(60)?).ok()
}

impl Document {
    pub fn new(
        namespace: &str,
        name: &str,
        uid: &str,
        generation: i64,
        creation_timestamp: Timestamp,
        spec: TrackedModSpec,
    ) -> Result<Self, DocumentError> {
        let mut tracked_mod = TrackedMod::new(name, spec);
        tracked_mod.metadata.namespace = Some(namespace.to_owned());
        validate(&tracked_mod).map_err(DocumentError::Invalid)?;
        let spec = tracked_mod.spec;
        Ok(Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            uid: uid.to_owned(),
            generation,
            creation_timestamp,
            schedules: Schedules::of(&spec)?,
            spec,
        })
    }

    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        let document: Travelling = serde_json::from_str(text)?;
        document.try_into()
    }

    /// What this TrackedMod asks for.
    pub fn sources(&self) -> Vec<Source> {
        self.spec.sources()
    }

    /// When a source is collected. The defaults are meant in UTC, whatever the spec's time zone.
    pub fn schedule(&self, source: Source) -> (Schedule, TimeZone) {
        let (given, default): (_, fn(&str, &str) -> Schedule) = match source {
            Source::Modrinth | Source::Curseforge => (&self.schedules.downloads, default_schedule),
            Source::Modpacks => (&self.schedules.modpacks, default_modpacks_schedule),
        };
        match given {
            Some(schedule) => (schedule.clone(), self.schedules.time_zone.clone()),
            None => (default(&self.namespace, &self.name), TimeZone::UTC),
        }
    }
}

impl TryFrom<Travelling> for Document {
    type Error = DocumentError;

    fn try_from(document: Travelling) -> Result<Self, DocumentError> {
        Self::new(
            &document.namespace,
            &document.name,
            &document.uid,
            document.generation,
            document.creation_timestamp,
            document.spec,
        )
    }
}

impl Schedules {
    fn of(spec: &TrackedModSpec) -> Result<Self, DocumentError> {
        let modpacks = spec.modpacks.as_ref();
        Ok(Self {
            downloads: parse("spec.schedule", spec.schedule.as_deref())?,
            modpacks: parse(
                "spec.modpacks.schedule",
                modpacks.and_then(|modpacks| modpacks.schedule.as_deref()),
            )?,
            time_zone: cron::time_zone(&spec.time_zone)
                .map_err(|error| invalid("spec.timeZone", &error))?,
        })
    }
}

impl TrackedModSpec {
    /// The sources that this spec asks for.
    pub fn sources(&self) -> Vec<Source> {
        let asks = |source: &Source| match source {
            Source::Modrinth => self.modrinth.is_some(),
            Source::Curseforge => self.curseforge.is_some(),
            Source::Modpacks => {
                self.asks_modrinth_for_modpacks() || self.asks_curseforge_for_modpacks()
            }
        };
        Source::ALL.iter().copied().filter(asks).collect()
    }

    /// Whether modpacks on Modrinth are asked for; they are where nothing is said of modpacks.
    pub fn asks_modrinth_for_modpacks(&self) -> bool {
        let enabled = |it: &ModpacksSpec| it.modrinth == ModrinthModpacks::Enabled;
        self.modrinth.is_some() && self.modpacks.as_ref().is_none_or(enabled)
    }

    /// Whether modpacks on CurseForge are asked for, which takes the key.
    pub fn asks_curseforge_for_modpacks(&self) -> bool {
        let asks = |it: &ModpacksSpec| {
            it.curseforge == CurseforgeModpacks::Website || !it.curseforge_ids.is_empty()
        };
        self.curseforge.is_some() && self.modpacks.as_ref().is_some_and(asks)
    }
}

fn parse(field: &str, text: Option<&str>) -> Result<Option<Schedule>, DocumentError> {
    text.map(|text| Schedule::parse(text).map_err(|error| invalid(field, &error)))
        .transpose()
}

fn invalid(field: &str, error: &dyn std::error::Error) -> DocumentError {
    DocumentError::Invalid(vec![Violation {
        field: field.to_owned(),
        message: error.to_string(),
    }])
}

fn join(violations: &[Violation]) -> String {
    let violations: Vec<String> = violations.iter().map(Violation::to_string).collect();
    violations.join("; ")
}
