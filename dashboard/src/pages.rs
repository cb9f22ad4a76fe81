//! The pages: view models made of data, and the templates that write them.

mod figure;
mod mod_page;
mod modpacks;
mod mods;
mod runs;
mod versions;

use askama::Template;
use jiff::Timestamp;
use modstats_store::model::Platform;

use crate::figures::{Growth, Total};
use crate::format::{At, Change, Count, TimeTag, relative_change, short_day};
use crate::freshness::{Freshness, source_name};
use figure::Swatch;

pub use mod_page::{ModPage, growth_since};
pub use mods::ModsPage;
pub use runs::RunsPage;

/// What surrounds every page.
#[derive(Clone, Debug)]
pub struct Chrome {
    pub stylesheet: String,
    pub script: String,
    pub logo: String,
    pub build: &'static str,
    pub sample_data: bool,
}

/// What a page says when it shows the past: of when, and why.
#[derive(Clone, Debug)]
pub struct Notice {
    pub at: Timestamp,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub enum Page {
    Mods(ModsPage),
    Mod(Box<ModPage>),
    Runs(RunsPage),
    Trouble(TroublePage),
}

/// A page that says why there is no other.
#[derive(Clone, Debug)]
pub struct TroublePage {
    pub status: u16,
    pub heading: &'static str,
    pub text: String,
    /// What can be done about it.
    pub advice: &'static str,
    /// The address of the page that may have been meant.
    pub instead: Option<String>,
}

impl Page {
    pub fn render(
        &self,
        chrome: &Chrome,
        notice: Option<&Notice>,
    ) -> Result<String, askama::Error> {
        match self {
            Page::Mods(page) => ModsTemplate {
                chrome,
                notice,
                page,
            }
            .render(),
            Page::Mod(page) => ModTemplate {
                chrome,
                notice,
                page,
            }
            .render(),
            Page::Runs(page) => RunsTemplate {
                chrome,
                notice,
                page,
            }
            .render(),
            Page::Trouble(page) => TroubleTemplate {
                chrome,
                notice,
                page,
            }
            .render(),
        }
    }
}

#[derive(Template)]
#[template(path = "mods.html")]
struct ModsTemplate<'a> {
    chrome: &'a Chrome,
    notice: Option<&'a Notice>,
    page: &'a ModsPage,
}

#[derive(Template)]
#[template(path = "mod.html")]
struct ModTemplate<'a> {
    chrome: &'a Chrome,
    notice: Option<&'a Notice>,
    page: &'a ModPage,
}

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsTemplate<'a> {
    chrome: &'a Chrome,
    notice: Option<&'a Notice>,
    page: &'a RunsPage,
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroubleTemplate<'a> {
    chrome: &'a Chrome,
    notice: Option<&'a Notice>,
    page: &'a TroublePage,
}

/// The class of a platform's accent; `all` is all of them together.
pub fn accent(platform: Option<Platform>) -> &'static str {
    platform.map_or("all", Platform::as_str)
}

/// A total with the words that belong to it.
#[derive(Clone, Debug)]
struct TotalText {
    value: Count,
    /// The age of the oldest number in it.
    observed: TimeTag,
    /// What the sum lacks.
    lacks: Option<String>,
}

impl TotalText {
    fn new(total: &Total) -> TotalText {
        let lacks = match total.projects_unknown {
            0 => None,
            1 => Some("without 1 project that is not known yet".to_owned()),
            more => Some(format!("without {more} projects that are not known yet")),
        };
        TotalText {
            value: Count(total.value),
            observed: At(total.observed_at).tag(),
            lacks,
        }
    }
}

/// Growth with the words that belong to it.
#[derive(Clone, Debug)]
struct GrowthText {
    value: Change,
    /// `28 days to 21 Nov`, `since 17 Nov`.
    period: String,
    /// Against the period before.
    comparison: Option<Comparison>,
    complete: bool,
    correction: bool,
}

#[derive(Clone, Debug)]
struct Comparison {
    text: String,
    previous: Change,
    class: &'static str,
}

impl GrowthText {
    fn new(growth: &Growth) -> GrowthText {
        let days = growth
            .from
            .until(growth.to)
            .map_or(0, |span| span.get_days())
            + 1;
        let period = match growth.known_from > growth.from {
            true => format!("since {}", short_day(growth.known_from)),
            false => format!("{days} days to {}", short_day(growth.to)),
        };
        let comparison = growth.previous.map(|previous| Comparison {
            text: relative_change(previous, growth.value),
            previous: Change(previous),
            class: match growth.value.cmp(&previous) {
                std::cmp::Ordering::Less => "down",
                std::cmp::Ordering::Equal => "level",
                std::cmp::Ordering::Greater => "up",
            },
        });
        GrowthText {
            value: Change(growth.value),
            period,
            comparison,
            complete: growth.complete,
            correction: growth.correction,
        }
    }
}

/// One source's freshness as a line of text.
#[derive(Clone, Debug)]
struct FreshLine {
    source: &'static str,
    tone: &'static str,
    headline: String,
    at: Option<TimeTag>,
    /// `complete`, where the headline doesn't say the outcome.
    outcome: Option<&'static str>,
    reason: Option<String>,
    last_success: Option<TimeTag>,
    next: Option<TimeTag>,
}

impl FreshLine {
    fn new(fresh: &Freshness) -> FreshLine {
        let tag = |at: Timestamp| At(at).tag();
        let (headline, at) = fresh.headline();
        FreshLine {
            source: source_name(fresh.source),
            tone: fresh.tone().class(),
            headline: headline.to_owned(),
            at: at.map(tag),
            outcome: (headline == "collected").then_some("complete"),
            reason: fresh.reason(),
            last_success: fresh.last_success().map(tag),
            next: fresh.next_at.map(tag),
        }
    }
}

/// A link of a group of which one is chosen.
#[derive(Clone, Debug)]
struct Choice {
    label: &'static str,
    /// The key that chooses it.
    shortcut: char,
    href: String,
    chosen: bool,
}

/// A name to head a page with: the author's own, else the resource's.
fn title(display_name: Option<&str>, name: &str) -> String {
    display_name
        .filter(|text| !text.trim().is_empty())
        .unwrap_or(name)
        .to_owned()
}

fn mod_href(namespace: &str, name: &str) -> String {
    format!("/mods/{namespace}/{name}")
}
