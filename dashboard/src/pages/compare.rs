//! Mods, projects and versions beside each other, by date.

use modstats_store::model::{ProjectView, TrackedModView, VersionView};

use super::figure::{Figure, Shown};
use super::period_control::PeriodControl;
use super::period_figure::{PeriodFigure, period_figure};
use super::{Choice, Choosable, Context};
use crate::chart::{Svg, Swatch};
use crate::compare::{CompareData, Compared, ItemFigures, title_of};
use crate::export::{Exported, TableLinks};
use crate::language::Markup;
use crate::links::Links;
use crate::query::{CompareQuery, Grouping, HistoryQuery, Item, ModKey, Of, Query, Tab, Value};
use crate::timeline::{Lane, name_of};

const GROUPINGS: [(Grouping, &str); 3] = [
    (Grouping::Day, "compare-by-day"),
    (Grouping::Week, "compare-by-week"),
    (Grouping::Month, "compare-by-month"),
];

#[derive(Clone, Debug)]
pub struct ComparePage {
    pub(super) cards: Vec<ItemCard>,
    /// None where there is no room for another one.
    pub(super) add: Option<AddForm>,
    pub(super) period: PeriodControl,
    pub(super) groupings: Vec<Choice>,
    /// None where nothing is chosen yet.
    pub(super) figure: Option<Figure>,
    pub(super) exports: TableLinks,
}

/// One of the things that are compared.
#[derive(Clone, Debug)]
pub(super) struct ItemCard {
    pub label: String,
    pub href: String,
    /// As in the address.
    pub key: String,
    pub class: &'static str,
    pub swatch: Svg,
    pub total: Option<(String, Markup)>,
    pub growth: PeriodFigure,
    /// The same page without it.
    pub without: String,
}

/// A form that leads to the same page with one more.
#[derive(Clone, Debug)]
pub(super) struct AddForm {
    pub action: String,
    pub mods: Vec<Choosable>,
    pub projects: Vec<Choosable>,
    /// The page's state: what comes before the new item, and what comes after.
    pub items: Vec<(&'static str, String)>,
    pub kept: Vec<(&'static str, String)>,
}

impl ComparePage {
    pub fn new(found: &CompareData, context: Context<'_>) -> ComparePage {
        let query = &found.query;
        let Context { words, links, .. } = context;
        let to = |query: CompareQuery| links.compare(query.render());
        let lanes = found.lanes(words);
        let timeline = found.timeline(&lanes, words);
        let by = timeline.as_ref().map_or(query.by, |it| it.by);
        let cards = found.compared.iter().zip(&lanes.lanes);
        let versions: Vec<VersionView> = found
            .compared
            .iter()
            .filter_map(|(_, compared)| compared.version())
            .cloned()
            .collect();
        let address = links.compare("");
        ComparePage {
            exports: Exported::Compare(query.clone()).links(links),
            cards: cards
                .map(|((item, compared), lane)| ItemCard::new(item, compared, lane, found, context))
                .collect(),
            add: (found.compared.len() < CompareQuery::MOST_ITEMS)
                .then(|| AddForm::new(&found.mods, query, &address)),
            period: PeriodControl::new(query, &found.bounds, &address, &versions, context),
            groupings: GROUPINGS
                .map(|(grouping, key)| Choice {
                    label: words.text(key),
                    shortcut: None,
                    href: to(CompareQuery {
                        by: grouping,
                        ..query.clone()
                    }),
                    chosen: grouping == by,
                })
                .into(),
            figure: (!found.compared.is_empty()).then(|| Figure {
                is_open: true,
                ..Figure::new(
                    timeline.as_ref(),
                    Shown::downloads(query.chart),
                    |chart| {
                        to(CompareQuery {
                            chart,
                            ..query.clone()
                        })
                    },
                    None,
                    words,
                )
            }),
        }
    }
}

/// Where more is told of an item.
fn href(item: &Item, compared: &Compared, links: &Links) -> String {
    let of = |view: &TrackedModView, tab: Tab| links.mod_page(&view.namespace, &view.name, &tab);
    match (compared, item) {
        (Compared::Project(data), Item::Project(key)) => {
            of(&data.view, Tab::default().with_project(Some(key.clone())))
        }
        (Compared::Mod(data) | Compared::Project(data), _) => of(&data.view, Tab::default()),
        (Compared::Version(view, ..), Item::Version(key)) => {
            let query = HistoryQuery {
                of: Of::Version(key.clone()),
                ..HistoryQuery::default()
            };
            of(view, Tab::History(query))
        }
        (Compared::Version(view, ..), _) => of(view, Tab::default()),
    }
}

impl ItemCard {
    fn new(
        item: &Item,
        compared: &Compared,
        lane: &Lane,
        found: &CompareData,
        Context { words, links, .. }: Context<'_>,
    ) -> ItemCard {
        let ItemFigures { total, growth } = found.figures(lane);
        let others = found.query.items.iter().filter(|it| *it != item);
        let without = CompareQuery {
            items: others.cloned().collect(),
            ..found.query.clone()
        };
        ItemCard {
            label: lane.label.clone(),
            href: href(item, compared, links),
            key: item.print().into_owned(),
            class: lane.ink.class(),
            swatch: Swatch::Line(lane.ink).svg("compare"),
            total: total.map(|total| {
                let at = words.at(total.at);
                let told = words.markup("mod-downloads", &[("at", (&at).into())]);
                (words.count(total.value), told)
            }),
            growth: period_figure(&growth, words),
            without: links.compare(without.render()),
        }
    }
}

impl AddForm {
    /// Offers what isn't compared yet.
    fn new(mods: &[TrackedModView], query: &CompareQuery, action: &str) -> AddForm {
        let option = |item: Item, label: String| {
            (!query.items.contains(&item)).then(|| Choosable {
                value: item.print().into_owned(),
                label,
                chosen: false,
            })
        };
        let of_mod = |view: &TrackedModView| {
            let key = ModKey::new(&view.namespace, &view.name);
            option(Item::Mod(key), title_of(view))
        };
        let mut projects: Vec<&ProjectView> = mods
            .iter()
            .flat_map(|view| &view.members)
            .map(|member| &member.project)
            .collect();
        projects.sort_by_key(|it| it.id);
        projects.dedup_by_key(|it| it.id);
        let of_project = |it: &ProjectView| option(Item::Project(it.key.clone()), name_of(it));
        let (items, kept) = query
            .pairs()
            .into_iter()
            .partition(|(name, _)| *name == "item");
        AddForm {
            action: action.to_owned(),
            mods: mods.iter().filter_map(of_mod).collect(),
            projects: projects.into_iter().filter_map(of_project).collect(),
            items,
            kept,
        }
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::data::ModData;
    use crate::fixtures::{sample_bounds, sample_known, sample_mod, sample_versions};

    let of = |compared: Vec<Compared>, raw| {
        let query = CompareQuery::parse(raw)
            .map(|it| it.query)
            .unwrap_or_default();
        let mut mods = vec![sample_mod().view; 2];
        for member in mods.iter_mut().flat_map(|view| &mut view.members) {
            member.project.key.id = "another".to_owned();
        }
        let found = CompareData {
            compared: query.items.iter().cloned().zip(compared).collect(),
            imports: Vec::new(),
            mods,
            known: sample_known(context.now),
            bounds: sample_bounds(context.now),
            query,
        };
        ComparePage::new(&found, context)
    };
    let data = sample_mod();
    let version = Compared::Version(
        data.view.clone(),
        Box::new(sample_versions().remove(0)),
        data.histories[0].clone(),
    );
    let three = vec![
        Compared::Mod(data.clone()),
        Compared::Project(data),
        version,
    ];
    let items = "item=mod:zz/zz-zz&item=project:modrinth:Zzfirst&item=version:modrinth:Zz";
    vec![
        Box::new(of(Vec::new(), "")),
        Box::new(of(three, items)),
        Box::new(of(
            vec![Compared::Mod(ModData::nothing("zz", "zz-zz"))],
            "item=mod:zz/zz-zz&chart=total",
        )),
    ]
}
