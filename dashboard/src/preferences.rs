//! What a reader has chosen: language, theme, time zone, keyboard shortcuts. Kept in cookies that
//! only the server reads, so that every page is right from its first byte and without scripts.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::form_urlencoded;

use crate::language::{Language, Words};
use crate::links::Links;
use crate::query::QueryError;
use crate::zone::Zone;

const YEAR: u32 = 31_536_000;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Preferences {
    pub language: Language,
    pub theme: Theme,
    /// Of clock times.
    pub zone: Zone,
    /// Whether single letters do something.
    pub shortcuts: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// The device's.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    fn parse(text: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences {
            language: Language::default(),
            theme: Theme::default(),
            zone: Zone::default(),
            shortcuts: true,
        }
    }
}

impl Preferences {
    /// Of a request; what it doesn't say, or says wrongly, is the default.
    pub fn of(headers: &HeaderMap) -> Preferences {
        let mut preferences = Preferences::default();
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|it| it.to_str().ok())
            .and_then(Language::accepted);
        if let Some(language) = accepted {
            preferences.language = language;
        }
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(';'))
            .filter_map(|it| it.trim().split_once('='));
        for (name, value) in cookies {
            // Others set cookies on the same host: theirs are none of ours to complain about.
            let _ = preferences.choose(name, value);
        }
        preferences
    }

    /// Takes one choice over, by the name that its cookie and its field have, and tells how it is
    /// spelt. None is what no choice is named.
    fn choose(&mut self, name: &str, value: &str) -> Option<Result<String, QueryError>> {
        let taken = match name {
            "lang" => Language::from_code(value)
                .map(|it| {
                    self.language = it;
                    it.code().to_owned()
                })
                .ok_or(QueryError::value("lang", value, "en, fr")),
            "theme" => Theme::parse(value)
                .map(|it| {
                    self.theme = it;
                    it.as_str().to_owned()
                })
                .ok_or(QueryError::value("theme", value, "auto, light, dark")),
            "zone" => Zone::find(value)
                .map(|it| {
                    let name = it.name().to_owned();
                    self.zone = it;
                    name
                })
                .ok_or(QueryError::value("zone", value, "UTC, Europe/Paris")),
            "shortcuts" => match value {
                "on" | "off" => {
                    self.shortcuts = value == "on";
                    Ok(value.to_owned())
                }
                _ => Err(QueryError::value("shortcuts", value, "on, off")),
            },
            _ => return None,
        };
        Some(taken)
    }

    pub fn words(&self) -> Words {
        Words::new(self.language, self.zone.clone())
    }
}

/// What a sent form asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// Values of `Set-Cookie`.
    pub cookies: Vec<HeaderValue>,
    /// The page to go back to.
    pub back: String,
}

impl Change {
    /// Only the choices that the form has are changed, so a form may have one alone.
    pub fn parse(form: &[u8], headers: &HeaderMap, links: &Links) -> Result<Change, QueryError> {
        let path = links.cookie_path();
        let secure = if is_over_tls(headers) { "; Secure" } else { "" };
        let mut change = Change {
            cookies: Vec::new(),
            back: links.mods(),
        };
        for (name, value) in form_urlencoded::parse(form) {
            if name == "back" && links.is_local(&value) {
                change.back = value.into_owned();
            } else if let Some(taken) = Preferences::default().choose(&name, &value) {
                let cookie = format!(
                    "{name}={}; Path={path}; Max-Age={YEAR}; SameSite=Lax; HttpOnly{secure}",
                    taken?
                );
                // Of our own words only, so it is a header.
                change.cookies.extend(HeaderValue::from_str(&cookie));
            }
        }
        Ok(change)
    }
}

/// Whether a request that changes something comes from a page of this dashboard, by what its
/// browser says.
pub fn is_own(headers: &HeaderMap) -> bool {
    let said = |name: HeaderName| headers.get(name)?.to_str().ok();
    match said(SEC_FETCH_SITE) {
        Some(site) => matches!(site, "same-origin" | "none"),
        // Browsers don't say it over plain HTTP.
        None => match (said(header::ORIGIN), said(header::HOST)) {
            (Some(origin), Some(host)) => origin
                .split_once("://")
                .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)),
            _ => false,
        },
    }
}

/// What the browser's address bar says, whatever proxies lie between.
fn is_over_tls(headers: &HeaderMap) -> bool {
    headers
        .get(header::ORIGIN)
        .is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    value.parse::<HeaderValue>().unwrap(),
                )
            })
            .collect()
    }

    fn language(lines: &[(&'static str, &str)]) -> &'static str {
        Preferences::of(&headers(lines)).language.code()
    }

    #[test]
    fn the_language_is_the_cookies_else_the_browsers_else_english() {
        assert_eq!(language(&[]), "en");
        for (accepted, code) in [
            ("fr", "fr"),
            ("fr-CA", "fr"),
            ("FR-ca,en;q=0.5", "fr"),
            ("en-GB,en;q=0.9,fr;q=0.8", "en"),
            ("de, fr;q=0.4, en;q=0.3", "fr"),
            ("de", "en"),
            ("fr;q=0", "en"),
            ("fr;q=0, *;q=0.1", "en"),
            ("en;q=0.2, fr;q=0.7", "fr"),
            ("fr; q=0.1 , en; q=0.1", "fr"),
            ("french", "en"),
            ("fr;q=x", "en"),
            (";;,,q=1", "en"),
        ] {
            assert_eq!(
                language(&[("accept-language", accepted)]),
                code,
                "{accepted}"
            );
        }
        let both = |cookie| language(&[("accept-language", "fr"), ("cookie", cookie)]);
        assert_eq!(both("lang=en"), "en");
        assert_eq!(both("theme=dark; lang=en"), "en");
        assert_eq!(both("lang=de"), "fr");
        assert_eq!(both("language=en"), "fr");
    }

    #[test]
    fn cookies_are_read_one_by_one_and_wrong_ones_left() {
        let read = |cookie| Preferences::of(&headers(&[("cookie", cookie)]));
        let all = read("a=b; theme=dark; zone=Europe/Paris;shortcuts=off; lang=fr");
        assert_eq!(all.theme, Theme::Dark);
        assert_eq!(all.zone.name(), "Europe/Paris");
        assert_eq!(all.language, Language::French);
        assert!(!all.shortcuts);
        for wrong in ["theme=blue", "zone=Mars", "shortcuts=", "lang", "=", ";;"] {
            assert_eq!(read(wrong), Preferences::default(), "{wrong}");
        }
    }

    fn change(form: &str, lines: &[(&'static str, &str)]) -> Result<Change, QueryError> {
        Change::parse(form.as_bytes(), &headers(lines), &Links::default())
    }

    #[test]
    fn each_choice_of_a_form_becomes_a_cookie() {
        let tls = [("origin", "https://mods.example")];
        let asked = change("lang=fr&zone=new+york&back=%2Fruns%3Fmod%3Da%252Fb", &tls).unwrap();
        assert_eq!(asked.back, "/runs?mod=a%2Fb");
        assert_eq!(
            asked.cookies,
            [
                "lang=fr; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure",
                "zone=America/New_York; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure"
            ]
        );
        let plain = change("theme=auto&other=x", &[("origin", "http://[::1]:8080")]).unwrap();
        assert_eq!(
            plain.cookies,
            ["theme=auto; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"]
        );
        let below = Links::new("/stats".parse().unwrap());
        let below = Change::parse(b"theme=dark", &HeaderMap::new(), &below).unwrap();
        assert!(
            below.cookies[0]
                .to_str()
                .unwrap()
                .contains("; Path=/stats;")
        );
        assert_eq!(below.back, "/stats/");
    }

    #[test]
    fn no_form_leads_out_of_the_dashboard() {
        for back in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a%0d%0ab",
        ] {
            assert_eq!(
                change(&format!("theme=dark&back={back}"), &[])
                    .unwrap()
                    .back,
                "/"
            );
        }
    }

    #[test]
    fn a_wrong_choice_is_named() {
        for form in ["lang=de", "theme=%0d%0a", "zone=Mars", "shortcuts=1"] {
            let error = change(form, &[]).unwrap_err().to_string();
            assert!(error.contains(form.split('=').next().unwrap()), "{error}");
        }
    }

    #[test]
    fn only_pages_of_the_same_origin_may_change_something() {
        let host = ("host", "mods.example:8080");
        for (own, lines) in [
            (true, vec![("sec-fetch-site", "same-origin")]),
            (true, vec![("sec-fetch-site", "none")]),
            (false, vec![("sec-fetch-site", "same-site")]),
            (false, vec![("sec-fetch-site", "cross-site")]),
            (
                false,
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://mods.example:8080"),
                ],
            ),
            (true, vec![("origin", "http://mods.example:8080")]),
            (true, vec![("origin", "https://MODS.example:8080")]),
            (false, vec![("origin", "http://mods.example")]),
            (false, vec![("origin", "http://evil.example")]),
            (false, vec![("origin", "null")]),
            (false, vec![]),
        ] {
            let mut all = lines.clone();
            all.push(host);
            assert_eq!(is_own(&headers(&all)), own, "{lines:?}");
        }
        assert!(
            !is_own(&headers(&[("origin", "http://mods.example")])),
            "no host"
        );
    }
}
