//! Which of the packs are shown, and in which order.

use jiff::civil::Date;
use modstats_store::model::{ModpackView, ProjectKey};

use super::{is_in, pack_name, state_since};
use crate::query::{ModpackChoice, ModpackSort, Place, Rank, placed};

/// The project was chosen when the packs were asked for.
pub fn chosen(
    mut packs: Vec<ModpackView>,
    choice: &ModpackChoice,
    today: Date,
) -> Vec<ModpackView> {
    packs.retain(|it| is_shown(it, choice, today));
    let placed = placed(packs, choice.order, |it| place(it, choice.sort));
    placed.into_iter().map(|(_, pack)| pack).collect()
}

fn is_shown(pack: &ModpackView, choice: &ModpackChoice, today: Date) -> bool {
    let key = &pack.modpack.key;
    let found = |text: &str| {
        let text = text.to_lowercase();
        let slug = pack.modpack.slug.as_deref().unwrap_or_default();
        let words = [pack_name(pack), slug, &key.id];
        words.iter().any(|it| it.to_lowercase().contains(&text))
    };
    choice.platform.is_none_or(|it| it == key.platform)
        && is_in(&pack.membership, choice.state, today)
        && choice.search.as_ref().is_none_or(|it| found(it.as_str()))
        && (!choice.with_downloads || pack.modpack.totals.is_some())
}

/// Where a pack is among those that are sorted by a column.
pub fn place(pack: &ModpackView, sort: ModpackSort) -> Place<ProjectKey> {
    let number = |it: Option<i64>| it.map(Rank::Number);
    Place {
        rank: match sort {
            ModpackSort::Downloads => number(pack.modpack.totals.map(|totals| totals.downloads)),
            ModpackSort::Name => Some(Rank::Text(pack_name(pack).to_lowercase())),
            ModpackSort::SinceAdded => number(pack.downloads_since_added),
            ModpackSort::Since => {
                number(state_since(&pack.membership).map(|it| it.as_microsecond()))
            }
        },
        key: pack.modpack.key.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::fixtures::{at, member};
    use crate::modpacks::ModpackFigures;
    use crate::query::{ModpacksQuery, Query};
    use modstats_store::model::{Membership, Platform};

    const TODAY: Date = Date::constant(2026, 11, 22);

    fn pack(id: &str, downloads: Option<i64>, membership: Membership) -> ModpackView {
        let reading = downloads.map(|it| ("2026-11-22T03:12Z", it));
        let readings: Vec<_> = reading.into_iter().collect();
        ModpackView {
            modpack: member(Platform::Modrinth, id, &readings).0.project,
            membership,
            downloads_since_added: None,
        }
    }

    fn current(since: &str, known_since: bool) -> Membership {
        let since = at(since);
        Membership::Current { since, known_since }
    }

    fn lost(until: &str) -> Membership {
        Membership::Lost {
            since: at("2026-01-01T00:00Z"),
            until: at(until),
        }
    }

    fn packs() -> Vec<ModpackView> {
        vec![
            pack("first", Some(10), current("2026-11-20T03:43Z", true)),
            pack("newest", None, current("2026-11-21T03:43Z", false)),
            pack("new", Some(3), current("2026-10-25T00:00Z", false)),
            pack("old", Some(4), current("2026-10-24T23:59Z", false)),
            pack("gone", Some(9), lost("2026-11-01T03:43Z")),
            pack("long gone", Some(8), lost("2026-02-01T03:43Z")),
            pack("once", Some(7), Membership::Once),
            pack(
                "declared",
                Some(6),
                Membership::Declared {
                    since: at("2026-11-21T03:43Z"),
                },
            ),
        ]
    }

    fn shown(raw: &str) -> Vec<String> {
        let choice = ModpacksQuery::parse(raw).unwrap().query.packs;
        let shown = chosen(packs(), &choice, TODAY);
        shown.into_iter().map(|it| it.modpack.key.id).collect()
    }

    #[test]
    fn a_pack_is_new_that_was_seen_to_begin_within_28_days() {
        assert_eq!(shown("state=new"), ["newest", "new"]);
        assert_eq!(shown(""), ["first", "old", "new", "newest"]);
    }

    #[test]
    fn those_that_were_lost_are_all_there_the_newest_first() {
        assert_eq!(shown("state=lost"), ["gone", "long gone"]);
        assert_eq!(shown("state=once"), ["once"]);
        assert_eq!(shown("state=declared"), ["declared"]);
        assert_eq!(shown("state=all").len(), packs().len());
    }

    #[test]
    fn what_is_looked_for_may_stand_in_name_slug_or_id() {
        let mut all = packs();
        all[0].modpack.name = Some("Ärger".to_owned());
        all[1].modpack.slug = Some("arrr-pack".to_owned());
        let found = |raw: &str| {
            let choice = ModpacksQuery::parse(raw).unwrap().query.packs;
            chosen(all.clone(), &choice, TODAY).len()
        };
        assert_eq!(found("q=äRG"), 1);
        assert_eq!(found("q=ARRR"), 1);
        assert_eq!(found("q=new"), 2);
        assert_eq!(found("q=first"), 1, "its id");
        assert_eq!(found("platform=curseforge"), 0);
    }

    #[test]
    fn what_is_not_known_comes_last_in_either_order_or_is_left_out() {
        assert_eq!(shown("order=asc"), ["new", "old", "first", "newest"]);
        assert_eq!(shown("with-downloads=yes"), ["first", "old", "new"]);
        assert_eq!(shown("sort=name&order=desc").first().unwrap(), "old");
    }

    #[test]
    fn the_figures_count_what_the_states_show() {
        let figures = ModpackFigures::new(&packs(), TODAY);
        let count = |raw: &str| shown(raw).len();
        assert_eq!(figures.current, count("state=current"));
        assert_eq!(figures.new_28d, count("state=new"));
        assert_eq!(figures.lost, count("state=lost"));
        assert_eq!(figures.former, figures.lost + count("state=once"));
        assert_eq!(figures.declared, count("state=declared"));
        assert_eq!(figures.lost_28d, 1);
        let downloads = figures.downloads.unwrap();
        assert_eq!((downloads.value, downloads.projects_unknown), (17, 1));
    }
}
