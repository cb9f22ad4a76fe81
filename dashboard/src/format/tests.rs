#![allow(clippy::unwrap_used)]
use super::*;
use crate::language::Language;
use crate::zone::Zone;
use jiff::civil::date;

/// The same in both languages; `_` is a narrow no-break space, `~` a no-break space.
fn both(write: impl Fn(&Words) -> String) -> [String; 2] {
    [Words::english(), Words::french()].map(|words| {
        let text = write(&words);
        assert!(!text.contains(['_', '~']), "{text}");
        text.replace('\u{202f}', "_").replace('\u{a0}', "~")
    })
}

#[test]
fn numbers_are_grouped_by_three_at_every_length() {
    for (value, english, french) in [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_000, "1,000", "1_000"),
        (-1_234_567, "−1,234,567", "−1_234_567"),
        (
            i64::MAX,
            "9,223,372,036,854,775,807",
            "9_223_372_036_854_775_807",
        ),
        (
            i64::MIN,
            "−9,223,372,036,854,775,808",
            "−9_223_372_036_854_775_808",
        ),
    ] {
        assert_eq!(both(|words| words.count(value)), [english, french]);
    }
    assert_eq!(both(|words| words.change(1_234)), ["+1,234", "+1_234"]);
    assert_eq!(both(|words| words.change(0)), ["0", "0"]);
    assert_eq!(both(|words| words.change(-12)), ["−12", "−12"]);
}

#[test]
fn compact_numbers_keep_one_decimal_and_never_round_up_a_unit() {
    for (value, english, french) in [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_000, "1k", "1~k"),
        (12_345, "12.3k", "12,3~k"),
        (999_999, "999.9k", "999,9~k"),
        (1_050_000, "1M", "1~M"),
        (3_000_000_000, "3B", "3~Md"),
        (7_200_000_000_000, "7.2T", "7,2~Bn"),
        (-2_500_000, "−2.5M", "−2,5~M"),
    ] {
        assert_eq!(both(|words| words.compact(value)), [english, french]);
    }
}

#[test]
fn amounts_of_data_keep_one_decimal() {
    for (bytes, english, french) in [
        (0, "0~B", "0_o"),
        (999, "999~B", "999_o"),
        (1_000, "1.0~kB", "1,0_ko"),
        (1_299_999, "1.2~MB", "1,2_Mo"),
        (7_500_000_000, "7.5~GB", "7,5_Go"),
        (i64::MAX, "9,223,372.0~TB", "9_223_372,0_To"),
    ] {
        assert_eq!(both(|words| words.data_size(bytes)), [english, french]);
    }
}

#[test]
fn growth_from_nothing_is_new_and_not_infinite() {
    let change = |before, now| both(|words| words.relative_change(before, now));
    assert_eq!(change(0, 10), ["new", "nouveau"]);
    assert_eq!(change(0, 0), ["no change", "inchangé"]);
    assert_eq!(change(1_000_000, 1_000_001), ["no change", "inchangé"]);
    assert_eq!(change(1000, 1123), ["+12.3%", "+12,3_%"]);
    assert_eq!(change(1000, 900), ["−10.0%", "−10,0_%"]);
    assert_eq!(
        change(1, i64::MAX),
        [
            "+922,337,203,685,477,580,600.0%",
            "+922_337_203_685_477_580_600,0_%"
        ]
    );
}

#[test]
fn durations_fit_their_size() {
    for (millis, english, french) in [
        (420, "0.4~s", "0,4_s"),
        (12_900, "12~s", "12_s"),
        (123_000, "2~min 03~s", "2_min 03_s"),
        (3_900_000, "1~h 05~min", "1_h 05_min"),
        (-5_000, "0.0~s", "0,0_s"),
    ] {
        let took = SignedDuration::from_millis(millis);
        assert_eq!(both(|words| words.took(took)), [english, french]);
    }
}

#[test]
fn days_have_the_names_of_their_months() {
    let months: [[String; 2]; 12] = std::array::from_fn(|before| {
        let month = i8::try_from(before + 1).unwrap();
        both(|words| words.short_day(date(2028, month, 29)))
    });
    assert_eq!(
        months.each_ref().map(|[english, _]| english.as_str()),
        [
            "29 Jan", "29 Feb", "29 Mar", "29 Apr", "29 May", "29 Jun", "29 Jul", "29 Aug",
            "29 Sept", "29 Oct", "29 Nov", "29 Dec"
        ]
    );
    assert_eq!(
        months.each_ref().map(|[_, french]| french.as_str()),
        [
            "29 janv.",
            "29 févr.",
            "29 mars",
            "29 avr.",
            "29 mai",
            "29 juin",
            "29 juil.",
            "29 août",
            "29 sept.",
            "29 oct.",
            "29 nov.",
            "29 déc."
        ]
    );
    let day = date(2026, 11, 2);
    assert_eq!(both(|words| words.day(day)), ["2 Nov 2026", "2 nov. 2026"]);
    assert_eq!(both(|words| words.month(day)), ["Nov", "nov."]);
    assert_eq!(
        both(|words| words.month_of_year(day)),
        ["Nov 2026", "nov. 2026"]
    );
    assert_eq!(
        both(|words| words.days(day, date(2026, 12, 1))),
        ["2 Nov 2026 to 1 Dec 2026", "du 2 nov. 2026 au 1 déc. 2026"]
    );
    assert_eq!(
        both(|words| words.days(day, day)),
        ["2 Nov 2026", "2 nov. 2026"]
    );
}

#[test]
fn instants_name_their_zone_and_days_stay_utc() {
    let at = "2026-11-22T23:12:59.5Z".parse().unwrap();
    assert_eq!(
        both(|words| words.instant(at)),
        ["22 Nov 2026, 23:12 UTC", "22 nov. 2026 à 23:12 UTC"]
    );
    let paris = Words::new(Language::French, Zone::named("Europe/Paris").unwrap());
    assert_eq!(
        paris.at(at).to_string(),
        r#"<time datetime="2026-11-22T23:12:59Z">23 nov. 2026 à 00:12 CET</time>"#
    );
    assert_eq!(
        paris.on(at).to_string(),
        r#"<time datetime="2026-11-22T23:12:59Z">22 nov. 2026</time>"#
    );
    let stated = "2026-11-22T23:12Z".parse().unwrap();
    let day = date(2026, 11, 22);
    assert_eq!(
        both(|words| words.instant_on(day, stated)),
        ["23:12 UTC", "23:12 UTC"]
    );
    assert_eq!(paris.instant_on(day, stated), "23 nov. 2026 à 00:12 CET");
}
