//! The addresses of the dashboard: no page and no template writes one itself.

use std::fmt::{self, Write};
use std::str;

use jiff::civil::Date;

use crate::base_path::BasePath;

/// Makes addresses below the dashboard's base path. A query is as it is written, with its question
/// mark, or empty.
#[derive(Clone, Debug, Default)]
pub struct Links(BasePath);

impl Links {
    pub fn new(base: BasePath) -> Links {
        Links(base)
    }

    pub fn mods(&self) -> String {
        self.0.join("/")
    }

    /// One mod's pages, exports and API begin with this.
    fn of_mod(&self, before: &str, namespace: &str, name: &str) -> String {
        let (namespace, name) = (Segment(namespace), Segment(name));
        self.0.join(&format!("{before}/mods/{namespace}/{name}"))
    }

    pub fn mod_page(&self, namespace: &str, name: &str, query: impl fmt::Display) -> String {
        format!("{}{query}", self.of_mod("", namespace, name))
    }

    pub fn kiosk(&self, namespace: &str, name: &str, query: impl fmt::Display) -> String {
        let (namespace, name) = (Segment(namespace), Segment(name));
        self.0.join(&format!("/kiosk/{namespace}/{name}{query}"))
    }

    pub fn runs(&self, query: impl fmt::Display) -> String {
        self.0.join(&format!("/runs{query}"))
    }

    /// A file of the table of a page that isn't about one mod. `ending` is the format, and a query.
    pub fn table(&self, name: &str, ending: impl fmt::Display) -> String {
        self.0.join(&format!("/{name}.{ending}"))
    }

    pub fn compare(&self, query: impl fmt::Display) -> String {
        self.0.join(&format!("/compare{query}"))
    }

    pub fn preferences(&self) -> String {
        self.0.join("/preferences")
    }

    pub fn asset(&self, file: &str) -> String {
        self.0.join(&format!("/assets/{file}"))
    }

    pub fn metrics(&self) -> String {
        self.0.join("/metrics")
    }

    /// Of the API.
    pub fn reference(&self) -> String {
        self.0.join("/api")
    }

    pub fn api_document(&self) -> String {
        self.0.join("/api/openapi.json")
    }

    pub fn api_mod(&self, namespace: &str, name: &str) -> String {
        self.of_mod("/api/v1", namespace, name)
    }

    pub fn api_series(&self, namespace: &str, name: &str, from: Date, to: Date) -> String {
        let path = self.api_mod(namespace, name);
        format!("{path}/series?from={from}&to={to}")
    }

    /// Of a path below `/api`, as the API writes it itself.
    pub fn api(&self, path: impl fmt::Display) -> String {
        self.0.join(&path.to_string())
    }

    /// Where cookies are sent to.
    pub fn cookie_path(&self) -> String {
        match self.0.is_root() {
            true => "/".to_owned(),
            false => self.0.to_string(),
        }
    }

    /// Whether an address from outside leads to a page of this dashboard, and nowhere else however
    /// a browser reads it.
    pub fn is_local(&self, address: &str) -> bool {
        let below = address.strip_prefix(&self.0.to_string());
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        below.is_some_and(|rest| rest.starts_with('/'))
            && !address.contains("//")
            && !address.split(['/', '?', '#']).any(|part| part == "..")
            && address.bytes().all(plain)
    }
}

/// A name as one segment of a path.
pub struct Segment<'a>(pub &'a str);

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'-' | b'.' | b'_' | b'~' => f.write_char(byte.into())?,
                _ if byte.is_ascii_alphanumeric() => f.write_char(byte.into())?,
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

/// A part of an address without escapes. None where one is broken, or the text is none.
pub fn decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let (digits, rest) = part.as_bytes().split_at_checked(2)?;
        let digits = str::from_utf8(digits).ok()?;
        // Of the sign, which `from_str_radix` takes.
        if digits.starts_with('+') {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_address_lies_below_the_base_path() {
        let links = Links::new("/stats".parse().unwrap());
        assert_eq!(links.mods(), "/stats/");
        assert_eq!(links.cookie_path(), "/stats");
        assert_eq!(
            links.mod_page("default", "a", "?range=28d"),
            "/stats/mods/default/a?range=28d"
        );
        assert_eq!(
            Links::default().api_mod("default", "a"),
            "/api/v1/mods/default/a"
        );
        assert_eq!(Links::default().cookie_path(), "/");
    }

    #[test]
    fn a_name_stays_one_segment() {
        let address = Links::default().mod_page("a/../b", "\"><é?#", "");
        assert_eq!(address, "/mods/a%2F..%2Fb/%22%3E%3C%C3%A9%3F%23");
    }

    #[test]
    fn only_addresses_of_this_dashboard_are_local() {
        let (root, below) = (Links::default(), Links::new("/stats".parse().unwrap()));
        for address in ["/", "/mods/a/b?range=28d#history", "/runs?mod=a%2Fb"] {
            assert!(root.is_local(address), "{address}");
            assert!(!below.is_local(address), "{address}");
            assert!(below.is_local(&format!("/stats{address}")), "{address}");
        }
        for address in [
            "",
            "runs",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a//evil.example",
            "/.//evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "/stats/../admin",
            "/é",
        ] {
            assert!(!root.is_local(address), "{address:?}");
            assert!(!below.is_local(address), "{address:?}");
        }
        for address in ["/statsx", "/stats", "/stats/..", "/stats/../x"] {
            assert!(!below.is_local(address), "{address:?}");
        }
    }
}
