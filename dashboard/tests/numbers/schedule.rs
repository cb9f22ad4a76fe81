//! When the sources of the year's mods run, how that ends and what it takes.

use jiff::civil::{Date, Weekday, date};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::history::{CREATE, Dice, Ended, NEW, QUARRY, RAILS, Site, TOOK, at, day_of, midnight};

pub fn ended(of: usize, site: Site, scheduled_at: Timestamp) -> Ended {
    let is_at = |text: &str| scheduled_at == at(text);
    match site {
        _ if of == NEW => Ended::GoesOn,
        Site::Modrinth if of == CREATE && is_at("2026-08-03T06:20Z") => Ended::Partial,
        Site::Modrinth if of == CREATE && is_at("2026-10-14T00:20Z") => Ended::Lost,
        _ if is_at("2026-09-09T12:20Z") => Ended::Failed,
        _ => Ended::Complete,
    }
}

/// Some take longer.
pub fn took(scheduled_at: Timestamp) -> i64 {
    match scheduled_at.as_second() / 86_400 % 9 {
        0 => 83,
        1 => 41,
        2 => 4_000,
        _ => TOOK,
    }
}

pub fn cost(at: Timestamp) -> [i64; 3] {
    let minutes = at.as_second() / 60;
    [
        minutes % 7 + 1_000 * (minutes % 2),
        minutes % 3,
        minutes % 4_999 * (minutes % 4_001),
    ]
}

/// When a mod's sources run: the first mod's twice a day, and later every six hours.
pub fn hours(of: usize, day: Date) -> &'static [i64] {
    match of {
        QUARRY if day.weekday() != Weekday::Monday => &[],
        NEW if day != day_of(at(crate::NOW)) => &[],
        NEW => &[15],
        CREATE if day < date(2026, 8, 1) => &[0, 12],
        CREATE => &[0, 6, 12, 18],
        _ => &[9],
    }
}

/// Whose source ran when, with holes.
pub fn schedule(dice: &mut Dice) -> Vec<(usize, Site, Timestamp, Timestamp)> {
    let now = at(crate::NOW);
    let mut schedule = Vec::new();
    for (of, site) in [
        (CREATE, Site::Modrinth),
        (CREATE, Site::Curseforge),
        (RAILS, Site::Modrinth),
        (RAILS, Site::Curseforge),
        (QUARRY, Site::Modrinth),
        (NEW, Site::Modrinth),
    ] {
        let days = date(2025, 11, 22).series(1.day());
        for day in days.take_while(|day| *day <= day_of(now)) {
            for hour in hours(of, day) {
                let scheduled = midnight(day) + SignedDuration::from_mins(hour * 60 + 20);
                let late = match scheduled == at("2026-10-30T18:20Z") {
                    // It waited until past midnight.
                    true => SignedDuration::from_mins(343),
                    // It just began.
                    false if of == NEW => SignedDuration::from_mins(-3),
                    false => SignedDuration::from_secs(dice.roll(0..1_500)),
                };
                if scheduled + late < now && !is_down(of, site, day) {
                    schedule.push((of, site, scheduled, scheduled + late));
                }
            }
        }
    }
    schedule.sort_by_key(|it| it.3);
    schedule
}

fn is_down(of: usize, site: Site, day: Date) -> bool {
    let on = |from: Date, to: Date| from <= day && day <= to;
    match site {
        Site::Modrinth if of == QUARRY => {
            on(date(2026, 3, 2), date(2026, 3, 20)) || date(2026, 10, 27) < day
        }
        Site::Modrinth => of == CREATE && on(date(2026, 2, 10), date(2026, 2, 12)),
        Site::Curseforge => {
            on(date(2026, 6, 20), date(2026, 6, 25)) || on(date(2026, 11, 5), date(2026, 11, 5))
        }
    }
}
