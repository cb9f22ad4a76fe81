//! Days with the names of months.

use icu_calendar::{Date as CalendarDate, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{M, MD, YM, YMD};
use icu_locale_core::Locale;
use jiff::civil::Date;

type Formatter<Fields> = FixedCalendarDateTimeFormatter<Gregorian, Fields>;

pub struct Dates {
    day: Formatter<YMD>,
    short_day: Formatter<MD>,
    month: Formatter<M>,
    month_of_year: Formatter<YM>,
}

impl Dates {
    #[expect(
        clippy::expect_used,
        reason = "the data of every locale is compiled in"
    )]
    pub fn new(locale: &Locale) -> Dates {
        const KNOWN: &str = "the calendar of a locale";
        Dates {
            day: Formatter::try_new(locale.into(), YMD::medium()).expect(KNOWN),
            short_day: Formatter::try_new(locale.into(), MD::medium()).expect(KNOWN),
            month: Formatter::try_new(locale.into(), M::medium()).expect(KNOWN),
            month_of_year: Formatter::try_new(locale.into(), YM::medium()).expect(KNOWN),
        }
    }

    pub fn day(&self, day: Date) -> String {
        written(day, |day| self.day.format(day).to_string())
    }

    pub fn short_day(&self, day: Date) -> String {
        written(day, |day| self.short_day.format(day).to_string())
    }

    pub fn month(&self, day: Date) -> String {
        written(day, |day| self.month.format(day).to_string())
    }

    pub fn month_of_year(&self, day: Date) -> String {
        written(day, |day| self.month_of_year.format(day).to_string())
    }
}

/// Both calendars have the same days: the digits alone are no way out that is ever taken.
fn written(day: Date, write: impl Fn(&CalendarDate<Gregorian>) -> String) -> String {
    let [month, of_month] = [day.month(), day.day()].map(i8::unsigned_abs);
    CalendarDate::try_new_gregorian(day.year().into(), month, of_month)
        .map_or_else(|_| day.to_string(), |day| write(&day))
}
