//! The modpacks of a mod.

mod card;
mod form;
mod listed;
mod table;
mod top_packs;

use modstats_store::model::{ModpackView, TrackedModView};
use modstats_store::time::day_of;

use super::Context;
use super::mod_frame::ModFrame;
use super::ranking::Ranking;
use crate::data::Modpacks;
use crate::export::{Exported, TableLinks};
use crate::links::Links;
use crate::modpacks::{ModpackFigures, PlatformFreshness, chosen};
use crate::query::{HistoryQuery, ModKey, ModpackChoice, ModpacksQuery, Of, Query, Tab};
use card::PackCard;
use form::Filters;
use listed::ListedLine;
use table::ModpackTable;
use top_packs::top_packs;

#[derive(Clone, Debug)]
pub struct ModpacksPage {
    pub(super) frame: ModFrame,
    /// None where nothing is known and nobody asked.
    pub(super) section: Option<ModpackSection>,
}

#[derive(Clone, Debug)]
pub(super) struct ModpackSection {
    /// Of all packs, whichever the table shows.
    pub(super) cards: Vec<PackCard>,
    pub(super) freshness: Vec<ListedLine>,
    pub(super) filters: Filters,
    /// How many match.
    pub(super) count: String,
    pub(super) top: Ranking,
    pub(super) table: ModpackTable,
    pub(super) exports: TableLinks,
}

/// Where the page and its packs lead to.
struct Addresses<'a> {
    links: &'a Links,
    view: &'a TrackedModView,
    query: &'a ModpacksQuery,
    page: String,
}

impl<'a> Addresses<'a> {
    fn new(view: &'a TrackedModView, query: &'a ModpacksQuery, links: &'a Links) -> Addresses<'a> {
        Addresses {
            page: links.mod_page(&view.namespace, &view.name, "/modpacks"),
            links,
            view,
            query,
        }
    }

    /// The page in another state, of which the table alone changes.
    fn table(&self, query: &ModpacksQuery) -> String {
        format!("{}{}#packs", self.page, query.render())
    }

    fn of(&self, packs: ModpackChoice) -> String {
        let query = ModpacksQuery {
            packs,
            every_pack: false,
        };
        self.table(&query)
    }

    fn history(&self, pack: &ModpackView) -> String {
        let history = Tab::History(HistoryQuery {
            project: self.query.packs.project.clone(),
            of: Of::Modpack(pack.modpack.key.clone()),
            ..HistoryQuery::default()
        });
        let TrackedModView {
            namespace, name, ..
        } = self.view;
        self.links.mod_page(namespace, name, &history)
    }
}

impl ModpacksPage {
    /// `whole` is the mod with all its projects, `view` has those that the page is about.
    pub fn new(
        whole: &TrackedModView,
        view: &TrackedModView,
        modpacks: &Modpacks,
        query: &ModpacksQuery,
        context: Context<'_>,
    ) -> ModpacksPage {
        ModpacksPage {
            frame: ModFrame::new(whole, &Tab::Modpacks(query.clone()), context),
            section: ModpackSection::new(view, modpacks, query, context),
        }
    }
}

impl ModpackSection {
    /// None where nothing is known and nobody asked.
    fn new(
        view: &TrackedModView,
        modpacks: &Modpacks,
        query: &ModpacksQuery,
        context: Context<'_>,
    ) -> Option<ModpackSection> {
        let Context {
            words, links, now, ..
        } = context;
        let today = day_of(now);
        let freshness = PlatformFreshness::all(view, modpacks);
        if modpacks.packs.is_empty() && freshness.iter().all(|it| it.asked.is_none()) {
            return None;
        }
        let figures = ModpackFigures::new(&modpacks.packs, today);
        let packs = chosen(modpacks.packs.clone(), &query.packs, today);
        let key = ModKey::new(&view.namespace, &view.name);
        let addresses = Addresses::new(view, query, links);
        Some(ModpackSection {
            cards: card::cards(&figures, &freshness, &query.packs, &addresses, words),
            freshness: freshness
                .iter()
                .map(|it| ListedLine::new(it, words))
                .collect(),
            filters: Filters::new(&query.packs, &addresses, words),
            count: words.with("modpacks-count", &[("count", packs.len().into())]),
            top: top_packs(&packs, &addresses, words),
            table: ModpackTable::new(packs, &addresses, context),
            exports: Exported::Modpacks(key, query.clone()).links(links),
        })
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::data::ModData;
    use crate::fixtures::{sample_mod, sample_modpacks};

    let of = |data: &ModData, modpacks: &Modpacks, raw: &str| {
        let query = ModpacksQuery::parse(raw).map(|it| it.query);
        let (view, query) = (&data.view, query.unwrap_or_default());
        ModpacksPage::new(view, view, modpacks, &query, context)
    };
    let nothing = ModData::nothing("zz", "zz-zz");
    vec![
        Box::new(of(&sample_mod(), &sample_modpacks(), "state=all")),
        Box::new(of(
            &sample_mod(),
            &sample_modpacks(),
            "project=modrinth:Zzfirst&q=zz&state=new&packs=all",
        )),
        Box::new(of(
            &sample_mod(),
            &sample_modpacks(),
            "q=zznothing&with-downloads=yes",
        )),
        Box::new(of(&sample_mod(), &Modpacks::default(), "")),
        Box::new(of(&nothing, &Modpacks::default(), "")),
    ]
}
