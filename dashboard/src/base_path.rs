//! Where the dashboard lies on its host: at the root, or under a path such as `/stats`.

use std::fmt;
use std::str::FromStr;

/// Empty, or segments with a slash before each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BasePath(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the base path is {0:?}; give a path such as /stats or /games/stats: a slash before each part and none at the end, and parts of letters, digits, \"-\", \"_\" and \".\""
)]
pub struct BasePathError(String);

impl BasePath {
    /// The address of what lies at `path`, which begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// What the rest of a request's path means, if it lies below: with its slash, so `/stats` itself
    /// is none.
    pub(crate) fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.0.as_str())
            .filter(|rest| rest.starts_with('/'))
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    /// The root is empty, or a slash.
    fn from_str(text: &str) -> Result<BasePath, BasePathError> {
        let fits = |segment: &str| {
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !segment.is_empty() && segment.bytes().all(safe) && segment != "." && segment != ".."
        };
        match text.strip_prefix('/') {
            None if text.is_empty() => Ok(BasePath::default()),
            Some("") => Ok(BasePath::default()),
            Some(rest) if rest.split('/').all(fits) => Ok(BasePath(text.to_owned())),
            _ => Err(BasePathError(text.to_owned())),
        }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_are_joined_and_stripped() {
        let root: BasePath = "".parse().unwrap();
        assert!(root.is_root());
        assert_eq!(root, "/".parse().unwrap());
        assert_eq!(root.join("/runs"), "/runs");
        assert_eq!(root.strip("/runs"), Some("/runs"));

        let stats: BasePath = "/games/stats".parse().unwrap();
        assert_eq!(stats.to_string(), "/games/stats");
        assert_eq!(stats.join("/"), "/games/stats/");
        assert_eq!(stats.strip("/games/stats/runs"), Some("/runs"));
        for outside in ["/", "/games", "/games/stats", "/games/statsruns", "/runs"] {
            assert_eq!(stats.strip(outside), None, "{outside}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused_by_name() {
        for text in [
            "stats",
            "/stats/",
            "//stats",
            "/a//b",
            "/a b",
            "/a/../b",
            "/.",
            "/a%2fb",
            "/ä",
            "/a?b",
            "/a#b",
            "https://host/stats",
            "/a\"b",
        ] {
            let error = text.parse::<BasePath>().unwrap_err().to_string();
            assert!(
                error.contains(&format!("{text:?}")) && error.contains("/stats"),
                "{error}"
            );
        }
    }
}
