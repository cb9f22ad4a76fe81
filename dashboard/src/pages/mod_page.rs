//! One mod.

use modstats_store::model::{Member, Platform, VersionView};

use super::figure::Figure;
use super::modpacks::ModpackSection;
use super::versions::VersionTable;
use super::{Context, Crumb, FreshLine, GrowthText, TotalText, accent, title};
use crate::SourceOutlook;
use crate::data::{ModData, Modpacks};
use crate::figures::{Figures, Total, VersionsTotal, growth_since};
use crate::freshness::freshness;
use crate::language::{Markup, Words};
use crate::period::Days;
use crate::query::{ModQuery, Query, RunsQuery};
use crate::timeline::{Timeline, platform_name};

#[derive(Clone, Debug)]
pub struct ModPage {
    pub(super) title: String,
    pub(super) crumbs: Vec<Crumb>,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) runs: String,
    pub(super) api: String,
    pub(super) summary: Option<String>,
    pub(super) freshness: Vec<FreshLine>,
    pub(super) tabs: Vec<Tab>,
    pub(super) figure: Figure,
    /// The sum over versions beside the platforms' own counters.
    pub(super) sums: Option<Markup>,
    pub(super) versions: VersionTable,
    pub(super) modpacks: Option<ModpackSection>,
    pub(super) projects: Vec<Project>,
}

/// A figure card, which is the tab of the chart below it.
#[derive(Clone, Debug)]
pub(super) struct Tab {
    pub label: String,
    pub accent: &'static str,
    pub href: String,
    pub chosen: bool,
    pub total: Option<TabTotal>,
    pub week: Option<GrowthText>,
    pub month: Option<GrowthText>,
    pub followers: Option<String>,
    pub thumbs_up: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct TabTotal {
    pub count: i64,
    pub value: String,
    /// `downloads, as of …`
    pub told: Markup,
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

impl ModPage {
    pub fn new(
        data: &ModData,
        versions: Vec<VersionView>,
        modpacks: &Modpacks,
        query: &ModQuery,
        drawn: Days,
        context: Context<'_>,
    ) -> ModPage {
        let Context {
            words, links, now, ..
        } = context;
        let view = &data.view;
        let key = (view.namespace.as_str(), view.name.as_str());
        let platforms = data.platforms();
        let own: Vec<&SourceOutlook> = context
            .outlook
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
        let tab = |scope: &Option<Platform>| Tab::new(data, *scope, query, context);
        let shown = Figures::new(data, query.platform, now);
        let timeline = Timeline::new(data, &versions, query.platform, drawn.from, drawn.to, words);
        let on_platform = |it: &VersionView| query.platform.is_none_or(|one| it.platform == one);
        ModPage {
            title: title(view.display_name.as_deref(), &view.name),
            crumbs: vec![Crumb {
                label: words.text("mods-heading"),
                href: links.mods(),
            }],
            runs: links.runs(RunsQuery::of_mod(key.0, key.1).render()),
            api: links.api_mod(key.0, key.1),
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            summary: view
                .members
                .iter()
                .find_map(|member| member.project.summary.clone()),
            freshness: freshness(&view.sources, &own, now)
                .iter()
                .map(|it| FreshLine::new(it, words))
                .collect(),
            tabs: scopes.iter().map(tab).collect(),
            figure: Figure::new(timeline.as_ref(), query, key, words, links),
            sums: shown
                .versions_downloads
                .as_ref()
                .map(|sum| sums(sum, words)),
            versions: VersionTable::new(
                versions.into_iter().filter(on_platform).collect(),
                query,
                key,
                growth_since(data, now),
                platforms.len() > 1 && query.platform.is_none(),
                context,
            ),
            modpacks: ModpackSection::new(data, modpacks, query.platform, context),
            projects: data
                .members_on(query.platform)
                .map(|(member, _)| Project::new(member, words))
                .collect(),
        }
    }
}

impl Tab {
    fn new(
        data: &ModData,
        platform: Option<Platform>,
        query: &ModQuery,
        context: Context<'_>,
    ) -> Tab {
        let Context { words, links, .. } = context;
        let figures = Figures::new(data, platform, context.now);
        let people = |key: &str, count: i64| words.with(key, &[("count", count.into())]);
        let alone = data.platforms().len() < 2;
        Tab {
            label: platform.map_or_else(
                || words.text("mod-all-platforms"),
                |it| platform_name(it).to_owned(),
            ),
            accent: accent(platform),
            href: links.mod_page(
                &data.view.namespace,
                &data.view.name,
                ModQuery {
                    platform,
                    tab: query.tab.clone(),
                },
            ),
            chosen: (alone && query.platform.is_none()) || query.platform == platform,
            total: figures
                .downloads
                .as_ref()
                .map(|it| TabTotal::new(it, words)),
            week: figures
                .growth_7d
                .as_ref()
                .map(|it| GrowthText::new(it, words)),
            month: figures
                .growth_28d
                .as_ref()
                .map(|it| GrowthText::new(it, words)),
            followers: figures
                .followers
                .map(|it| people("mod-followers", it.value)),
            thumbs_up: figures
                .thumbs_up
                .map(|it| people("mod-thumbs-up", it.value)),
        }
    }
}

impl TabTotal {
    fn new(total: &Total, words: &Words) -> TabTotal {
        let text = TotalText::new(total, words);
        let at = ("at", (&text.observed).into());
        TabTotal {
            told: match text.lacks {
                None => words.markup("mod-downloads", &[at]),
                Some(lacks) => {
                    words.markup("mod-downloads-without", &[at, ("lacks", lacks.into())])
                }
            },
            count: text.count,
            value: text.value,
        }
    }
}

fn sums(sum: &VersionsTotal, words: &Words) -> Markup {
    let versions = words.with("mod-versions", &[("count", sum.versions.into())]);
    words.markup(
        "mod-sum",
        &[
            ("sum", words.count(sum.value).into()),
            ("versions", versions.into()),
            ("at", (&words.at(sum.listed_at)).into()),
        ],
    )
}

impl Project {
    fn new(member: &Member, words: &Words) -> Project {
        let project = &member.project;
        let (state, since) = match (member.left_at, project.invisible_since) {
            (Some(left), _) => ("mod-left-since", left),
            (None, Some(vanished)) => ("mod-invisible-since", vanished),
            (None, None) => ("mod-tracked-since", member.joined_at),
        };
        let total = project.totals.map(|totals| Total {
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
            total: total.as_ref().map(|it| TotalText::new(it, words)),
            state: words.markup(state, &[("at", (&words.at(since)).into())]),
        }
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::fixtures::{sample_mod, sample_modpacks, sample_versions};
    use crate::query::PlatformQuery;
    use jiff::ToSpan;
    use modstats_store::time::day_of;

    let drawn = || {
        let to = day_of(context.now);
        Days {
            from: to.saturating_sub(28.days()),
            to,
        }
    };

    let full = |platform, raw| {
        let packs = sample_modpacks();
        let tab = PlatformQuery::parse(raw).map(|it| it.query);
        let query = ModQuery {
            platform,
            tab: tab.unwrap_or_default(),
        };
        let (data, versions) = (sample_mod(), sample_versions());
        ModPage::new(&data, versions, &packs, &query, drawn(), context)
    };
    let nothing = ModData::nothing("zz", "zz-zz");
    let without = ModPage::new(
        &nothing,
        Vec::new(),
        &Modpacks::default(),
        &ModQuery::default(),
        drawn(),
        context,
    );
    vec![
        Box::new(full(None, "")),
        Box::new(full(
            Some(Platform::Modrinth),
            "period=all&chart=total&versions=all",
        )),
        Box::new(full(Some(Platform::Curseforge), "")),
        Box::new(without),
    ]
}
