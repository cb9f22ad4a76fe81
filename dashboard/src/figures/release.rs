//! The newest release beside the one before it, at the same age.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use modstats_store::model::{VersionHistory, VersionView};

use crate::timeline::version_name;

/// Files of one number that were published within so long are one release: one for each loader.
const ONE_RELEASE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What stands between the parts of a number. A point doesn't: it is part of them.
const SEPARATORS: [char; 7] = ['-', '+', '_', ' ', '/', '(', ')'];

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

/// What a release is known by: the version's number, or its file's name, without the loaders and game
/// versions that it is built for. Files for different loaders have numbers like `2.4.0+forge`.
fn number(version: &VersionView) -> String {
    let given = version_name(version).to_lowercase();
    let tags = || version.loaders.iter().chain(&version.game_versions);
    let is_tag = |part: &&str| {
        let part = part.strip_prefix("mc").unwrap_or(part);
        tags().any(|tag| tag.eq_ignore_ascii_case(part))
    };
    let parts = given.split(SEPARATORS).filter(|part| !is_tag(part));
    let number: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    match number.is_empty() {
        true => given,
        false => number.join(" "),
    }
}

impl Release<'_> {
    /// What its versions' names begin with, whole words of them: `2.4.0` of `2.4.0+fabric` and
    /// `2.4.0+forge`.
    pub fn name(&self) -> String {
        let names: Vec<String> = self.versions.iter().map(|it| version_name(it)).collect();
        let Some((first, others)) = names.split_first() else {
            return String::new();
        };
        let starts = |begin: &str| {
            let goes_on = |name: &String| {
                let rest = name.strip_prefix(begin);
                rest.is_some_and(|it| it.is_empty() || it.starts_with(SEPARATORS))
            };
            others.iter().all(goes_on)
        };
        let ends = first.match_indices(SEPARATORS).map(|(at, _)| at);
        let mut ends = ends.chain([first.len()]);
        let common = ends.rfind(|end| *end > 0 && starts(&first[..*end]));
        first[..common.unwrap_or(first.len())].to_owned()
    }
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
