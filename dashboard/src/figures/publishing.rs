//! When versions were published.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use modstats_store::model::VersionView;
use modstats_store::time::day_of;

use super::versions::Channel;
use crate::period::Days;
use crate::timeline::version_name;

/// A month (UTC) in which any was.
pub struct Month<'a> {
    /// Up to today, or to a version whose platform's clock is ahead.
    pub days: Days,
    /// The newest first.
    pub versions: Vec<&'a VersionView>,
}

/// The newest first.
pub fn months(versions: &[VersionView], today: Date) -> Vec<Month<'_>> {
    let mut months: BTreeMap<Reverse<Date>, Vec<&VersionView>> = BTreeMap::new();
    let mut last = today;
    for version in versions {
        if let Some(published) = version.published_at {
            let day = day_of(published);
            last = last.max(day);
            let month = Reverse(day.first_of_month());
            months.entry(month).or_default().push(version);
        }
    }
    let month = |(Reverse(from), mut versions): (Reverse<Date>, Vec<_>)| {
        versions.sort_by_key(|it: &&VersionView| Reverse(it.published_at));
        Month {
            days: Days {
                from,
                to: from.last_of_month().min(last),
            },
            versions,
        }
    };
    months.into_iter().map(month).collect()
}

impl Month<'_> {
    pub fn count(&self, channel: Channel) -> i64 {
        let of_channel = self.versions.iter().filter(|it| Channel::of(it) == channel);
        i64::try_from(of_channel.count()).unwrap_or(i64::MAX)
    }

    /// Files of one number are named once.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.versions.iter().copied().map(version_name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::release;
    use jiff::civil::date;

    #[test]
    fn versions_fall_into_the_months_of_their_utc_days() {
        let versions = [
            release(1, Some("2026-11-01T00:00Z")),
            release(2, Some("2026-10-31T23:59Z")),
            release(3, Some("2026-10-01T00:00Z")),
            release(4, None),
        ];
        let told = |today| {
            let months = months(&versions, today).into_iter();
            let told = months.map(|it| {
                let ids = it.versions.iter().map(|it| it.id);
                (it.days.from, it.days.to, ids.collect::<Vec<_>>())
            });
            told.collect::<Vec<_>>()
        };
        let october = (date(2026, 10, 1), date(2026, 10, 31), vec![2, 3]);
        let november = |to| (date(2026, 11, 1), to, vec![1]);
        let today = date(2026, 11, 22);
        assert_eq!(told(today), [november(today), october.clone()]);
        let behind = date(2026, 10, 31);
        assert_eq!(told(behind), [november(date(2026, 11, 1)), october]);
    }
}
