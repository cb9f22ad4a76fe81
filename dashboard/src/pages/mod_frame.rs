//! What all tabs of a mod have in common: its name, its freshness, and the way to the other tabs.

use modstats_store::model::{Platform, TrackedModView};

use super::{Choosable, Context, Crumb, FreshLine};
use crate::SourceOutlook;
use crate::freshness::freshness;
use crate::query::{CompareQuery, Query, RunsQuery, Tab, Value};
use crate::timeline::{platform_name, project_name, title};

#[derive(Clone, Debug)]
pub(super) struct ModFrame {
    /// Of the mod, and of the tab.
    pub title: String,
    pub heading: String,
    pub crumbs: Vec<Crumb>,
    pub namespace: String,
    pub name: String,
    pub runs: String,
    pub api: String,
    /// The mod beside others.
    pub compare: String,
    /// The same period and project on a screen that everybody walks past.
    pub kiosk: String,
    pub summary: Option<String>,
    pub freshness: Vec<FreshLine>,
    pub tabs: Vec<TabLink>,
    /// Where there are several projects, one of them can be chosen.
    pub projects: Option<ProjectChoice>,
    /// Nothing was ever observed of it.
    pub is_empty: bool,
}

#[derive(Clone, Debug)]
pub(super) struct TabLink {
    pub label: String,
    pub href: String,
    pub chosen: bool,
}

/// A form that leads to the same tab of one project.
#[derive(Clone, Debug)]
pub(super) struct ProjectChoice {
    pub action: String,
    pub options: Vec<Choosable>,
}

impl ModFrame {
    /// `view` has all projects, also where the tab is about one of them.
    pub fn new(view: &TrackedModView, tab: &Tab, context: Context<'_>) -> ModFrame {
        let Context {
            words, links, now, ..
        } = context;
        let (namespace, name) = (view.namespace.as_str(), view.name.as_str());
        let own: Vec<&SourceOutlook> = context
            .outlook
            .iter()
            .filter(|it| it.namespace == namespace && it.name == name)
            .collect();
        let label = |tab: &Tab| match tab {
            Tab::Overview(_) => words.text("mod-overview"),
            Tab::Platform(platform, _) => platform_name(*platform).to_owned(),
            Tab::Modpacks(_) => words.text("mod-modpacks"),
            Tab::History(_) => words.text("mod-history"),
        };
        let is_on = |platform| {
            let mut members = view.members.iter();
            members.any(|it| it.project.key.platform == platform)
        };
        let is_shown = |it: &Tab| match it {
            Tab::Platform(platform, _) => is_on(*platform) || it.path() == tab.path(),
            _ => true,
        };
        let overview = tab.all().into_iter().find_map(|it| match it {
            Tab::Overview(query) => Some(query),
            _ => None,
        });
        let overview = overview.unwrap_or_default();
        let tabs = tab.all().into_iter().filter(is_shown).map(|it| TabLink {
            label: label(&it),
            href: links.mod_page(namespace, name, &it),
            chosen: it.path() == tab.path(),
        });
        ModFrame {
            title: title(view.display_name.as_deref(), name).to_owned(),
            heading: label(tab),
            crumbs: vec![Crumb {
                label: words.text("mods-heading"),
                href: links.mods(),
            }],
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            runs: links.runs(RunsQuery::of_mod(namespace, name).render()),
            api: links.api_mod(namespace, name),
            compare: links.compare(CompareQuery::of_mod(namespace, name).render()),
            kiosk: links.kiosk(namespace, name, overview.render()),
            summary: view
                .members
                .iter()
                .find_map(|member| member.project.summary.clone()),
            freshness: freshness(&view.sources, &own, now)
                .iter()
                .map(|it| FreshLine::new(it, words))
                .collect(),
            tabs: tabs.collect(),
            projects: ProjectChoice::new(view, tab, context),
            is_empty: view.members.is_empty(),
        }
    }
}

impl ProjectChoice {
    fn new(
        view: &TrackedModView,
        tab: &Tab,
        Context { words, links, .. }: Context<'_>,
    ) -> Option<ProjectChoice> {
        let of_tab = match tab {
            Tab::Platform(platform, _) => Some(*platform),
            _ => None,
        };
        let is_shown = |platform: Platform| of_tab.is_none_or(|it| it == platform);
        let members: Vec<_> = view
            .members
            .iter()
            .filter(|it| is_shown(it.project.key.platform))
            .collect();
        if members.len() < 2 && tab.project().is_none() {
            return None;
        }
        let all = Choosable {
            value: String::new(),
            label: words.text("mod-all-projects"),
            chosen: tab.project().is_none(),
        };
        let one = |member: &&modstats_store::model::Member| Choosable {
            value: member.project.key.print().into_owned(),
            label: project_name(&member.project).to_owned(),
            chosen: tab.project() == Some(&member.project.key),
        };
        Some(ProjectChoice {
            action: links.mod_page(&view.namespace, &view.name, tab.path()),
            options: [all].into_iter().chain(members.iter().map(one)).collect(),
        })
    }
}
