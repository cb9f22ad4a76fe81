//! The form that chooses packs and their order.

use modstats_store::model::Platform;

use super::Addresses;
use crate::language::Words;
use crate::pages::Choosable;
use crate::query::{ModpackChoice, ModpackSort, ModpackState, Order, Value};
use crate::timeline::platform_name;

#[derive(Clone, Debug)]
pub(in crate::pages) struct Filters {
    pub action: String,
    /// The chosen project, which the form keeps.
    pub kept: Vec<(&'static str, String)>,
    pub search: String,
    pub platforms: Vec<Choosable>,
    pub states: Vec<Choosable>,
    pub with_downloads: bool,
    pub sort: Vec<Choosable>,
    pub order: Vec<Choosable>,
    /// All packs that contain the mod today, where something else is shown.
    pub reset: Option<String>,
}

impl Filters {
    pub(super) fn new(choice: &ModpackChoice, addresses: &Addresses<'_>, words: &Words) -> Filters {
        let unfiltered = choice.unfiltered();
        let project = choice.project.as_ref();
        let search = choice.search.as_ref().map_or("", |it| it.as_str());
        Filters {
            action: format!("{}#packs", addresses.page),
            kept: project
                .map(|it| ("project", it.print().into_owned()))
                .into_iter()
                .collect(),
            search: search.to_owned(),
            platforms: platforms(choice, words),
            states: states(choice, words),
            with_downloads: choice.with_downloads,
            sort: sorts(choice, words),
            order: orders(choice, words),
            reset: (unfiltered != *choice).then(|| addresses.of(unfiltered)),
        }
    }
}

fn choosable(value: &str, label: String, chosen: bool) -> Choosable {
    Choosable {
        value: value.to_owned(),
        label,
        chosen,
    }
}

fn platforms(choice: &ModpackChoice, words: &Words) -> Vec<Choosable> {
    let all = choosable(
        "",
        words.text("modpacks-both-platforms"),
        choice.platform.is_none(),
    );
    let one = |it: &Platform| {
        choosable(
            it.as_str(),
            platform_name(*it).to_owned(),
            choice.platform == Some(*it),
        )
    };
    std::iter::once(all)
        .chain(Platform::ALL.iter().map(one))
        .collect()
}

fn states(choice: &ModpackChoice, words: &Words) -> Vec<Choosable> {
    [
        (ModpackState::Current, "modpacks-show-current"),
        (ModpackState::New, "modpacks-show-new"),
        (ModpackState::Lost, "modpacks-show-lost"),
        (ModpackState::Once, "modpacks-show-once"),
        (ModpackState::Declared, "modpacks-show-declared"),
        (ModpackState::All, "modpacks-show-all"),
    ]
    .map(|(state, key)| choosable(state.as_str(), words.text(key), state == choice.state))
    .into()
}

fn sorts(choice: &ModpackChoice, words: &Words) -> Vec<Choosable> {
    [
        (ModpackSort::Downloads, "modpacks-downloads"),
        (ModpackSort::Name, "modpacks-modpack"),
        (ModpackSort::SinceAdded, "modpacks-since-added"),
        (ModpackSort::Since, "modpacks-since"),
    ]
    .map(|(sort, key)| choosable(sort.as_str(), words.text(key), sort == choice.sort))
    .into()
}

fn orders(choice: &ModpackChoice, words: &Words) -> Vec<Choosable> {
    [
        (Order::Descending, "modpacks-descending"),
        (Order::Ascending, "modpacks-ascending"),
    ]
    .map(|(order, key)| choosable(order.as_str(), words.text(key), order == choice.order))
    .into()
}
