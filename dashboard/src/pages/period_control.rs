//! The choice of a period, and of what it is compared with: as links, and as forms for days of one's
//! own and for those since a version. All of it works without a script.

use modstats_store::model::VersionView;

use super::{Choice, Choosable, Context};
use crate::language::Words;
use crate::period::{Bounds, Compare, Period, Preset};
use crate::query::{Timed, Value};
use crate::timeline::version_name;

/// So many versions are offered to count from.
const MOST_VERSIONS: usize = 25;

/// Every preset with its text and its key.
const PRESETS: [(Preset, &str, char); 9] = [
    (Preset::Hours48, "period-48h", 'h'),
    (Preset::Days7, "period-7d", 'w'),
    (Preset::Days28, "period-28d", 'm'),
    (Preset::Days91, "period-91d", 'q'),
    (Preset::Month, "period-month", 'o'),
    (Preset::LastMonth, "period-last-month", 'l'),
    (Preset::Year, "period-year", 'e'),
    (Preset::Months12, "period-12mo", 'y'),
    (Preset::All, "period-all", 'a'),
];

const COMPARISONS: [(Compare, &str); 3] = [
    (Compare::Previous, "period-compare-previous"),
    (Compare::Year, "period-compare-year"),
    (Compare::None, "period-compare-none"),
];

#[derive(Clone, Debug)]
pub(super) struct PeriodControl {
    pub presets: Vec<Choice>,
    /// None where the page compares with no other period.
    pub compare: Vec<Choice>,
    /// Of the forms.
    pub action: String,
    /// What the forms keep of the page's state.
    pub kept: Vec<(&'static str, String)>,
    pub from: String,
    pub to: String,
    pub is_custom: bool,
    pub versions: Vec<Choosable>,
    pub is_since: bool,
}

impl PeriodControl {
    /// `address` is that of the page without its query; `versions` the newest first.
    pub fn new<Q: Timed>(
        query: &Q,
        bounds: &Bounds,
        address: &str,
        versions: &[VersionView],
        Context { words, .. }: Context<'_>,
    ) -> PeriodControl {
        let href = |query: Q| format!("{address}{}", query.render());
        let period = query.period();
        let preset = |(preset, key, shortcut): (Preset, &str, char)| Choice {
            label: words.text(key),
            shortcut: Some(shortcut),
            href: href(query.with_period(Period::Preset(preset))),
            chosen: *period == Period::Preset(preset),
        };
        let compare = |(compare, key): (Compare, &str)| Choice {
            label: words.text(key),
            shortcut: None,
            href: href(query.with_compare(compare)),
            chosen: query.compare() == Some(compare),
        };
        let of_period = ["period", "from", "to", "version"];
        PeriodControl {
            presets: PRESETS.map(preset).into(),
            compare: match query.compare() {
                Some(_) => COMPARISONS.map(compare).into(),
                None => Vec::new(),
            },
            action: address.to_owned(),
            kept: query
                .pairs()
                .into_iter()
                .filter(|(name, _)| !of_period.contains(name))
                .collect(),
            from: bounds.days.from.to_string(),
            to: bounds.days.to.to_string(),
            is_custom: matches!(period, Period::Custom(_)),
            versions: since_versions(period, versions, words),
            is_since: matches!(period, Period::Since(_)),
        }
    }
}

/// Those that have a date, the newest first; the chosen one is always among them.
fn since_versions(period: &Period, versions: &[VersionView], words: &Words) -> Vec<Choosable> {
    let option = |version: &VersionView| {
        let published = version.published_at?;
        let key = version.key();
        Some(Choosable {
            value: key.print().into_owned(),
            label: words.with(
                "period-version",
                &[
                    ("name", version_name(version).into()),
                    (
                        "day",
                        words.day(modstats_store::time::day_of(published)).into(),
                    ),
                ],
            ),
            chosen: *period == Period::Since(key),
        })
    };
    let options = versions.iter().filter_map(option).enumerate();
    options
        .filter(|(index, option)| *index < MOST_VERSIONS || option.chosen)
        .map(|(_, option)| option)
        .collect()
}
