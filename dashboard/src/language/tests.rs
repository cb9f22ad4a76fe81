#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

/// What a text is made of, all its variants together.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    arguments: BTreeSet<String>,
    elements: BTreeSet<String>,
}

/// Every text of a language by its key.
fn shapes(language: Language) -> BTreeMap<String, Shape> {
    let mut shapes = BTreeMap::new();
    for (file, text) in files(language) {
        let resource = fluent_syntax::parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
        for entry in &resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let id = message.id.name;
            assert!(
                id.starts_with(&format!("{file}-")),
                "{id} stands in {file}.ftl"
            );
            let own = message.value.iter().map(|value| (id.to_owned(), value));
            let attributes = message
                .attributes
                .iter()
                .map(|it| (format!("{id}.{}", it.id.name), &it.value));
            for (key, pattern) in own.chain(attributes) {
                let mut shape = Shape::default();
                collect(pattern, &mut shape);
                assert!(
                    shapes.insert(key.clone(), shape).is_none(),
                    "{key} is there twice"
                );
            }
        }
    }
    shapes
}

fn files(language: Language) -> Vec<(String, String)> {
    let folder = format!("{}/", language.code());
    Locales::iter()
        .filter_map(|path| {
            let name = path.strip_prefix(&folder)?.strip_suffix(".ftl")?.to_owned();
            let text = String::from_utf8(Locales::get(&path)?.data.into_owned()).unwrap();
            Some((name, text))
        })
        .collect()
}

fn collect(pattern: &Pattern<&str>, shape: &mut Shape) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => {
                let tags = value.split('<').skip(1);
                let tag = |it: &str| it.split('>').next().unwrap_or_default().to_owned();
                shape.elements.extend(tags.map(tag));
            }
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => note(inline, shape),
                Expression::Select { selector, variants } => {
                    note(selector, shape);
                    for variant in variants {
                        collect(&variant.value, shape);
                    }
                }
            },
        }
    }
}

fn note(inline: &InlineExpression<&str>, shape: &mut Shape) {
    if let InlineExpression::VariableReference { id } = inline {
        shape.arguments.insert(id.name.to_owned());
    }
}

/// The sources of pages and their templates, without their tests.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path
                .extension()
                .is_some_and(|it| it == "rs" || it == "html")
                && path.file_name().is_some_and(|it| it != "tests.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let (text, _) = text.split_once("\n#[cfg(test)]").unwrap_or((&text, ""));
                found.push((path, text.to_owned()));
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    walk(&root.join("src"), &mut found);
    walk(&root.join("templates"), &mut found);
    found
}

/// The keys in the sources: what stands in quotes and begins with the name of a file of texts.
fn used() -> BTreeMap<String, PathBuf> {
    let names: Vec<String> = files(Language::English)
        .into_iter()
        .map(|(name, _)| format!("{name}-"))
        .collect();
    let is_key = |text: &str| {
        names.iter().any(|name| text.starts_with(name.as_str()))
            && text
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-.".contains(&it))
    };
    let mut keys = BTreeMap::new();
    for (path, text) in sources() {
        for piece in text.split('"').filter(|it| is_key(it)) {
            keys.insert(piece.to_owned(), path.clone());
        }
    }
    keys
}

#[test]
fn all_languages_have_the_same_texts_with_the_same_places_and_elements() {
    let [english, french] = [Language::English, Language::French].map(shapes);
    assert!(!english.is_empty());
    let keys = |shapes: &BTreeMap<String, Shape>| shapes.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&english), keys(&french));
    for (key, shape) in &english {
        assert_eq!(*shape, french[key], "{key}");
    }
}

#[test]
fn every_key_is_a_text_and_every_text_has_its_use() {
    let (used, shapes) = (used(), shapes(Language::English));
    for (key, path) in &used {
        assert!(
            shapes.contains_key(key),
            "{key} of {} has no text",
            path.display()
        );
    }
    for key in shapes.keys() {
        // The attributes of a trouble go with its heading.
        let (id, attribute) = key.split_once('.').unwrap_or((key, ""));
        let with_heading = ["text", "advice"].contains(&attribute) && used.contains_key(id);
        assert!(
            used.contains_key(key) || with_heading,
            "{key} is used nowhere"
        );
    }
}

#[test]
fn a_text_with_elements_is_shown_as_markup_and_has_no_other_signs() {
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    let all: String = all.split_whitespace().collect();
    for language in Language::ALL {
        for (file, text) in files(language) {
            assert!(
                !text.contains('&'),
                "{file}: an ampersand would need escaping"
            );
        }
        for (key, shape) in shapes(language) {
            if !shape.elements.is_empty() {
                for method in ["text", "with"] {
                    assert!(!all.contains(&format!(".{method}(\"{key}\"")), "{key}");
                }
            }
        }
    }
}

#[test]
fn french_keeps_its_signs_from_breaking_off() {
    for (file, text) in files(Language::French) {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (_, said) = line.split_once('=').unwrap_or(("", line));
            let chars: Vec<char> = said.chars().collect();
            for pair in chars.windows(2) {
                let wrong = match pair {
                    [before, ';' | '?' | '!' | '%'] => *before != '\u{202f}',
                    [before, ':' | '»'] => *before != '\u{a0}',
                    ['«', after] => *after != '\u{a0}',
                    _ => false,
                };
                assert!(!wrong, "{file}.ftl: {line}");
            }
            assert!(
                !said.contains('\''),
                "{file}.ftl, a typewriter’s apostrophe: {line}"
            );
        }
    }
}

#[test]
fn plurals_are_chosen_by_the_language() {
    let retries =
        |words: &Words, count: i64| words.with("runs-retries", &[("count", count.into())]);
    let (english, french) = (Words::english(), Words::french());
    for (count, in_english, in_french) in [
        (0, "0 retries", "0 nouvel essai"),
        (1, "1 retry", "1 nouvel essai"),
        (2, "2 retries", "2 nouveaux essais"),
        (1_234, "1,234 retries", "1\u{202f}234 nouveaux essais"),
        (
            i64::MAX,
            "9,223,372,036,854,775,807 retries",
            "9\u{202f}223\u{202f}372\u{202f}036\u{202f}854\u{202f}775\u{202f}807 nouveaux essais",
        ),
    ] {
        assert_eq!(retries(&english, count), in_english);
        assert_eq!(retries(&french, count), in_french);
    }
}

#[test]
fn arguments_are_escaped_in_markup_and_only_there() {
    let words = Words::english();
    let evil = "<script>&\"{ $at }";
    let arguments = [("name", evil.into())];
    assert_eq!(
        words.with("chart-hint-unknown", &arguments),
        format!("{evil}: not known")
    );
    assert_eq!(
        words.markup("chart-hint-unknown", &arguments).to_string(),
        "&#60;script&#62;&#38;&#34;{ $at }: not known"
    );
    let link = Markup::link("/a?b=c&d=\"", &Markup::isolated(evil));
    assert_eq!(
        words
            .markup("runs-heading-of", &[("mod", (&link).into())])
            .to_string(),
        "Runs of <a href=\"/a?b=c&#38;d=&#34;\"><bdi>&#60;script&#62;&#38;&#34;{ $at }</bdi></a>"
    );
}

#[test]
#[should_panic(expected = "runs-retries in en")]
fn an_argument_that_is_left_out_is_found_by_any_test() {
    Words::english().text("runs-retries");
}
