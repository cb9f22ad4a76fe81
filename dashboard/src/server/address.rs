//! Which addresses are looked at at all.

use std::str;

use http::Uri;

use crate::trouble::Trouble;

/// No address of ours comes near.
const LONGEST: usize = 8 * 1024;

/// An address that is broken, or that no browser sends.
pub fn check(uri: &Uri) -> Result<(), Trouble> {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    if path.len() + query.len() > LONGEST {
        return Err(Trouble::AddressTooLong);
    }
    let decoded = decode(path).ok_or(Trouble::Address)?;
    let climbs = |segment: &str| segment == "." || segment == "..";
    let odd = |char: char| char.is_control() || char == '\\';
    if decoded.contains(odd) || decoded.split('/').any(climbs) {
        return Err(Trouble::Address);
    }
    match decode(query) {
        Some(query) if !query.contains('\0') => Ok(()),
        _ => Err(Trouble::Address),
    }
}

/// None where an escape is broken, or the text is none.
fn decode(text: &str) -> Option<String> {
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

    fn status(address: &str) -> u16 {
        match check(&address.parse().unwrap()) {
            Ok(()) => 200,
            Err(trouble) => trouble.status().as_u16(),
        }
    }

    #[test]
    fn broken_addresses_are_refused() {
        for address in [
            "/%00",
            "/a%00b",
            "/runs?q=%00",
            "/..",
            "/../etc",
            "/a/..",
            "/a/./b",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a/%2e",
            "/..%2fetc",
            "/a%5c..%5cb",
            "/%ff",
            "/%c3%28",
            "/%",
            "/%2",
            "/%zz",
            "/%+1",
            "/runs?q=%",
            "/runs?q=%ff",
            "/runs?q=%g0",
            "/%0d%0aSet-Cookie:x",
            "/%7f",
            "/\\..\\x",
        ] {
            // Some are none for the parser already, which answers 400, too.
            if address.parse::<Uri>().is_ok() {
                assert_eq!(status(address), 400, "{address}");
            }
        }
        assert_eq!(status(&format!("/{}", "a".repeat(9_000))), 414);
        assert_eq!(status(&format!("/?{}", "a".repeat(9_000))), 414);
    }

    #[test]
    fn odd_but_whole_addresses_are_not() {
        for address in [
            "/",
            "/a..b/...",
            "/%C3%A9",
            "/a%2Fb",
            "/a%20b",
            "//",
            "/runs?q=../%5c%0a",
            "/?q=100%25",
            "/?q=%F0%9F%92%A5",
            "*",
        ] {
            assert_eq!(status(address), 200, "{address}");
        }
    }
}
