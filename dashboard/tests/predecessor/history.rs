//! Histories: their readings, means, trends and losses.

use modstats_dashboard::StoreSlot;
use modstats_store::model::Source;

use super::{PAGE, days, fact, gears, page, read, served};
use crate::seed::{at, begin};
use crate::{Served, database};

#[tokio::test]
async fn defect_02_pages_stand_before_the_first_reading_with_one_and_with_more() {
    let (store, _folder) = database().await;
    let served = Served::start(StoreSlot::open(store.clone()), vec![]).await;
    begin(&store, &gears(), Source::Modrinth, at("2026-11-20T00:00Z")).await;
    let tabs = [
        "",
        "/modrinth",
        "/curseforge",
        "/modpacks",
        "/history",
        "/history?by=run",
    ];
    for known in [
        None,
        Some(("2026-11-20T12:00Z", 1_234)),
        Some(("2026-11-21T12:00Z", 1_300)),
    ] {
        if let Some(reading) = known {
            read(&store, &[reading]).await;
        }
        for tab in tabs {
            page(&served, &format!("{PAGE}{tab}")).await;
        }
        let history = page(&served, &format!("{PAGE}/history")).await;
        let told = history.text_of("main").unwrap();
        let expected = match known {
            None => "No data yet",
            Some((_, 1_234)) => "1,234 Downloads, as of",
            Some(_) => "1,300 Downloads, as of",
        };
        assert!(told.contains(expected), "{known:?}: {told}");
    }
}

#[tokio::test]
async fn defect_04_a_trend_goes_through_more_than_two_days() {
    // Seven whole days after the first one end with 110 to 200. Around their middle, x from -3 to 3,
    // the products with y add up to 420, and the squares of x to 28.
    let (served, _folder) = served(&[
        ("2026-11-14T00:00Z", 90),
        ("2026-11-15T00:00Z", 100),
        ("2026-11-16T00:00Z", 110),
        ("2026-11-17T00:00Z", 130),
        ("2026-11-18T00:00Z", 140),
        ("2026-11-19T00:00Z", 160),
        ("2026-11-20T00:00Z", 170),
        ("2026-11-21T00:00Z", 190),
        ("2026-11-22T00:00Z", 200),
    ])
    .await;
    let page = page(&served, &format!("{PAGE}/history?trend=yes")).await;
    let told = page.text_of("[data-trend]").unwrap();
    assert!(told.contains("+15 a day"), "{told}");
    assert!(page.first("svg .line.trend").is_some(), "and is drawn");
}

/// 100 a day from 1,000 on, read every fifth day only.
const EVERY_FIFTH_DAY: [(&str, i64); 8] = [
    ("2026-10-18T00:00Z", 1_000),
    ("2026-10-23T00:00Z", 1_500),
    ("2026-10-28T00:00Z", 2_000),
    ("2026-11-02T00:00Z", 2_500),
    ("2026-11-07T00:00Z", 3_000),
    ("2026-11-12T00:00Z", 3_500),
    ("2026-11-17T00:00Z", 4_000),
    ("2026-11-22T00:00Z", 4_500),
];

#[tokio::test]
async fn defect_11_the_last_seven_days_are_days_and_not_readings() {
    let (served, _folder) = self::served(&EVERY_FIFTH_DAY).await;
    let week = page(&served, &format!("{PAGE}/history?period=7d")).await;
    assert!(
        fact(&week, "growth").contains("+700"),
        "{}",
        fact(&week, "growth")
    );
    let shown = days(&week);
    let first = shown.iter().map(|it| it[0].as_str()).min().unwrap();
    assert!(
        first >= "2026-11-14",
        "{first} is on a page of 15 to 22 November"
    );
    assert!(shown.iter().any(|it| it[0] == "2026-11-15"), "{shown:?}");

    let (served, _folder) = self::served(&[
        ("2026-01-05T00:00Z", 10),
        ("2026-01-06T00:00Z", 20),
        ("2026-01-07T00:00Z", 30),
    ])
    .await;
    let week = page(&served, &format!("{PAGE}/history?period=7d")).await;
    assert!(days(&week).iter().all(|it| !it[0].starts_with("2026-01")));
    assert!(
        !fact(&week, "growth").contains("+20"),
        "{}",
        fact(&week, "growth")
    );
}

#[tokio::test]
async fn defect_12_a_mean_is_over_the_days_that_went_by() {
    // 90 more in ten days, of which four were read.
    let (served, _folder) = served(&[
        ("2026-11-12T00:00Z", 1_000),
        ("2026-11-14T00:00Z", 1_020),
        ("2026-11-17T00:00Z", 1_050),
        ("2026-11-22T00:00Z", 1_090),
    ])
    .await;
    let asked = format!("{PAGE}/history?period=custom&from=2026-11-12&to=2026-11-21");
    let page = page(&served, &asked).await;
    assert!(
        fact(&page, "growth").contains("+90"),
        "{}",
        fact(&page, "growth")
    );
    assert!(
        fact(&page, "mean").contains("9.0 a day"),
        "{}",
        fact(&page, "mean")
    );
}

#[tokio::test]
async fn defect_13_the_first_day_brings_no_total_and_a_gap_is_no_day() {
    // Nobody reads from the 11th to the 19th: eight days with 96 together.
    let (served, _folder) = served(&[
        ("2026-11-10T00:00Z", 1_000),
        ("2026-11-11T00:00Z", 1_010),
        ("2026-11-19T00:00Z", 1_106),
        ("2026-11-19T12:00Z", 1_111),
    ])
    .await;
    let page = page(&served, &format!("{PAGE}/history?period=28d")).await;
    let grown: Vec<(String, String)> = days(&page)
        .into_iter()
        .rev()
        .map(|[day, _, growth]| (day[8..].to_owned(), growth))
        .filter(|(_, growth)| growth != "–")
        .collect();
    let mut expected = vec![("10".to_owned(), "+10")];
    expected.extend((11..19).map(|day| (day.to_string(), "+12")));
    expected.push(("19".to_owned(), "+5"));
    let grown: Vec<_> = grown
        .iter()
        .map(|(day, it)| (day.clone(), it.as_str()))
        .collect();
    assert_eq!(grown, expected);
}

#[tokio::test]
async fn defect_14_a_loss_has_its_sign_and_is_no_good_news() {
    let (served, _folder) = served(&[
        ("2026-11-08T00:00Z", 1_000),
        ("2026-11-15T00:00Z", 1_070),
        ("2026-11-22T00:00Z", 1_060),
    ])
    .await;
    for address in [
        PAGE.to_owned(),
        format!("{PAGE}/modrinth"),
        format!("{PAGE}/history"),
    ] {
        let (compare, growth) = match address.ends_with("history") {
            true => ("&compare=previous", ".fact[data-fact=growth]"),
            false => ("", ".card .growth"),
        };
        let week = page(&served, &format!("{address}?period=7d{compare}")).await;
        let growth = week.first(growth).unwrap();
        assert!(
            growth.text_of(".change").unwrap().starts_with("−10"),
            "{}",
            growth.text()
        );
        assert!(
            growth.first(".comparison.down").is_some(),
            "{}",
            growth.text()
        );
        assert!(
            growth.first(".comparison.up").is_none(),
            "{}",
            growth.text()
        );
        let text = week.text();
        assert!(!text.contains("+-") && !text.contains("+−"), "{text}");
    }
}
