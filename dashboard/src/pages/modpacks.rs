//! The modpacks of a mod.

use modstats_store::model::{Membership, ModpackView, Outcome, Platform};

use super::{TotalText, accent};
use crate::data::{ModData, Modpacks};
use crate::format::{At, Change, Count, DayTag, TimeTag};
use crate::modpacks::{Asked, ModpackFigures, PlatformFreshness, is_former};
use crate::timeline::platform_name;

/// So many rows of a table are shown.
const MOST_ROWS: usize = 50;

#[derive(Clone, Debug)]
pub struct ModpackSection {
    pub(super) figures: FiguresText,
    pub(super) freshness: Vec<ListedLine>,
    /// Those that contain the mod, or are declared to.
    pub(super) present: ModpackTable,
    pub(super) former: ModpackTable,
    /// All of them as JSON.
    pub(super) href: String,
}

#[derive(Clone, Debug)]
pub(super) struct FiguresText {
    /// None where no listing was ever complete, and nothing was found.
    pub current: Option<usize>,
    pub downloads: Option<TotalText>,
    pub former: usize,
    pub declared: usize,
}

/// One platform's freshness.
#[derive(Clone, Debug)]
pub(super) struct ListedLine {
    pub platform: &'static str,
    pub tone: &'static str,
    /// `complete`, `partial (3 of 5 projects complete)`.
    pub outcome: String,
    pub at: Option<TimeTag>,
    /// When it was complete, where this time it isn't.
    pub last_complete: Option<TimeTag>,
    pub never_complete: bool,
}

/// Packs with the most downloads first.
#[derive(Clone, Debug)]
pub(super) struct ModpackTable {
    pub rows: Vec<ModpackRow>,
    /// All of them, shown or not.
    pub count: usize,
}

#[derive(Clone, Debug)]
pub(super) struct ModpackRow {
    pub name: String,
    /// Only where the platform gave an `https:` address.
    pub href: Option<String>,
    pub platform: &'static str,
    pub accent: &'static str,
    pub id: String,
    pub downloads: Option<Count>,
    pub since_added: Option<Change>,
    pub since: Option<DayTag>,
    /// It was there at the first listing; when it began isn't known.
    pub known_since: bool,
    pub state: &'static str,
    /// The day that belongs to the state.
    pub until: Option<DayTag>,
}

impl ModpackSection {
    /// None where nothing is known and nobody asked.
    pub fn new(
        data: &ModData,
        modpacks: &Modpacks,
        platform: Option<Platform>,
        path: &str,
    ) -> Option<ModpackSection> {
        let shown = |one: Platform| platform.is_none_or(|it| it == one);
        let packs: Vec<ModpackView> = modpacks
            .packs
            .iter()
            .filter(|it| shown(it.modpack.key.platform))
            .cloned()
            .collect();
        let freshness: Vec<PlatformFreshness> = PlatformFreshness::all(data, modpacks)
            .into_iter()
            .filter(|it| shown(it.platform))
            .collect();
        if packs.is_empty() && freshness.iter().all(|it| it.asked.is_none()) {
            return None;
        }
        let figures = ModpackFigures::new(&packs);
        let complete = |asked: &Asked| asked.complete_at.is_some();
        let listed = freshness
            .iter()
            .any(|it| it.asked.as_ref().is_some_and(complete));
        let (former, present) = packs
            .into_iter()
            .partition::<Vec<_>, _>(|it| is_former(&it.membership));
        Some(ModpackSection {
            figures: FiguresText {
                current: (listed || figures.current > 0).then_some(figures.current),
                downloads: figures.downloads.as_ref().map(TotalText::new),
                former: figures.former,
                declared: figures.declared,
            },
            freshness: freshness.iter().map(ListedLine::new).collect(),
            present: ModpackTable::new(present),
            former: ModpackTable::new(former),
            href: format!("/api/v1{path}/modpacks"),
        })
    }
}

impl ListedLine {
    fn new(fresh: &PlatformFreshness) -> ListedLine {
        let tag = |at| At(at).tag();
        let asked = fresh.asked.as_ref();
        let incomplete = asked.filter(|it| it.outcome != Outcome::Complete);
        let outcome = match asked {
            None => "not asked so far".to_owned(),
            Some(it) if it.outcome == Outcome::Partial && it.projects > 1 => {
                format!(
                    "partial ({} of {} projects complete)",
                    it.complete, it.projects
                )
            }
            Some(it) => it.outcome.to_string(),
        };
        ListedLine {
            platform: platform_name(fresh.platform),
            tone: fresh.tone().class(),
            outcome,
            at: asked.map(|it| tag(it.at)),
            last_complete: incomplete.and_then(|it| it.complete_at).map(tag),
            never_complete: incomplete.is_some_and(|it| it.complete_at.is_none()),
        }
    }
}

impl ModpackTable {
    fn new(packs: Vec<ModpackView>) -> ModpackTable {
        ModpackTable {
            count: packs.len(),
            rows: packs
                .into_iter()
                .take(MOST_ROWS)
                .map(ModpackRow::new)
                .collect(),
        }
    }

    /// How many are left out.
    pub(super) fn left_out(&self) -> usize {
        self.count - self.rows.len()
    }
}

impl ModpackRow {
    fn new(view: ModpackView) -> ModpackRow {
        let pack = view.modpack;
        let (state, since, until) = match view.membership {
            Membership::Current { since, .. } => ("contains it", Some(since), None),
            Membership::Declared { since } => ("declared, not verified", Some(since), None),
            Membership::Lost { since, until } => ("lost on", Some(since), Some(until)),
            Membership::Once => ("once contained it", None, None),
        };
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        ModpackRow {
            name: filled(pack.name)
                .or(filled(pack.slug))
                .unwrap_or_else(|| pack.key.id.clone()),
            href: pack.page_url.filter(|url| url.starts_with("https://")),
            platform: platform_name(pack.key.platform),
            accent: accent(Some(pack.key.platform)),
            id: pack.key.id,
            downloads: pack.totals.map(|totals| Count(totals.downloads)),
            since_added: view.downloads_since_added.map(Change),
            since: since.map(DayTag),
            known_since: matches!(
                view.membership,
                Membership::Current {
                    known_since: true,
                    ..
                }
            ),
            state,
            until: until.map(DayTag),
        }
    }
}
