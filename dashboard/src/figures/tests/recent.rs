use super::*;
use crate::figures::due::Due;
use crate::figures::recent::*;
use jiff::SignedDuration;
use modstats_store::model::Sample;

fn samples(readings: &[(&str, i64)]) -> Vec<Sample> {
    let sample = |(when, downloads): &(&str, i64)| Sample {
        at: at(when),
        downloads: *downloads,
        followers: None,
        thumbs_up: None,
    };
    readings.iter().map(sample).collect()
}

fn of(parts: &[&[(&str, i64)]]) -> Due<LastDay> {
    let parts: Vec<Vec<Sample>> = parts.iter().map(|part| samples(part)).collect();
    let sampled: Vec<Sampled> = parts
        .iter()
        .map(|samples| Sampled {
            samples,
            interval: SignedDuration::from_hours(6),
        })
        .collect();
    last_day(&sampled, at("2026-11-22T15:00Z"))
}

/// 100 an hour, every six hours.
const STEADY: [(&str, i64); 6] = [
    ("2026-11-21T09:00Z", 1_000),
    ("2026-11-21T15:00Z", 1_600),
    ("2026-11-21T21:00Z", 2_200),
    ("2026-11-22T03:00Z", 2_800),
    ("2026-11-22T09:00Z", 3_400),
    ("2026-11-22T14:00Z", 3_900),
];

#[test]
fn the_last_day_lies_between_the_instant_a_day_ago_and_the_newest_sample() {
    let Due::Known(day) = of(&[&STEADY]) else {
        panic!()
    };
    assert_eq!(
        (day.value, day.from, day.to),
        (2_300, at("2026-11-21T15:00Z"), at("2026-11-22T14:00Z"))
    );
    assert!(day.complete && !day.correction);
    let mut between = STEADY;
    between[1] = ("2026-11-21T14:00Z", 1_500);
    let Due::Known(day) = of(&[&between]) else {
        panic!()
    };
    assert_eq!(day.value, 2_300, "interpolated");
}

#[test]
fn missing_samples_and_a_source_that_stands_still_make_it_incomplete() {
    let missing = [STEADY[0], STEADY[1], STEADY[4], STEADY[5]];
    let Due::Known(day) = of(&[&missing]) else {
        panic!()
    };
    assert_eq!((day.value, day.complete), (2_300, false));
    let still = &STEADY[..4];
    let one_late = [&STEADY[..4], &STEADY[5..]].concat();
    assert!(
        of(&[&one_late]).known().unwrap().complete,
        "one late run is none"
    );
    let two = of(&[&STEADY, still]);
    let day = two.known().unwrap();
    assert_eq!(
        (day.value, day.to, day.complete),
        (
            2_300 + 1_200,
            at("2026-11-22T14:00Z").min(at("2026-11-22T03:00Z")),
            true
        )
    );
    let older = of(&[&STEADY, &STEADY[..3]]);
    assert!(
        !older.known().unwrap().complete,
        "no sample for more than two intervals"
    );
}

#[test]
fn samples_that_do_not_reach_back_a_day_count_from_the_first_and_are_incomplete() {
    let day = of(&[&STEADY[2..]]);
    let day = day.known().unwrap();
    assert_eq!(
        (day.value, day.from, day.complete),
        (1_700, at("2026-11-21T21:00Z"), false)
    );
}

#[test]
fn a_first_sample_says_from_when_there_is_a_last_day() {
    assert_eq!(of(&[&STEADY[5..]]), Due::From(date(2026, 11, 23)));
    assert_eq!(
        of(&[&[("2026-10-01T00:00Z", 5)]]),
        Due::From(date(2026, 11, 22))
    );
    assert_eq!(of(&[&[]]), Due::Never);
    assert_eq!(of(&[]), Due::Never);
    let one_is_new = of(&[&STEADY, &STEADY[5..]]);
    let day = one_is_new.known().unwrap();
    assert_eq!((day.value, day.complete), (2_300, false));
}

#[test]
fn a_fall_is_told_and_not_clipped() {
    let mut falling = STEADY;
    falling[5].1 = 900;
    let day = of(&[&falling]);
    let day = day.known().unwrap();
    assert_eq!((day.value, day.correction), (-700, true));
}

#[test]
fn a_fall_that_recovers_changes_nothing_wherever_it_lies() {
    for fallen in [1, 3] {
        let mut falling = STEADY;
        falling[fallen].1 = 900;
        let day = of(&[&falling]);
        let day = day.known().unwrap();
        assert_eq!((day.value, day.correction), (2_300, false), "{fallen}");
    }
    let mut before = STEADY;
    before[1].1 = 900;
    before[2].1 = 950;
    before[3].1 = 990;
    let day = of(&[&before]);
    let day = day.known().unwrap();
    let at_start = 1_000 + (3_400 - 1_000) * 6 / 24;
    assert_eq!((day.value, day.correction), (3_900 - at_start, false));
}
