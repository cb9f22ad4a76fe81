#![allow(clippy::unwrap_used)]
use super::values::{Limit, Search};
use super::*;
use crate::period::{Compare, Days, Period, Preset};
use jiff::civil::{Date, date};
use modstats_store::model::{Metric, Platform, ProjectKey, RunId, RunState, Source, VersionKey};
use proptest::prelude::*;
use std::fmt::Debug;

fn one_of<T: Copy + Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn day() -> impl Strategy<Value = Date> {
    (1970..=9999i16, 1..=12i8, 1..=28i8).prop_map(|(year, month, day)| date(year, month, day))
}

/// Anything that a platform may call a thing, and that fits into an address.
fn id() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9]{8}|[0-9]{1,9}|[^\\p{C}\\u{FFFD}]{1,20}"
}

fn project() -> impl Strategy<Value = ProjectKey> {
    (one_of(Platform::ALL), id()).prop_map(|(platform, id)| ProjectKey { platform, id })
}

fn version() -> impl Strategy<Value = VersionKey> {
    (one_of(Platform::ALL), id()).prop_map(|(platform, id)| VersionKey { platform, id })
}

fn tracked_mod() -> impl Strategy<Value = ModKey> {
    let label = || "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    (label(), label()).prop_map(|(namespace, name)| ModKey { namespace, name })
}

fn period() -> impl Strategy<Value = Period> {
    let custom = (day(), day()).prop_map(|(one, other)| {
        Period::Custom(Days {
            from: one.min(other),
            to: one.max(other),
        })
    });
    prop_oneof![
        one_of(Preset::ALL).prop_map(Period::Preset),
        custom,
        version().prop_map(Period::Since),
    ]
}

fn search() -> impl Strategy<Value = Option<Search>> {
    let text = "[^\\p{C}\\u{FFFD}]{0,100}".prop_map(|text| Search::parse(&text));
    prop_oneof![Just(None), text]
}

fn option<T: Clone + Debug>(some: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(some)
}

fn overview() -> impl Strategy<Value = OverviewQuery> {
    (
        option(project()),
        period(),
        one_of(Compare::ALL),
        one_of(Chart::ALL),
    )
        .prop_map(|(project, period, compare, chart)| OverviewQuery {
            project,
            period,
            compare,
            chart,
        })
}

fn platform() -> impl Strategy<Value = PlatformQuery> {
    let game_version =
        "[^\\p{C}\\u{FFFD}]{1,20}".prop_map(|text| GameVersion::parse(&text).unwrap());
    let table = (
        one_of(Tag::ALL),
        option(game_version),
        one_of(VersionSort::ALL),
        one_of(Order::ALL),
        any::<bool>(),
    );
    (overview(), table).prop_map(
        |(overview, (by, game_version, sort, order, every_version))| PlatformQuery {
            by,
            game_version,
            sort,
            order,
            every_version,
            project: overview.project,
            period: overview.period,
            compare: overview.compare,
            chart: overview.chart,
        },
    )
}

fn packs() -> impl Strategy<Value = ModpackChoice> {
    let shown = (
        option(project()),
        option(one_of(Platform::ALL)),
        one_of(ModpackState::ALL),
    );
    let table = (one_of(ModpackSort::ALL), one_of(Order::ALL));
    (shown, search(), any::<bool>(), table).prop_map(
        |((project, platform, state), search, with_downloads, (sort, order))| ModpackChoice {
            project,
            platform,
            state,
            search,
            with_downloads,
            sort,
            order,
        },
    )
}

fn modpacks() -> impl Strategy<Value = ModpacksQuery> {
    (packs(), any::<bool>()).prop_map(|(packs, every_pack)| ModpacksQuery { packs, every_pack })
}

fn history() -> impl Strategy<Value = HistoryQuery> {
    let of = prop_oneof![
        Just(Of::All),
        version().prop_map(Of::Version),
        project().prop_map(Of::Modpack)
    ];
    let shown = (
        option(project()),
        of,
        option(one_of(Platform::ALL)),
        one_of(Metric::ALL),
    );
    let time = (period(), one_of(Compare::ALL), one_of(Grouping::ALL));
    (shown, time, one_of(Chart::ALL), any::<bool>()).prop_map(
        |((project, of, platform, metric), (period, compare, by), chart, trend)| HistoryQuery {
            project,
            of,
            platform,
            metric,
            period,
            compare,
            by,
            chart,
            trend,
        },
    )
}

fn compare() -> impl Strategy<Value = CompareQuery> {
    let item = prop_oneof![
        tracked_mod().prop_map(Item::Mod),
        project().prop_map(Item::Project),
        version().prop_map(Item::Version),
        // Whatever an author may call a version.
        ("[a-z-]{1,9}", "[^\\p{C}]{1,20}")
            .prop_map(|(project, version)| Item::Page(VersionPage { project, version }))
    ];
    let items = proptest::collection::vec(item, 0..=CompareQuery::MOST_ITEMS).prop_map(|items| {
        let mut once: Vec<Item> = Vec::new();
        for item in items {
            if !once.contains(&item) {
                once.push(item);
            }
        }
        once
    });
    let by = one_of(&[Grouping::Day, Grouping::Week, Grouping::Month]);
    (items, period(), one_of(Chart::ALL), by).prop_map(|(items, period, chart, by)| CompareQuery {
        items,
        period,
        chart,
        by,
    })
}

fn runs() -> impl Strategy<Value = RunsQuery> {
    let which = (
        option(tracked_mod()),
        option(one_of(Source::ALL)),
        option(one_of(RunState::ALL)),
    );
    (which, option(1..=i32::MAX), 1..=500u32).prop_map(
        |((tracked_mod, source, state), before, limit)| RunsQuery {
            tracked_mod,
            source,
            state,
            before: before.map(RunId),
            limit: Limit(limit),
        },
    )
}

fn portfolio() -> impl Strategy<Value = PortfolioQuery> {
    (
        search(),
        one_of(Show::ALL),
        one_of(PortfolioSort::ALL),
        one_of(Order::ALL),
    )
        .prop_map(|(search, show, sort, order)| PortfolioQuery {
            search,
            show,
            sort,
            order,
        })
}

fn survives<Q: Query + Clone + PartialEq + Debug>(query: &Q) -> Result<(), TestCaseError> {
    let text = query.render();
    prop_assert!(text.is_ascii(), "{text}");
    let parsed = Q::parse(text.trim_start_matches('?'));
    prop_assert_eq!(
        parsed,
        Ok(Parsed {
            query: query.clone(),
            is_canonical: true
        }),
        "{}",
        text
    );
    prop_assert_eq!(
        &Q::parse_strictly(text.trim_start_matches('?')).unwrap(),
        query
    );
    Ok(())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(256))]
    #[test]
    fn every_state_of_every_page_survives_its_address(
        overview in overview(),
        platform in platform(),
        modpacks in modpacks(),
        history in history(),
        compare in compare(),
        runs in runs(),
        portfolio in portfolio(),
    ) {
        survives(&overview)?;
        survives(&platform)?;
        survives(&modpacks)?;
        survives(&history)?;
        survives(&compare)?;
        survives(&runs)?;
        survives(&portfolio)?;
    }
}

/// What people, robots and attackers may ask of a page: true parameters, mangled.
fn asked() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        one_of(&[
            "project",
            "period",
            "from",
            "to",
            "version",
            "compare",
            "chart",
            "by",
            "game-version",
            "sort",
            "order",
            "versions",
            "platform",
            "state",
            "q",
            "with-downloads",
            "packs",
            "of",
            "metric",
            "trend",
            "item",
            "mod",
            "source",
            "before",
            "limit",
            "show",
            "utm_source",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    let value = prop_oneof![
        one_of(&[
            "7d",
            "28d",
            "91d",
            "all",
            "custom",
            "since",
            "2026-11-22",
            "2024-02-29",
            "2023-02-29",
            "previous",
            "none",
            "growth",
            "total",
            "day",
            "run",
            "week",
            "published",
            "asc",
            "desc",
            "modrinth",
            "modrinth:AABBCCDD",
            "curseforge:1",
            "mod:a/b",
            "project:modrinth:x",
            "version:modrinth:y",
            "yes",
            "lost",
            "1",
            "50",
            "500",
            "501",
            "-1",
            "",
            " a ",
            "%00",
            "%FF%FE",
            "a+b",
            "a%20b",
            "%3A",
            "\u{fffd}",
            "0",
            "007",
        ])
        .prop_map(str::to_owned),
        ".{0,12}",
    ];
    let pair = (name, value).prop_map(|(name, value)| format!("{name}={value}"));
    proptest::collection::vec(pair, 0..6).prop_map(|pairs| pairs.join("&"))
}

fn settles<Q: Query + Clone + PartialEq + Debug>(raw: &str) -> Result<(), TestCaseError> {
    let canonical = match Q::parse(raw) {
        Ok(parsed) => parsed.query.render(),
        Err(error) => Q::without(raw, error).render(),
    };
    let again = Q::parse(canonical.trim_start_matches('?')).unwrap();
    prop_assert!(again.is_canonical, "{raw} led to {canonical}");
    prop_assert_eq!(again.query.render(), canonical);
    if let Ok(query) = Q::parse_strictly(raw) {
        prop_assert_eq!(query, Q::parse(raw).unwrap().query, "one meaning for both");
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(2_000))]
    #[test]
    fn whatever_is_asked_leads_to_a_canonical_address(raw in asked()) {
        settles::<OverviewQuery>(&raw)?;
        settles::<PlatformQuery>(&raw)?;
        settles::<ModpacksQuery>(&raw)?;
        settles::<HistoryQuery>(&raw)?;
        settles::<CompareQuery>(&raw)?;
        settles::<RunsQuery>(&raw)?;
        settles::<PortfolioQuery>(&raw)?;
    }
}

#[test]
fn addresses_are_readable_and_what_is_the_default_is_left_out() {
    let state = PlatformQuery {
        project: ProjectKey::parse("modrinth:AABBCCDD"),
        period: Period::Custom(Days {
            from: date(2026, 1, 1),
            to: date(2026, 1, 31),
        }),
        sort: VersionSort::Name,
        order: Order::Descending,
        every_version: true,
        ..PlatformQuery::default()
    };
    assert_eq!(
        state.render(),
        "?project=modrinth:AABBCCDD&period=custom&from=2026-01-01&to=2026-01-31&sort=name&order=desc&versions=all"
    );
    assert_eq!(OverviewQuery::default().render(), "");
    let compare = "item=mod:default/create-nuclear&item=version:curseforge:5712345";
    assert_eq!(
        CompareQuery::parse(compare).unwrap().query.render(),
        format!("?{compare}")
    );
    let search = PortfolioQuery {
        search: Search::parse("a&b=c d%é"),
        ..Default::default()
    };
    assert_eq!(search.render(), "?q=a%26b%3Dc+d%25%C3%A9");
}

#[test]
fn another_spelling_of_the_same_state_is_elsewhere() {
    for (raw, canonical) in [
        ("period=28d", ""),
        ("utm_source=x&period=7d", "?period=7d"),
        ("chart=total&period=7d", "?period=7d&chart=total"),
        ("period=7d&period=91d", "?period=7d"),
        ("period=7d&", "?period=7d"),
        ("project=&period=7d", "?period=7d"),
        ("period=7d&from=2026-01-01", "?period=7d"),
        ("%zz&=&&a", ""),
    ] {
        let parsed = OverviewQuery::parse(raw).unwrap();
        assert_eq!(parsed.query.render(), canonical, "{raw}");
        assert_eq!(parsed.is_canonical, raw == "period=7d&", "{raw}");
    }
    let order = PlatformQuery::parse("sort=name&order=asc").unwrap();
    assert_eq!(
        (order.query.render().as_str(), order.is_canonical),
        ("?sort=name", false)
    );
    let twice = CompareQuery::parse("item=mod:a/b&item=mod:c/d&item=mod:a/b").unwrap();
    assert_eq!(twice.query.render(), "?item=mod:a/b&item=mod:c/d");
    let by_form = CompareQuery::parse("item=mod%3Aa%2Fb").unwrap();
    assert!(by_form.is_canonical, "as a form sends it");
    let trimmed = PortfolioQuery::parse("q=+create+").unwrap();
    assert_eq!(
        (trimmed.query.render().as_str(), trimmed.is_canonical),
        ("?q=create", false)
    );
}

#[test]
fn a_broken_value_is_named_and_the_page_is_found_without_it() {
    fn broken<Q: Query + Clone + Debug>(raw: &str) -> (String, String) {
        let error = Q::parse(raw).err().unwrap();
        (error.to_string(), Q::without(raw, error).render())
    }
    for (raw, told, without) in [
        (
            "chart=pie&period=7d",
            ["chart", "\"pie\"", "growth or total"],
            "?period=7d",
        ),
        (
            "period=8d&chart=total",
            ["period", "\"8d\"", "48h, 7d"],
            "?chart=total",
        ),
        (
            "project=steam:1",
            ["project", "\"steam:1\"", "modrinth:AABBCCDD"],
            "",
        ),
        (
            "period=custom&from=2026-01-01",
            ["period", "\"custom\"", "from= and to="],
            "",
        ),
        (
            "period=custom&from=2026-02-30&to=2026-03-01",
            ["from", "2026-02-30", "2026-11-22"],
            "",
        ),
        (
            "period=custom&from=2026-01-02&to=2026-01-01",
            ["from", "2026-01-02", "2026-01-01"],
            "",
        ),
        ("period=since", ["period", "\"since\"", "version="], ""),
        (
            "period=since&version=modrinth&chart=total",
            ["version", "modrinth", "<id>"],
            "?chart=total",
        ),
        (
            "compare=%FF&chart=total",
            ["compare", "\u{fffd}", "previous, year or none"],
            "?chart=total",
        ),
        ("compare=%00", ["compare", "\\0", "previous"], ""),
    ] {
        let (message, rest) = broken::<OverviewQuery>(raw);
        assert!(
            told.iter().all(|part| message.contains(part)),
            "{raw}: {message}"
        );
        assert_eq!(rest, without, "{raw}");
    }
    let nine: Vec<String> = (0..9).map(|it| format!("item=mod:a/m{it}")).collect();
    let (message, rest) = broken::<CompareQuery>(&nine.join("&"));
    assert!(
        message.contains("mod:a/m8") && message.contains("at most 8"),
        "{message}"
    );
    assert_eq!(rest, format!("?{}", nine[..8].join("&")));
    let (message, _) = broken::<CompareQuery>("by=run");
    assert!(message.contains("day, week or month"), "{message}");
    let (message, rest) = broken::<PortfolioQuery>(&format!("q={}&show=stale", "é".repeat(101)));
    assert!(message.contains("at most 100 characters"), "{message}");
    assert_eq!(rest, "?show=stale");
    for raw in [
        "mod=lonely",
        "mod=a/B",
        "mod=a/b/c",
        "mod=-a/b",
        "limit=0",
        "limit=501",
        "limit=07",
        "before=x",
        "before=-4",
        "before=%2B4",
        "source=steam",
    ] {
        let (message, _) = broken::<RunsQuery>(raw);
        assert!(
            message.contains(raw.split('=').next().unwrap()),
            "{raw}: {message}"
        );
    }
    for raw in [
        "of=version",
        "of=version:steam:1",
        "of=pack:modrinth:1",
        "metric=stars",
    ] {
        let (message, _) = broken::<HistoryQuery>(raw);
        assert!(message.contains("give "), "{raw}: {message}");
    }
}

#[test]
fn hostile_queries_are_bounded() {
    let long = format!("q={}", "a".repeat(5_000));
    assert_eq!(
        PortfolioQuery::parse(&long).unwrap_err(),
        QueryError::TooLong
    );
    assert_eq!(
        PortfolioQuery::without(&long, QueryError::TooLong).render(),
        ""
    );
    assert_eq!(
        PortfolioQuery::parse_strictly(&long).unwrap_err(),
        QueryError::TooLong
    );
    let many = "a&".repeat(1_000);
    assert_eq!(RunsQuery::parse(&many).unwrap_err(), QueryError::TooLong);
    let repeated = "chart=pie&".repeat(60);
    let error = OverviewQuery::parse(&repeated).unwrap_err();
    assert_eq!(OverviewQuery::without(&repeated, error).render(), "");
    let value = "x".repeat(3_000);
    let told = OverviewQuery::parse(&format!("chart={value}"))
        .unwrap_err()
        .to_string();
    assert!(
        told.len() < 300,
        "what is refused isn't repeated whole: {told}"
    );
    let without = OverviewQuery::parse(&format!("chart={value}&period=7d")).unwrap_err();
    let raw = format!("chart={value}&period=7d");
    assert_eq!(OverviewQuery::without(&raw, without).render(), "?period=7d");
}

#[test]
fn a_page_is_found_for_the_longest_state_that_it_can_have() {
    let id = "é".repeat(50);
    let longest = CompareQuery {
        items: (0..8)
            .map(|it| {
                Item::Version(VersionKey {
                    platform: Platform::Curseforge,
                    id: format!("{it}{}", &id[2..]),
                })
            })
            .collect(),
        period: Period::Since(VersionKey {
            platform: Platform::Curseforge,
            id,
        }),
        chart: Chart::Total,
        by: Grouping::Month,
    };
    assert!(
        CompareQuery::parse(longest.render().trim_start_matches('?'))
            .unwrap()
            .is_canonical
    );
}

#[test]
fn the_api_names_field_value_and_way_out() {
    let today = date(2026, 11, 22);
    for (raw, parts) in [
        ("metric=stars", ["metric", "\"stars\"", "thumbs_up"]),
        ("from=yesterday", ["from", "\"yesterday\"", "2026-11-22"]),
        ("from=2026-11-01T00:00", ["from", "T00:00", "2026-11-22"]),
        ("to=2026-13-01", ["to", "2026-13-01", "2026-11-22"]),
        (
            "from=2026-11-02&to=2026-11-01",
            ["from", "2026-11-02", "2026-11-01"],
        ),
        (
            "form=2026-11-02",
            ["form", "no query parameter", "metric, from, to"],
        ),
        ("to=", ["to", "\"\"", "2026-11-22"]),
        ("to=2026-11-02&to=2026-11-03", ["to", "more than once", ""]),
    ] {
        let message = SeriesQuery::parse_strictly(raw, today)
            .unwrap_err()
            .to_string();
        assert!(
            parts.iter().all(|part| message.contains(part)),
            "{raw}: {message}"
        );
    }
    assert_eq!(
        RunsQuery::parse_strictly("limit=50&mod=a/b").unwrap().limit,
        Limit(50)
    );
}

#[test]
fn a_series_without_dates_is_the_last_91_days() {
    let query = SeriesQuery::parse_strictly("", date(2026, 11, 22)).unwrap();
    assert_eq!(
        (query.from, query.to),
        (date(2026, 8, 24), date(2026, 11, 22))
    );
    assert_eq!(
        query.to_string(),
        "?metric=downloads&from=2026-08-24&to=2026-11-22"
    );
}

#[test]
fn the_tabs_of_a_mod_lead_to_each_other_with_the_same_period_and_project() {
    let all = |tab: Tab| tab.all().map(|tab| tab.to_string());
    let overview = OverviewQuery::parse("project=modrinth:AA&period=7d&chart=total").unwrap();
    assert_eq!(
        all(Tab::Overview(overview.query)),
        [
            "?project=modrinth:AA&period=7d",
            "/modrinth?project=modrinth:AA&period=7d",
            "/curseforge?project=modrinth:AA&period=7d",
            "/modpacks?project=modrinth:AA",
            "/history?project=modrinth:AA&period=7d",
        ]
    );
    // The periods that tabs begin with are their own.
    let own = ["", "/modrinth", "/curseforge", "/modpacks", "/history"];
    assert_eq!(all(Tab::History(HistoryQuery::default())), own);
    let sorted = PlatformQuery::parse("sort=name&by=loader").unwrap().query;
    let sorted = Tab::Platform(Platform::Curseforge, sorted);
    assert_eq!(sorted.to_string(), "/curseforge?by=loader&sort=name");
    assert_eq!(all(sorted), own);
}

#[test]
fn what_happened_to_packs_is_ordered_by_when_unless_asked_otherwise() {
    let read = |raw: &str| {
        let packs = ModpacksQuery::parse(raw).unwrap().query.packs;
        (packs.sort, packs.order)
    };
    let newest = (ModpackSort::Since, Order::Descending);
    assert_eq!(read("state=lost"), newest);
    assert_eq!(read("state=new"), newest);
    let most = (ModpackSort::Downloads, Order::Descending);
    assert_eq!(read("state=once"), most);
    assert_eq!(read("state=lost&sort=downloads"), most);
    let lost = ModpacksQuery::parse("platform=modrinth&q=a&sort=name").unwrap();
    let lost = ModpacksQuery {
        packs: lost.query.packs.in_state(ModpackState::Lost),
        every_pack: false,
    };
    assert_eq!(lost.render(), "?platform=modrinth&state=lost");
}

#[test]
fn a_tab_is_left_without_what_can_not_be_followed() {
    let query = HistoryQuery::parse("project=modrinth:AA&of=modpack:modrinth:BB&by=week").unwrap();
    let error = QueryError::value("of", "modpack:modrinth:BB", "a pack");
    assert_eq!(
        Tab::History(query.query).without(&error).to_string(),
        "/history?project=modrinth:AA&by=week"
    );
}

#[test]
fn a_version_is_known_by_its_page_on_its_platform() {
    let page = |project: &str, version: &str| {
        Some(Item::Page(VersionPage {
            project: project.to_owned(),
            version: version.to_owned(),
        }))
    };
    for (link, item) in [
        (
            "https://modrinth.com/mod/createnuclear/version/Ab12Cd34",
            page("createnuclear", "Ab12Cd34"),
        ),
        (
            "https://modrinth.com/plugin/x/version/Ab12Cd34/?loader=fabric#files",
            page("x", "Ab12Cd34"),
        ),
        (
            "https://modrinth.com/mod/x/version/1.2.0%2Bmc1.21",
            page("x", "1.2.0+mc1.21"),
        ),
        (
            "https://www.curseforge.com/minecraft/mc-mods/create-nuclear/files/5712345",
            Item::parse("version:curseforge:5712345"),
        ),
        ("https://modrinth.com/mod/createnuclear", None),
        (
            "https://evil.example/mod/createnuclear/version/Ab12Cd34",
            None,
        ),
        ("http://modrinth.com/mod/createnuclear/version/", None),
    ] {
        assert_eq!(Item::parse(link), item, "{link}");
    }
    let raw = "item=https://www.modrinth.com/plugin/x/version/1.2.0%252Bmc?loader=fabric";
    let parsed = CompareQuery::parse(raw).unwrap();
    assert!(!parsed.is_canonical);
    let page = "?item=https://modrinth.com/mod/x/version/1.2.0%252Bmc";
    assert_eq!(parsed.query.render(), page);
    assert_eq!(CompareQuery::parse(&page[1..]).unwrap().query, parsed.query);
}
