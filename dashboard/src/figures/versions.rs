//! The versions of a mod beside each other.

use modstats_store::model::VersionView;

use super::share::thousandths;
use crate::words::words;

words!(
    /// How finished its author calls a version.
    Channel {
        Release = "release",
        Beta = "beta",
        Alpha = "alpha",
        /// What none of the platforms says today.
        Other = "other",
    }
);

impl Channel {
    pub fn of(version: &VersionView) -> Channel {
        let said = version.channel.as_deref();
        let known = Channel::ALL.iter().find(|it| said == Some(it.as_str()));
        known.copied().unwrap_or(Channel::Other)
    }
}

/// What a platform still shows.
pub fn listed(versions: &[VersionView]) -> impl Iterator<Item = &VersionView> {
    versions.iter().filter(|it| it.gone_at.is_none())
}

/// The one published last of those that are listed.
pub fn newest(versions: &[VersionView]) -> Option<&VersionView> {
    listed(versions)
        .filter(|it| it.published_at.is_some())
        .max_by_key(|it| it.published_at)
}

/// The share of each version in the sum over those that are listed, in thousandths. Nobody has one
/// while the downloads of one of them aren't known.
pub fn shares_of_downloads(versions: &[VersionView]) -> Vec<Option<i64>> {
    let value = |it: &VersionView| match it.gone_at {
        None => it.latest.map(|reading| reading.value),
        Some(_) => None,
    };
    match listed(versions).all(|it| it.latest.is_some()) {
        true => shares(versions.iter().map(value)),
        false => vec![None; versions.len()],
    }
}

/// The share of each version in what all of them grew by, in thousandths. Nobody has one where a
/// counter fell.
pub fn shares_of_growth(versions: &[VersionView]) -> Vec<Option<i64>> {
    shares(versions.iter().map(|it| it.growth))
}

fn shares(values: impl Iterator<Item = Option<i64>>) -> Vec<Option<i64>> {
    let values: Vec<Option<i64>> = values.collect();
    let known: Vec<i64> = values.iter().copied().flatten().collect();
    let mut shares = thousandths(&known).unwrap_or_default().into_iter();
    let share = |value: &Option<i64>| value.and_then(|_| shares.next());
    values.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::data::{Schedules, Versions};
    use crate::fixtures::{at, borrowed, daily, member, release};
    use crate::period::Days;
    use jiff::civil::date;
    use modstats_store::model::{Platform, Reading, VersionHistory};

    fn with_downloads(downloads: Option<i64>, is_gone: bool) -> VersionView {
        VersionView {
            latest: downloads.map(|value| Reading {
                at: at("2026-11-22T00:00Z"),
                value,
            }),
            gone_at: is_gone.then(|| at("2026-11-20T00:00Z")),
            ..release(1, None)
        }
    }

    #[test]
    fn shares_are_of_what_is_listed_and_make_a_thousand() {
        let three = [
            with_downloads(Some(1), false),
            with_downloads(Some(999), true),
            with_downloads(Some(1), false),
            with_downloads(Some(1), false),
        ];
        let shares = shares_of_downloads(&three);
        assert_eq!(shares, [Some(334), None, Some(333), Some(333)]);
        let unread = [with_downloads(Some(5), false), with_downloads(None, false)];
        assert_eq!(shares_of_downloads(&unread), [None, None]);
    }

    #[test]
    fn growth_has_no_shares_where_a_counter_fell() {
        let of = |growths: &[Option<i64>]| {
            let view = |growth: &Option<i64>| VersionView {
                growth: *growth,
                ..release(1, None)
            };
            shares_of_growth(&growths.iter().map(view).collect::<Vec<_>>())
        };
        assert_eq!(of(&[Some(3), None, Some(1)]), [Some(750), None, Some(250)]);
        assert_eq!(of(&[Some(3), Some(-1)]), [None, None]);
    }

    #[test]
    fn the_newest_version_is_listed_and_has_a_date() {
        let gone = with_downloads(None, true);
        let versions = [
            VersionView {
                published_at: Some(at("2026-11-10T00:00Z")),
                ..gone
            },
            release(2, None),
            release(3, Some("2026-10-01T00:00Z")),
            release(4, Some("2026-11-01T00:00Z")),
        ];
        assert_eq!(newest(&versions).map(|it| it.id), Some(4));
    }

    #[test]
    fn a_channel_that_nobody_knows_is_another_one() {
        let of = |channel: Option<&str>| {
            Channel::of(&VersionView {
                channel: channel.map(str::to_owned),
                ..release(1, None)
            })
        };
        assert_eq!(of(Some("beta")), Channel::Beta);
        assert_eq!(of(Some("Beta!")), Channel::Other);
        assert_eq!(of(None), Channel::Other);
    }

    #[test]
    fn versions_grow_over_the_period_and_no_longer() {
        let readings = |first, days, start| {
            let readings = daily(first, days, start, 24);
            member(Platform::Modrinth, "v", &borrowed(&readings)).1
        };
        let old = VersionHistory {
            readings: readings(date(2026, 11, 1), 20, 5_000),
            from_zero: None,
        };
        let new = VersionHistory {
            readings: readings(date(2026, 11, 10), 10, 12),
            from_zero: Some(at("2026-11-10T00:00Z")),
        };
        let views = vec![
            release(2, Some("2026-11-10T00:00Z")),
            release(1, None),
            release(3, None),
        ];
        let histories = BTreeMap::from([(1, old), (2, new)]);
        let period = Days {
            from: date(2026, 11, 9),
            to: date(2026, 11, 12),
        };
        let versions = Versions::new(views, &histories, &Schedules::new(), period);
        let growth: Vec<_> = versions.views.iter().map(|it| it.growth).collect();
        assert_eq!(
            growth,
            [Some(72), Some(96), None],
            "a release starts from 0"
        );
    }
}
