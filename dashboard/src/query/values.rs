//! What parameters can be: words, identities, days, texts and numbers.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::civil::Date;
use modstats_store::model::{Metric, Platform, ProjectKey, RunId, RunState, Source, VersionKey};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use super::grammar::{Parameters, QueryError, Value};
use crate::period::{Compare, Days, Period, Preset};
use crate::words::words;

/// Makes enums of words values.
macro_rules! value_of_words {
    ($($name:ty),+ $(,)?) => {
        $(impl Value for $name {
            fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text)
            }

            fn print(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn expected() -> Cow<'static, str> {
                let words: Vec<&str> = Self::ALL.iter().map(|it| it.as_str()).collect();
                one_of(&words).into()
            }

            fn schema() -> utoipa::openapi::schema::Schema {
                $crate::query::values::words_schema(Self::ALL.iter().map(|it| it.as_str()))
            }
        })+
    };
}
pub(super) use value_of_words;

words!(All { All = "all" });
words!(Yes { Yes = "yes" });

words!(
    /// What a chart of a counter shows.
    Chart {
        /// What it grew by, day by day.
        Growth = "growth",
        /// The counter itself.
        Total = "total",
    }
);

words!(
    /// What one row or bar stands for.
    Grouping {
        Day = "day",
        /// One run of the collector.
        Run = "run",
        /// From Monday to Sunday.
        Week = "week",
        Month = "month",
    }
);

words!(Order { Ascending = "asc", Descending = "desc" });

impl Order {
    pub fn reversed(self) -> Order {
        match self {
            Order::Ascending => Order::Descending,
            Order::Descending => Order::Ascending,
        }
    }

    pub fn compare<T: Ord>(self, one: T, other: T) -> Ordering {
        match self {
            Order::Ascending => one.cmp(&other),
            Order::Descending => other.cmp(&one),
        }
    }

    /// What isn't known comes last in either order.
    pub fn compare_known<T: Ord>(self, one: Option<T>, other: Option<T>) -> Ordering {
        match (one, other) {
            (Some(one), Some(other)) => self.compare(one, other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        }
    }
}

/// What the table of a page can be sorted by.
pub trait Sorting: Value + Copy {
    /// The order that a first click on the column gives.
    fn natural(self) -> Order;
}

/// `sort` and `order`: of every column its own natural one is the default.
pub fn visit_sorting<S: Sorting>(
    parameters: &mut impl Parameters,
    sort: &mut S,
    order: &mut Order,
    default: S,
) -> Result<(), QueryError> {
    parameters.value("sort", sort, default)?;
    parameters.value("order", order, sort.natural())
}

value_of_words!(
    All, Chart, Compare, Grouping, Metric, Order, Platform, RunState, Source, Yes
);

/// Of a parameter that is one of some words.
pub fn words_schema(words: impl IntoIterator<Item = &'static str>) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

/// Of a number from 1 on.
fn number_schema(most: i32) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(most))
        .into()
}

/// `a, b or c`.
pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

/// The namespace and the name of a TrackedMod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModKey {
    pub namespace: String,
    pub name: String,
}

impl ModKey {
    pub fn new(namespace: &str, name: &str) -> ModKey {
        ModKey {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl Value for ModKey {
    fn parse(text: &str) -> Option<ModKey> {
        let (namespace, name) = text.split_once('/')?;
        (is_label(namespace) && is_label(name)).then(|| ModKey::new(namespace, name))
    }

    fn print(&self) -> Cow<'_, str> {
        format!("{}/{}", self.namespace, self.name).into()
    }

    fn expected() -> Cow<'static, str> {
        "<namespace>/<name> of a TrackedMod".into()
    }
}

/// Whether a name is one that Kubernetes gives: a DNS label.
fn is_label(text: &str) -> bool {
    let inside = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(inside)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// An identity: the platform and the platform's own id.
fn identity(text: &str) -> Option<(Platform, String)> {
    const LONGEST: usize = 100;
    let (platform, id) = text.split_once(':')?;
    let is_id = (1..=LONGEST).contains(&id.len());
    Some((
        platform.parse().ok()?,
        Some(id.to_owned()).filter(|_| is_id)?,
    ))
}

impl Value for ProjectKey {
    fn parse(text: &str) -> Option<ProjectKey> {
        identity(text).map(|(platform, id)| ProjectKey { platform, id })
    }

    fn print(&self) -> Cow<'_, str> {
        format!("{}:{}", self.platform, self.id).into()
    }

    fn expected() -> Cow<'static, str> {
        "<platform>:<id> of a project, like modrinth:AABBCCDD".into()
    }
}

impl Value for VersionKey {
    fn parse(text: &str) -> Option<VersionKey> {
        identity(text).map(|(platform, id)| VersionKey { platform, id })
    }

    fn print(&self) -> Cow<'_, str> {
        format!("{}:{}", self.platform, self.id).into()
    }

    fn expected() -> Cow<'static, str> {
        "<platform>:<id> of a version, like curseforge:5712345".into()
    }
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search(String);

impl Search {
    const LONGEST: usize = 100;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Search {
    fn parse(text: &str) -> Option<Search> {
        let text = text.trim();
        (1..=Search::LONGEST)
            .contains(&text.chars().count())
            .then(|| Search(text.to_owned()))
    }

    fn print(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn expected() -> Cow<'static, str> {
        format!("a text of at most {} characters", Search::LONGEST).into()
    }
}

impl Value for Date {
    fn parse(text: &str) -> Option<Date> {
        text.parse::<Date>()
            .ok()
            .filter(|day| day.year() >= 1970 && text.len() == 10)
    }

    fn print(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn expected() -> Cow<'static, str> {
        "a day like 2026-11-22".into()
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .into()
    }
}

impl Value for RunId {
    fn parse(text: &str) -> Option<RunId> {
        number(text).map(RunId)
    }

    fn print(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }

    fn expected() -> Cow<'static, str> {
        "the id of a run, as next_before gives it".into()
    }

    fn schema() -> Schema {
        number_schema(i32::MAX)
    }
}

/// How many rows a page of a long list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit(pub u32);

impl Limit {
    const MOST: i32 = 500;
}

impl Value for Limit {
    fn parse(text: &str) -> Option<Limit> {
        number(text)
            .and_then(|it| u32::try_from(it).ok())
            .filter(|it| *it <= Self::MOST.unsigned_abs())
            .map(Limit)
    }

    fn print(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }

    fn expected() -> Cow<'static, str> {
        format!("a number from 1 to {}", Self::MOST).into()
    }

    fn schema() -> Schema {
        number_schema(Self::MOST)
    }
}

/// A number from 1 on, as it is written.
fn number(text: &str) -> Option<i32> {
    let is_plain = text.bytes().all(|it| it.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain)
}

/// The first word of a period; two of them need more parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PeriodWord {
    Preset(Preset),
    Custom,
    Since,
}

impl Value for PeriodWord {
    fn parse(text: &str) -> Option<PeriodWord> {
        match text {
            "custom" => Some(PeriodWord::Custom),
            "since" => Some(PeriodWord::Since),
            word => {
                let mut presets = Preset::ALL.iter().copied();
                presets
                    .find(|it| it.as_str() == word)
                    .map(PeriodWord::Preset)
            }
        }
    }

    fn print(&self) -> Cow<'_, str> {
        match self {
            PeriodWord::Preset(preset) => preset.as_str(),
            PeriodWord::Custom => "custom",
            PeriodWord::Since => "since",
        }
        .into()
    }

    fn expected() -> Cow<'static, str> {
        let mut words: Vec<&str> = Preset::ALL.iter().map(|it| it.as_str()).collect();
        words.push("custom (with from= and to=)");
        words.push("since (with version=)");
        one_of(&words).into()
    }
}

/// `period`, and what it needs: `from` and `to`, or `version`.
pub fn visit_period(
    parameters: &mut impl Parameters,
    period: &mut Period,
    default: Preset,
) -> Result<(), QueryError> {
    let (mut word, days, mut version) = match period.clone() {
        Period::Preset(preset) => (PeriodWord::Preset(preset), None, None),
        Period::Custom(days) => (PeriodWord::Custom, Some(days), None),
        Period::Since(version) => (PeriodWord::Since, None, Some(version)),
    };
    parameters.value("period", &mut word, PeriodWord::Preset(default))?;
    let lacking = |word| QueryError::value("period", word, PeriodWord::expected());
    let (mut from, mut to) = (days.map(|it| it.from), days.map(|it| it.to));
    match word {
        PeriodWord::Custom => {
            parameters.optional("from", &mut from)?;
            parameters.optional("to", &mut to)?;
        }
        PeriodWord::Preset(_) | PeriodWord::Since => {
            parameters.elsewhere::<Date>("from", "period=custom");
            parameters.elsewhere::<Date>("to", "period=custom");
        }
    }
    match word {
        PeriodWord::Since => parameters.optional("version", &mut version)?,
        PeriodWord::Preset(_) | PeriodWord::Custom => {
            parameters.elsewhere::<VersionKey>("version", "period=since");
        }
    }
    *period = match word {
        PeriodWord::Preset(preset) => Period::Preset(preset),
        PeriodWord::Custom => {
            let (from, to) = from.zip(to).ok_or_else(|| lacking("custom"))?;
            Period::Custom(ordered(from, to)?)
        }
        PeriodWord::Since => Period::Since(version.ok_or_else(|| lacking("since"))?),
    };
    Ok(())
}

pub fn ordered(from: Date, to: Date) -> Result<Days, QueryError> {
    match from <= to {
        true => Ok(Days { from, to }),
        false => Err(QueryError::value(
            "from",
            &from.to_string(),
            format!("a day up to {to}, the last one"),
        )),
    }
}
