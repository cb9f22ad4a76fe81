//! The modpacks of a mod.

use modstats_store::model::{Membership, ModpackView, Outcome, Platform, TrackedModView};

use super::mod_frame::ModFrame;
use super::{Context, TotalText, accent};
use crate::data::{ModData, Modpacks};
use crate::language::{Markup, Words};
use crate::modpacks::{Asked, ModpackFigures, PlatformFreshness, is_former};
use crate::query::{ModpacksQuery, Tab};
use crate::timeline::platform_name;

/// So many rows of a table are shown.
const MOST_ROWS: usize = 50;

#[derive(Clone, Debug)]
pub struct ModpacksPage {
    pub(super) frame: ModFrame,
    /// None where nothing is known and nobody asked.
    pub(super) section: Option<ModpackSection>,
}

#[derive(Clone, Debug)]
pub(super) struct ModpackSection {
    pub(super) count: String,
    /// How many there are, in sentences.
    pub(super) figures: Vec<Markup>,
    pub(super) freshness: Vec<ListedLine>,
    /// Those that contain the mod, or are declared to.
    pub(super) present: ModpackTable,
    pub(super) former: ModpackTable,
    /// All of them as JSON.
    pub(super) href: String,
}

/// One platform's freshness.
#[derive(Clone, Debug)]
pub(super) struct ListedLine {
    pub platform: &'static str,
    pub tone: &'static str,
    /// `complete, 22 Nov 2026, 03:44 UTC.`
    pub told: Markup,
}

/// Packs with the most downloads first.
#[derive(Clone, Debug)]
pub(super) struct ModpackTable {
    pub label: String,
    pub rows: Vec<ModpackRow>,
    /// What stands above a table that is folded.
    pub summary: String,
    /// How many are left out, where some are.
    pub left_out: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct ModpackRow {
    pub name: String,
    /// Only where the platform gave an `https:` address.
    pub href: Option<String>,
    pub platform: &'static str,
    pub accent: &'static str,
    pub id: String,
    pub downloads: Option<String>,
    pub since_added: Option<String>,
    /// The day, or `known since …` where it was there at the first listing.
    pub since: Option<Markup>,
    pub state: Markup,
}

impl ModpacksPage {
    /// `whole` is the mod with all its projects, `data` has those that the page is about.
    pub fn new(
        whole: &TrackedModView,
        data: &ModData,
        modpacks: &Modpacks,
        query: &ModpacksQuery,
        context: Context<'_>,
    ) -> ModpacksPage {
        ModpacksPage {
            frame: ModFrame::new(whole, &Tab::Modpacks(query.clone()), context),
            section: ModpackSection::new(data, modpacks, query.platform, context),
        }
    }
}

impl ModpackSection {
    /// None where nothing is known and nobody asked.
    fn new(
        data: &ModData,
        modpacks: &Modpacks,
        platform: Option<Platform>,
        Context { words, links, .. }: Context<'_>,
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
            count: words.count(i64::try_from(present.len()).unwrap_or(i64::MAX)),
            figures: sentences(&figures, listed, words),
            freshness: freshness
                .iter()
                .map(|it| ListedLine::new(it, words))
                .collect(),
            present: ModpackTable::new(present, "modpacks-present", words),
            former: ModpackTable::new(former, "modpacks-former", words),
            href: links.api_modpacks(&data.view.namespace, &data.view.name),
        })
    }
}

/// `listed`: what isn't found isn't there.
fn sentences(figures: &ModpackFigures, listed: bool, words: &Words) -> Vec<Markup> {
    let count = ("count", figures.current.into());
    let downloads = figures.downloads.as_ref();
    let mut sentences = vec![match downloads.map(|it| TotalText::new(it, words)) {
        None if figures.current == 0 && !listed => words.markup("modpacks-not-known", &[]),
        None => words.markup("modpacks-containing", &[count]),
        Some(total) => {
            let as_of = match total.lacks {
                None => words.markup("modpacks-as-of", &[("at", (&total.observed).into())]),
                Some(lacks) => words.markup(
                    "modpacks-as-of-without",
                    &[("at", (&total.observed).into()), ("lacks", lacks.into())],
                ),
            };
            words.markup(
                "modpacks-containing-with-downloads",
                &[
                    count,
                    ("downloads", total.value.into()),
                    ("as-of", (&as_of).into()),
                ],
            )
        }
    }];
    if figures.former > 0 {
        sentences.push(words.markup("modpacks-more-once", &[("count", figures.former.into())]));
    }
    if figures.declared > 0 {
        sentences.push(words.markup("modpacks-declared", &[("count", figures.declared.into())]));
    }
    sentences
}

impl ListedLine {
    fn new(fresh: &PlatformFreshness, words: &Words) -> ListedLine {
        let told = match &fresh.asked {
            None => words.markup("modpacks-not-asked", &[]),
            Some(asked) => ListedLine::told(asked, words),
        };
        ListedLine {
            platform: platform_name(fresh.platform),
            tone: fresh.tone().class(),
            told,
        }
    }

    fn told(asked: &Asked, words: &Words) -> Markup {
        let outcome = match asked.outcome {
            Outcome::Complete => words.text("modpacks-complete"),
            Outcome::Failed => words.text("modpacks-failed"),
            Outcome::Partial => words.with(
                "modpacks-partial",
                &[
                    ("complete", asked.complete.into()),
                    ("projects", asked.projects.into()),
                ],
            ),
        };
        let at = words.at(asked.at);
        let (outcome, at) = (("outcome", outcome.into()), ("at", (&at).into()));
        match asked.complete_at {
            _ if asked.outcome == Outcome::Complete => {
                words.markup("modpacks-listed", &[outcome, at])
            }
            Some(complete) => words.markup(
                "modpacks-listed-before",
                &[outcome, at, ("complete", (&words.at(complete)).into())],
            ),
            None => words.markup("modpacks-never-listed", &[outcome, at]),
        }
    }
}

impl ModpackTable {
    fn new(packs: Vec<ModpackView>, key: &str, words: &Words) -> ModpackTable {
        let left_out = packs.len().saturating_sub(MOST_ROWS);
        ModpackTable {
            label: words.text(key),
            summary: words.with(
                "modpacks-summary",
                &[
                    ("label", words.text(key).into()),
                    ("count", packs.len().into()),
                ],
            ),
            rows: packs
                .into_iter()
                .take(MOST_ROWS)
                .map(|it| ModpackRow::new(it, words))
                .collect(),
            left_out: (left_out > 0)
                .then(|| words.with("modpacks-left-out", &[("count", left_out.into())])),
        }
    }
}

impl ModpackRow {
    fn new(view: ModpackView, words: &Words) -> ModpackRow {
        let pack = view.modpack;
        let dated = |key: &str, at| words.markup(key, &[("day", (&words.on(at)).into())]);
        let plain = |key: &str| words.markup(key, &[]);
        let (state, since) = match view.membership {
            Membership::Current {
                since, known_since, ..
            } => {
                let since = match known_since {
                    true => dated("modpacks-known-since", since),
                    false => words.on(since),
                };
                (plain("modpacks-contains"), Some(since))
            }
            Membership::Declared { since } => {
                (plain("modpacks-not-verified"), Some(words.on(since)))
            }
            Membership::Lost { since, until } => {
                (dated("modpacks-lost-on", until), Some(words.on(since)))
            }
            Membership::Once => (plain("modpacks-once"), None),
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
            downloads: pack.totals.map(|totals| words.count(totals.downloads)),
            since_added: view
                .downloads_since_added
                .map(|growth| words.change(growth)),
            since,
            state,
        }
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    use crate::fixtures::{sample_mod, sample_modpacks};

    let of = |data: &ModData, modpacks: &Modpacks| {
        let query = ModpacksQuery::default();
        ModpacksPage::new(&data.view, data, modpacks, &query, context)
    };
    vec![
        Box::new(of(&sample_mod(), &sample_modpacks())),
        Box::new(of(&sample_mod(), &Modpacks::default())),
        Box::new(of(&ModData::nothing("zz", "zz-zz"), &Modpacks::default())),
    ]
}
