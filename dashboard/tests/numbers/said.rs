//! Numbers and days as an English page writes them.

use jiff::Timestamp;
use jiff::civil::Date;

use super::history::day_of;
use super::periods::Days;

pub fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0 { "\u{2212}" } else { "" };
    format!("{sign}{grouped}")
}

pub fn change(value: i64) -> String {
    let sign = if value > 0 { "+" } else { "" };
    format!("{sign}{}", count(value))
}

/// Of thousandths.
pub fn percent(tenths: i64) -> String {
    let sign = if tenths < 0 { "\u{2212}" } else { "" };
    let size = i64::try_from(tenths.unsigned_abs()).unwrap();
    format!("{sign}{}.{}%", count(size / 10), size % 10)
}

/// From one number to another, cut to tenths of a percent.
pub fn relative(before: i64, now: i64) -> String {
    match (before, (now - before) * 1_000 / before.max(1)) {
        (..=0, _) if now > 0 => "new".to_owned(),
        (..=0, _) | (_, 0) => "no change".to_owned(),
        (_, tenths @ 1..) => format!("+{}", percent(tenths)),
        (_, tenths) => percent(tenths),
    }
}

/// Small ones with their tenths.
pub fn mean(value: f64) -> String {
    match (value * 10.0).round() {
        tenths if tenths.abs() < 100.0 => percent(tenths as i64).replace('%', ""),
        _ => count(value.round() as i64),
    }
}

pub fn day(day: Date) -> String {
    format!("{} {}", short_day(day), day.year())
}

fn short_day(day: Date) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS[usize::try_from(day.month()).unwrap() - 1];
    format!("{} {month}", day.day())
}

/// The year once where it is the same.
pub fn days(days: Days) -> String {
    match (days.from == days.to, days.from.year() == days.to.year()) {
        (true, _) => day(days.from),
        (_, true) => format!("{} to {}", short_day(days.from), day(days.to)),
        _ => long_days(days),
    }
}

pub fn long_days(days: Days) -> String {
    match days.from == days.to {
        true => day(days.from),
        false => format!("{} to {}", day(days.from), day(days.to)),
    }
}

pub fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M UTC").to_string()
}

pub fn instant(at: Timestamp) -> String {
    format!("{}, {}", day(day_of(at)), clock(at))
}

/// Seconds; below ten with tenths.
pub fn took(seconds: i64) -> String {
    match seconds {
        0..10 => format!("{seconds}.0 s"),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Bytes in the greatest unit that fits, with tenths.
pub fn size(bytes: i64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|it| it.0 <= bytes) {
        None => format!("{bytes} B"),
        Some((unit, name)) => {
            let tenths = bytes / (unit / 10);
            format!("{}.{} {name}", count(tenths / 10), tenths % 10)
        }
    }
}
