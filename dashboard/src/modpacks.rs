//! What is said of a TrackedMod's modpacks, the same for its page, its exports and the API.

mod choice;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use modstats_store::model::{
    Membership, ModpackFreshness, ModpackView, Outcome, Platform, TrackedModView,
};
use modstats_store::time::day_of;
use serde::Serialize;
use utoipa::ToSchema;

use crate::data::Modpacks;
use crate::figures::Total;
use crate::freshness::Tone;
use crate::query::ModpackState;

pub use choice::{chosen, place};

/// What happened in these last days is news; today comes on top.
const NEWS_DAYS: i32 = 28;

/// How many packs there are, by what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModpackFigures {
    /// They contain the mod today.
    pub current: usize,
    /// Of these, those that were seen to begin in the last 28 days.
    pub new_28d: usize,
    /// The downloads together of those that contain the mod today.
    pub downloads: Option<Total>,
    /// They contained it once, and don't today: those that were lost, and those of which only an
    /// older version is known to have contained it.
    pub former: usize,
    pub lost: usize,
    pub lost_28d: usize,
    /// The document names them, and nobody verifies it.
    pub declared: usize,
}

impl ModpackFigures {
    pub fn new(packs: &[ModpackView], today: Date) -> ModpackFigures {
        let count = |state: ModpackState| {
            let in_state = |it: &&ModpackView| is_in(&it.membership, state, today);
            packs.iter().filter(in_state).count()
        };
        let current = |it: &&ModpackView| is_in(&it.membership, ModpackState::Current, today);
        let containing = packs.iter().filter(current).map(|it| &it.modpack);
        let lost = packs.iter().filter_map(|it| match it.membership {
            Membership::Lost { until, .. } => Some(until),
            _ => None,
        });
        ModpackFigures {
            current: count(ModpackState::Current),
            new_28d: count(ModpackState::New),
            downloads: Total::of(containing, |totals| Some(totals.downloads)),
            former: count(ModpackState::Lost) + count(ModpackState::Once),
            lost: count(ModpackState::Lost),
            lost_28d: lost.filter(|until| is_news(*until, today)).count(),
            declared: count(ModpackState::Declared),
        }
    }
}

/// Whether a pack is shown among those in a state.
fn is_in(membership: &Membership, state: ModpackState, today: Date) -> bool {
    match (state, membership) {
        (ModpackState::All, _)
        | (ModpackState::Current, Membership::Current { .. })
        | (ModpackState::Lost, Membership::Lost { .. })
        | (ModpackState::Once, Membership::Once)
        | (ModpackState::Declared, Membership::Declared { .. }) => true,
        (ModpackState::New, _) => is_new(membership, today),
        _ => false,
    }
}

/// When those began that were there at the first listing, nobody knows.
pub fn is_new(membership: &Membership, today: Date) -> bool {
    matches!(*membership, Membership::Current { since, known_since: false } if is_news(since, today))
}

fn is_news(at: Timestamp, today: Date) -> bool {
    day_of(at) >= today.saturating_sub(NEWS_DAYS.days())
}

/// What is known of a pack, as programs are told it.
pub struct Told {
    /// `current`, `declared`, `lost` or `once`.
    pub state: &'static str,
    pub since: Option<Timestamp>,
    /// It was there at the first listing; None where `since` is no beginning of that kind.
    pub known_since: Option<bool>,
    /// When it was lost.
    pub until: Option<Timestamp>,
}

impl Told {
    pub fn new(membership: &Membership) -> Told {
        let (state, since, known_since, until) = match *membership {
            Membership::Current { since, known_since } => {
                ("current", Some(since), Some(known_since), None)
            }
            Membership::Declared { since } => ("declared", Some(since), None, None),
            Membership::Lost { since, until } => ("lost", Some(since), None, Some(until)),
            Membership::Once => ("once", None, None, None),
        };
        Told {
            state,
            since,
            known_since,
            until,
        }
    }
}

/// What a pack is called.
pub fn pack_name(pack: &ModpackView) -> &str {
    let known = [&pack.modpack.name, &pack.modpack.slug];
    let mut filled = known.into_iter().flatten();
    let filled = filled.find(|text| !text.trim().is_empty());
    filled.unwrap_or(&pack.modpack.key.id)
}

/// When a pack became what it is.
pub fn state_since(membership: &Membership) -> Option<Timestamp> {
    match *membership {
        Membership::Current { since, .. } | Membership::Declared { since } => Some(since),
        Membership::Lost { until, .. } => Some(until),
        Membership::Once => None,
    }
}

/// How fresh the modpacks of one platform are: of all the mod's projects on it together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformFreshness {
    pub platform: Platform,
    /// None where nobody asked.
    pub asked: Option<Asked>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub outcome: Outcome,
    /// The oldest of the projects' newest questions.
    pub at: Timestamp,
    /// Since then the packs of every project were listed completely at least once.
    pub complete_at: Option<Timestamp>,
    /// How many of the projects were listed completely the last time.
    pub complete: usize,
    pub projects: usize,
}

impl PlatformFreshness {
    /// One for each platform that the mod is on.
    pub fn all(view: &TrackedModView, modpacks: &Modpacks) -> Vec<PlatformFreshness> {
        let of = |platform: Platform| {
            // What its platform doesn't show has no packs to ask for.
            let projects: Vec<Option<&ModpackFreshness>> = view
                .members
                .iter()
                .filter(|it| it.project.key.platform == platform)
                .filter(|it| it.left_at.is_none() && it.project.invisible_since.is_none())
                .map(|it| {
                    let of = |fresh: &&ModpackFreshness| fresh.project == it.project.key;
                    modpacks.freshness.iter().find(of)
                })
                .collect();
            (!projects.is_empty()).then(|| PlatformFreshness {
                platform,
                asked: Asked::new(&projects),
            })
        };
        Platform::ALL.iter().copied().filter_map(of).collect()
    }

    pub fn tone(&self) -> Tone {
        match &self.asked {
            None => Tone::Quiet,
            Some(asked) if asked.outcome == Outcome::Complete => Tone::Good,
            Some(_) => Tone::Warning,
        }
    }
}

impl Asked {
    fn new(projects: &[Option<&ModpackFreshness>]) -> Option<Asked> {
        let known = || projects.iter().copied().flatten();
        let is_complete = |it: &ModpackFreshness| it.complete_at == Some(it.asked_at);
        let complete = known().filter(|it| is_complete(it)).count();
        let failed = known().filter(|it| it.outcome == Some(Outcome::Failed));
        Some(Asked {
            outcome: match (complete, failed.count()) {
                (all, _) if all == projects.len() => Outcome::Complete,
                (_, all) if all == projects.len() => Outcome::Failed,
                _ => Outcome::Partial,
            },
            at: known().map(|it| it.asked_at).min()?,
            complete_at: projects
                .iter()
                .map(|it| it.and_then(|it| it.complete_at))
                .min()
                .flatten(),
            complete,
            projects: projects.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, data, member};
    use modstats_store::model::ProjectKey;

    fn asked(id: &str, when: &str, outcome: Outcome, complete: Option<&str>) -> ModpackFreshness {
        ModpackFreshness {
            project: ProjectKey {
                platform: Platform::Modrinth,
                id: id.to_owned(),
            },
            asked_at: at(when),
            outcome: Some(outcome),
            complete_at: complete.map(at),
        }
    }

    /// Of Modrinth, for a mod with the projects `a` and `b`.
    fn fresh(freshness: Vec<ModpackFreshness>) -> PlatformFreshness {
        let members = ["a", "b"].map(|id| member(Platform::Modrinth, id, &[]));
        let modpacks = Modpacks {
            packs: Vec::new(),
            freshness,
        };
        PlatformFreshness::all(&data(members.to_vec()).view, &modpacks).remove(0)
    }

    #[test]
    fn a_platform_is_complete_only_with_all_projects_and_as_old_as_the_oldest() {
        const MONDAY: &str = "2026-11-23T03:43Z";
        const SUNDAY: &str = "2026-11-22T03:43Z";
        let (complete, failed) = (Outcome::Complete, Outcome::Failed);
        let of = |one, other| {
            let asked = fresh(vec![one, other]).asked;
            asked.map(|it| (it.outcome, it.at, it.complete_at, it.complete))
        };
        let one = || asked("a", MONDAY, complete, Some(MONDAY));
        assert_eq!(
            of(one(), asked("b", SUNDAY, complete, Some(SUNDAY))),
            Some((complete, at(SUNDAY), Some(at(SUNDAY)), 2))
        );
        assert_eq!(
            of(one(), asked("b", MONDAY, failed, Some(SUNDAY))),
            Some((Outcome::Partial, at(MONDAY), Some(at(SUNDAY)), 1))
        );
        assert_eq!(
            of(
                asked("a", MONDAY, failed, Some(SUNDAY)),
                asked("b", MONDAY, failed, None)
            ),
            Some((failed, at(MONDAY), None, 0)),
            "never complete is nothing complete"
        );
    }

    #[test]
    fn a_project_that_was_not_asked_about_leaves_its_platform_incomplete() {
        const NOW: &str = "2026-11-23T03:43Z";
        assert_eq!(fresh(Vec::new()).asked, None);
        assert_eq!(fresh(Vec::new()).tone(), Tone::Quiet);
        let half = fresh(vec![asked("a", NOW, Outcome::Complete, Some(NOW))]);
        assert_eq!(half.tone(), Tone::Warning);
        let half = half.asked.map(|it| (it.outcome, it.complete_at));
        assert_eq!(half, Some((Outcome::Partial, None)));
    }
}
