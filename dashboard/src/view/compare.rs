//! Mods, projects and versions beside each other.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::Snapshot;
use modstats_store::model::{
    Member, Metric, Platform, ProjectView, TrackedModView, VersionKey, VersionView,
};
use modstats_store::time::day_of;

use super::Unmade;
use super::timed::{only, without_date};
use crate::compare::{CompareData, Compared};
use crate::data::{
    History, load_history, load_imports, load_known, load_version_history, project_ids, rank,
};
use crate::query::{CompareQuery, Item, ModKey, QueryError, Value, VersionPage};

pub async fn load(
    snapshot: &Snapshot,
    query: &CompareQuery,
    now: Timestamp,
) -> Result<CompareData, Unmade> {
    let today = day_of(now);
    let mods = snapshot.tracked_mods(now).await?;
    let mut items = Vec::new();
    for item in &query.items {
        let named = match item {
            Item::Page(page) => of_page(snapshot, &mods, page).await?,
            item => Some(item.clone()),
        };
        let named = named.ok_or_else(|| unknown(item))?;
        if !items.contains(&named) {
            items.push(named);
        }
    }
    let query = CompareQuery {
        items,
        ..query.clone()
    };
    let keys: Vec<VersionKey> = query.items.iter().filter_map(version_of).cloned().collect();
    let versions = snapshot.find_versions(&keys).await?;
    let found = |item: &Item| {
        let found = match item {
            Item::Mod(key) => mods.iter().find(|view| is_named(view, key)).map(Found::Mod),
            Item::Project(key) => {
                let view = naming(&mods, |it| it.project.key == *key);
                view.and_then(|view| Some(Found::Project(only(view.clone(), Some(key)).ok()?)))
            }
            Item::Version(key) => versions.get(key).and_then(|version| {
                let view = naming(&mods, |it| it.project.id == version.project_id)?;
                Some(Found::Version(view, version))
            }),
            Item::Page(_) => None,
        };
        found.ok_or_else(|| unknown(item))
    };
    let found: Vec<Found> = query.items.iter().map(found).collect::<Result<_, _>>()?;

    let projects: Vec<i32> = found.iter().flat_map(Found::projects).collect();
    let known = load_known(snapshot, &projects, &query.period, now).await?;
    let bounds = query.period.bounds(&known);
    let bounds = bounds.ok_or_else(|| without_date(&query.period))?;
    let mut compared = Vec::new();
    for (item, found) in query.items.iter().zip(&found) {
        let counted = found.load(snapshot, bounds.drawn.from, today).await?;
        compared.push((item.clone(), counted));
    }
    let histories: Vec<&History> = compared.iter().flat_map(|(_, it)| it.histories()).collect();
    let imports = load_imports(snapshot, &projects, histories).await?;
    Ok(CompareData {
        query,
        compared,
        imports,
        mods,
        known,
        bounds,
    })
}

/// What an item stands for.
enum Found<'a> {
    Mod(&'a TrackedModView),
    /// The mod as if it had only that project.
    Project(TrackedModView),
    Version(&'a TrackedModView, &'a VersionView),
}

impl Found<'_> {
    fn projects(&self) -> Vec<i32> {
        match self {
            Found::Mod(view) => project_ids(view),
            Found::Project(view) => project_ids(view),
            Found::Version(_, version) => vec![version.project_id],
        }
    }

    async fn load(&self, snapshot: &Snapshot, from: Date, to: Date) -> Result<Compared, Unmade> {
        let metric = Metric::Downloads;
        Ok(match self {
            Found::Mod(view) => {
                let view = (*view).clone();
                Compared::Mod(load_history(snapshot, view, metric, from, to).await?)
            }
            Found::Project(view) => {
                let view = view.clone();
                Compared::Project(load_history(snapshot, view, metric, from, to).await?)
            }
            Found::Version(view, version) => {
                let names = (view.namespace.as_str(), view.name.as_str());
                let history = load_version_history(snapshot, names, version, from, to).await?;
                Compared::Version((*view).clone(), Box::new((*version).clone()), history)
            }
        })
    }
}

/// The version that a page is of, if its project is tracked.
async fn of_page(
    snapshot: &Snapshot,
    mods: &[TrackedModView],
    page: &VersionPage,
) -> Result<Option<Item>, Unmade> {
    let is_named = |it: &&ProjectView| {
        it.key.platform == Platform::Modrinth
            && (it.key.id == page.project || it.slug.as_ref() == Some(&page.project))
    };
    let projects = mods.iter().flat_map(|view| &view.members);
    let Some(project) = projects.map(|it| &it.project).find(is_named) else {
        return Ok(None);
    };
    let versions = snapshot.versions(&[project.id], None).await?;
    let by_id = versions.iter().find(|it| it.platform_id == page.version);
    let by_number = || {
        versions
            .iter()
            .find(|it| it.number.as_ref() == Some(&page.version))
    };
    let found = by_id.or_else(by_number);
    Ok(found.map(|version| Item::Version(version.key())))
}

fn version_of(item: &Item) -> Option<&VersionKey> {
    match item {
        Item::Version(key) => Some(key),
        Item::Mod(_) | Item::Project(_) | Item::Page(_) => None,
    }
}

fn is_named(view: &TrackedModView, key: &ModKey) -> bool {
    (&view.namespace, &view.name) == (&key.namespace, &key.name)
}

/// A mod that has a project: today, or of those that had it the one that did last.
fn naming(
    mods: &[TrackedModView],
    is_project: impl Fn(&Member) -> bool,
) -> Option<&TrackedModView> {
    let member = |view: &TrackedModView| {
        let mut members = view.members.iter();
        members.find(|it| is_project(it)).map(rank)
    };
    let had = mods.iter().filter_map(|view| Some((view, member(view)?)));
    // Of several the first one.
    let best = had.reduce(|one, other| if other.1 > one.1 { other } else { one });
    best.map(|(view, _)| view)
}

fn unknown(item: &Item) -> QueryError {
    let expected = match item {
        Item::Mod(_) => "mod:<namespace>/<name> of a mod that is tracked",
        Item::Project(_) => "project:<platform>:<id> of a tracked mod’s project",
        Item::Version(_) => "version:<platform>:<id> of a tracked mod’s version",
        Item::Page(_) => "the address of a tracked mod’s version",
    };
    QueryError::value("item", &item.print(), expected)
}
