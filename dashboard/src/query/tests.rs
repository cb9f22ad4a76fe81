#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn every_state_of_a_page_survives_its_url() {
    for platform in [None, Some(Platform::Modrinth), Some(Platform::Curseforge)] {
        for chart in Chart::ALL {
            for range in Range::ALL {
                for sort in Sort::ALL {
                    for order in Order::ALL {
                        for every_version in [false, true] {
                            let query = ModQuery {
                                platform,
                                chart,
                                range,
                                sort,
                                order,
                                every_version,
                            };
                            let text = query.to_string();
                            assert_eq!(
                                ModQuery::parse(text.trim_start_matches('?')),
                                query,
                                "{text}"
                            );
                        }
                    }
                }
            }
        }
    }
    assert_eq!(ModQuery::default().to_string(), "");
}

#[test]
fn a_page_ignores_what_it_does_not_know() {
    let query = ModQuery::parse("utm_source=x&range=28d&chart=pie&platform=steam&%zz");
    assert_eq!(query.to_string(), "?range=28d");
    assert_eq!(RunsQuery::parse("before=-4&limit=9&mod=x").to_string(), "");
}

#[test]
fn ranges_are_whole_weeks_before_the_day_that_goes_on() {
    let today = date(2024, 2, 29);
    assert_eq!(Range::Days28.first_day(today), date(2024, 2, 1));
    assert_eq!(Range::Days91.first_day(today), date(2023, 11, 30));
    assert_eq!(Range::Year.first_day(today), date(2023, 2, 28));
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
    ] {
        let message = SeriesQuery::parse_strictly(raw, today)
            .unwrap_err()
            .to_string();
        assert!(
            parts.iter().all(|part| message.contains(part)),
            "{raw}: {message}"
        );
    }
    for raw in [
        "limit=0",
        "limit=501",
        "limit=many",
        "before=x",
        "before=0",
        "mod=lonely",
    ] {
        let message = RunsQuery::parse_strictly(raw).unwrap_err().to_string();
        let (field, value) = raw.split_once('=').unwrap();
        assert!(
            message.contains(field) && message.contains(value),
            "{raw}: {message}"
        );
    }
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
