//! The languages of the pages: texts from `locales/`, by Fluent. Numbers and dates are `format`'s.

mod direction;
mod markup;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use icu_locale_core::{Locale, locale};
use rust_embed::RustEmbed;

use crate::format::{Dates, Numbers};
use crate::zone::Zone;
pub use direction::isolated;
pub use markup::Markup;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    French,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::English, Language::French];

    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
        }
    }

    /// What its speakers call it.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::French => "Français",
        }
    }

    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The best that an `Accept-Language` header asks for; of equals the first.
    pub fn accepted(header: &str) -> Option<Language> {
        let mut best: Option<(f32, Language)> = None;
        for range in header.split(',') {
            let (range, quality) = match range.split_once(';') {
                None => (range, 1.0),
                Some((range, weight)) => {
                    let weight = weight.trim().strip_prefix("q=");
                    let quality = weight.and_then(|it| it.trim().parse().ok());
                    (range, quality.unwrap_or(0.0))
                }
            };
            let primary = range.trim().split('-').next().unwrap_or_default();
            let language = match primary {
                "*" => Some(Language::default()),
                code => Language::from_code(&code.to_ascii_lowercase()),
            };
            if let Some(language) = language
                && quality > best.map_or(0.0, |(quality, _)| quality)
            {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// By whose habits numbers and dates are written. Days come before months on every page.
    fn locale(self) -> Locale {
        match self {
            Language::English => locale!("en-GB"),
            Language::French => locale!("fr"),
        }
    }
}

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Locales;

/// All that is known of a language.
pub(crate) struct Tongue {
    pub(crate) language: Language,
    pub(crate) numbers: Numbers,
    pub(crate) dates: Dates,
    texts: FluentBundle<FluentResource>,
}

static ENGLISH: LazyLock<Tongue> = LazyLock::new(|| Tongue::new(Language::English));
static FRENCH: LazyLock<Tongue> = LazyLock::new(|| Tongue::new(Language::French));

impl Tongue {
    fn of(language: Language) -> &'static Tongue {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        }
    }

    fn new(language: Language) -> Tongue {
        let mut texts =
            FluentBundle::new_concurrent(vec![language.code().parse().unwrap_or_default()]);
        // Most names run to the right as the text does; `filled` sets the others apart.
        texts.set_use_isolating(false);
        texts.set_formatter(Some(match language {
            Language::English => |value, _| number(value, Language::English),
            Language::French => |value, _| number(value, Language::French),
        }));
        for (_, resource) in resources(language) {
            // A text that is given twice keeps its first form; tests find it.
            let _ = texts.add_resource(resource);
        }
        Tongue {
            language,
            numbers: Numbers::new(&language.locale()),
            dates: Dates::new(&language.locale()),
            texts,
        }
    }
}

/// A language's files, by name. What can't be parsed is left out; tests find it.
fn resources(language: Language) -> impl Iterator<Item = (String, FluentResource)> {
    Locales::iter().filter_map(move |path| {
        let (folder, name) = path.split_once('/')?;
        if folder != language.code() {
            return None;
        }
        let data = Locales::get(&path)?.data;
        let text = String::from_utf8_lossy(&data).into_owned();
        let resource = FluentResource::try_new(text).unwrap_or_else(|(partly, _)| partly);
        Some((name.strip_suffix(".ftl")?.to_owned(), resource))
    })
}

fn number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) => {
            Some(Tongue::of(language).numbers.whole(number.value as i128))
        }
        _ => None,
    }
}

/// What stands in a text's `{ $place }`.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// Written as a count, and chosen the plural by.
    Number(i64),
    Text(Cow<'a, str>),
    Markup(&'a Markup),
}

impl From<i64> for Argument<'_> {
    fn from(number: i64) -> Self {
        Argument::Number(number)
    }
}

impl From<usize> for Argument<'_> {
    fn from(number: usize) -> Self {
        Argument::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Self {
        Argument::Text(text.into())
    }
}

impl<'a> From<&'a String> for Argument<'a> {
    fn from(text: &'a String) -> Self {
        Argument::Text(text.into())
    }
}

impl From<String> for Argument<'_> {
    fn from(text: String) -> Self {
        Argument::Text(text.into())
    }
}

impl<'a> From<&'a Markup> for Argument<'a> {
    fn from(markup: &'a Markup) -> Self {
        Argument::Markup(markup)
    }
}

/// Beyond this a Fluent number isn't exact.
const EXACT: u64 = 1 << 53;

/// One reader's language and time zone: whatever a page says is written by it.
///
/// A text is named by its key, which begins with the name of its file: `runs-heading` stands in
/// `locales/*/runs.ftl`. An attribute of it is `key.attribute`.
#[derive(Clone)]
pub struct Words {
    pub(crate) tongue: &'static Tongue,
    pub(crate) zone: Zone,
}

impl Words {
    pub fn new(language: Language, zone: Zone) -> Words {
        Words {
            tongue: Tongue::of(language),
            zone,
        }
    }

    pub fn language(&self) -> Language {
        self.tongue.language
    }

    /// A text as it stands.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with its places filled, to be escaped where it is shown.
    pub fn with(&self, key: &str, arguments: &[(&'static str, Argument<'_>)]) -> String {
        self.filled(key, arguments, |text| text)
    }

    /// A text that has elements of its own, or in its places; other arguments are escaped.
    pub fn markup(&self, key: &str, arguments: &[(&'static str, Argument<'_>)]) -> Markup {
        Markup::trusted(self.filled(key, arguments, |text| {
            Markup::escaped(&text).to_string().into()
        }))
    }

    fn filled<'a>(
        &self,
        key: &str,
        arguments: &'a [(&'static str, Argument<'_>)],
        escape: impl Fn(Cow<'a, str>) -> Cow<'a, str>,
    ) -> String {
        let mut values = FluentArgs::new();
        for (name, argument) in arguments {
            let value = match argument {
                Argument::Number(number) if number.unsigned_abs() > EXACT => {
                    self.count(*number).into()
                }
                Argument::Number(number) => number.into(),
                Argument::Text(text) => escape(isolated(text)).into(),
                Argument::Markup(markup) => markup.to_string().into(),
            };
            values.set::<_, FluentValue<'_>>(*name, value);
        }
        let mut errors = Vec::new();
        let text = self.formatted(key, &values, &mut errors);
        debug_assert!(
            text.is_some() && errors.is_empty(),
            "{key} in {}: {errors:?}",
            self.tongue.language.code()
        );
        text.unwrap_or_else(|| key.to_owned())
    }

    fn formatted(
        &self,
        key: &str,
        values: &FluentArgs<'_>,
        errors: &mut Vec<FluentError>,
    ) -> Option<String> {
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let texts = &self.tongue.texts;
        let message = texts.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        Some(
            texts
                .format_pattern(pattern, Some(values), errors)
                .into_owned(),
        )
    }
}

#[cfg(test)]
impl Words {
    /// English in which each piece of text stands in ⟦ ⟧, so that text from elsewhere is seen.
    pub fn pseudo() -> Words {
        let mut tongue = Tongue::new(Language::English);
        tongue
            .texts
            .set_transform(Some(|text| format!("⟦{text}⟧").into()));
        Words {
            tongue: Box::leak(Box::new(tongue)),
            zone: Zone::default(),
        }
    }

    pub fn english() -> Words {
        Words::new(Language::English, Zone::default())
    }

    pub fn french() -> Words {
        Words::new(Language::French, Zone::default())
    }
}

#[cfg(test)]
mod tests;
