//! The modpacks of a mod.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::model::{ModpackFreshness, ModpackView, Outcome, Platform};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Value, words};
use crate::data;
use crate::modpacks::{ModpackFigures, Told, chosen, place};
use crate::query::{ModKey, ModpackChoice, ModpackListQuery, Value as _};

/// The modpacks of a mod in the state that is asked for, in the order that is asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Modpacks {
    generation: i64,
    namespace: String,
    name: String,
    /// Of all packs, whichever are asked for.
    figures: ModpackFigures,
    freshness: Vec<Listed>,
    modpacks: Vec<Modpack>,
    /// What to give as `after` for those that follow.
    next_after: Option<String>,
}

/// The newest question for the modpacks of one of the mod's projects.
#[derive(Debug, Serialize, ToSchema)]
struct Listed {
    #[schema(schema_with = words::platform)]
    platform: Platform,
    project_id: String,
    asked_at: Timestamp,
    /// None where an older build wrote it.
    #[schema(schema_with = words::maybe_outcome)]
    outcome: Option<Outcome>,
    /// When the packs were last known completely.
    complete_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Modpack {
    #[schema(schema_with = words::platform)]
    platform: Platform,
    id: String,
    slug: Option<String>,
    name: Option<String>,
    page_url: Option<String>,
    invisible_since: Option<Timestamp>,
    downloads: Option<Value>,
    downloads_since_added: Option<i64>,
    /// `current`, `declared`, `lost` or `once`.
    state: &'static str,
    since: Option<Timestamp>,
    /// It was there at the first listing; None where `since` is no beginning of that kind.
    known_since: Option<bool>,
    /// When it was lost.
    until: Option<Timestamp>,
}

impl Modpacks {
    pub fn new(
        generation: i64,
        key: &ModKey,
        modpacks: data::Modpacks,
        query: &ModpackListQuery,
        today: Date,
    ) -> Modpacks {
        let figures = ModpackFigures::new(&modpacks.packs, today);
        let packs = chosen(modpacks.packs, &query.packs, today);
        let ModpackChoice { sort, order, .. } = query.packs;
        let (page, next) = query.page.page(packs, order, |it| place(it, sort));
        Modpacks {
            generation,
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            figures,
            freshness: modpacks.freshness.into_iter().map(Listed::new).collect(),
            modpacks: page.into_iter().map(Modpack::new).collect(),
            next_after: next.map(|it| it.print().into_owned()),
        }
    }
}

impl Listed {
    fn new(fresh: ModpackFreshness) -> Listed {
        Listed {
            platform: fresh.project.platform,
            project_id: fresh.project.id,
            asked_at: fresh.asked_at,
            outcome: fresh.outcome,
            complete_at: fresh.complete_at,
        }
    }
}

impl Modpack {
    fn new(view: ModpackView) -> Modpack {
        let pack = view.modpack;
        let told = Told::new(&view.membership);
        Modpack {
            platform: pack.key.platform,
            id: pack.key.id,
            slug: pack.slug,
            name: pack.name,
            page_url: pack.page_url,
            invisible_since: pack.invisible_since,
            downloads: pack.totals.map(|totals| Value {
                value: totals.downloads,
                observed_at: totals.observed_at,
            }),
            downloads_since_added: view.downloads_since_added,
            state: told.state,
            since: told.since,
            known_since: told.known_since,
            until: told.until,
        }
    }
}
