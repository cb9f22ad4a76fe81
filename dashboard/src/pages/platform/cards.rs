//! The cards beside a platform's total: people, versions, and the newest of these.

use modstats_store::model::{Metric, Platform, VersionView};
use modstats_store::time::day_of;

use crate::data::ModData;
use crate::figures::Total;
use crate::figures::period::{Part, PeriodGrowth};
use crate::figures::versions::{listed, newest};
use crate::language::{Markup, Words};
use crate::pages::Context;
use crate::pages::period_figure::{PeriodFigure, period_figure, short_days};
use crate::period::{Bounds, Known};
use crate::query::PlatformQuery;

/// Those who follow a project, or like it: what a platform counts of them.
#[derive(Clone, Debug)]
pub struct PeopleCard {
    pub label: String,
    pub value: Option<String>,
    pub observed: Option<Markup>,
    pub growth: PeriodFigure,
}

#[derive(Clone, Debug)]
pub struct VersionsCard {
    pub count: String,
    /// `3 published, 25 Oct to 21 Nov 2026`
    pub published: String,
    /// `2 no longer listed`
    pub gone: Option<String>,
}

#[derive(Clone, Debug)]
pub struct NewestCard {
    pub name: String,
    /// Where it says something else.
    pub number: Option<String>,
    pub downloads: Option<String>,
    pub age: String,
    pub published: Markup,
}

/// The people that a platform counts.
pub fn people_of(platform: Platform) -> Metric {
    match platform {
        Platform::Modrinth => Metric::Followers,
        Platform::Curseforge => Metric::ThumbsUp,
    }
}

impl PeopleCard {
    /// `people` has the history of what the platform counts, `total` is how many they are today.
    pub fn new(
        people: &ModData,
        platform: Platform,
        total: Option<&Total>,
        query: &PlatformQuery,
        known: &Known,
        words: &Words,
    ) -> PeopleCard {
        let parts = Part::of_members(people.members());
        let growth = PeriodGrowth::of(&parts, &query.period, query.compare, known);
        PeopleCard {
            label: words.text(match platform {
                Platform::Modrinth => "platform-followers",
                Platform::Curseforge => "platform-thumbs-up",
            }),
            value: total.map(|it| words.count(it.value)),
            observed: total.map(|it| {
                let at = words.at(it.observed_at);
                words.markup("platform-as-of", &[("at", (&at).into())])
            }),
            growth: period_figure(&growth, words),
        }
    }
}

impl VersionsCard {
    pub fn new(versions: &[VersionView], bounds: &Bounds, words: &Words) -> VersionsCard {
        let count = listed(versions).count();
        let is_in_period = |it: &&VersionView| {
            let published = it.published_at.map(day_of);
            published.is_some_and(|day| bounds.days.contains(day))
        };
        let published = versions.iter().filter(is_in_period).count();
        let gone = versions.len() - count;
        VersionsCard {
            count: words.count(i64::try_from(count).unwrap_or(i64::MAX)),
            published: words.with(
                "platform-published",
                &[
                    ("count", published.into()),
                    ("days", short_days(bounds.days, words).into()),
                ],
            ),
            gone: (gone > 0).then(|| words.with("platform-gone", &[("count", gone.into())])),
        }
    }
}

impl NewestCard {
    pub fn new(
        versions: &[VersionView],
        Context { words, now, .. }: Context<'_>,
    ) -> Option<NewestCard> {
        let version = newest(versions)?;
        let published_at = version.published_at?;
        let filled = |text: &Option<String>| text.clone().filter(|it| !it.trim().is_empty());
        let (name, number) = (filled(&version.name), filled(&version.number));
        let days = now.duration_since(published_at).as_hours().max(0) / 24;
        Some(NewestCard {
            number: number
                .clone()
                .filter(|it| name.as_ref().is_some_and(|name| !name.contains(it))),
            name: name
                .or(number)
                .unwrap_or_else(|| version.platform_id.clone()),
            downloads: version
                .latest
                .map(|it| words.with("platform-downloads", &[("count", it.value.into())])),
            age: words.with("platform-age", &[("days", days.into())]),
            published: words.markup(
                "platform-last-update",
                &[("at", (&words.at(published_at)).into())],
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, at, context, release, sample_bounds};
    use crate::links::Links;

    #[test]
    fn versions_of_the_period_are_counted_gone_or_not() {
        let gone = VersionView {
            gone_at: Some(at(NOW)),
            ..release(1, Some("2026-10-25T00:00Z"))
        };
        let versions = [
            release(2, Some("2026-11-22T01:00Z")),
            gone,
            release(3, Some("2026-10-24T23:59Z")),
            release(4, None),
        ];
        let words = Words::english();
        let card = VersionsCard::new(&versions, &sample_bounds(at(NOW)), &words);
        assert_eq!(card.count, "3");
        assert_eq!(card.published, "1 published, 25 Oct to 21 Nov 2026");
        assert_eq!(card.gone.as_deref(), Some("1 no longer listed"));
    }

    #[test]
    fn the_newest_version_has_its_name_in_full_and_its_age() {
        let (words, links) = (Words::english(), Links::default());
        let long = "A very long name ".repeat(9);
        let of = |name: &str, published: &str| {
            let version = VersionView {
                name: Some(name.to_owned()),
                number: Some("1.2".to_owned()),
                ..release(1, Some(published))
            };
            NewestCard::new(&[version], context(&words, &links))
        };
        let card = of(&long, "2026-11-20T16:00Z");
        let card = card.map(|it| (it.name, it.number, it.age));
        let number = Some("1.2".to_owned());
        assert_eq!(card, Some((long, number, "1 day old".to_owned())));
        let card = of("Mod 1.2", "2026-11-22T00:00Z").map(|it| (it.number, it.age));
        assert_eq!(card, Some((None, "less than a day old".to_owned())));
    }
}
