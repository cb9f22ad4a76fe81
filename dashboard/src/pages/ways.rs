//! Where a platform's page and its versions lead to.

use modstats_store::model::VersionView;

use crate::links::Links;
use crate::period::Period;
use crate::query::{HistoryQuery, Of, PlatformQuery, Query, Tab};

pub(super) struct Ways<'a> {
    pub links: &'a Links,
    pub namespace: &'a str,
    pub name: &'a str,
    /// Of the page, without its query.
    pub address: &'a str,
    pub query: &'a PlatformQuery,
}

impl Ways<'_> {
    /// The page in another state.
    pub fn page(&self, query: PlatformQuery) -> String {
        format!("{}{}", self.address, query.render())
    }

    pub fn history(&self, version: &VersionView) -> String {
        let history = HistoryQuery {
            project: self.query.project.clone(),
            of: Of::Version(version.key()),
            ..HistoryQuery::default()
        };
        self.links
            .mod_page(self.namespace, self.name, Tab::History(history))
    }

    /// None where it has no date to begin with.
    pub fn since(&self, version: &VersionView) -> Option<String> {
        version.published_at?;
        Some(self.page(PlatformQuery {
            period: Period::Since(version.key()),
            ..self.query.clone()
        }))
    }
}
