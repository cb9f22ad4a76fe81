//! The values that go into the store and come out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A word of the database that this build doesn't know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is no {kind}; known are {known}")]
pub struct UnknownWord {
    pub kind: &'static str,
    pub value: String,
    pub known: &'static str,
}

/// Declares an enum whose variants are words, the same in the database, in JSON and on pages.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident ($kind:literal) { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(value: &str) -> Result<Self, UnknownWord> {
                match value {
                    $($word => Ok($name::$variant),)+
                    _ => Err(UnknownWord {
                        kind: $kind,
                        value: value.to_owned(),
                        known: concat!($($word, " "),+),
                    }),
                }
            }
        }
    };
}

words!(Platform ("platform") { Modrinth = "modrinth", Curseforge = "curseforge" });
words!(
    /// What one CronJob collects.
    Source ("source") { Modrinth = "modrinth", Curseforge = "curseforge", Modpacks = "modpacks" }
);
words!(
    /// How a run ended by its own account.
    Outcome ("outcome") { Complete = "complete", Partial = "partial", Failed = "failed" }
);
words!(
    /// How a run reads at some instant.
    RunState ("run state") {
        Running = "running", Complete = "complete", Partial = "partial", Failed = "failed", Lost = "lost",
    }
);
words!(
    /// What a listing asks for.
    ListingSubject ("listing subject") { Versions = "versions", Modpacks = "modpacks" }
);
words!(
    /// A counter of a project over days.
    Metric ("metric") {
        Downloads = "downloads", Followers = "followers", ThumbsUp = "thumbs-up",
        /// The sum over all versions.
        VersionsDownloads = "versions-downloads",
        /// How many versions there are.
        Versions = "versions",
    }
);

impl Metric {
    /// Whether it goes down as it goes up, when people change their minds or versions vanish.
    pub fn is_gauge(self) -> bool {
        match self {
            Metric::Followers | Metric::ThumbsUp | Metric::Versions => true,
            Metric::Downloads | Metric::VersionsDownloads => false,
        }
    }
}

words!(
    /// What a project is on its platform.
    ProjectKind ("project kind") { Mod = "mod", Modpack = "modpack", Other = "other" }
);

/// A project's identity: the platform and the platform's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProjectKey {
    pub platform: Platform,
    pub id: String,
}

impl fmt::Display for ProjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.platform, self.id)
    }
}

/// A version's identity: the platform and the platform's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VersionKey {
    pub platform: Platform,
    pub id: String,
}

/// Where a number came from. Collected numbers are preferred, then those of the newest import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    Collected,
    Import(ImportId),
}

impl Origin {
    pub(crate) fn number(self) -> i32 {
        match self {
            Origin::Collected => 0,
            Origin::Import(ImportId(id)) => id,
        }
    }

    pub(crate) fn from_number(number: i32) -> Self {
        if number == 0 {
            Origin::Collected
        } else {
            Origin::Import(ImportId(number))
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImportId(pub i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub i32);

// ---- what a run writes ------------------------------------------------------------------------

/// A TrackedMod's document as far as the store keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedDocument {
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub created_at: Timestamp,
    pub generation: i64,
    pub display_name: Option<String>,
    /// The entries of every platform, not only of the run's source.
    pub entries: Vec<Entry>,
    /// The modpacks that it names, by their ids.
    pub declared: Vec<ProjectKey>,
}

/// A project as the document names it: a slug or an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    pub platform: Platform,
    pub entry: String,
}

/// An entry and the project that it was resolved to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pin {
    pub entry: Entry,
    pub project: ProjectKey,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    pub document: AppliedDocument,
    pub source: Source,
    pub scheduled_at: Timestamp,
    pub started_at: Timestamp,
    /// Past it a run without an end reads as lost.
    pub deadline_at: Timestamp,
    /// The distance of two runs by the schedule in force.
    pub interval: SignedDuration,
}

/// A run whose start is committed.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRun {
    pub id: RunId,
    /// The pins that hold for the document's entries of any platform.
    pub pins: Vec<Pin>,
    /// The modpacks that the document names, as far as they were ever observed.
    pub observed_packs: BTreeSet<ProjectKey>,
}

/// How far a run has come; nothing depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Repetitions included.
    pub requests: i64,
    pub retries: i64,
    /// Of the answers, unpacked.
    pub bytes: i64,
    pub projects: i64,
    pub versions: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunEnd {
    pub ended_at: Timestamp,
    pub outcome: Outcome,
    pub progress: Progress,
    pub problems: Vec<Problem>,
    /// The pins that the run resolved anew.
    pub pins: Vec<Pin>,
    pub observations: Observations,
    /// Samples from before it are no longer kept.
    pub samples_since: Timestamp,
}

/// What went wrong in a run, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The entry, project or platform concerned.
    pub subject: String,
    /// A PascalCase word that doesn't change, like `SlugReassigned`.
    pub reason: String,
    pub message: String,
}

/// Everything that one run or one import learned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    pub projects: Vec<ProjectObservation>,
    /// Known projects that the platform doesn't show (any more), and when it was asked.
    pub invisible: Vec<(ProjectKey, Timestamp)>,
    pub listings: Vec<VersionListing>,
    pub modpacks: Vec<ModpackListing>,
    /// Questions that brought no answer.
    pub unanswered: Vec<Unanswered>,
}

/// A listing of which nothing is known but that it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    pub project: ProjectKey,
    pub subject: ListingSubject,
    pub asked_at: Timestamp,
}

/// A project as its platform stated it at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectObservation {
    pub project: ProjectKey,
    /// When the question was asked.
    pub asked_at: Timestamp,
    /// Left out by imports that know numbers only.
    pub description: Option<ProjectDescription>,
    pub downloads: i64,
    pub followers: Option<i64>,
    pub thumbs_up: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProjectDescription {
    pub kind: ProjectKind,
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub page_url: String,
    pub icon_url: Option<String>,
    pub published_at: Option<Timestamp>,
}

/// The answer to "which versions has this project?".
#[derive(Clone, Debug, PartialEq)]
pub struct VersionListing {
    pub project: ProjectKey,
    pub asked_at: Timestamp,
    /// Whether every version was observed. Only then are the sum written and the vanished marked.
    pub complete: bool,
    /// What the platform said of the project's last change, if the list itself was walked instead
    /// of the known versions being asked for.
    pub marker: Option<String>,
    pub versions: Vec<VersionObservation>,
}

/// The answer to "which modpacks contain this project?", with what the packs themselves say.
#[derive(Clone, Debug, PartialEq)]
pub struct ModpackListing {
    pub project: ProjectKey,
    pub asked_at: Timestamp,
    /// Complete if the platform named every pack. Only then does an absence mean anything.
    pub outcome: Outcome,
    /// Every pack that was named or looked into.
    pub packs: BTreeMap<ProjectKey, Evidence>,
}

impl VersionListing {
    pub fn outcome(&self) -> Outcome {
        if self.complete {
            Outcome::Complete
        } else {
            Outcome::Partial
        }
    }
}

impl ModpackListing {
    /// How many packs contain the project.
    pub(crate) fn containing(&self) -> usize {
        let contains = |evidence: &&Evidence| match evidence {
            Evidence::Version { contains, .. } => *contains,
            Evidence::Named => true,
            Evidence::Candidate => false,
        };
        self.packs.values().filter(contains).count()
    }
}

/// What is known of a modpack's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Its newest version was looked into, at this instant or when it was first met.
    Version {
        id: String,
        contains: bool,
        asked_at: Timestamp,
    },
    /// The listing names it, and the platform tells no more.
    Named,
    /// The listing names it, which is not enough on this platform.
    Candidate,
}

#[derive(Clone, Debug, PartialEq)]
pub struct VersionObservation {
    /// The platform's own id.
    pub id: String,
    /// Left out by imports that know numbers only.
    pub description: Option<VersionDescription>,
    pub downloads: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct VersionDescription {
    pub name: String,
    pub number: String,
    /// `release`, `beta` or `alpha`.
    pub channel: String,
    pub published_at: Timestamp,
    pub loaders: Vec<String>,
    pub game_versions: Vec<String>,
}

// ---- what a page reads ------------------------------------------------------------------------

/// A TrackedMod with its members and the fate of its sources.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackedModView {
    pub namespace: String,
    pub name: String,
    pub display_name: Option<String>,
    /// Grows with every commit that changes what is shown of it.
    pub generation: i64,
    /// Distinct projects, past members too.
    pub members: Vec<Member>,
    pub sources: Vec<SourceView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub project: ProjectView,
    /// The earliest and latest membership; None in `left_at` means a member today.
    pub joined_at: Timestamp,
    pub left_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProjectView {
    pub id: i32,
    pub key: ProjectKey,
    pub kind: Option<ProjectKind>,
    pub slug: Option<String>,
    pub name: Option<String>,
    pub summary: Option<String>,
    pub page_url: Option<String>,
    pub icon_url: Option<String>,
    pub published_at: Option<Timestamp>,
    /// When the platform stopped showing it.
    pub invisible_since: Option<Timestamp>,
    pub totals: Option<Totals>,
    pub version_sum: Option<VersionSum>,
}

/// The platform's own counters, last known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub observed_at: Timestamp,
    pub downloads: i64,
    pub followers: Option<i64>,
    pub thumbs_up: Option<i64>,
}

/// The sum over a complete listing of versions, last known. It is a counter of its own beside the
/// project's total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionSum {
    pub listed_at: Timestamp,
    pub downloads: i64,
    pub versions: i64,
}

/// The freshness of one source of one TrackedMod.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceView {
    pub source: Source,
    pub last_run: RunView,
    /// The end of the newest run that was complete or partial.
    pub last_success_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    pub id: RunId,
    pub namespace: String,
    pub name: String,
    pub source: Source,
    pub scheduled_at: Timestamp,
    pub started_at: Timestamp,
    pub deadline_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub state: RunState,
    pub interval: SignedDuration,
    pub progress: Progress,
    /// The rows that its end wrote.
    pub rows: Option<i64>,
    pub problems: Vec<Problem>,
}

/// A counter at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub at: Timestamp,
    pub value: i64,
}

/// What is known of a counter on one day: its earliest and its latest reading, which may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayReadings {
    pub day: Date,
    pub origin: Origin,
    pub first: Reading,
    pub last: Reading,
}

/// What one run saw of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub at: Timestamp,
    pub downloads: i64,
    pub followers: Option<i64>,
    pub thumbs_up: Option<i64>,
}

/// The downloads of a version over days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionHistory {
    pub readings: Vec<DayReadings>,
    /// When it was at 0, if the readings begin with its first one and it was published after a
    /// complete listing without it. Any other first reading is a baseline.
    pub from_zero: Option<Timestamp>,
}

/// What an import brought of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportView {
    pub id: ImportId,
    /// Where the numbers come from, in the words of whoever imported them.
    pub description: String,
    pub imported_at: Timestamp,
    pub project_id: i32,
    /// The first and the last day of its numbers, and on how many days it has any.
    pub from: Date,
    pub to: Date,
    pub days: i64,
}

/// A version with what a table shows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionView {
    pub id: i32,
    pub project_id: i32,
    pub platform: Platform,
    pub platform_id: String,
    pub name: Option<String>,
    pub number: Option<String>,
    pub channel: Option<String>,
    pub published_at: Option<Timestamp>,
    /// The first complete listing that no longer had it.
    pub gone_at: Option<Timestamp>,
    pub loaders: Vec<String>,
    pub game_versions: Vec<String>,
    pub latest: Option<Reading>,
    /// Growth since the midnight that the query names, if it names one; None where nothing was
    /// observed since.
    pub growth: Option<i64>,
}

impl VersionView {
    pub fn key(&self) -> VersionKey {
        VersionKey {
            platform: self.platform,
            id: self.platform_id.clone(),
        }
    }
}

/// A modpack on the pages of one TrackedMod.
#[derive(Clone, Debug, PartialEq)]
pub struct ModpackView {
    pub modpack: ProjectView,
    pub membership: Membership,
    /// Downloads since the current interval began, or since the first observation of one that is
    /// declared; None where either end is not known.
    pub downloads_since_added: Option<i64>,
}

/// What is known of a modpack's containing one of the TrackedMod's projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// Its newest version names a project, or the platform's listing does.
    Current {
        since: Timestamp,
        /// It was there at the first complete listing: when it began isn't known.
        known_since: bool,
    },
    /// The document names it; nobody verifies it.
    Declared {
        since: Timestamp,
    },
    Lost {
        since: Timestamp,
        until: Timestamp,
    },
    /// An older version contained a project; it was never seen in the newest one.
    Once,
}

/// The newest questions for a project's modpacks.
#[derive(Clone, Debug, PartialEq)]
pub struct ModpackFreshness {
    pub project: ProjectKey,
    pub asked_at: Timestamp,
    /// None where an older build wrote it.
    pub outcome: Option<Outcome>,
    pub complete_at: Option<Timestamp>,
}

/// What a run knows before it asks for a project's versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownVersions {
    /// The platform's ids of those that are present.
    pub present: Vec<String>,
    /// The newest complete listing that was walked, and its marker.
    pub walked: Option<(Timestamp, String)>,
}

/// What a run knows before it asks for a project's modpacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownModpacks {
    /// Packs that were ever found to contain it, or named as candidates, with the version that was
    /// looked into last and whether it contained the project.
    pub packs: BTreeMap<ProjectKey, Option<(String, bool)>>,
}
