//! How many packs there are: a card for each thing that is known of them, which leads to them.

use super::Addresses;
use crate::figures::Total;
use crate::language::{Markup, Words};
use crate::modpacks::{ModpackFigures, PlatformFreshness};
use crate::pages::TotalText;
use crate::query::{ModpackChoice, ModpackState};

#[derive(Clone, Debug)]
pub(in crate::pages) struct PackCard {
    pub label: String,
    /// Names the figure in the page.
    pub class: &'static str,
    /// To the packs that it counts.
    pub href: Option<String>,
    /// None where it isn't known.
    pub value: Option<String>,
    /// What the number says.
    pub told: Markup,
    pub more: Option<String>,
}

pub(super) fn cards(
    figures: &ModpackFigures,
    freshness: &[PlatformFreshness],
    choice: &ModpackChoice,
    addresses: &Addresses<'_>,
    words: &Words,
) -> Vec<PackCard> {
    let whole = |count: usize| words.count(i64::try_from(count).unwrap_or(i64::MAX));
    let counted = |state: ModpackState, label: &str, told: &str, count: usize| PackCard {
        label: words.text(label),
        class: state.as_str(),
        href: Some(addresses.of(choice.in_state(state))),
        value: Some(whole(count)),
        told: words.markup(told, &[("count", count.into())]),
        more: None,
    };
    let current = counted(
        ModpackState::Current,
        "modpacks-current",
        "modpacks-containing",
        figures.current,
    );
    // What isn't found isn't there only where all were listed once.
    let mut asked = freshness.iter().filter_map(|it| it.asked.as_ref());
    let is_known = figures.current > 0 || asked.any(|it| it.complete_at.is_some());
    let current = match is_known {
        true => current,
        false => PackCard {
            value: None,
            told: words.markup("modpacks-not-known", &[]),
            ..current
        },
    };
    let lost = PackCard {
        more: Some(words.with(
            "modpacks-lost-lately",
            &[("count", figures.lost_28d.into())],
        )),
        ..counted(
            ModpackState::Lost,
            "modpacks-lost",
            "modpacks-lost-all",
            figures.lost,
        )
    };
    let downloads = figures.downloads.map(|it| together(&it, words));
    let others = [
        counted(
            ModpackState::New,
            "modpacks-new",
            "modpacks-begun",
            figures.new_28d,
        ),
        lost,
        counted(
            ModpackState::Once,
            "modpacks-once",
            "modpacks-in-older-versions",
            figures.former - figures.lost,
        ),
        counted(
            ModpackState::Declared,
            "modpacks-declared",
            "modpacks-declared-by",
            figures.declared,
        ),
    ];
    std::iter::once(current)
        .chain(downloads)
        .chain(others)
        .collect()
}

/// The downloads of the packs that contain the mod today.
fn together(total: &Total, words: &Words) -> PackCard {
    let packs = total.projects + total.projects_unknown;
    let text = TotalText::new(total, words);
    PackCard {
        label: words.text("modpacks-together"),
        class: "downloads",
        href: None,
        value: Some(text.value),
        told: words.markup("modpacks-as-of", &[("at", (&text.observed).into())]),
        more: Some(words.with(
            "modpacks-known-of",
            &[("known", total.projects.into()), ("count", packs.into())],
        )),
    }
}
