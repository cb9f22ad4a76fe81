//! Finished HTML.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};

/// HTML of which every part that isn't ours was escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Of text from anywhere.
    pub fn escaped(text: &str) -> Markup {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = Html.write_escaped_str(&mut out, text);
        Markup(out)
    }

    /// A name or a sentence from elsewhere, whose direction isn't known.
    pub fn isolated(text: &str) -> Markup {
        Markup(format!("<bdi>{}</bdi>", Markup::escaped(text)))
    }

    /// What a program said, in English whatever the page's language.
    pub fn quoted(text: &str) -> Markup {
        Markup(format!(r#"<bdi lang="en">{}</bdi>"#, Markup::escaped(text)))
    }

    /// A word of warning.
    pub fn flag(text: &str) -> Markup {
        Markup(format!(
            r#"<span class="flag">{}</span>"#,
            Markup::escaped(text)
        ))
    }

    pub fn link(href: &str, inside: &Markup) -> Markup {
        Markup(format!(
            r#"<a href="{}">{inside}</a>"#,
            Markup::escaped(href)
        ))
    }

    /// Of markup alone that this project wrote.
    pub(crate) fn trusted(html: String) -> Markup {
        Markup(html)
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}
