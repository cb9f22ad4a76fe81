//! The sources `modrinth` and `curseforge`: a TrackedMod's projects, their totals, their versions.

use futures::stream::StreamExt;
use modstats_crds::Source;
use modstats_store::model::{Entry, ListingSubject, Platform, Unanswered};

use crate::clock::instant;
use crate::database::patiently;
use crate::platform::{Listed, ListingFlaw, Wanted, listings, totals};
use crate::problem::{Problems, Reason};
use crate::resolve::{Resolved, keys, pins_of, resolve};
use crate::run::{Asking, Learned, Reporter};

/// So many flaws of one listing are named.
const FLAWS: usize = 3;

/// Asks the platform: which projects, their totals, their versions.
pub(crate) async fn learn(asking: &Asking<'_>, source: Source) -> Learned {
    let platform = match source {
        Source::Curseforge => Platform::Curseforge,
        _ => Platform::Modrinth,
    };
    let mut learned = Learned::default();
    let entries = entries(asking, platform);
    if entries.is_empty() {
        let message = format!("the document names no project on {platform}; add spec.{platform}");
        learned
            .problems
            .add(Reason::InvalidDocument, platform.as_str(), message);
        return learned;
    }
    let clock = &*asking.collector.clock;
    let api = asking
        .collector
        .api(platform, asking.until, asking.credentials);
    let api = match &api {
        Ok(api) => &**api,
        Err(error) => {
            learned
                .problems
                .add(error.reason(), platform.as_str(), error);
            return learned;
        }
    };

    let pinned = pins_of(&asking.open.pins, platform);
    let stated = totals(api, &keys(&entries, &pinned)).await;
    let Resolved {
        projects,
        invisible,
        pins,
        new_pins,
        problems,
    } = resolve(&entries, &pinned, &stated);
    learned.problems = problems;
    (learned.pins, learned.new_pins) = (pins, new_pins);
    learned.progress.projects = count(projects.len());
    learned.observations.invisible = invisible.into_iter().collect();

    let ids: Vec<&str> = projects.keys().map(|project| project.id.as_str()).collect();
    let store = &asking.collector.store;
    let known = patiently(clock, asking.until, || store.known_versions(platform, &ids)).await;
    let mut known = known.unwrap_or_else(|error| {
        // Without it everything is asked for.
        tracing::warn!(%error, "the known versions could not be read");
        Default::default()
    });
    let wanted: Vec<Wanted> = projects
        .iter()
        .map(|(project, member)| Wanted {
            project: project.clone(),
            outline: member.outline.clone(),
            known: known.remove(project).unwrap_or_default(),
        })
        .collect();
    let asked_at = instant(clock);
    let mut reporter = Reporter::new(asking);
    let mut listings = listings(api, &wanted, asked_at);
    while let Some((project, listed)) = listings.next().await {
        let name = projects
            .get(project)
            .map_or(project.id.as_str(), |member| member.entry.as_str());
        match listed {
            Ok(Listed { listing, flaws }) => {
                learned.progress.versions += count(listing.versions.len());
                learned.observations.listings.push(listing);
                add_flaws(&mut learned.problems, name, &flaws);
            }
            Err(error) => {
                let message = format!("its versions: {error}");
                learned.problems.add(error.reason(), name, message);
                learned.observations.unanswered.push(Unanswered {
                    project: project.clone(),
                    subject: ListingSubject::Versions,
                    asked_at,
                });
            }
        }
        reporter.tell(learned.progress, api).await;
    }
    drop(listings);
    learned.spend(api);
    learned.observations.projects = projects
        .into_values()
        .map(|member| member.observation)
        .collect();
    learned
        .observations
        .listings
        .sort_by(|a, b| a.project.cmp(&b.project));
    learned
}

/// The entries of one platform.
pub(crate) fn entries(asking: &Asking<'_>, platform: Platform) -> Vec<Entry> {
    let all = asking.run.document.entries.iter();
    all.filter(|entry| entry.platform == platform)
        .cloned()
        .collect()
}

pub(crate) fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

fn add_flaws(problems: &mut Problems, name: &str, flaws: &[ListingFlaw]) {
    for flaw in flaws.iter().take(FLAWS) {
        let reason = match flaw {
            ListingFlaw::Unreadable(_) | ListingFlaw::Field(_) => Reason::UnreadableItem,
            ListingFlaw::Short { .. } | ListingFlaw::Capped { .. } => Reason::IncompleteListing,
            ListingFlaw::Page(error) => error.reason(),
        };
        problems.add(reason, name, flaw);
    }
    if let Some(more) = flaws.len().checked_sub(FLAWS).filter(|more| *more > 0) {
        problems.add(
            Reason::UnreadableItem,
            name,
            format!("so it is with {more} more"),
        );
    }
}
