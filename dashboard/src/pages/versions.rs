//! The table of versions.

use modstats_store::model::VersionView;

use super::Context;
use super::columns::Column;
use super::period_figure::short_days;
use super::ways::Ways;
use crate::figures::versions::shares_of_downloads;
use crate::language::{Markup, Words};
use crate::natural;
use crate::period::Days;
use crate::query::{Order, PlatformQuery, VersionSort};
use crate::timeline::version_name;

/// So many are shown before the rest is asked for.
const FIRST_PAGE: usize = 25;
/// So many loaders or game versions are named in a cell.
const MOST_TAGS: usize = 4;

#[derive(Clone, Debug)]
pub struct VersionTable {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// All of them, shown or not.
    pub(super) count: String,
    /// The way to the rest, and what it is called.
    pub(super) show_all: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub label: String,
    /// The name, where it says more than the number.
    pub name: Option<String>,
    pub channel: Option<String>,
    pub published: Option<Markup>,
    /// `gone since …`
    pub gone: Option<Markup>,
    pub loaders: Tags,
    pub game_versions: Tags,
    pub downloads: Option<String>,
    /// Of the sum over versions.
    pub share: Option<String>,
    pub growth: Option<String>,
    /// Its downloads, day by day.
    pub history: String,
    /// This page since it was published.
    pub since: Option<String>,
}

/// What people call a version, and its name where that says more.
fn names(version: &VersionView) -> (String, Option<String>) {
    let label = version_name(version);
    let name = version.name.clone();
    let name = name.filter(|name| !name.trim().is_empty() && *name != label);
    (label, name)
}

/// Words of which a cell shows the first few.
#[derive(Clone, Debug)]
pub(super) struct Tags {
    pub shown: String,
    pub more: usize,
    pub all: String,
}

impl Tags {
    fn new(words: &[String]) -> Tags {
        Tags {
            shown: words[..words.len().min(MOST_TAGS)].join(", "),
            more: words.len().saturating_sub(MOST_TAGS),
            all: words.join(", "),
        }
    }
}

impl VersionTable {
    /// Of those that are chosen; growth is that of the days.
    pub fn new(
        versions: &[VersionView],
        days: Days,
        ways: &Ways<'_>,
        Context { words, .. }: Context<'_>,
    ) -> VersionTable {
        let query = ways.query;
        let href = |query: PlatformQuery| format!("{}#versions", ways.page(query));
        let rows = chosen(versions, query);
        let count = rows.len();
        let shown = if query.every_version {
            count
        } else {
            count.min(FIRST_PAGE)
        };
        let show_all = (shown < count).then(|| {
            let all = PlatformQuery {
                every_version: true,
                ..query.clone()
            };
            (
                href(all),
                words.with("versions-show-all", &[("count", count.into())]),
            )
        });
        VersionTable {
            columns: columns(query, href, days, words),
            rows: rows
                .into_iter()
                .take(shown)
                .map(|(version, share)| Row::new(version, share, ways, words))
                .collect(),
            count: words.count(i64::try_from(count).unwrap_or(i64::MAX)),
            show_all,
        }
    }
}

impl Row {
    fn new(version: &VersionView, share: Option<i64>, ways: &Ways<'_>, words: &Words) -> Row {
        // The newest game version says most.
        let mut game_versions = version.game_versions.clone();
        game_versions.sort_by(|one, other| natural::compare(other, one));
        let (label, name) = names(version);
        Row {
            label,
            name,
            channel: version.channel.as_deref().map(|it| channel(it, words)),
            published: version.published_at.map(|at| words.at(at)),
            gone: version
                .gone_at
                .map(|at| words.markup("versions-gone-since", &[("at", (&words.at(at)).into())])),
            loaders: Tags::new(&version.loaders),
            game_versions: Tags::new(&game_versions),
            downloads: version.latest.map(|reading| words.count(reading.value)),
            share: share.map(|it| words.percent(it.into())),
            growth: version.growth.map(|growth| words.change(growth)),
            history: ways.history(version),
            since: ways.since(version),
        }
    }
}

/// A word for those that both platforms use.
fn channel(channel: &str, words: &Words) -> String {
    match channel {
        "release" => words.text("versions-release"),
        "beta" => words.text("versions-beta"),
        "alpha" => words.text("versions-alpha"),
        _ => channel.to_owned(),
    }
}

fn columns(
    query: &PlatformQuery,
    href: impl Fn(PlatformQuery) -> String,
    days: Days,
    words: &Words,
) -> Vec<Column> {
    let plain = Column::plain;
    let sorted = |label, class, sort| {
        let turned = |sort, order| {
            href(PlatformQuery {
                sort,
                order,
                ..query.clone()
            })
        };
        Column::sorting(label, class, sort, (query.sort, query.order), turned)
    };
    vec![
        sorted(words.text("versions-version"), "", VersionSort::Name),
        plain(words.text("versions-channel"), ""),
        sorted(words.text("versions-published"), "", VersionSort::Published),
        plain(words.text("versions-loaders"), ""),
        plain(words.text("versions-game-versions"), ""),
        sorted(
            words.text("versions-downloads"),
            "number",
            VersionSort::Downloads,
        ),
        plain(words.text("versions-share"), "number"),
        sorted(
            words.with(
                "versions-growth",
                &[("days", short_days(days, words).into())],
            ),
            "number",
            VersionSort::Growth,
        ),
        plain(words.text("versions-more"), ""),
    ]
}

/// The versions of a page in its order, each with its share of the downloads of all, in thousandths.
/// What isn't known comes last in either order.
pub fn chosen<'a>(
    versions: &'a [VersionView],
    query: &PlatformQuery,
) -> Vec<(&'a VersionView, Option<i64>)> {
    let order = query.order;
    let is_shown = |it: &VersionView| query.game_version.as_ref().is_none_or(|of| of.is_of(it));
    let mut rows: Vec<_> = versions.iter().zip(shares_of_downloads(versions)).collect();
    rows.retain(|(it, _)| is_shown(it));
    let downloads = |it: &VersionView| it.latest.map(|reading| reading.value);
    rows.sort_by(|(one, _), (other, _)| match query.sort {
        VersionSort::Published => order.compare_known(one.published_at, other.published_at),
        VersionSort::Name => match order {
            Order::Ascending => natural::compare(&version_name(one), &version_name(other)),
            Order::Descending => natural::compare(&version_name(other), &version_name(one)),
        },
        VersionSort::Downloads => order.compare_known(downloads(one), downloads(other)),
        VersionSort::Growth => order.compare_known(one.growth, other.growth),
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::links::Links;
    use crate::query::Query;
    use jiff::civil::date;
    use modstats_store::model::Reading;

    fn version(number: &str, downloads: Option<i64>) -> VersionView {
        VersionView {
            name: Some(format!("The {number}")),
            number: Some(number.to_owned()),
            latest: downloads.map(|value| Reading {
                at: jiff::Timestamp::UNIX_EPOCH,
                value,
            }),
            ..fixtures::release(1, None)
        }
    }

    fn table(versions: Vec<VersionView>, raw: &str) -> VersionTable {
        let (words, links) = (Words::english(), Links::default());
        let query = PlatformQuery::parse(raw).map(|it| it.query);
        let ways = Ways {
            links: &links,
            namespace: "a",
            name: "b",
            address: "/mods/a/b/modrinth",
            query: &query.unwrap_or_default(),
        };
        let days = Days {
            from: date(2026, 10, 25),
            to: date(2026, 11, 21),
        };
        VersionTable::new(&versions, days, &ways, fixtures::context(&words, &links))
    }

    fn labels(versions: Vec<VersionView>, raw: &str) -> Vec<String> {
        let rows = table(versions, raw).rows.into_iter();
        rows.map(|row| row.label).collect()
    }

    #[test]
    fn version_numbers_order_as_people_read_them() {
        let versions =
            ["1.10.0", "1.9", "2.0-beta", "1.9.01", "1.9.1-hotfix"].map(|it| version(it, None));
        assert_eq!(
            labels(versions.to_vec(), "sort=name"),
            ["1.9", "1.9.01", "1.9.1-hotfix", "1.10.0", "2.0-beta"]
        );
    }

    #[test]
    fn what_is_not_known_comes_last_in_either_order() {
        let versions = [("a", None), ("b", Some(5)), ("c", Some(3_000_000_000))]
            .map(|(number, value)| version(number, value));
        assert_eq!(labels(versions.to_vec(), "sort=downloads"), ["c", "b", "a"]);
        assert_eq!(
            labels(versions.to_vec(), "sort=downloads&order=asc"),
            ["b", "c", "a"]
        );
    }

    #[test]
    fn a_long_table_shows_its_first_page_and_the_way_to_the_rest() {
        let versions: Vec<_> = (0..60)
            .map(|number| version(&number.to_string(), None))
            .collect();
        let first = table(versions.clone(), "chart=total");
        assert_eq!((first.rows.len(), first.count.as_str()), (FIRST_PAGE, "60"));
        assert_eq!(
            first.show_all,
            Some((
                "/mods/a/b/modrinth?chart=total&versions=all#versions".to_owned(),
                "Show all 60 versions".to_owned()
            ))
        );
        let all = table(versions, "versions=all");
        assert_eq!((all.rows.len(), all.show_all), (60, None));
    }

    #[test]
    fn a_second_click_on_a_column_turns_it_round() {
        let columns = table(Vec::new(), "sort=downloads").columns;
        let link = |label: &str| {
            columns
                .iter()
                .find(|it| it.label == label)
                .and_then(|it| it.link.clone())
                .map(|it| (it.href, it.sorted))
        };
        assert_eq!(
            link("Downloads"),
            Some((
                "/mods/a/b/modrinth?sort=downloads&order=asc#versions".to_owned(),
                Some("descending")
            ))
        );
        assert_eq!(
            link("Version"),
            Some(("/mods/a/b/modrinth?sort=name#versions".to_owned(), None))
        );
    }

    #[test]
    fn a_version_leads_to_its_history_and_to_the_page_since_its_release() {
        let published = VersionView {
            published_at: Some(fixtures::at("2026-11-01T17:00Z")),
            ..version("1.0", Some(3))
        };
        let rows = table(vec![published, version("0.9", Some(1))], "by=loader").rows;
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.since.as_deref(), row.share.as_deref()))
            .collect();
        let since = "/mods/a/b/modrinth?period=since&version=modrinth:v1&by=loader";
        assert_eq!(told, [(Some(since), Some("75.0%")), (None, Some("25.0%"))]);
        assert_eq!(rows[0].history, "/mods/a/b/history?of=version:modrinth:v1");
    }
}
