//! The versions that are ahead, each with a bar as long as what it has.

use modstats_store::model::{Platform, VersionView};

use crate::chart::{Ink, Svg, measure};
use crate::figures::versions::{leading, shares_of_downloads, shares_of_growth};
use crate::language::Words;
use crate::pages::period_figure::short_days;
use crate::pages::ways::Ways;
use crate::period::Days;
use crate::timeline::version_name;

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
    /// Its loaders, where the number is that of several.
    pub loaders: Option<String>,
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
            let label = version_name(version);
            let alike = versions.iter().filter(|it| version_name(it) == label);
            Ranked {
                loaders: (alike.count() > 1).then(|| version.loaders.join(", ")),
                label,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::release;
    use crate::links::Links;
    use crate::query::PlatformQuery;
    use jiff::civil::date;

    #[test]
    fn the_versions_that_grew_most_are_told_with_their_share_and_their_loaders_where_numbers_repeat()
     {
        let version = |number: &str, loader: &str, growth| VersionView {
            number: Some(number.to_owned()),
            loaders: vec![loader.to_owned()],
            growth: Some(growth),
            ..release(1, None)
        };
        let versions = [
            version("1.0", "fabric", 100),
            version("2.0", "forge", 300),
            version("1.0", "forge", 0),
        ];
        let (words, links) = (Words::english(), Links::default());
        let ways = Ways {
            links: &links,
            namespace: "a",
            name: "b",
            address: "/mods/a/b/modrinth",
            query: &PlatformQuery::default(),
        };
        let days = Days {
            from: date(2026, 10, 25),
            to: date(2026, 11, 21),
        };
        let of = |by| Ranking::new(by, &versions, days, Platform::Modrinth, &ways, &words);
        let growth = of(By::Growth);
        let told: Vec<_> = growth
            .rows
            .iter()
            .map(|row| {
                (
                    row.label.as_str(),
                    row.loaders.as_deref(),
                    row.value.as_str(),
                    row.share.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("2.0", None, "+300", Some("75.0%")),
                ("1.0", Some("fabric"), "+100", Some("25.0%")),
            ]
        );
        assert!(
            growth.counts.contains("25 Oct to 21 Nov 2026"),
            "{}",
            growth.counts
        );
        assert!(of(By::Downloads).rows.is_empty(), "nothing was read");
    }
}
