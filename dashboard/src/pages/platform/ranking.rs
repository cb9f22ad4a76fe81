//! The versions that are ahead, each with a bar as long as what it has.

use modstats_store::model::{Platform, VersionView};

use crate::chart::{Ink, Svg, measure};
use crate::figures::versions::{leading, shares_of_downloads, shares_of_growth};
use crate::language::Words;
use crate::pages::period_figure::short_days;
use crate::pages::versions::{Ways, names};
use crate::period::Days;

/// So many are named.
const MOST: usize = 10;

/// In what they are ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Over the page's period.
    Growth,
    Downloads,
}

#[derive(Clone, Debug)]
pub struct Ranking {
    /// Of the list on its page.
    pub id: &'static str,
    pub heading: String,
    /// What the numbers count, and what a share is of.
    pub counts: String,
    pub rows: Vec<Ranked>,
}

#[derive(Clone, Debug)]
pub struct Ranked {
    pub label: String,
    /// The name, where it says more than the number.
    pub name: Option<String>,
    pub href: String,
    pub value: String,
    /// None where the sum over versions isn't known.
    pub share: Option<String>,
    pub bar: Svg,
}

impl Ranking {
    pub fn new(
        by: By,
        versions: &[VersionView],
        days: Days,
        platform: Platform,
        ways: &Ways<'_>,
        words: &Words,
    ) -> Ranking {
        let value = |it: &VersionView| match by {
            By::Growth => it.growth,
            By::Downloads => it.latest.map(|reading| reading.value),
        };
        let ahead = leading(versions, value, MOST);
        let most = ahead.first().map_or(0, |(_, value)| *value);
        let shares = match by {
            By::Growth => shares_of_growth(versions),
            By::Downloads => shares_of_downloads(versions),
        };
        let row = |(place, value): &(usize, i64)| {
            let version = &versions[*place];
            let (label, name) = names(version);
            Ranked {
                label,
                name,
                href: ways.history(version),
                value: match by {
                    By::Growth => words.change(*value),
                    By::Downloads => words.count(*value),
                },
                share: shares[*place].map(|it| words.percent(it.into())),
                bar: measure(Ink::Platform(platform), *value, most),
            }
        };
        let days = || short_days(days, words);
        Ranking {
            id: match by {
                By::Growth => "top-growth",
                By::Downloads => "top-downloads",
            },
            heading: words.text(match by {
                By::Growth => "platform-top-growth",
                By::Downloads => "platform-top-downloads",
            }),
            counts: match by {
                By::Growth => words.with("platform-growth-counts", &[("days", days().into())]),
                By::Downloads => words.text("platform-downloads-counts"),
            },
            rows: ahead.iter().map(row).collect(),
        }
    }
}
