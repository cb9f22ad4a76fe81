//! How fresh the list of packs is.

use modstats_store::model::Outcome;

use crate::language::{Markup, Words};
use crate::modpacks::{Asked, PlatformFreshness};
use crate::timeline::platform_name;

/// One platform's freshness.
#[derive(Clone, Debug)]
pub(in crate::pages) struct ListedLine {
    pub platform: &'static str,
    pub tone: &'static str,
    /// `complete, 22 Nov 2026, 03:44 UTC.`
    pub told: Markup,
}

impl ListedLine {
    pub(super) fn new(fresh: &PlatformFreshness, words: &Words) -> ListedLine {
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
