//! The versions that are ahead.

use modstats_store::model::{Platform, VersionView};

use crate::chart::{Ink, Svg};
use crate::figures::versions::{shares_of_downloads, shares_of_growth};
use crate::language::Words;
use crate::pages::period_figure::short_days;
use crate::pages::ranking::{Ranked, Ranking, ranked};
use crate::pages::ways::Ways;
use crate::period::Days;
use crate::timeline::version_name;

/// In what they are ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Over the page's period.
    Growth,
    Downloads,
}

pub fn top_versions(
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
    let shares = match by {
        By::Growth => shares_of_growth(versions),
        By::Downloads => shares_of_downloads(versions),
    };
    let row = |place: usize, value: i64, bar: Svg| {
        let version = &versions[place];
        let label = version_name(version);
        let alike = versions.iter().filter(|it| version_name(it) == label);
        Ranked {
            beside: (alike.count() > 1).then(|| version.loaders.join(", ")),
            label,
            href: ways.history(version),
            value: match by {
                By::Growth => words.change(value),
                By::Downloads => words.count(value),
            },
            share: shares[place].map(|it| words.percent(it.into())),
            bar,
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
        rows: ranked(versions, value, |_| Ink::Platform(platform), row),
        none: words.text("platform-top-none"),
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
        let of = |by| top_versions(by, &versions, days, Platform::Modrinth, &ways, &words);
        let growth = of(By::Growth);
        let told: Vec<_> = growth
            .rows
            .iter()
            .map(|row| {
                (
                    row.label.as_str(),
                    row.beside.as_deref(),
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
