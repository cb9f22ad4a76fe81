//! Schedules: five cron fields, at most one occurrence an hour.
//!
//! A schedule that this parser accepts is accepted by the Kubernetes API server too, and means the
//! same there (robfig/cron v3, `ParseStandard`):
//! - minute, hour, day of month, month, weekday; a field is a list (`,`) of `*`, a value or a range
//!   (`-`), each with an optional step (`/`); `5/15` means from 5 to the field's end;
//! - months and weekdays also by their English three-letter names, in any case; Sunday is 0, not 7;
//! - when both day fields are restricted, either one matching is enough. A `*` or `*/1` anywhere in
//!   a day field makes that field unrestricted; `*/2` restricts.
//!
//! Refused here although the API server takes it: `@daily` and its like, `?`, a minute that is not
//! one plain number, numbers of more than two digits or with a sign, empty list items, text after
//! a `*`, and a schedule that never occurs.
//!
//! An occurrence is an instant at which the clock on the wall of the time zone shows a matching
//! time. Where summer time begins, times that the clock skips don't occur that day; where it ends,
//! times that it shows twice occur twice. CronJobs do the same. (They differ only around changes
//! of the clock that are not whole hours, or that skip midnight.)

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};
use kube::core::Rule;
use sha2::{Digest, Sha256};

/// The zone of the default schedules, and of a TrackedMod that names none.
pub const DEFAULT_TIME_ZONE: &str = "Etc/UTC";

/// Days searched for an occurrence: two 29 Februaries can lie eight years apart.
const HORIZON_DAYS: usize = 9 * 366;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    #[error(
        "has {found} fields instead of five: write minute, hour, day of month, month and weekday, like `17 */6 * * *`"
    )]
    FieldCount { found: usize },
    #[error("{0:?} is a shorthand: write five fields, like `17 */6 * * *`")]
    Shorthand(String),
    #[error("names a time zone: put that into `timeZone` instead")]
    TimeZonePrefix,
    #[error("the {field} {text:?} must be {expected}")]
    Value {
        field: &'static str,
        text: String,
        expected: &'static str,
    },
    #[error("the step {text:?} of the {field} must be a number from 1 to 99")]
    Step { field: &'static str, text: String },
    #[error("the range {text:?} of the {field} runs backwards: write two ranges with a comma")]
    Backwards { field: &'static str, text: String },
    #[error(
        "the minute {0:?} must be one number from 0 to 59: a schedule occurs at most once an hour"
    )]
    MoreThanHourly(String),
    #[error("never occurs: none of its months has such a day")]
    Never,
}

/// A time zone name that can't be used, with the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeZoneError {
    #[error(
        "{0:?} means another zone on every machine: name one of the IANA database, like Europe/Paris"
    )]
    Local(String),
    #[error("{0:?} is not in the IANA time zone database: names look like Europe/Paris or Etc/UTC")]
    Unknown(String),
    #[error("{text:?} must be written {exact:?}")]
    Case { text: String, exact: String },
}

/// When something is collected: a parsed cron text. It is without a time zone; who asks for
/// occurrences gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    minute: u8,
    hours: Values,
    days: Values,
    months: Values,
    weekdays: Values,
}

impl Schedule {
    pub fn parse(text: &str) -> Result<Self, CronError> {
        if text.starts_with("TZ=") || text.starts_with("CRON_TZ=") {
            return Err(CronError::TimeZonePrefix);
        }
        if text.starts_with('@') {
            return Err(CronError::Shorthand(text.to_owned()));
        }
        let fields: Vec<&str> = split(text).collect();
        let [minute, hours, days, months, weekdays] = fields[..] else {
            return Err(CronError::FieldCount {
                found: fields.len(),
            });
        };
        let schedule = Self {
            text: text.to_owned(),
            minute: one_minute(minute)?,
            hours: HOUR.parse(hours)?,
            days: DAY.parse(days)?,
            months: MONTH.parse(months)?,
            weekdays: WEEKDAY.parse(weekdays)?,
        };
        if schedule.never_occurs() {
            return Err(CronError::Never);
        }
        Ok(schedule)
    }

    /// The first occurrence strictly after an instant; `None` only where calendars end.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut days = zone.to_datetime(after).date().series(1.day());
        days.by_ref().take(HORIZON_DAYS).find_map(|day| {
            let mut near = self.occurrences_near(day, zone).into_iter();
            near.find(|occurrence| *occurrence > after)
        })
    }

    /// The last occurrence strictly before an instant; `None` only where calendars begin.
    pub fn previous_before(&self, before: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut days = zone.to_datetime(before).date().series(-1.day());
        days.by_ref().take(HORIZON_DAYS).find_map(|day| {
            let near = self.occurrences_near(day, zone).into_iter();
            near.rev().find(|occurrence| *occurrence < before)
        })
    }

    /// The interval in force: from the last occurrence at or before an instant to the next one.
    pub fn interval(&self, at: Timestamp, zone: &TimeZone) -> Option<SignedDuration> {
        let next = self.next_after(at, zone)?;
        let current = self.previous_before(next, zone)?;
        Some(next.duration_since(current))
    }

    /// The occurrences of three days in order: a clock set back past midnight shows one day's
    /// last minutes after the next day's first, so one day alone can't be searched in order.
    fn occurrences_near(&self, day: Date, zone: &TimeZone) -> Vec<Timestamp> {
        let days = [day.yesterday().ok(), Some(day), day.tomorrow().ok()];
        let mut occurrences: Vec<Timestamp> = days
            .into_iter()
            .flatten()
            .filter(|day| self.falls_on(*day))
            .flat_map(|day| (0..24).map(move |hour| (day, hour)))
            .filter(|(_, hour)| self.hours.contains(*hour))
            .flat_map(|(day, hour)| instants(day.at(hour as i8, self.minute as i8, 0, 0), zone))
            .collect();
        occurrences.sort();
        occurrences
    }

    fn falls_on(&self, day: Date) -> bool {
        let by_month = self.months.contains(day.month() as u8);
        let by_day = self.days.contains(day.day() as u8);
        let by_weekday = self
            .weekdays
            .contains(day.weekday().to_sunday_zero_offset() as u8);
        let either = !self.days.unrestricted && !self.weekdays.unrestricted;
        by_month
            && if either {
                by_day || by_weekday
            } else {
                by_day && by_weekday
            }
    }

    fn never_occurs(&self) -> bool {
        const LONGEST: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut days = (1..=12)
            .zip(LONGEST)
            .filter(|(month, _)| self.months.contains(*month))
            .flat_map(|(_, longest)| 1..=longest);
        self.weekdays.unrestricted && !days.any(|day| self.days.contains(day))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Every six hours, in UTC, at a minute of its own that is at least 15 minutes away from every
/// full hour, so from midnight too: a day's last observation is not about to become the next day's
/// first.
pub fn default_schedule(namespace: &str, name: &str) -> Schedule {
    let minute = quiet_minute(digest("schedule", namespace, name)[0]);
    by_construction(format!("{minute} */6 * * *"))
}

/// Once a day, in UTC, at a time of its own, hours away from midnight.
pub fn default_modpacks_schedule(namespace: &str, name: &str) -> Schedule {
    let [minute, hour, ..] = digest("modpacks", namespace, name);
    by_construction(format!("{} {} * * *", quiet_minute(minute), 1 + hour % 22))
}

/// A zone by its exact IANA name. The bundled database answers, so that a name means the same on
/// every machine; names are held to their exact case, as a CronJob's are.
pub fn time_zone(name: &str) -> Result<TimeZone, TimeZoneError> {
    if name.eq_ignore_ascii_case("local") {
        return Err(TimeZoneError::Local(name.to_owned()));
    }
    let unknown = || TimeZoneError::Unknown(name.to_owned());
    let zone = TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| unknown())?;
    match zone.iana_name() {
        Some(exact) if exact == name => Ok(zone),
        Some(exact) if exact.eq_ignore_ascii_case(name) => Err(TimeZoneError::Case {
            text: name.to_owned(),
            exact: exact.to_owned(),
        }),
        _ => Err(unknown()),
    }
}

/// A CEL rule that is as near to [`Schedule::parse`] as a pattern can come: what it lets pass is
/// refused there only for a range that runs backwards or a day that never comes.
pub(crate) fn admission_rule() -> Rule {
    const SPACE: &str = r"[ \t]";
    let lists = [HOUR, DAY, MONTH, WEEKDAY].map(|field| field.pattern());
    let lists = lists.join(&format!("{SPACE}+"));
    let minute = MINUTE.number;
    let pattern = format!("^{SPACE}*{minute}{SPACE}+{lists}{SPACE}*$");
    Rule::new(format!("self.matches('{pattern}')")).message(
        "must be five cron fields, like 17 */6 * * *: minute (one number), hour, day of month, month and weekday (0 is Sunday)",
    )
}

/// What a field matches, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Values {
    bits: u64,
    /// Written as `*`: of two day fields it then leaves the choice to the other.
    unrestricted: bool,
}

impl Values {
    fn contains(self, value: u8) -> bool {
        self.bits >> value & 1 == 1
    }
}

/// One of the five fields.
struct Field {
    name: &'static str,
    low: u8,
    high: u8,
    /// Names of the values from `low` on, in lower case.
    names: &'static [&'static str],
    /// What a value must be, for people.
    expected: &'static str,
    /// What a number must be, for the admission rule.
    number: &'static str,
}

const MINUTE: Field = Field {
    name: "minute",
    low: 0,
    high: 59,
    names: &[],
    expected: "a number from 0 to 59",
    number: "[0-5]?[0-9]",
};
const HOUR: Field = Field {
    name: "hour",
    low: 0,
    high: 23,
    names: &[],
    expected: "a number from 0 to 23",
    number: "([01]?[0-9]|2[0-3])",
};
const DAY: Field = Field {
    name: "day of month",
    low: 1,
    high: 31,
    names: &[],
    expected: "a number from 1 to 31",
    number: "(0?[1-9]|[12][0-9]|3[01])",
};
const MONTH: Field = Field {
    name: "month",
    low: 1,
    high: 12,
    names: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
    expected: "a number from 1 to 12, or jan to dec",
    number: "(0?[1-9]|1[0-2])",
};
const WEEKDAY: Field = Field {
    name: "weekday",
    low: 0,
    high: 6,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    expected: "a number from 0 (Sunday) to 6 (Saturday), or sun to sat",
    number: "0?[0-6]",
};
const STEP_PATTERN: &str = "(0?[1-9]|[1-9][0-9])";

impl Field {
    fn parse(&self, list: &str) -> Result<Values, CronError> {
        let nothing = Values {
            bits: 0,
            unrestricted: false,
        };
        list.split(',').try_fold(nothing, |all, item| {
            let item = self.item(item)?;
            Ok(Values {
                bits: all.bits | item.bits,
                unrestricted: all.unrestricted || item.unrestricted,
            })
        })
    }

    fn item(&self, item: &str) -> Result<Values, CronError> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step)?)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            None if range == "*" => (self.low, self.high),
            None => {
                let first = self.value(range)?;
                (first, if step.is_some() { self.high } else { first })
            }
        };
        if first > last {
            return Err(CronError::Backwards {
                field: self.name,
                text: range.to_owned(),
            });
        }
        let step = step.unwrap_or(1);
        Ok(Values {
            bits: (first..=last)
                .step_by(usize::from(step))
                .fold(0, |bits, value| bits | 1 << value),
            unrestricted: range == "*" && step == 1,
        })
    }

    fn value(&self, text: &str) -> Result<u8, CronError> {
        let named = self
            .names
            .iter()
            .zip(self.low..)
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(_, value)| value);
        named
            .or_else(|| number(text))
            .filter(|value| (self.low..=self.high).contains(value))
            .ok_or_else(|| CronError::Value {
                field: self.name,
                text: text.to_owned(),
                expected: self.expected,
            })
    }

    fn step(&self, text: &str) -> Result<u8, CronError> {
        number(text)
            .filter(|step| *step > 0)
            .ok_or_else(|| CronError::Step {
                field: self.name,
                text: text.to_owned(),
            })
    }

    fn pattern(&self) -> String {
        let value = if self.names.is_empty() {
            self.number.to_owned()
        } else {
            format!("({}|(?i:{}))", self.number, self.names.join("|"))
        };
        let item = format!("([*]|{value}(-{value})?)(/{STEP_PATTERN})?");
        format!("{item}(,{item})*")
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t']).filter(|field| !field.is_empty())
}

/// One or two digits.
fn number(text: &str) -> Option<u8> {
    let digits = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn one_minute(text: &str) -> Result<u8, CronError> {
    MINUTE.parse(text)?;
    number(text).ok_or_else(|| CronError::MoreThanHourly(text.to_owned()))
}

/// None, one or two instants, as often as the zone's clock shows this time.
fn instants(local: DateTime, zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    let offsets = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
        AmbiguousOffset::Gap { .. } => [None, None],
        AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
    };
    let offsets = offsets.into_iter().flatten();
    offsets.filter_map(move |offset| offset.to_timestamp(local).ok())
}

fn digest(purpose: &str, namespace: &str, name: &str) -> [u8; 32] {
    Sha256::digest(format!("{purpose}/{namespace}/{name}")).into()
}

/// At least 15 minutes away from every full hour: 15 to 44.
fn quiet_minute(byte: u8) -> u8 {
    15 + byte % 30
}

fn by_construction(text: String) -> Schedule {
    #[expect(clippy::expect_used, reason = "the text is made of numbers in range")]
    Schedule::parse(&text).expect("a made schedule parses")
}
