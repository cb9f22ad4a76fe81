//! When versions were published: a stroke for each, by channel, and the list by month.

use jiff::civil::Date;
use modstats_store::model::VersionView;
use modstats_store::time::{day_of, midnight};

use crate::chart::{Lane, Lanes, Size, Svg};
use crate::figures::publishing::{self, months};
use crate::figures::versions::Channel;
use crate::language::Words;
use crate::period::Days;

/// So many versions of a month are named.
const MOST_NAMES: usize = 12;

/// None where no version has a date.
#[derive(Clone, Debug)]
pub struct Publishing {
    pub wide: Svg,
    pub narrow: Svg,
    pub caption: String,
    /// Of the drawing as something to explore.
    pub name: String,
    /// The channels that there are.
    pub channels: Vec<String>,
    /// The newest first.
    pub months: Vec<Month>,
}

#[derive(Clone, Debug)]
pub struct Month {
    /// Up to today.
    pub days: Days,
    pub when: String,
    /// Parallel to the channels.
    pub counts: Vec<String>,
    pub names: String,
}

impl Publishing {
    pub fn new(versions: &[VersionView], today: Date, words: &Words) -> Option<Publishing> {
        let months = months(versions, today);
        let dated = || months.iter().flat_map(|it| it.versions.iter().copied());
        let of = |channel: Channel| dated().filter(move |it| Channel::of(it) == channel);
        let channels: Vec<Channel> = Channel::ALL
            .iter()
            .copied()
            .filter(|it| of(*it).next().is_some())
            .collect();
        let dates = || dated().filter_map(|it| it.published_at).map(day_of);
        let days = Days {
            from: dates().min()?,
            // A platform's clock may be ahead.
            to: today.max(dates().max()?),
        };
        let lane = |channel: &Channel| Lane {
            label: words.text(name_of(*channel)),
            instants: of(*channel).filter_map(|it| it.published_at).collect(),
        };
        let caption = words.with(
            "platform-published-caption",
            &[
                ("count", dated().count().into()),
                ("days", words.days(days.from, days.to).into()),
            ],
        );
        let count = |channel: &Channel| months.iter().map(|it| it.count(*channel)).sum();
        let told: Vec<String> = channels
            .iter()
            .map(|it| format!("{} {}", words.text(name_of(*it)), words.count(count(it))))
            .collect();
        // Whole months, as they are listed.
        let (from, to) = (midnight(days.from.first_of_month()), days.midnights().1);
        let lanes = Lanes {
            name: "published",
            title: caption.clone(),
            description: words.with(
                "chart-description",
                &[("summary", format!("{}.", told.join(", ")).into())],
            ),
            from,
            to,
            lanes: channels.iter().map(lane).collect(),
        };
        let month = |month: &publishing::Month<'_>| {
            let counts = channels.iter().map(|it| words.count(month.count(*it)));
            Month {
                days: month.days,
                when: words.month_of_year(month.days.from),
                counts: counts.collect(),
                names: first_names(month.names(), words),
            }
        };
        Some(Publishing {
            wide: lanes.svg(Size::Wide, words),
            narrow: lanes.svg(Size::Narrow, words),
            name: words.with(
                "chart-explore",
                &[("what", words.text("platform-publishing").into())],
            ),
            caption,
            months: months.iter().map(month).collect(),
            channels: channels.iter().map(|it| words.text(name_of(*it))).collect(),
        })
    }
}

fn name_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Release => "versions-release",
        Channel::Beta => "versions-beta",
        Channel::Alpha => "versions-alpha",
        Channel::Other => "versions-other-channel",
    }
}

fn first_names(mut names: Vec<String>, words: &Words) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    let named = names.join(", ");
    match more {
        0 => named,
        more => words.with(
            "common-and-more",
            &[("first", named.into()), ("count", more.into())],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::release;
    use jiff::civil::date;

    #[test]
    fn each_month_with_a_release_tells_its_channels_and_names_each_number_once() {
        let version = |number: &str, channel: &str, published| VersionView {
            number: Some(number.to_owned()),
            channel: Some(channel.to_owned()),
            ..release(1, Some(published))
        };
        let versions = [
            version("2.0", "release", "2026-11-05T00:00Z"),
            version("2.0", "release", "2026-11-05T01:00Z"),
            version("2.0-rc", "beta", "2026-11-01T00:00Z"),
            version("1.0", "release", "2026-03-01T00:00Z"),
            release(9, None),
        ];
        let words = Words::english();
        let told = Publishing::new(&versions, date(2026, 11, 22), &words);
        let told = told.map(|it| {
            let months = it.months.into_iter();
            let months = months.map(|it| (it.when, it.counts.join("+"), it.names, it.days.to));
            (it.channels, months.collect::<Vec<_>>())
        });
        let month = |when: &str, counts: &str, names: &str, to| {
            (when.to_owned(), counts.to_owned(), names.to_owned(), to)
        };
        assert_eq!(
            told,
            Some((
                vec!["release".to_owned(), "beta".to_owned()],
                vec![
                    month("Nov 2026", "2+1", "2.0, 2.0-rc", date(2026, 11, 22)),
                    month("Mar 2026", "1+0", "1.0", date(2026, 3, 31)),
                ]
            ))
        );
        let undated = Publishing::new(&versions[4..], date(2026, 11, 22), &words);
        assert!(undated.is_none());
    }
}
