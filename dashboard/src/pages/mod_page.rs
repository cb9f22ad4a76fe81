//! One mod.

use jiff::Timestamp;
use modstats_store::model::{Member, Platform, VersionView};

use super::figure::Figure;
use super::modpacks::ModpackSection;
use super::versions::VersionTable;
use super::{FreshLine, GrowthText, TotalText, accent, mod_href, title};
use crate::SourceOutlook;
use crate::data::{ModData, Modpacks};
use crate::figures::{Figures, VersionsTotal, growth_since};
use crate::format::{At, Count, TimeTag};
use crate::freshness::freshness;
use crate::period::Days;
use crate::query::ModQuery;
use crate::timeline::{Timeline, platform_name};

#[derive(Clone, Debug)]
pub struct ModPage {
    pub(super) title: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) summary: Option<String>,
    pub(super) freshness: Vec<FreshLine>,
    pub(super) tabs: Vec<Tab>,
    pub(super) figure: Figure,
    pub(super) sums: Option<Sums>,
    pub(super) versions: VersionTable,
    pub(super) modpacks: Option<ModpackSection>,
    pub(super) projects: Vec<Project>,
}

/// A figure card, which is the tab of the chart below it.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    pub label: &'static str,
    pub accent: &'static str,
    pub href: String,
    pub chosen: bool,
    pub total: Option<TotalText>,
    pub week: Option<GrowthText>,
    pub month: Option<GrowthText>,
    pub followers: Option<Count>,
    pub thumbs_up: Option<Count>,
}

/// The sum over versions beside the platforms' own counters.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub value: Count,
    /// `12 versions`
    pub versions: String,
    pub listed: TimeTag,
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
    pub state: &'static str,
    pub since: Option<TimeTag>,
}

impl ModPage {
    pub fn new(
        data: &ModData,
        versions: Vec<VersionView>,
        modpacks: &Modpacks,
        outlook: &[SourceOutlook],
        query: &ModQuery,
        drawn: Days,
        now: Timestamp,
    ) -> ModPage {
        let view = &data.view;
        let path = mod_href(&view.namespace, &view.name);
        let platforms = data.platforms();
        let own: Vec<&SourceOutlook> = outlook
            .iter()
            .filter(|it| it.namespace == view.namespace && it.name == view.name)
            .collect();
        let scopes: Vec<Option<Platform>> = match platforms.as_slice() {
            [_, _, ..] => [None]
                .into_iter()
                .chain(platforms.iter().copied().map(Some))
                .collect(),
            few => few.iter().copied().map(Some).collect(),
        };
        let tab = |scope: &Option<Platform>| Tab::new(data, *scope, query, &path, now);
        let shown = Figures::new(data, query.platform, now);
        let timeline = Timeline::new(data, &versions, query.platform, drawn.from, drawn.to);
        let on_platform = |it: &VersionView| query.platform.is_none_or(|one| it.platform == one);
        ModPage {
            title: title(view.display_name.as_deref(), &view.name),
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            summary: view
                .members
                .iter()
                .find_map(|member| member.project.summary.clone()),
            freshness: freshness(&view.sources, &own, now)
                .iter()
                .map(FreshLine::new)
                .collect(),
            tabs: scopes.iter().map(tab).collect(),
            figure: Figure::new(timeline.as_ref(), query, &path),
            sums: shown.versions_downloads.as_ref().map(Sums::new),
            versions: VersionTable::new(
                versions.into_iter().filter(on_platform).collect(),
                query,
                &path,
                growth_since(data, now),
                platforms.len() > 1 && query.platform.is_none(),
            ),
            modpacks: ModpackSection::new(data, modpacks, query.platform, &path),
            projects: data
                .members_on(query.platform)
                .map(|(member, _)| Project::new(member))
                .collect(),
        }
    }
}

impl Tab {
    fn new(
        data: &ModData,
        platform: Option<Platform>,
        query: &ModQuery,
        path: &str,
        now: Timestamp,
    ) -> Tab {
        let figures = Figures::new(data, platform, now);
        let alone = data.platforms().len() < 2;
        Tab {
            label: platform.map_or("All platforms", platform_name),
            accent: accent(platform),
            href: format!(
                "{path}{}",
                ModQuery {
                    platform,
                    tab: query.tab.clone(),
                }
            ),
            chosen: (alone && query.platform.is_none()) || query.platform == platform,
            total: figures.downloads.as_ref().map(TotalText::new),
            week: figures.growth_7d.as_ref().map(GrowthText::new),
            month: figures.growth_28d.as_ref().map(GrowthText::new),
            followers: figures.followers.map(|total| Count(total.value)),
            thumbs_up: figures.thumbs_up.map(|total| Count(total.value)),
        }
    }
}

impl Sums {
    fn new(sum: &VersionsTotal) -> Sums {
        Sums {
            value: Count(sum.value),
            versions: match sum.versions {
                1 => "1 version".to_owned(),
                more => format!("{} versions", Count(more)),
            },
            listed: At(sum.listed_at).tag(),
        }
    }
}

impl Project {
    fn new(member: &Member) -> Project {
        let project = &member.project;
        let (state, since) = match (member.left_at, project.invisible_since) {
            (Some(left), _) => ("no longer tracked since", Some(left)),
            (None, Some(vanished)) => ("no longer visible since", Some(vanished)),
            (None, None) => ("tracked since", Some(member.joined_at)),
        };
        let total = project.totals.map(|totals| crate::figures::Total {
            value: totals.downloads,
            observed_at: totals.observed_at,
            newest_observed_at: totals.observed_at,
            projects: 1,
            projects_unknown: 0,
        });
        Project {
            name: project
                .name
                .clone()
                .or(project.slug.clone())
                .unwrap_or(project.key.id.clone()),
            href: project
                .page_url
                .clone()
                .filter(|url| url.starts_with("https://")),
            id: project.key.id.clone(),
            platform: platform_name(project.key.platform),
            accent: accent(Some(project.key.platform)),
            total: total.as_ref().map(TotalText::new),
            state,
            since: since.map(|at| At(at).tag()),
        }
    }
}
