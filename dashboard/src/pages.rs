//! The pages: view models that hold finished text, and the templates that write them.
//!
//! A page is a file here, a template and a file of texts in each language, all of one name.

mod columns;
mod compare;
mod facts;
mod figure;
mod history;
mod kiosk;
mod mod_card;
mod mod_frame;
mod modpacks;
mod mods;
mod overview;
mod period_control;
mod period_figure;
mod platform;
mod portfolio;
mod ranking;
mod reference;
mod runs;
mod total_card;
mod trouble;
mod versions;
mod ways;

use std::fmt::Debug;

use askama::Template;
use jiff::Timestamp;
use modstats_store::model::Platform;

use crate::SourceOutlook;
use crate::chart::Ink;
use crate::figures::Total;
use crate::freshness::{Freshness, source_name};
use crate::language::{Language, Markup, Words};
use crate::links::Links;
use crate::preferences::{Preferences, Theme};

pub use compare::ComparePage;
use facts::FactValue;
pub use history::HistoryPage;
pub use kiosk::KioskPage;
pub use modpacks::ModpacksPage;
pub use mods::ModsPage;
pub use overview::OverviewPage;
pub use platform::{PlatformData, PlatformPage, people_of};
pub use reference::ReferencePage;
pub use runs::RunsPage;
pub use trouble::TroublePage;
pub use versions::chosen as chosen_versions;

/// What every page is made with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub words: &'a Words,
    pub links: &'a Links,
    pub outlook: &'a [SourceOutlook],
    pub now: Timestamp,
}

/// A page as it was made, to be rendered at once.
pub trait Page: Send {
    fn render(&self, frame: &Frame<'_>) -> askama::Result<String>;
}

/// What surrounds every page.
pub struct Frame<'a> {
    pub chrome: &'a Chrome,
    pub words: &'a Words,
    pub preferences: &'a Preferences,
    /// The page's own address, to which a change of preferences comes back.
    pub address: &'a str,
}

/// What is the same on all pages of a process.
#[derive(Clone, Debug)]
pub struct Chrome {
    pub links: Links,
    pub stylesheet: String,
    pub script: String,
    pub logo: String,
    /// None where they are served elsewhere.
    pub metrics: Option<String>,
    pub build: &'static str,
    pub sample_data: bool,
}

/// What a page says above everything else when it shows the past.
#[derive(Template)]
#[template(path = "notice.html")]
pub struct Notice {
    told: Markup,
}

impl Notice {
    /// It stands before what every page begins with; a name can't have it, as it isn't text.
    const PLACE: &str = "<header class=\"site\">";

    /// Of when the page is, and the key of the reason why it isn't of now.
    pub fn new(at: Timestamp, reason: &str, words: &Words) -> Notice {
        let (at, reason) = (words.at(at), words.text(reason));
        let args = [("at", (&at).into()), ("reason", reason.into())];
        Notice {
            told: words.markup("common-last-known", &args),
        }
    }

    pub fn put_on(&self, html: &str) -> askama::Result<String> {
        let place = Self::PLACE;
        Ok(html.replacen(place, &format!("{}{place}", self.render()?), 1))
    }
}

/// The template of a page. In it: `page`, `words`, and the `frame` that `base.html` needs.
macro_rules! template {
    ($page:ty, $path:literal) => {
        const _: () = {
            #[derive(Template)]
            #[template(path = $path)]
            struct Written<'a> {
                frame: &'a Frame<'a>,
                words: &'a Words,
                page: &'a $page,
            }

            impl Page for $page {
                fn render(&self, frame: &Frame<'_>) -> askama::Result<String> {
                    let words = frame.words;
                    let page = self;
                    Written { frame, words, page }.render()
                }
            }
        };
    };
}

template!(ModsPage, "mods.html");
template!(OverviewPage, "overview.html");
template!(KioskPage, "kiosk.html");
template!(PlatformPage, "platform.html");
template!(ModpacksPage, "modpacks.html");
template!(HistoryPage, "history.html");
template!(ComparePage, "compare.html");
template!(RunsPage, "runs.html");
template!(ReferencePage, "reference.html");
template!(TroublePage, "trouble.html");

/// The class of a platform's accent; `all` is all of them together.
pub fn accent(platform: Option<Platform>) -> &'static str {
    Ink::from(platform).class()
}

/// A total with the words that belong to it.
#[derive(Clone, Debug)]
struct TotalText {
    count: i64,
    value: String,
    /// The age of the oldest number in it.
    observed: Markup,
    /// What the sum lacks.
    lacks: Option<String>,
}

impl TotalText {
    fn new(total: &Total, words: &Words) -> TotalText {
        let lacks = match total.projects_unknown {
            0 => None,
            some => Some(words.with("common-without-projects", &[("count", some.into())])),
        };
        TotalText {
            count: total.value,
            value: words.count(total.value),
            observed: words.at(total.observed_at),
            lacks,
        }
    }
}

/// What growth is compared with.
#[derive(Clone, Debug)]
struct Comparison {
    text: String,
    against: String,
    class: &'static str,
}

/// One source's freshness as a line of text.
#[derive(Clone, Debug)]
struct FreshLine {
    source: String,
    tone: &'static str,
    /// `collected 22 Nov 2026, 03:12 UTC, complete.`
    told: Markup,
    /// When numbers came last, and when the next are expected.
    more: Vec<Markup>,
}

impl FreshLine {
    fn new(fresh: &Freshness, words: &Words) -> FreshLine {
        let (headline, at) = fresh.headline();
        let state = match (headline, at) {
            (Ok(key), Some(at)) => words.markup(key, &[("at", (&words.at(at)).into())]),
            (Ok(key), None) => words.markup(key, &[]),
            (Err(note), _) => Markup::quoted(note),
        };
        let told = match fresh.reason() {
            None => words.markup("freshness-line", &[("text", (&state).into())]),
            Some((first, others)) => {
                let first = Markup::quoted(&first);
                let reason = match others {
                    0 => first,
                    more => words.markup(
                        "common-and-more",
                        &[("first", (&first).into()), ("count", more.into())],
                    ),
                };
                words.markup(
                    "freshness-line-with-reason",
                    &[("text", (&state).into()), ("reason", (&reason).into())],
                )
            }
        };
        let with_time =
            |key: &str, at: Timestamp| words.markup(key, &[("at", (&words.at(at)).into())]);
        let last = fresh
            .last_success()
            .map(|at| with_time("freshness-last-collected", at));
        let next = fresh.next_at.map(|at| with_time("freshness-next", at));
        FreshLine {
            source: source_name(fresh.source).to_owned(),
            tone: fresh.tone().class(),
            told,
            more: last.into_iter().chain(next).collect(),
        }
    }
}

/// A link of a group of which one is chosen.
#[derive(Clone, Debug)]
struct Choice {
    label: String,
    /// The key that chooses it.
    shortcut: Option<char>,
    href: String,
    chosen: bool,
}

/// An option of a form.
#[derive(Clone, Debug)]
struct Choosable {
    value: String,
    label: String,
    chosen: bool,
}

/// A step on the way from the first page to this one.
#[derive(Clone, Debug)]
struct Crumb {
    label: String,
    href: String,
}

#[cfg(test)]
mod tests;
