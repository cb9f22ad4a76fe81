//! A mod on one platform.

mod cards;
mod game_versions;
mod publishing;
mod tags;
mod top_versions;

use modstats_store::model::{Member, Platform, TrackedModView};

use super::figure::{Figure, Shown};
use super::mod_frame::ModFrame;
use super::period_control::PeriodControl;
use super::ranking::Ranking;
use super::total_card::TotalCard;
use super::versions::VersionTable;
use super::ways::Ways;
use super::{Context, TotalText, accent};
use crate::data::{ModData, Versions};
use crate::export::{Exported, PlatformTable, TableLinks};
use crate::figures::{Total, VersionsTotal};
use crate::language::{Markup, Words};
use crate::links::Links;
use crate::period::{Bounds, Known};
use crate::query::{Grouping, HistoryQuery, ModKey, PlatformQuery, Tab};
use crate::timeline::{Events, Lanes, Timeline, platform_name, project_name};
pub use cards::people_of;
use cards::{NewestCard, PeopleCard, VersionsCard};
use game_versions::GameVersions;
use publishing::Publishing;
use tags::TagFigure;
use top_versions::{By, top_versions};

#[derive(Clone, Debug)]
pub struct PlatformPage {
    pub(super) frame: ModFrame,
    pub(super) total: TotalCard,
    pub(super) people: PeopleCard,
    pub(super) count: VersionsCard,
    pub(super) newest: Option<NewestCard>,
    pub(super) period: PeriodControl,
    pub(super) figure: Figure,
    pub(super) top: [Ranking; 2],
    pub(super) tags: TagFigure,
    pub(super) publishing: Option<Publishing>,
    /// The sum over versions beside the platform's own counters.
    pub(super) sums: Option<Markup>,
    pub(super) game_versions: Option<GameVersions>,
    pub(super) versions: VersionTable,
    pub(super) files: Files,
    pub(super) projects: Vec<Project>,
}

/// Of each table.
#[derive(Clone, Debug)]
pub(super) struct Files {
    /// Beside the chart.
    pub history: TableLinks,
    pub tags: TableLinks,
    pub publishing: TableLinks,
    pub versions: TableLinks,
}

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub name: String,
    /// Only where the platform gave an `https:` address.
    pub href: Option<String>,
    pub id: String,
    pub platform: &'static str,
    pub accent: &'static str,
    pub total: Option<TotalText>,
    /// `tracked since …`
    pub state: Markup,
}

/// What the page is made of.
pub struct PlatformData {
    /// The mod with all its projects.
    pub whole: TrackedModView,
    /// Those that the page is about.
    pub data: ModData,
    /// The same with what [`people_of`] the platform are counted.
    pub people: ModData,
    pub versions: Versions,
    pub known: Known,
    pub bounds: Bounds,
}

impl PlatformPage {
    pub fn new(
        found: &PlatformData,
        platform: Platform,
        query: &PlatformQuery,
        context: Context<'_>,
    ) -> PlatformPage {
        let Context { words, links, .. } = context;
        let PlatformData {
            whole,
            data,
            people,
            versions,
            known,
            bounds,
        } = found;
        let (namespace, name) = (whole.namespace.as_str(), whole.name.as_str());
        let tab = Tab::Platform(platform, query.clone());
        let address = &links.mod_page(namespace, name, tab.path());
        let ways = Ways {
            links,
            namespace,
            name,
            address,
            query,
        };
        let on = Some(platform);
        let views = &versions.views;
        let timeline = Timeline::new(
            &Lanes::of_platforms(data, on, words).known(),
            bounds,
            Grouping::Day,
            query.compare,
            Events {
                versions: views,
                imports: &data.imports,
            },
            words,
        );
        let readings = timeline
            .as_ref()
            .map(|it| links.api_series(namespace, name, it.days.from, it.days.to));
        let counted = Total::of_mod(data, on, |totals| match platform {
            Platform::Modrinth => totals.followers,
            Platform::Curseforge => totals.thumbs_up,
        });
        let chart = |chart| {
            ways.page(PlatformQuery {
                chart,
                ..query.clone()
            })
        };
        let top = |by| top_versions(by, views, bounds.days, platform, &ways, words);
        PlatformPage {
            frame: ModFrame::new(whole, &tab, context),
            total: TotalCard {
                // They have a card of their own.
                followers: None,
                thumbs_up: None,
                ..TotalCard::new(data, on, query, query.project.as_ref(), known, context)
            },
            people: PeopleCard::new(people, platform, counted.as_ref(), query, known, words),
            count: VersionsCard::new(views, bounds, words),
            newest: NewestCard::new(views, context),
            period: PeriodControl::new(query, bounds, address, views, context),
            figure: Figure::new(
                timeline.as_ref(),
                Shown::downloads(query.chart),
                chart,
                readings,
                words,
            ),
            top: [By::Growth, By::Downloads].map(top),
            tags: TagFigure::new(versions, bounds, query, &ways, words),
            publishing: Publishing::new(views, bounds.today, words),
            sums: VersionsTotal::of(data, on).map(|sum| sums(&sum, words)),
            game_versions: GameVersions::new(views, &ways, words),
            versions: VersionTable::new(views, bounds.days, &ways, context),
            files: Files::new(&ModKey::new(namespace, name), platform, query, links),
            projects: projects(data, on, words),
        }
    }
}

impl Files {
    fn new(key: &ModKey, platform: Platform, query: &PlatformQuery, links: &Links) -> Files {
        let of = |table| {
            let exported = Exported::Platform(table, key.clone(), platform, query.clone());
            exported.links(links)
        };
        let history = HistoryQuery::of_chart(query, query.project.as_ref(), Some(platform));
        Files {
            history: Exported::History(key.clone(), history).links(links),
            tags: of(PlatformTable::Tags),
            publishing: of(PlatformTable::Publishing),
            versions: of(PlatformTable::Versions),
        }
    }
}

fn sums(sum: &VersionsTotal, words: &Words) -> Markup {
    let versions = words.with("platform-versions", &[("count", sum.versions.into())]);
    words.markup(
        "platform-sum",
        &[
            ("sum", words.count(sum.value).into()),
            ("versions", versions.into()),
            ("at", (&words.at(sum.listed_at)).into()),
        ],
    )
}

/// The mod's projects, past ones too.
pub(super) fn projects(data: &ModData, platform: Option<Platform>, words: &Words) -> Vec<Project> {
    data.members_on(platform)
        .map(|(member, _)| Project::new(member, words))
        .collect()
}

impl Project {
    fn new(member: &Member, words: &Words) -> Project {
        let project = &member.project;
        let (state, since) = match (member.left_at, project.invisible_since) {
            (Some(left), _) => ("mod-left-since", left),
            (None, Some(vanished)) => ("mod-invisible-since", vanished),
            (None, None) => ("mod-tracked-since", member.joined_at),
        };
        let total = Total::of([project].into_iter(), |totals| Some(totals.downloads));
        Project {
            name: project_name(project).to_owned(),
            href: project
                .page_url
                .clone()
                .filter(|url| url.starts_with("https://")),
            id: project.key.id.clone(),
            platform: platform_name(project.key.platform),
            accent: accent(Some(project.key.platform)),
            total: total.as_ref().map(|it| TotalText::new(it, words)),
            state: words.markup(state, &[("at", (&words.at(since)).into())]),
        }
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::fixtures::{sample_bounds, sample_known, sample_mod, sample_versions_over};
    use crate::query::Query;

    let of = |data: ModData, versions, platform, raw| {
        let query = PlatformQuery::parse(raw).map(|it| it.query);
        let found = PlatformData {
            whole: data.view.clone(),
            people: data.clone(),
            data,
            versions,
            known: sample_known(context.now),
            bounds: sample_bounds(context.now),
        };
        PlatformPage::new(&found, platform, &query.unwrap_or_default(), context)
    };
    let all = "period=all&chart=total&versions=all";
    let nothing = ModData::nothing("zz", "zz-zz");
    let (modrinth, curseforge) = (Platform::Modrinth, Platform::Curseforge);
    vec![
        Box::new(of(sample_mod(), sample_versions_over(), modrinth, all)),
        Box::new(of(
            sample_mod(),
            sample_versions_over(),
            modrinth,
            "by=loader&game-version=Zz3",
        )),
        Box::new(of(
            sample_mod(),
            Versions::default(),
            curseforge,
            "compare=none",
        )),
        Box::new(of(nothing, Versions::default(), modrinth, "")),
    ]
}
