//! One page of a list of the API, by a place in its order: whatever comes or goes between two pages,
//! nothing else is left out or told twice.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::grammar::{Parameters, Query, QueryError, Value};
use super::values::{Limit, Order};

/// What comes after a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keyset<K> {
    pub after: Option<Place<K>>,
    pub limit: Limit,
}

/// Where an item is in a list: by what the list is sorted by, and among equals by its key. What isn't
/// known comes last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place<K> {
    pub rank: Option<Rank>,
    pub key: K,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    Number(i64),
    Text(String),
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

impl<K: Value + Ord> Keyset<K> {
    /// The items of the page in their order, and the place to give for the next one, if there is any.
    pub fn page<T>(
        &self,
        items: Vec<T>,
        order: Order,
        place: impl Fn(&T) -> Place<K>,
    ) -> (Vec<T>, Option<Place<K>>) {
        let mut behind = placed(items, order, place);
        if let Some(after) = &self.after {
            behind.retain(|(place, _)| after.compare(place, order) == Ordering::Less);
        }
        let limit = usize::try_from(self.limit.0).unwrap_or(usize::MAX);
        let is_all = behind.len() <= limit;
        behind.truncate(limit);
        let next = behind.last().filter(|_| !is_all).map(|it| it.0.clone());
        (behind.into_iter().map(|(_, item)| item).collect(), next)
    }
}

/// Items with their places, in their order.
pub fn placed<T, K: Ord>(
    items: Vec<T>,
    order: Order,
    place: impl Fn(&T) -> Place<K>,
) -> Vec<(Place<K>, T)> {
    let placed = items.into_iter().map(|item| (place(&item), item));
    let mut placed: Vec<(Place<K>, T)> = placed.collect();
    placed.sort_by(|(one, _), (other, _)| one.compare(other, order));
    placed
}

impl<K: Ord> Place<K> {
    fn compare(&self, other: &Place<K>, order: Order) -> Ordering {
        let ranks = order.compare_known(self.rank.as_ref(), other.rank.as_ref());
        ranks.then_with(|| self.key.cmp(&other.key))
    }
}

/// `<number>~<key>`, `=<text>~<key>`, or the key alone.
impl<K: Value> Value for Place<K> {
    fn parse(text: &str) -> Option<Self> {
        let Some((rank, key)) = text.rsplit_once('~') else {
            let (rank, key) = (None, K::parse(text)?);
            return Some(Place { rank, key });
        };
        let rank = match rank.strip_prefix('=') {
            Some(text) => Rank::Text(text.to_owned()),
            None => Rank::Number(rank.parse().ok()?),
        };
        let (rank, key) = (Some(rank), K::parse(key)?);
        Some(Place { rank, key })
    }

    fn print(&self) -> Cow<'_, str> {
        let key = self.key.print();
        match &self.rank {
            None => key,
            Some(Rank::Number(number)) => format!("{number}~{key}").into(),
            Some(Rank::Text(text)) => format!("={text}~{key}").into(),
        }
    }

    fn expected() -> Cow<'static, str> {
        "what next_after gave".into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use modstats_store::model::{Platform, ProjectKey};
    use proptest::prelude::*;

    use super::*;

    type Items = BTreeMap<u8, Option<u8>>;

    fn place((id, rank): &(u8, Option<u8>)) -> Place<ProjectKey> {
        Place {
            rank: rank.map(|it| Rank::Number(it.into())),
            key: ProjectKey {
                platform: Platform::Modrinth,
                id: format!("{id:03}"),
            },
        }
    }

    /// Walks pages while the list changes from page to page; the last list stays.
    fn walk(lists: &[Items], limit: u32, order: Order) -> Vec<u8> {
        let (mut after, mut seen) = (None, Vec::new());
        for page in 0.. {
            let list = lists.get(page).or(lists.last()).unwrap();
            let limit = Limit(limit);
            let items = list.iter().map(|(id, rank)| (*id, *rank)).collect();
            let (items, next) = Keyset { after, limit }.page(items, order, place);
            seen.extend(items.iter().map(|(id, _)| *id));
            let Some(next) = next else { break };
            after = Place::parse(&next.print());
        }
        seen
    }

    proptest! {
        #[test]
        fn what_stays_is_told_once_whatever_comes_and_goes(
            stays in proptest::collection::btree_map(0_u8..100, any::<Option<u8>>(), 0..20),
            others in proptest::collection::vec(
                proptest::collection::btree_map(100_u8..200, any::<Option<u8>>(), 0..20), 1..5),
            limit in 1_u32..7,
            ascending in any::<bool>(),
        ) {
            let order = if ascending { Order::Ascending } else { Order::Descending };
            let with = |it: &Items| it.iter().chain(&stays).map(|it| (*it.0, *it.1)).collect();
            let lists: Vec<Items> = others.iter().map(with).collect();
            let seen = walk(&lists, limit, order);
            let mut told: Vec<u8> = seen.into_iter().filter(|id| *id < 100).collect();
            told.sort_unstable();
            prop_assert_eq!(told, stays.into_keys().collect::<Vec<_>>());
        }

        #[test]
        fn a_place_comes_back_from_what_was_printed(rank in any::<Option<i64>>(), text in any::<String>()) {
            let key = place(&(7, None)).key;
            for rank in [rank.map(Rank::Number), Some(Rank::Text(text))] {
                let place = Place { rank, key: key.clone() };
                prop_assert_eq!(Place::parse(&place.print()), Some(place));
            }
        }
    }
}
