//! The newest release beside the one before it, at the same age.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use modstats_store::model::{VersionHistory, VersionView};

/// Files of one number that were published within so long are one release: one for each loader.
const ONE_RELEASE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The versions of one project that were published together under one number.
#[derive(Clone, Debug)]
pub struct Release<'a> {
    /// The newest first.
    pub versions: Vec<&'a VersionView>,
    /// The first of them.
    pub published_at: Timestamp,
}

/// Downloads since publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtAge {
    pub age: SignedDuration,
    pub newest: i64,
    /// Of the release before when it was as old; None where that isn't known.
    pub previous: Option<i64>,
}

/// The releases of one project, the newest first. `versions` are all of its own, the newest first;
/// what has no date is no release.
pub fn releases<'a>(versions: impl IntoIterator<Item = &'a VersionView>) -> Vec<Release<'a>> {
    let mut releases: Vec<Release> = Vec::new();
    for version in versions {
        let Some(published_at) = version.published_at else {
            continue;
        };
        let known = releases.iter_mut().find(|release| {
            release.published_at.duration_since(published_at) <= ONE_RELEASE
                && release
                    .versions
                    .iter()
                    .any(|it| number(it) == number(version))
        });
        match known {
            Some(release) => {
                release.versions.push(version);
                release.published_at = release.published_at.min(published_at);
            }
            None => releases.push(Release {
                versions: vec![version],
                published_at,
            }),
        }
    }
    releases
}

/// What a release is known by, or what tells it apart from every other one.
fn number(version: &VersionView) -> &str {
    let number = version.number.as_deref();
    number
        .filter(|it| !it.trim().is_empty())
        .unwrap_or(&version.platform_id)
}

impl Release<'_> {
    /// Compares with the release before at the age that this one has with its oldest newest
    /// reading. None where its own downloads since publication aren't known.
    pub fn at_age(
        &self,
        previous: Option<&Release>,
        histories: &BTreeMap<i32, VersionHistory>,
    ) -> Option<AtAge> {
        let newest_reading = |version: &&VersionView| {
            let readings = &histories.get(&version.id)?.readings;
            readings.last().map(|day| day.last.at)
        };
        let stated_at = self.versions.iter().map(newest_reading).min()??;
        let age = stated_at.duration_since(self.published_at);
        Some(AtAge {
            age,
            newest: self.downloads_at(age, histories)?,
            previous: previous.and_then(|it| it.downloads_at(age, histories)),
        })
    }

    /// Interpolated as growth is.
    fn downloads_at(
        &self,
        age: SignedDuration,
        histories: &BTreeMap<i32, VersionHistory>,
    ) -> Option<i64> {
        let at = self.published_at.checked_add(age).ok()?;
        let of_version = |version: &&VersionView| {
            // A file that came later for its loader had nothing before.
            if version.published_at? >= at {
                return Some(0);
            }
            histories.get(&version.id)?.series(&[]).value_at(at)
        };
        let values: Option<Vec<i64>> = self.versions.iter().map(of_version).collect();
        Some(values?.into_iter().fold(0, i64::saturating_add))
    }
}
