//! A mod on one platform.

use modstats_store::model::{Member, Platform, TrackedModView, VersionView};

use super::figure::Figure;
use super::mod_frame::ModFrame;
use super::period_control::PeriodControl;
use super::total_card::TotalCard;
use super::versions::VersionTable;
use super::{Context, TotalText, accent, project_name};
use crate::data::ModData;
use crate::export::{Exported, TableLinks};
use crate::figures::{Figures, Total, VersionsTotal, growth_since};
use crate::language::{Markup, Words};
use crate::period::{Bounds, Known};
use crate::query::{ModKey, PlatformQuery, Query, Tab};
use crate::timeline::{Timeline, platform_name};

#[derive(Clone, Debug)]
pub struct PlatformPage {
    pub(super) frame: ModFrame,
    pub(super) total: TotalCard,
    pub(super) period: PeriodControl,
    pub(super) figure: Figure,
    /// The sum over versions beside the platform's own counters.
    pub(super) sums: Option<Markup>,
    pub(super) versions: VersionTable,
    pub(super) exports: TableLinks,
    pub(super) projects: Vec<Project>,
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
    /// Of the mod's projects, the newest first.
    pub versions: Vec<VersionView>,
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
        let Context {
            words, links, now, ..
        } = context;
        let PlatformData { whole, data, .. } = found;
        let (namespace, name) = (whole.namespace.as_str(), whole.name.as_str());
        let tab = Tab::Platform(platform, query.clone());
        let address = links.mod_page(namespace, name, tab.path());
        let drawn = found.bounds.drawn;
        let on = Some(platform);
        let timeline = Timeline::new(data, &found.versions, on, drawn.from, drawn.to, words);
        let readings = timeline
            .as_ref()
            .map(|it| links.api_series(namespace, name, it.from, it.to));
        let versions: Vec<VersionView> = found
            .versions
            .iter()
            .filter(|it| it.platform == platform)
            .cloned()
            .collect();
        PlatformPage {
            frame: ModFrame::new(whole, &tab, context),
            total: TotalCard::new(data, on, query, &found.known, context),
            period: PeriodControl::new(query, &found.bounds, &address, &versions, context),
            figure: Figure::new(
                timeline.as_ref(),
                query.chart,
                |chart| {
                    let query = PlatformQuery {
                        chart,
                        ..query.clone()
                    };
                    format!("{address}{}", query.render())
                },
                readings,
                words,
            ),
            sums: Figures::new(data, on, now)
                .versions_downloads
                .map(|sum| sums(&sum, words)),
            versions: VersionTable::new(
                versions,
                query,
                &address,
                growth_since(data, now),
                context,
            ),
            exports: Exported::Versions(ModKey::new(namespace, name), platform, query.clone())
                .links(links),
            projects: projects(data, on, words),
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
            name: project_name(member),
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
    use crate::fixtures::{sample_bounds, sample_known, sample_mod, sample_versions};

    let of = |platform, raw| {
        let query = PlatformQuery::parse(raw).map(|it| it.query);
        let data = sample_mod();
        let found = PlatformData {
            whole: data.view.clone(),
            data,
            versions: sample_versions(),
            known: sample_known(context.now),
            bounds: sample_bounds(context.now),
        };
        PlatformPage::new(&found, platform, &query.unwrap_or_default(), context)
    };
    let without = {
        let data = ModData::nothing("zz", "zz-zz");
        let found = PlatformData {
            whole: data.view.clone(),
            data,
            versions: Vec::new(),
            known: sample_known(context.now),
            bounds: sample_bounds(context.now),
        };
        PlatformPage::new(
            &found,
            Platform::Modrinth,
            &PlatformQuery::default(),
            context,
        )
    };
    vec![
        Box::new(of(
            Platform::Modrinth,
            "period=all&chart=total&versions=all",
        )),
        Box::new(of(Platform::Curseforge, "compare=none")),
        Box::new(without),
    ]
}
