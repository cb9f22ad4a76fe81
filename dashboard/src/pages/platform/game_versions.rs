//! The form that keeps the table to the versions for one game version.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use modstats_store::model::VersionView;

use crate::language::Words;
use crate::natural;
use crate::pages::Choosable;
use crate::pages::ways::Ways;
use crate::query::{GameVersion, Query, Value};

/// So many are offered.
const MOST: usize = 20;

#[derive(Clone, Debug)]
pub struct GameVersions {
    pub action: String,
    /// The rest of the page's state.
    pub kept: Vec<(&'static str, String)>,
    /// All of them, then those whose versions grew most over the page's period.
    pub choices: Vec<Choosable>,
}

impl GameVersions {
    /// None where there is nothing to choose from.
    pub fn new(versions: &[VersionView], ways: &Ways<'_>, words: &Words) -> Option<GameVersions> {
        let chosen = ways.query.game_version.as_ref();
        let all = Choosable {
            value: String::new(),
            label: words.text("versions-every-game-version"),
            chosen: chosen.is_none(),
        };
        let ranked = ranked(versions).into_iter().enumerate();
        let offered: Vec<Choosable> = ranked
            .map(|(place, it)| (place, chosen == Some(&it), it))
            .filter(|(place, is_chosen, _)| *place < MOST || *is_chosen)
            .map(|(_, chosen, it)| Choosable {
                value: it.print().into_owned(),
                label: it.as_str().to_owned(),
                chosen,
            })
            .collect();
        let pairs = ways.query.pairs().into_iter();
        (!offered.is_empty()).then(|| GameVersions {
            action: format!("{}#versions", ways.address),
            kept: pairs.filter(|(name, _)| *name != "game-version").collect(),
            choices: [all].into_iter().chain(offered).collect(),
        })
    }
}

/// By what all versions for them grew by together; of those that grew alike the newest first.
fn ranked(versions: &[VersionView]) -> Vec<GameVersion> {
    let mut growths: BTreeMap<&str, Option<i64>> = BTreeMap::new();
    for version in versions {
        for game_version in &version.game_versions {
            let sum = growths.entry(game_version).or_default();
            *sum = match (*sum, version.growth) {
                (Some(sum), Some(growth)) => Some(sum.saturating_add(growth)),
                (sum, growth) => sum.or(growth),
            };
        }
    }
    let mut ranked: Vec<_> = growths.into_iter().collect();
    ranked.sort_by(|(one, grown), (other, others)| {
        let newer = || natural::compare(other, one);
        Reverse(*grown).cmp(&Reverse(*others)).then_with(newer)
    });
    let names = ranked.into_iter().map(|(name, _)| name);
    names.filter_map(GameVersion::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::release;
    use crate::links::Links;
    use crate::query::PlatformQuery;

    fn form(versions: &[VersionView], raw: &str) -> Option<GameVersions> {
        let query = PlatformQuery::parse(raw).map(|it| it.query);
        let ways = Ways {
            links: &Links::default(),
            namespace: "a",
            name: "b",
            address: "/mods/a/b/modrinth",
            query: &query.unwrap_or_default(),
        };
        GameVersions::new(versions, &ways, &Words::english())
    }

    fn version(game_versions: &[&str], growth: Option<i64>) -> VersionView {
        VersionView {
            game_versions: game_versions.iter().map(|it| (*it).to_owned()).collect(),
            growth,
            ..release(1, None)
        }
    }

    fn values(form: Option<GameVersions>) -> Vec<String> {
        let choices = form.into_iter().flat_map(|it| it.choices);
        choices
            .map(|it| format!("{}{}", it.value, if it.chosen { "!" } else { "" }))
            .collect()
    }

    #[test]
    fn those_that_grew_most_come_first_and_what_is_not_known_last() {
        let versions = [
            version(&["1.9", "1.10"], Some(5)),
            version(&["1.21.1", "1.20"], Some(9)),
            version(&["1.20", "1.7.10"], None),
        ];
        assert_eq!(
            values(form(&versions, "")),
            ["!", "1.21.1", "1.20", "1.10", "1.9", "1.7.10"]
        );
        assert!(form(&[version(&[], Some(5))], "").is_none());
    }

    #[test]
    fn the_chosen_one_is_always_there_and_the_rest_of_the_state_is_kept() {
        let names: Vec<String> = (0..60).map(|it| format!("1.{it}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let versions = [version(&names, Some(5))];
        let raw = "period=7d&game-version=1.3&sort=name&versions=all";
        let form = form(&versions, raw);
        let kept = form.as_ref().map(|it| it.kept.clone());
        let kept: Vec<String> = kept
            .into_iter()
            .flatten()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(kept, ["period=7d", "sort=name", "versions=all"]);
        let values = values(form);
        assert_eq!((values.len(), values[1].as_str()), (MOST + 2, "1.59"));
        assert_eq!(values.last().map(String::as_str), Some("1.3!"));
    }
}
