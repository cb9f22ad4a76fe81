//! How the state of a page and its query string stand for each other.
//!
//! A page names its parameters once, in their canonical order ([`Query::visit`]); one visitor reads
//! them from a query string, another writes them. So what is written is what is read.

use std::borrow::Cow;

use url::form_urlencoded;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A canonical query is much shorter: eight items to compare, or a hundred characters to look for.
const MOST_BYTES: usize = 4096;
const MOST_PARAMETERS: usize = 64;
/// So much of a refused value is repeated to whom it came from.
const MOST_REPEATED: usize = 100;

/// What a parameter can be.
pub trait Value: Clone + PartialEq {
    fn parse(text: &str) -> Option<Self>;

    fn print(&self) -> Cow<'_, str>;

    /// For people: `published, name, downloads or growth`.
    fn expected() -> Cow<'static, str>;

    /// For programs.
    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

/// Parameters, visited in their canonical order. A value that is its default has no parameter.
pub trait Parameters {
    fn optional<T: Value>(
        &mut self,
        name: &'static str,
        value: &mut Option<T>,
    ) -> Result<(), QueryError>;

    /// A parameter that is given as often as it has values, each once.
    fn list<T: Value>(
        &mut self,
        name: &'static str,
        values: &mut Vec<T>,
        most: usize,
    ) -> Result<(), QueryError>;

    /// A parameter that isn't in this state: `with` is what goes with it.
    fn elsewhere<T: Value>(&mut self, _name: &'static str, _with: &'static str) {}

    fn value<T: Value>(
        &mut self,
        name: &'static str,
        value: &mut T,
        default: T,
    ) -> Result<(), QueryError> {
        let mut given = Some(value.clone()).filter(|it| *it != default);
        self.optional(name, &mut given)?;
        *value = given.unwrap_or(default);
        Ok(())
    }

    /// A parameter whose one word, `W`, says yes.
    fn flag<W: Value + Default>(
        &mut self,
        name: &'static str,
        value: &mut bool,
    ) -> Result<(), QueryError> {
        let mut given = value.then(W::default);
        self.optional(name, &mut given)?;
        *value = given.is_some();
        Ok(())
    }
}

/// The state of a page.
pub trait Query: Default {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError>;

    /// As a page reads it: what it doesn't know is left out, and the spelling told.
    fn parse(raw: &str) -> Result<Parsed<Self>, QueryError> {
        let mut reader = Reader::new(raw)?;
        let mut query = Self::default();
        query.visit(&mut reader)?;
        let canonical = Writer::of(&mut query).0;
        Ok(Parsed {
            query,
            is_canonical: reader.is_spelled(&canonical),
        })
    }

    /// As the API reads it: what it doesn't know is an error; order and defaults are free.
    fn parse_strictly(raw: &str) -> Result<Self, QueryError> {
        let mut reader = Reader::new(raw)?;
        reader.strict = true;
        let mut query = Self::default();
        query.visit(&mut reader)?;
        reader.finish()?;
        Ok(query)
    }

    /// The canonical query string with its question mark; empty where all is as by default.
    fn render(&self) -> String
    where
        Self: Clone,
    {
        let mut text = String::new();
        for (name, value) in self.pairs() {
            text.push(if text.is_empty() { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.push_str(&encoded(&value));
        }
        text
    }

    /// The canonical parameters, for a form that keeps them.
    fn pairs(&self) -> Vec<(&'static str, String)>
    where
        Self: Clone,
    {
        Writer::of(&mut self.clone()).0
    }

    /// This state without what can't be followed.
    fn left(&self, error: &QueryError) -> Self
    where
        Self: Clone,
    {
        Self::without(self.render().trim_start_matches('?'), error.clone())
    }

    /// The state that is asked for without what can't be followed.
    fn without(raw: &str, mut error: QueryError) -> Self {
        let mut pairs = pairs_of(raw).unwrap_or_default();
        loop {
            let before = pairs.len();
            pairs.retain(|(name, value)| !error.blames(name, value));
            if pairs.len() == before {
                return Self::default();
            }
            let mut reader = Reader::of(pairs.clone());
            let mut query = Self::default();
            match query.visit(&mut reader) {
                Ok(()) => return query,
                Err(next) => error = next,
            }
        }
    }
}

/// A query as a page reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<Q> {
    pub query: Q,
    /// Otherwise the page is elsewhere: at the address with [`Query::render`].
    pub is_canonical: bool,
}

/// A query string that can't be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("the query parameter {field} can't be {value:?}: give {expected}")]
    Value {
        field: &'static str,
        value: String,
        expected: Cow<'static, str>,
    },
    #[error("there is no query parameter {field:?}; known are: {known}")]
    Unknown { field: String, known: String },
    #[error("the query parameter {field:?} is given more than once")]
    Repeated { field: String },
    #[error(
        "the query is too long: give at most {MOST_PARAMETERS} parameters and {MOST_BYTES} bytes"
    )]
    TooLong,
}

impl QueryError {
    pub fn value(
        field: &'static str,
        value: &str,
        expected: impl Into<Cow<'static, str>>,
    ) -> QueryError {
        QueryError::Value {
            field,
            value: shortened(value),
            expected: expected.into(),
        }
    }

    /// The parameter that is wrong, where it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            QueryError::Value { field, .. } => Some(field),
            QueryError::Unknown { field, .. } | QueryError::Repeated { field } => Some(field),
            QueryError::TooLong => None,
        }
    }

    /// What was given for it.
    pub fn given(&self) -> Option<&str> {
        match self {
            QueryError::Value { value, .. } => Some(value),
            _ => None,
        }
    }

    fn blames(&self, name: &str, given: &str) -> bool {
        match self {
            QueryError::Value { field, value, .. } => *field == name && *value == shortened(given),
            QueryError::Unknown { field, .. } | QueryError::Repeated { field } => {
                *field == shortened(name)
            }
            QueryError::TooLong => true,
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(MOST_REPEATED).collect()
}

/// Readable: what a query may contain as it is stays as it is.
fn encoded(value: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    text.replace("%3A", ":").replace("%2F", "/")
}

fn pairs_of(raw: &str) -> Result<Vec<(String, String)>, QueryError> {
    if raw.len() > MOST_BYTES {
        return Err(QueryError::TooLong);
    }
    let pairs: Vec<_> = form_urlencoded::parse(raw.as_bytes())
        .into_owned()
        .take(MOST_PARAMETERS + 1)
        .collect();
    match pairs.len() > MOST_PARAMETERS {
        true => Err(QueryError::TooLong),
        false => Ok(pairs),
    }
}

struct Reader {
    pairs: Vec<(String, String)>,
    strict: bool,
    /// The names that were asked for, here or in other states.
    known: Vec<&'static str>,
    /// Those of them that may be repeated.
    lists: Vec<&'static str>,
    /// Names that are asked for in other states, and with what.
    elsewhere: Vec<(&'static str, &'static str)>,
}

impl Reader {
    fn new(raw: &str) -> Result<Reader, QueryError> {
        Ok(Reader::of(pairs_of(raw)?))
    }

    fn of(pairs: Vec<(String, String)>) -> Reader {
        Reader {
            pairs,
            strict: false,
            known: Vec::new(),
            lists: Vec::new(),
            elsewhere: Vec::new(),
        }
    }

    /// The values of a parameter. An empty field of a form is one that wasn't filled in.
    fn values<T: Value>(&self, name: &'static str) -> Vec<Result<T, QueryError>> {
        let given = self.pairs.iter().filter(|(known, _)| known == name);
        given
            .filter(|(_, value)| self.strict || !value.is_empty())
            .map(|(_, value)| {
                // Bytes that are no UTF-8 came out of the decoder as replacement characters.
                let is_text = |it: char| !it.is_control() && it != char::REPLACEMENT_CHARACTER;
                Some(value)
                    .filter(|value| value.chars().all(is_text))
                    .and_then(|value| T::parse(value))
                    .ok_or_else(|| QueryError::value(name, value, T::expected()))
            })
            .collect()
    }

    fn is_spelled(&self, canonical: &[(&'static str, String)]) -> bool {
        let given = self
            .pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value));
        given.eq(canonical.iter().map(|(name, value)| (*name, value)))
    }

    /// Whether every parameter is known, and given no more often than it can be.
    fn finish(self) -> Result<(), QueryError> {
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            if let Some((name, with)) = self.elsewhere.iter().find(|it| it.0 == name) {
                let expected = format!("it only with {with}");
                return Err(QueryError::value(name, value, expected));
            }
            if !self.known.contains(&name.as_str()) {
                return Err(QueryError::Unknown {
                    field: shortened(name),
                    known: self.known.join(", "),
                });
            }
            let is_repeated = self.pairs[..index]
                .iter()
                .any(|(earlier, _)| earlier == name);
            if is_repeated && !self.lists.contains(&name.as_str()) {
                return Err(QueryError::Repeated {
                    field: name.clone(),
                });
            }
        }
        Ok(())
    }
}

impl Parameters for Reader {
    fn elsewhere<T: Value>(&mut self, name: &'static str, with: &'static str) {
        self.known.push(name);
        self.elsewhere.push((name, with));
    }

    fn optional<T: Value>(
        &mut self,
        name: &'static str,
        value: &mut Option<T>,
    ) -> Result<(), QueryError> {
        self.known.push(name);
        *value = self.values(name).into_iter().next().transpose()?;
        Ok(())
    }

    fn list<T: Value>(
        &mut self,
        name: &'static str,
        values: &mut Vec<T>,
        most: usize,
    ) -> Result<(), QueryError> {
        self.known.push(name);
        self.lists.push(name);
        values.clear();
        for value in self.values(name) {
            let value: T = value?;
            if values.contains(&value) {
                continue;
            }
            if values.len() == most {
                let expected = format!("at most {most} of it");
                return Err(QueryError::value(name, &value.print(), expected));
            }
            values.push(value);
        }
        Ok(())
    }
}

struct Writer(Vec<(&'static str, String)>);

impl Writer {
    /// What is in order isn't changed by being visited.
    fn of(query: &mut impl Query) -> Writer {
        let mut writer = Writer(Vec::new());
        let _ = query.visit(&mut writer);
        writer
    }
}

impl Parameters for Writer {
    fn optional<T: Value>(
        &mut self,
        name: &'static str,
        value: &mut Option<T>,
    ) -> Result<(), QueryError> {
        let given = value.iter().map(|value| (name, value.print().into_owned()));
        self.0.extend(given);
        Ok(())
    }

    fn list<T: Value>(
        &mut self,
        name: &'static str,
        values: &mut Vec<T>,
        _most: usize,
    ) -> Result<(), QueryError> {
        let given = values
            .iter()
            .map(|value| (name, value.print().into_owned()));
        self.0.extend(given);
        Ok(())
    }
}
