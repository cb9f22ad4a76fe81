//! Which addresses are looked at at all.

use http::Uri;

use crate::links::decoded;
use crate::trouble::Trouble;

/// No address of ours comes near.
const LONGEST: usize = 8 * 1024;

/// An address that is broken, or that no browser sends.
pub fn check(uri: &Uri) -> Result<(), Trouble> {
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    if path.len() + query.len() > LONGEST {
        return Err(Trouble::AddressTooLong);
    }
    let path = decoded(path).ok_or(Trouble::Address)?;
    let climbs = |segment: &str| segment == "." || segment == "..";
    let odd = |char: char| char.is_control() || char == '\\';
    if path.contains(odd) || path.split('/').any(climbs) {
        return Err(Trouble::Address);
    }
    match decoded(query) {
        Some(query) if !query.contains('\0') => Ok(()),
        _ => Err(Trouble::Address),
    }
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
