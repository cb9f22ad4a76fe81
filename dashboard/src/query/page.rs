//! A mod's Overview and the tabs of its platforms as one state, for links from one to another.

use std::fmt;

use modstats_store::model::Platform;

use super::grammar::Query;
use super::overview::OverviewQuery;
use super::platform::PlatformQuery;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModQuery {
    /// None is the Overview.
    pub platform: Option<Platform>,
    /// The Overview has less state: no table to sort.
    pub tab: PlatformQuery,
}

impl From<OverviewQuery> for ModQuery {
    fn from(query: OverviewQuery) -> ModQuery {
        ModQuery {
            platform: None,
            tab: PlatformQuery {
                project: query.project,
                period: query.period,
                compare: query.compare,
                chart: query.chart,
                ..PlatformQuery::default()
            },
        }
    }
}

/// What comes after the mod's own address.
impl fmt::Display for ModQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tab = self.tab.clone();
        match self.platform {
            Some(platform) => write!(f, "/{platform}{}", tab.render()),
            None => {
                let overview = OverviewQuery {
                    project: tab.project,
                    period: tab.period,
                    compare: tab.compare,
                    chart: tab.chart,
                };
                f.write_str(&overview.render())
            }
        }
    }
}
