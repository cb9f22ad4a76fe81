//! The tables of the pages as files for programs: exactly what a page shows in the same state, but
//! all rows, and with names and types that stay.

mod csv;
mod json;
mod pieces;
mod platform;
mod table;
mod tables;
mod timeline;

use crate::links::Links;
use crate::query::{
    CompareQuery, HistoryQuery, ModKey, ModpacksQuery, PlatformQuery, PortfolioQuery, Query,
    QueryError, RunsQuery, Tab,
};
use crate::words::words;
use modstats_store::model::Platform;

pub use pieces::pieces;
pub use platform::{publishing, tags, versions};
pub use table::Table;
pub use tables::{modpacks, mods, runs};
pub use timeline::timeline;

words!(Format { Csv = "csv", Json = "json" });

words!(
    /// The tables of the page of a platform, by the names of their files.
    PlatformTable {
        Versions = "versions",
        /// Downloads by game version or by loader.
        Tags = "tags",
        /// When versions were published.
        Publishing = "publishing",
    }
);

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
        }
    }
}

/// A table of a page, in the state of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    Mods(PortfolioQuery),
    Platform(PlatformTable, ModKey, Platform, PlatformQuery),
    Modpacks(ModKey, ModpacksQuery),
    History(ModKey, HistoryQuery),
    Compare(CompareQuery),
    Runs(RunsQuery),
}

/// A page's links to its table.
#[derive(Clone, Debug)]
pub struct TableLinks {
    pub csv: String,
    pub json: String,
}

impl Exported {
    /// The one spelling of the file's address.
    pub fn address(&self, format: Format, links: &Links) -> String {
        let ending = format.as_str();
        match self {
            Exported::Mods(query) => links.table("mods", format!("{ending}{}", query.render())),
            Exported::Runs(query) => links.table("runs", format!("{ending}{}", query.render())),
            Exported::Compare(query) => {
                links.table("compare", format!("{ending}{}", query.render()))
            }
            Exported::History(key, query) => {
                let file = format!("/history.{ending}{}", query.render());
                links.mod_page(&key.namespace, &key.name, file)
            }
            Exported::Platform(table, key, platform, query) => {
                let tab = Tab::Platform(*platform, query.clone());
                let (path, table) = (tab.path(), table.as_str());
                let file = format!("{path}/{table}.{ending}{}", query.render());
                links.mod_page(&key.namespace, &key.name, file)
            }
            Exported::Modpacks(key, query) => {
                let file = format!("/modpacks.{ending}{}", query.render());
                links.mod_page(&key.namespace, &key.name, file)
            }
        }
    }

    pub fn links(&self, links: &Links) -> TableLinks {
        TableLinks {
            csv: self.address(Format::Csv, links),
            json: self.address(Format::Json, links),
        }
    }

    /// What the file is called where it is saved.
    pub fn file_name(&self, format: Format) -> String {
        let stem = match self {
            Exported::Mods(_) => "mods".to_owned(),
            Exported::Runs(_) => "runs".to_owned(),
            Exported::Compare(_) => "compare".to_owned(),
            Exported::History(key, _) => format!("{}-{}-history", key.namespace, key.name),
            Exported::Platform(table, key, platform, _) => {
                let table = table.as_str();
                format!("{}-{}-{platform}-{table}", key.namespace, key.name)
            }
            Exported::Modpacks(key, _) => format!("{}-{}-modpacks", key.namespace, key.name),
        };
        // Names come from the address; this one is part of a header and of a folder.
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
        let plain = stem.chars().map(|it| if is_plain(it) { it } else { '_' });
        format!("{}.{}", plain.collect::<String>(), format.as_str())
    }

    /// The mod that it is about.
    pub fn tracked_mod(&self) -> Option<&ModKey> {
        match self {
            Exported::Mods(_) | Exported::Compare(_) | Exported::Runs(_) => None,
            Exported::Platform(_, key, ..)
            | Exported::Modpacks(key, _)
            | Exported::History(key, _) => Some(key),
        }
    }

    /// What is left when what can't be followed is taken out.
    pub fn without(&self, error: &QueryError) -> Exported {
        match self {
            Exported::Mods(query) => Exported::Mods(query.left(error)),
            Exported::Runs(query) => Exported::Runs(query.left(error)),
            Exported::Compare(query) => Exported::Compare(query.left(error)),
            Exported::History(key, query) => Exported::History(key.clone(), query.left(error)),
            Exported::Platform(table, key, platform, query) => {
                Exported::Platform(*table, key.clone(), *platform, query.left(error))
            }
            Exported::Modpacks(key, query) => Exported::Modpacks(key.clone(), query.left(error)),
        }
    }
}

#[cfg(test)]
mod tests;
