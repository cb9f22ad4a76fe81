//! The table of versions.

use std::cmp::Ordering;

use jiff::civil::Date;
use modstats_store::model::VersionView;

use super::Context;
use crate::language::{Markup, Words};
use crate::query::{Order, PlatformQuery, Query, Sorting, VersionSort};
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
pub(super) struct Column {
    pub label: String,
    pub class: &'static str,
    /// None for a column by which nothing is ordered.
    pub link: Option<SortLink>,
}

#[derive(Clone, Debug)]
pub(super) struct SortLink {
    pub href: String,
    /// The value of `aria-sort`, on the column that orders the table.
    pub sorted: Option<&'static str>,
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
    pub growth: Option<String>,
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
    pub fn new(
        mut versions: Vec<VersionView>,
        query: &PlatformQuery,
        address: &str,
        growth_since: Date,
        Context { words, .. }: Context<'_>,
    ) -> VersionTable {
        let href = |query: PlatformQuery| format!("{address}{}#versions", query.render());
        sort(&mut versions, query.sort, query.order);
        let count = versions.len();
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
            columns: columns(query, href, growth_since, words),
            rows: versions
                .into_iter()
                .take(shown)
                .map(|it| Row::new(it, words))
                .collect(),
            count: words.count(i64::try_from(count).unwrap_or(i64::MAX)),
            show_all,
        }
    }
}

impl Row {
    fn new(mut version: VersionView, words: &Words) -> Row {
        // The newest game version says most.
        version
            .game_versions
            .sort_by(|one, other| natural(other, one));
        let label = version_name(&version);
        Row {
            name: version
                .name
                .filter(|name| !name.trim().is_empty() && *name != label),
            label,
            channel: version.channel.map(|it| channel(it, words)),
            published: version.published_at.map(|at| words.at(at)),
            gone: version
                .gone_at
                .map(|at| words.markup("versions-gone-since", &[("at", (&words.at(at)).into())])),
            loaders: Tags::new(&version.loaders),
            game_versions: Tags::new(&version.game_versions),
            downloads: version.latest.map(|reading| words.count(reading.value)),
            growth: version.growth.map(|growth| words.change(growth)),
        }
    }
}

/// A word for those that both platforms use.
fn channel(channel: String, words: &Words) -> String {
    match channel.as_str() {
        "release" => words.text("versions-release"),
        "beta" => words.text("versions-beta"),
        "alpha" => words.text("versions-alpha"),
        _ => channel,
    }
}

fn columns(
    query: &PlatformQuery,
    href: impl Fn(PlatformQuery) -> String,
    since: Date,
    words: &Words,
) -> Vec<Column> {
    let plain = |label: String, class| Column {
        label,
        class,
        link: None,
    };
    let sorted = |label: String, class, sort: VersionSort| {
        let chosen = query.sort == sort;
        let order = if chosen {
            query.order.reversed()
        } else {
            sort.natural()
        };
        let href = href(PlatformQuery {
            sort,
            order,
            ..query.clone()
        });
        let sorted = chosen.then_some(match query.order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        });
        Column {
            label,
            class,
            link: Some(SortLink { href, sorted }),
        }
    };
    let mut columns = vec![sorted(
        words.text("versions-version"),
        "",
        VersionSort::Name,
    )];
    columns.extend([
        plain(words.text("versions-channel"), ""),
        sorted(words.text("versions-published"), "", VersionSort::Published),
        plain(words.text("versions-loaders"), ""),
        plain(words.text("versions-game-versions"), ""),
        sorted(
            words.text("versions-downloads"),
            "number",
            VersionSort::Downloads,
        ),
        sorted(
            words.with("versions-growth-since", &[("day", words.day(since).into())]),
            "number",
            VersionSort::Growth,
        ),
    ]);
    columns
}

/// What isn't known comes last in either order.
pub fn sort(versions: &mut [VersionView], sort: VersionSort, order: Order) {
    let directed = |ordering: Ordering| match order {
        Order::Ascending => ordering,
        Order::Descending => ordering.reverse(),
    };
    fn known_first<T: Ord>(
        one: Option<T>,
        other: Option<T>,
        directed: impl Fn(Ordering) -> Ordering,
    ) -> Ordering {
        match (one, other) {
            (Some(one), Some(other)) => directed(one.cmp(&other)),
            (one, other) => other.is_some().cmp(&one.is_some()),
        }
    }
    versions.sort_by(|one, other| match sort {
        VersionSort::Published => known_first(one.published_at, other.published_at, directed),
        VersionSort::Name => directed(natural(&version_name(one), &version_name(other))),
        VersionSort::Downloads => known_first(
            one.latest.map(|reading| reading.value),
            other.latest.map(|reading| reading.value),
            directed,
        ),
        VersionSort::Growth => known_first(one.growth, other.growth, directed),
    });
}

/// Text order in which `1.9` comes before `1.10`.
fn natural(one: &str, other: &str) -> Ordering {
    fn parts(text: &str) -> impl Iterator<Item = (bool, usize, &str)> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let digits = rest.starts_with(|first: char| first.is_ascii_digit());
            let end = rest
                .find(|next: char| next.is_ascii_digit() != digits)
                .unwrap_or(rest.len());
            let (part, tail) = rest.split_at(end);
            rest = tail;
            let number = part.trim_start_matches('0');
            match (part.is_empty(), digits) {
                (true, _) => None,
                // A longer number is a greater one.
                (false, true) => Some((false, number.len(), number)),
                (false, false) => Some((true, 0, part)),
            }
        })
    }
    parts(one).cmp(parts(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::links::Links;
    use modstats_store::model::{Platform, Reading};

    fn version(number: &str, downloads: Option<i64>) -> VersionView {
        VersionView {
            id: 1,
            project_id: 1,
            platform: Platform::Modrinth,
            platform_id: "id".to_owned(),
            name: Some(format!("The {number}")),
            number: Some(number.to_owned()),
            channel: Some("release".to_owned()),
            published_at: None,
            gone_at: None,
            loaders: Vec::new(),
            game_versions: Vec::new(),
            latest: downloads.map(|value| Reading {
                at: jiff::Timestamp::UNIX_EPOCH,
                value,
            }),
            growth: None,
        }
    }

    fn table(versions: Vec<VersionView>, raw: &str) -> VersionTable {
        let (words, links) = (Words::english(), Links::default());
        let query = PlatformQuery::parse(raw).map(|it| it.query);
        VersionTable::new(
            versions,
            &query.unwrap_or_default(),
            "/mods/a/b/modrinth",
            Date::constant(2026, 10, 25),
            fixtures::context(&words, &links),
        )
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
}
