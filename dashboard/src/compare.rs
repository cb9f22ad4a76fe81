//! Mods, projects and versions beside each other: what their page, their file and the API tell.

use modstats_store::model::{ImportView, ProjectView, TrackedModView, VersionView};

use crate::chart::Ink;
use crate::data::{History, ModData};
use crate::figures::due::Due;
use crate::figures::history::LastKnown;
use crate::figures::period::{self, PeriodGrowth};
use crate::language::Words;
use crate::period::{Bounds, Compare, Known};
use crate::query::{CompareQuery, Item, Value};
use crate::timeline::{
    Events, Lane, Lanes, Part, Relation, Timeline, name_of, title, version_name,
};

/// What a comparison is made of.
pub struct CompareData {
    /// What was asked for, with the versions of pages by their ids.
    pub query: CompareQuery,
    /// In their order.
    pub compared: Vec<(Item, Compared)>,
    /// What brought those of their numbers that weren't collected.
    pub imports: Vec<ImportView>,
    /// All that can be chosen from.
    pub mods: Vec<TrackedModView>,
    pub known: Known,
    pub bounds: Bounds,
}

/// The figures of one of the things that are compared.
pub struct ItemFigures {
    pub total: Option<LastKnown>,
    pub growth: Due<PeriodGrowth>,
}

/// What an item counts.
pub enum Compared {
    Mod(ModData),
    /// A mod as if it had only that project.
    Project(ModData),
    /// A version of that mod.
    Version(TrackedModView, Box<VersionView>, History),
}

impl CompareData {
    /// Parallel to what is compared.
    pub fn lanes(&self, words: &Words) -> Lanes<'_> {
        let items = self.compared.iter().enumerate();
        Lanes {
            name: words.with("compare-items", &[("count", self.compared.len().into())]),
            lanes: items
                .map(|(place, (item, compared))| Lane {
                    key: item.print().into_owned(),
                    label: compared.label(),
                    ink: Ink::Item(place),
                    parts: compared.parts(),
                })
                .collect(),
            relation: Relation::Beside,
        }
    }

    /// None where nothing is known in the period.
    pub fn timeline(&self, lanes: &Lanes<'_>, words: &Words) -> Option<Timeline> {
        let events = Events {
            versions: &[],
            imports: &self.imports,
        };
        let (by, compare) = (self.query.by, Compare::None);
        Timeline::new(lanes, &self.bounds, by, compare, events, words)
    }

    pub fn figures(&self, lane: &Lane<'_>) -> ItemFigures {
        let counted: Vec<period::Part> = lane.parts.iter().map(Part::counted).collect();
        ItemFigures {
            total: LastKnown::of(&counted),
            growth: PeriodGrowth::of(&counted, &self.query.period, Compare::None, &self.known),
        }
    }
}

impl Compared {
    fn label(&self) -> String {
        match self {
            Compared::Mod(data) => title_of(&data.view),
            Compared::Project(data) => {
                let project = data.view.members.first();
                project.map_or_else(String::new, |it| name_of(&it.project))
            }
            Compared::Version(of, version, _) => {
                let project = project_of(of, version).map_or_else(|| title_of(of), name_of);
                format!("{project} {}", version_name(version))
            }
        }
    }

    fn parts(&self) -> Vec<Part<'_>> {
        match self {
            Compared::Mod(data) | Compared::Project(data) => data
                .members()
                .map(|(member, history)| Part::of_member(member, history))
                .collect(),
            Compared::Version(_, version, history) => vec![Part {
                name: self.label(),
                ..Part::of_version(version, history)
            }],
        }
    }

    pub fn histories(&self) -> &[History] {
        match self {
            Compared::Mod(data) | Compared::Project(data) => &data.histories,
            Compared::Version(_, _, history) => std::slice::from_ref(history),
        }
    }

    pub fn version(&self) -> Option<&VersionView> {
        match self {
            Compared::Version(_, version, _) => Some(version),
            Compared::Mod(_) | Compared::Project(_) => None,
        }
    }
}

pub fn title_of(view: &TrackedModView) -> String {
    title(view.display_name.as_deref(), &view.name).to_owned()
}

fn project_of<'a>(view: &'a TrackedModView, version: &VersionView) -> Option<&'a ProjectView> {
    let mut projects = view.members.iter().map(|it| &it.project);
    projects.find(|it| it.id == version.project_id)
}
