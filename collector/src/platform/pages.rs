//! A list of ids that comes in pages, and may shift while it is read.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// One page of it.
pub(crate) struct IdPage {
    pub asked_at: Timestamp,
    /// How many there are, as the platform counts.
    pub total: usize,
    /// None for an item that doesn't say which it is.
    pub ids: Vec<Option<String>>,
}

/// The ids of all pages so far.
#[derive(Default)]
pub(crate) struct Ids {
    pub unique: BTreeSet<String>,
    first: Option<(Timestamp, usize)>,
    last_total: usize,
    nameless: usize,
}

impl Ids {
    /// Returns how many ids of the page are new.
    pub fn take(&mut self, page: IdPage) -> usize {
        self.first.get_or_insert((page.asked_at, page.total));
        self.last_total = page.total;
        let before = self.unique.len();
        for id in page.ids {
            match id {
                Some(id) => drop(self.unique.insert(id)),
                None => self.nameless += 1,
            }
        }
        self.unique.len() - before
    }

    pub fn asked_at(&self) -> Option<Timestamp> {
        self.first.map(|(at, _)| at)
    }

    /// Nothing slipped from one page to another unseen if as many are known as were counted at the
    /// start and at the end.
    pub fn flaw(&self) -> Option<String> {
        let (seen, first) = (self.unique.len(), self.first.map_or(0, |(_, total)| total));
        let last = self.last_total;
        if self.nameless > 0 {
            return Some(format!("{} items don't say which they are", self.nameless));
        }
        (seen < first || seen < last).then(|| {
            format!(
                "{seen} modpacks were seen where the platform counts {first} at the start and {last} at the end"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pages: &[(usize, &[&str])]) -> Ids {
        let mut ids = Ids::default();
        for (total, page) in pages {
            ids.take(IdPage {
                asked_at: Timestamp::UNIX_EPOCH,
                total: *total,
                ids: page.iter().map(|id| Some((*id).to_owned())).collect(),
            });
        }
        ids
    }

    #[test]
    fn a_list_that_shifts_while_it_is_read_is_not_complete() {
        assert_eq!(read(&[(3, &["a", "b"]), (3, &["c"])]).flaw(), None);
        // One that moved to a page that was read already is missing.
        assert!(read(&[(3, &["a", "b"]), (3, &[])]).flaw().is_some());
        // One that moved to a later page comes twice, another is new.
        assert_eq!(
            read(&[(3, &["b", "c"]), (4, &["c", "d", "e"])]).flaw(),
            None
        );
        assert!(read(&[(3, &["b", "c"]), (4, &["c", "d"])]).flaw().is_some());
        assert_eq!(read(&[(0, &[])]).flaw(), None);
    }
}
