//! Which days a page is about, and which it compares them with.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::cast;
use super::history::{at, midnight};

/// Both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

pub struct Period {
    /// What is summed up.
    pub days: Days,
    /// What is shown, day by day.
    pub drawn: Days,
    pub today: Date,
    pub is_all: bool,
    /// It goes by the clock.
    pub hours: Option<(Timestamp, Timestamp)>,
}

/// A parameter of an address.
pub fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|it| it.split_once('='));
    pairs.find(|it| it.0 == name).map(|it| it.1)
}

/// Of an address, on a day; `first` is the first day that is known.
pub fn period(query: &str, first: Date, today: Date) -> Period {
    let of = |name: &str| parameter(query, name);
    let yesterday = today - 1.day();
    let last_month = today.first_of_month() - 1.day();
    let name = of("period").unwrap_or("28d");
    let (from, to) = match name {
        "7d" => (today - 7.days(), yesterday),
        "28d" => (today - 28.days(), yesterday),
        "91d" => (today - 91.days(), yesterday),
        "month" => (today.first_of_month(), today),
        "year" => (today.first_of_year(), today),
        "last-month" => (last_month.first_of_month(), last_month),
        "12mo" => (today - 12.months(), yesterday),
        "48h" => (today - 2.days(), today),
        "all" => (first, yesterday),
        "since" => (cast::published(of("version").unwrap()), yesterday),
        _ => {
            let day = |name: &str| of(name).unwrap().parse().unwrap();
            (day("from"), day("to"))
        }
    };
    let is_past = matches!(name, "last-month" | "custom");
    Period {
        days: Days { from, to },
        drawn: Days {
            from,
            to: if is_past { to } else { today },
        },
        today,
        is_all: name == "all",
        hours: (name == "48h").then(|| {
            let now = at(crate::NOW);
            (now - SignedDuration::from_hours(48), now)
        }),
    }
}

impl Days {
    pub fn iter(self) -> impl Iterator<Item = Date> {
        self.from
            .series(1.day())
            .take_while(move |day| *day <= self.to)
    }

    /// By `day`, by `week` from Monday on or by `month`; by week where these are too many days.
    pub fn rows(self, by: &str, most: i32) -> Vec<Days> {
        let is_begun = |day: &Date| match by {
            "day" if self.count() <= most => true,
            "month" => *day == self.from || day.day() == 1,
            _ => *day == self.from || day.weekday() == Weekday::Monday,
        };
        let begun: Vec<Date> = self.iter().filter(is_begun).collect();
        let end = |place: usize| begun.get(place + 1).map_or(self.to, |next| *next - 1.day());
        let rows = begun.iter().enumerate();
        rows.map(|(place, from)| Days {
            from: *from,
            to: end(place),
        })
        .collect()
    }

    pub fn midnights(self) -> (Timestamp, Timestamp) {
        (midnight(self.from), midnight(self.to + 1.day()))
    }

    pub fn count(self) -> i32 {
        i32::try_from(self.iter().count()).unwrap()
    }

    pub fn back(self, days: i32) -> Days {
        Days {
            from: self.from - days.days(),
            to: self.to - days.days(),
        }
    }
}

impl Period {
    /// Its days that are over, and those that they are compared with: as many whole weeks back as
    /// they last, or 52.
    pub fn compared(&self, with: &str) -> Option<(Days, Days)> {
        let whole = Days {
            to: self.days.to.min(self.today - 1.day()),
            ..self.days
        };
        let back = match with {
            "previous" => (whole.count() + 6) / 7 * 7,
            "year" => 364,
            _ => return None,
        };
        (!self.is_all && whole.from <= whole.to).then(|| (whole, whole.back(back)))
    }
}
