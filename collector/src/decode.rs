//! Values out of upstream JSON: strict where a number would otherwise be wrong, lenient elsewhere.
//!
//! Texts are made safe to store here, and nowhere else: control characters (NUL too, which
//! PostgreSQL refuses) go, and what is longer than its column is meant for is cut.

use std::collections::BTreeSet;

use jiff::Timestamp;
use modstats_crds::clean;
use serde_json::Value;

/// Characters of a name, slug, version number or file name.
pub const NAME: usize = 255;
/// Characters of a loader, game version or channel.
pub const WORD: usize = 64;
pub const SUMMARY: usize = 1024;
pub const URL: usize = 2048;

/// Up to this one, a JSON number with a point or an exponent is told apart from its neighbours. Near
/// 2^53 it may have been rounded to another whole number when it was parsed.
const LARGEST_FLOAT: f64 = 1e15;

/// The start of the year 0: a year of RFC 3339 has no sign, and PostgreSQL's time has a beginning.
const EARLIEST: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// A field that is not what the platform's documentation says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {wrong}")]
pub struct FieldError {
    pub field: &'static str,
    pub wrong: String,
}

/// An item (project, version, file) of an answer that had to be left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{item} cannot be read: {error}")]
pub struct ItemError {
    pub item: String,
    pub error: FieldError,
}

/// Something read from an item, and the fields of it that could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<T> {
    pub value: T,
    pub flaws: Vec<FieldError>,
}

/// Reads fields of one JSON object; `a/b` means field `b` of the object in field `a`.
pub struct Reader<'a> {
    value: &'a Value,
    flaws: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    pub fn new(value: &'a Value) -> Self {
        Reader {
            value,
            flaws: Vec::new(),
        }
    }

    pub fn finish<T>(self, value: T) -> Decoded<T> {
        Decoded {
            value,
            flaws: self.flaws,
        }
    }

    /// A field that is present and not null.
    fn get(&self, field: &'static str) -> Option<&'a Value> {
        field
            .split('/')
            .try_fold(self.value, |value, key| value.get(key))
            .filter(|value| !value.is_null())
    }

    /// A counter, in any form that JSON has for an integer.
    pub fn counter(&self, field: &'static str) -> Result<i64, FieldError> {
        required(field, self.get(field), counter)
    }

    pub fn counter_if_any(&mut self, field: &'static str) -> Option<i64> {
        self.read(field, counter)
    }

    /// An id that is a text; it is never cleaned, which could make it another one.
    pub fn id(&self, is_id: fn(&str) -> bool) -> Result<String, FieldError> {
        required("id", self.get("id"), |value| match value {
            Value::String(id) if is_id(id) => Ok(id.clone()),
            other => Err(format!("is {}, which is no id", shown(other))),
        })
    }

    /// A text that is not empty.
    pub fn text(&mut self, field: &'static str, longest: usize) -> Option<String> {
        self.read(field, |value| match value {
            Value::String(text) => Ok(clean(text, longest)),
            other => Err(format!("is {}, not a text", shown(other))),
        })
        .filter(|text| !text.is_empty())
    }

    /// An address that is short enough; one that is cut would lead elsewhere.
    pub fn https(&mut self, field: &'static str) -> Option<url::Url> {
        let text = self.text(field, URL + 1)?;
        url::Url::parse(&text)
            .ok()
            .filter(|url| url.scheme() == "https" && url.has_host() && url.as_str().len() <= URL)
    }

    pub fn time(&mut self, field: &'static str) -> Option<Timestamp> {
        self.read(field, |value| {
            let time: Timestamp = value
                .as_str()
                .and_then(|text| text.parse().ok())
                .filter(|time| *time >= EARLIEST)
                .ok_or_else(|| format!("is {}, not a time of RFC 3339", shown(value)))?;
            Ok(Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time))
        })
    }

    /// The texts of a list, each once, in their order.
    pub fn words(&mut self, field: &'static str) -> Vec<String> {
        self.read(field, |value| {
            let list = value
                .as_array()
                .ok_or_else(|| format!("is {}, not a list", shown(value)))?;
            let texts: Result<Vec<&str>, String> = list
                .iter()
                .map(|item| {
                    item.as_str()
                        .ok_or_else(|| format!("holds {}, not a text", shown(item)))
                })
                .collect();
            Ok(distinct(texts?.into_iter().map(|text| clean(text, WORD))))
        })
        .unwrap_or_default()
    }

    /// An optional field: what is there but unreadable is noted as a flaw and taken as not known.
    fn read<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&'a Value) -> Result<T, String>,
    ) -> Option<T> {
        match parse(self.get(field)?) {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.flaws.push(FieldError { field, wrong });
                None
            }
        }
    }
}

/// How many items a list has in all, as its platform counts.
pub fn total(field: &'static str, value: &Value) -> Result<usize, FieldError> {
    let stated = Some(value).filter(|value| !value.is_null());
    let total = required(field, stated, counter)?;
    Ok(usize::try_from(total).unwrap_or(usize::MAX))
}

/// Words that are not empty, each once, in their order.
pub fn distinct(words: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words
        .into_iter()
        .filter(|word| !word.is_empty() && seen.insert(word.clone()))
        .collect()
}

fn required<T>(
    field: &'static str,
    value: Option<&Value>,
    parse: impl FnOnce(&Value) -> Result<T, String>,
) -> Result<T, FieldError> {
    value
        .ok_or_else(|| "is missing".to_owned())
        .and_then(parse)
        .map_err(|wrong| FieldError { field, wrong })
}

fn counter(value: &Value) -> Result<i64, String> {
    let number = match value {
        Value::Number(number) => number,
        // Some APIs write large integers as texts.
        Value::String(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            return text
                .parse()
                .map_err(|_| format!("is {}, which does not fit", shown(value)));
        }
        _ => return Err(format!("is {}, not a number", shown(value))),
    };
    let counter = match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => integer,
        (None, Some(float)) if number.is_f64() && float.fract() != 0.0 => {
            return Err(format!("is {number}, which is no whole number"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number within the exact ones"
        )]
        (None, Some(float)) if float.abs() <= LARGEST_FLOAT => float as i64,
        _ => return Err(format!("is {number}, which does not fit")),
    };
    if counter < 0 {
        Err(format!("is {number}, which is negative"))
    } else {
        Ok(counter)
    }
}

/// A value as messages show it.
fn shown(value: &Value) -> String {
    clean(&value.to_string(), 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counters_are_exact_or_an_error() {
        let counter = |json: &str| {
            let value = format!(r#"{{"n": {json}}}"#);
            let value: Value = serde_json::from_str(&value).unwrap();
            Reader::new(&value)
                .counter("n")
                .map_err(|error| error.to_string())
        };
        assert_eq!(counter("0"), Ok(0));
        assert_eq!(counter("2147483648"), Ok(1 << 31));
        assert_eq!(counter("1e6"), Ok(1_000_000));
        assert_eq!(counter("1.0e6"), Ok(1_000_000));
        assert_eq!(counter("12.0"), Ok(12));
        assert_eq!(counter("-0.0"), Ok(0));
        assert_eq!(counter("9223372036854775807"), Ok(i64::MAX));
        assert_eq!(counter("\"12\""), Ok(12));
        for (json, part) in [
            ("9223372036854775808", "does not fit"),
            ("18446744073709551616", "does not fit"),
            ("9007199254740993.0", "does not fit"),
            ("1e30", "does not fit"),
            ("12.5", "no whole number"),
            ("-1", "negative"),
            ("-1e6", "negative"),
            ("\"9223372036854775808\"", "does not fit"),
            ("\"-12\"", "not a number"),
            ("\"1e3\"", "not a number"),
            ("\"\"", "not a number"),
            ("null", "is missing"),
            ("[1]", "not a number"),
        ] {
            let error = counter(json).unwrap_err();
            assert!(
                error.starts_with("`n` ") && error.contains(part),
                "{json}: {error}"
            );
        }
    }

    #[test]
    fn optional_fields_are_absent_or_flawed_but_never_fatal() {
        let value = json!({
            "name": 3, "empty": "", "none": null, "when": "yesterday",
            "early": "-009999-01-03T00:00:00Z", "links": {"web": "ftp://x/"},
            "list": ["a", "b", "a", ""], "mixed": ["a", 1]
        });
        let mut reader = Reader::new(&value);
        assert_eq!(reader.text("name", NAME), None);
        assert_eq!(reader.text("empty", NAME), None);
        assert_eq!(reader.text("none", NAME), None);
        assert_eq!(reader.time("when"), None);
        assert_eq!(reader.time("early"), None);
        assert_eq!(reader.https("links/web"), None);
        assert_eq!(reader.text("links/none/web", NAME), None);
        assert_eq!(reader.words("list"), ["a", "b"]);
        assert_eq!(reader.words("mixed"), [""; 0]);
        let flaws: Vec<String> = reader
            .finish(())
            .flaws
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            flaws,
            [
                "`name` is 3, not a text",
                "`when` is \"yesterday\", not a time of RFC 3339",
                "`early` is \"-009999-01-03T00:00:00Z\", not a time of RFC 3339",
                "`mixed` holds 1, not a text"
            ]
        );
    }
}
