//! The history of a mod, or of one of its versions or modpacks: what its page, its file and the API
//! tell.

use modstats_store::model::{ModpackView, TrackedModView, VersionView};

use crate::chart::Ink;
use crate::data::{History, ModData, VersionSum};
use crate::figures::history::HistoryFigures;
use crate::figures::period;
use crate::language::Words;
use crate::period::{Bounds, Known};
use crate::query::{HistoryQuery, Value};
use crate::timeline::{Events, Lanes, Part, Timeline, name_of, version_name};

/// What a history is made of.
pub struct HistoryData {
    /// The mod with all its projects.
    pub whole: TrackedModView,
    /// Those that it is about, with all that is known of the counter.
    pub data: ModData,
    pub subject: Subject,
    /// The newest first.
    pub versions: Vec<VersionView>,
    /// Those with the most downloads first.
    pub packs: Vec<ModpackView>,
    pub known: Known,
    pub bounds: Bounds,
}

/// Whose history it is.
pub enum Subject {
    /// The mod's own projects.
    Mod,
    /// The sum over their versions.
    Versions(VersionSum),
    Version(VersionView, History),
    Modpack(ModpackView, History),
}

impl HistoryData {
    /// Without platforms that don't have the counter.
    pub fn lanes(&self, query: &HistoryQuery, words: &Words) -> Lanes<'_> {
        let key = query.of.print().into_owned();
        match &self.subject {
            Subject::Mod => Lanes::of_platforms(&self.data, None, words).known(),
            Subject::Versions(sum) => Lanes::of_versions(&self.data, sum, words).known(),
            Subject::Version(version, history) => Lanes::of_one(
                key,
                version_name(version),
                Ink::Platform(version.platform),
                // That it vanished is told beside its release.
                Part {
                    vanished_at: None,
                    ..Part::of_version(version, history)
                },
            ),
            Subject::Modpack(pack, history) => Lanes::of_one(
                key,
                name_of(&pack.modpack),
                Ink::Platform(pack.modpack.key.platform),
                Part::of_project(&pack.modpack, history),
            ),
        }
    }

    /// None where nothing is known in the period.
    pub fn timeline(
        &self,
        lanes: &Lanes<'_>,
        query: &HistoryQuery,
        words: &Words,
    ) -> Option<Timeline> {
        let events = Events {
            versions: match &self.subject {
                Subject::Mod | Subject::Versions(_) => &self.versions,
                Subject::Version(version, _) => std::slice::from_ref(version),
                Subject::Modpack(..) => &[],
            },
            imports: &self.data.imports,
        };
        Timeline::new(lanes, &self.bounds, query.by, query.compare, events, words)
    }

    pub fn figures(&self, lanes: &Lanes<'_>, query: &HistoryQuery) -> HistoryFigures {
        let parts = lanes.lanes.iter().flat_map(|lane| &lane.parts);
        let counted: Vec<period::Part> = parts.map(Part::counted).collect();
        HistoryFigures::of(&counted, &query.period, query.compare, &self.known)
    }
}
