//! One page of a list of the API.

use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::Limit;

/// What comes after the item with a key, in the list's own order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keyset<K> {
    pub after: Option<K>,
    pub limit: Limit,
}

impl<K> Keyset<K> {
    const LIMIT: Limit = Limit(100);
}

impl<K> Default for Keyset<K> {
    fn default() -> Self {
        Keyset {
            after: None,
            limit: Self::LIMIT,
        }
    }
}

impl<K: Value> Query for Keyset<K> {
    fn visit(&mut self, parameters: &mut impl Parameters) -> Result<(), QueryError> {
        parameters.optional("after", &mut self.after)?;
        parameters.value("limit", &mut self.limit, Self::LIMIT)
    }
}

impl<K: Value> Keyset<K> {
    /// The items of the page, and the key to give for the next one, if there is any.
    pub fn page<T>(
        &self,
        items: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<(Vec<T>, Option<K>), QueryError> {
        let start = match &self.after {
            None => 0,
            Some(after) => {
                let found = items.iter().position(|item| key(item) == *after);
                let unknown = || QueryError::value("after", &after.print(), "what next_after gave");
                found.ok_or_else(unknown)? + 1
            }
        };
        let mut rest = items.into_iter().skip(start);
        let limit = usize::try_from(self.limit.0).unwrap_or(usize::MAX);
        let page: Vec<T> = rest.by_ref().take(limit).collect();
        let next = page.last().filter(|_| rest.next().is_some()).map(key);
        Ok((page, next))
    }
}
