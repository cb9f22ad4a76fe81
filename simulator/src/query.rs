//! The parts of a request that routes read.

use url::form_urlencoded;

/// A query string, decoded; the first of several values of a key counts.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(raw: &str) -> Query {
        Query(
            form_urlencoded::parse(raw.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(found, _)| found == key);
        found.map(|(_, value)| value.as_str())
    }

    /// A number, or what stands for a missing one; none if it is no number.
    pub fn number(&self, key: &str, missing: usize) -> Option<usize> {
        self.get(key)
            .map_or(Some(missing), |text| text.parse().ok())
    }
}

/// The segments of a path, without empty ones.
pub(crate) fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}
