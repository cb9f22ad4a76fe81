//! What an address asks for, read by the one grammar of queries.

use std::str::FromStr;

use modstats_store::model::Platform;
use modstats_store::time::day_of;
use warp::path::FullPath;

use crate::api;
use crate::app::App;
use crate::export::{Exported, Format, PlatformTable};
use crate::query::{ModKey, Query, Tab};
use crate::trouble::Trouble;
use crate::view::View;

/// The last segment of a table's address: `versions.csv`.
pub(super) struct TableFile {
    name: String,
    format: Format,
}

impl FromStr for TableFile {
    type Err = ();

    fn from_str(segment: &str) -> Result<TableFile, ()> {
        let (name, ending) = segment.rsplit_once('.').ok_or(())?;
        let mut formats = Format::ALL.iter().copied();
        let format = formats.find(|it| it.as_str() == ending).ok_or(())?;
        Ok(TableFile {
            name: name.to_owned(),
            format,
        })
    }
}

impl App {
    /// The view that a page's query asks for, if that is its canonical spelling.
    pub(super) fn asked<Q: Query>(
        &self,
        raw: &str,
        view: impl Fn(Q) -> View,
    ) -> Result<View, Trouble> {
        let links = &self.chrome.links;
        match Q::parse(raw) {
            Ok(parsed) if parsed.is_canonical => Ok(view(parsed.query)),
            Ok(parsed) => Err(Trouble::Elsewhere(view(parsed.query).url(links))),
            Err(error) => Err(Trouble::Query {
                instead: Some(view(Q::without(raw, error.clone())).url(links)),
                error,
            }),
        }
    }

    /// A tab of a mod; None is its Overview.
    pub(super) fn asked_tab(
        &self,
        (key, tab): (ModKey, Option<String>),
        raw: &str,
    ) -> Result<View, Trouble> {
        let view = |tab: Tab| View::Mod {
            key: key.clone(),
            tab,
        };
        match tab.as_deref() {
            None => self.asked(raw, |query| view(Tab::Overview(query))),
            Some("modpacks") => self.asked(raw, |query| view(Tab::Modpacks(query))),
            Some("history") => self.asked(raw, |query| view(Tab::History(query))),
            Some(other) => match other.parse::<Platform>() {
                Ok(platform) => self.asked(raw, |query| view(Tab::Platform(platform, query))),
                Err(_) => Err(Trouble::NotFound),
            },
        }
    }

    /// A table of a page that isn't about one mod.
    pub(super) fn asked_table(
        &self,
        TableFile { name, format }: TableFile,
        raw: &str,
    ) -> Result<View, Trouble> {
        match name.as_str() {
            "mods" => self.asked(raw, |query| View::Table(Exported::Mods(query), format)),
            "compare" => self.asked(raw, |query| View::Table(Exported::Compare(query), format)),
            "runs" => self.asked(raw, |query| View::Table(Exported::Runs(query), format)),
            _ => Err(Trouble::NotFound),
        }
    }

    /// A table of a mod's tab.
    pub(super) fn asked_tabs_table(
        &self,
        (key, platform, TableFile { name, format }): (ModKey, Option<Platform>, TableFile),
        raw: &str,
    ) -> Result<View, Trouble> {
        match (platform, name.as_str()) {
            (None, "modpacks") => self.asked(raw, |query| {
                View::Table(Exported::Modpacks(key.clone(), query), format)
            }),
            (None, "history") => self.asked(raw, |query| {
                View::Table(Exported::History(key.clone(), query), format)
            }),
            (Some(platform), name) => {
                let mut tables = PlatformTable::ALL.iter().copied();
                let table = tables.find(|it| it.as_str() == name);
                let table = table.ok_or(Trouble::NotFound)?;
                self.asked(raw, |query| {
                    let exported = Exported::Platform(table, key.clone(), platform, query);
                    View::Table(exported, format)
                })
            }
            (None, _) => Err(Trouble::NotFound),
        }
    }

    pub(super) fn asked_api(&self, path: FullPath, raw: &str) -> Result<View, Trouble> {
        match api::Request::parse(path.as_str(), raw, day_of(self.now())) {
            Ok(Some(request)) => Ok(View::Api(request)),
            Ok(None) => Err(Trouble::NotFound),
            Err(error) => Err(Trouble::of_program(error)),
        }
    }
}
