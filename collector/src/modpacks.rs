//! The source `modpacks`: which packs contain a TrackedMod's projects, and the packs' downloads.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use modstats_crds::CurseforgeModpacks;
use modstats_store::model::{
    Evidence, KnownModpacks, ModpackListing, Outcome, Platform, ProjectKey, ProjectKind,
};
use modstats_store::time::day_of;

use crate::clock::instant;
use crate::database::patiently;
use crate::downloads::entries;
use crate::error::AskError;
use crate::platform::{Api, Batches, Contents, Dependents, Found, Stated, totals};
use crate::problem::Reason;
use crate::resolve::{Resolved, keys, pins_of, resolve};
use crate::run::{Asking, Learned, Reporter};

/// What a document asks for on one platform.
struct Order {
    platform: Platform,
    /// Whether the platform is asked which packs there are.
    lists: bool,
    /// Packs that the document names, by their ids.
    declared: BTreeSet<String>,
}

/// Asks each platform for itself: one that is away leaves the other's packs alone.
pub(crate) async fn learn(asking: &Asking<'_>) -> Learned {
    let mut learned = Learned::default();
    let orders = orders(asking);
    if orders.is_empty() {
        let message = "the document asks for no modpacks; see spec.modpacks";
        learned
            .problems
            .add(Reason::InvalidDocument, "modpacks", message);
    }
    for order in orders {
        ask(asking, &order, &mut learned).await;
    }
    learned
}

fn orders(asking: &Asking<'_>) -> Vec<Order> {
    let spec = &asking.document.spec;
    let website = spec.modpacks.as_ref().map(|modpacks| modpacks.curseforge);
    let modrinth = Order {
        platform: Platform::Modrinth,
        lists: spec.asks_modrinth_for_modpacks(),
        declared: BTreeSet::new(),
    };
    let curseforge = Order {
        platform: Platform::Curseforge,
        lists: website == Some(CurseforgeModpacks::Website),
        declared: asking
            .run
            .document
            .declared
            .iter()
            .map(|pack| pack.id.clone())
            .collect(),
    };
    let asked_for = |order: &Order| order.lists || !order.declared.is_empty();
    [modrinth, curseforge]
        .into_iter()
        .filter(asked_for)
        .collect()
}

async fn ask(asking: &Asking<'_>, order: &Order, learned: &mut Learned) {
    let platform = order.platform;
    let api = asking
        .collector
        .api(platform, asking.until, asking.credentials);
    let api = match &api {
        Ok(api) => &**api,
        Err(error) => {
            let subject = platform.as_str();
            return learned.problems.add(error.reason(), subject, error);
        }
    };
    let mut reporter = Reporter::new(asking);
    let listed = if order.lists {
        listed(asking, api, platform, learned).await
    } else {
        Vec::new()
    };
    reporter.tell(learned.progress, api).await;

    let wanted = packs(order, &listed);
    let stated = totals(api, &wanted.iter().cloned().collect::<Vec<_>>()).await;
    let Told { packs, known_not } = told(asking, order, stated, learned);
    reporter.tell(learned.progress, api).await;

    let contents = if api.tells_contents() {
        Some(looked_into(api, &listed, &packs, learned).await)
    } else {
        None
    };
    for it in listed {
        add_listing(it, &packs, &known_not, contents.as_ref(), learned);
    }
    for found in packs.into_values() {
        learned.progress.projects += 1;
        learned.observations.projects.push(found.project.value);
    }
    learned.spend(api);
}

/// A project, what its platform named, and what was known before.
struct Asked {
    project: ProjectKey,
    entry: String,
    asked_at: Timestamp,
    /// None where it was not the time to ask: what was known before counts on.
    answer: Option<Result<Dependents, AskError>>,
    known: KnownModpacks,
}

/// Finds the projects, and asks for the packs of each that is visible.
async fn listed(
    asking: &Asking<'_>,
    api: &dyn Api,
    platform: Platform,
    learned: &mut Learned,
) -> Vec<Asked> {
    let clock = &*asking.collector.clock;
    let store = &asking.collector.store;
    let entries = entries(asking, platform);
    let pinned = pins_of(&asking.open.pins, platform);
    let stated = totals(api, &keys(&entries, &pinned)).await;
    let resolved: Resolved = resolve(&entries, &pinned, &stated);
    learned.problems.append(resolved.problems);
    learned.new_pins.extend(resolved.new_pins);
    learned.observations.invisible.extend(resolved.invisible);

    let ids: Vec<&str> = resolved.projects.keys().map(|it| it.id.as_str()).collect();
    let known = patiently(clock, asking.until, || store.known_modpacks(platform, &ids)).await;
    let mut known = match known {
        Ok(known) => known,
        Err(error) => {
            learned.problems.add_database(&error);
            return Vec::new();
        }
    };
    let mut listed = Vec::new();
    for (project, member) in resolved.projects {
        learned.progress.projects += 1;
        learned.observations.projects.push(member.observation);
        let asks = platform != Platform::Curseforge || claimed(asking, &project, learned).await;
        let mut asked_at = instant(clock);
        let mut answer = None;
        if asks {
            let dependents = api.dependents(&project).await;
            asked_at = dependents.as_ref().map_or(asked_at, |it| it.asked_at);
            answer = Some(dependents);
        }
        listed.push(Asked {
            asked_at,
            known: known.remove(&project).unwrap_or_default(),
            entry: member.entry,
            project,
            answer,
        });
    }
    listed
}

/// A website is asked once a day about a project, whoever runs and however often.
async fn claimed(asking: &Asking<'_>, project: &ProjectKey, learned: &mut Learned) -> bool {
    let clock = &*asking.collector.clock;
    let today = day_of(instant(clock));
    let store = &asking.collector.store;
    match patiently(clock, asking.until, || store.claim_website(project, today)).await {
        Ok(true) => true,
        Ok(false) => {
            let message = "the website was asked today already; what it said then is kept";
            learned
                .problems
                .add(Reason::AskedToday, project.id.clone(), message);
            false
        }
        Err(error) => {
            learned.problems.add_database(&error);
            false
        }
    }
}

/// Every pack whose downloads are wanted: those that are named, known or declared.
fn packs(order: &Order, listed: &[Asked]) -> BTreeSet<String> {
    let mut packs = order.declared.clone();
    for it in listed {
        packs.extend(it.known.packs.keys().map(|pack| pack.id.clone()));
        if let Some(Ok(dependents)) = &it.answer {
            packs.extend(dependents.packs.iter().cloned());
        }
    }
    packs
}

/// What became of the wanted packs.
struct Told {
    packs: BTreeMap<ProjectKey, Found>,
    /// Those that aren't shown, or are no packs.
    known_not: BTreeSet<ProjectKey>,
}

/// Sorts the packs' answers: what is missing is told, and what is no pack is left out.
fn told(
    asking: &Asking<'_>,
    order: &Order,
    stated: BTreeMap<String, Stated>,
    learned: &mut Learned,
) -> Told {
    let platform = order.platform;
    let mut packs = BTreeMap::new();
    let mut known_not = BTreeSet::new();
    for (id, stated) in stated {
        let key = ProjectKey {
            platform,
            id: id.clone(),
        };
        let declared = order.declared.contains(&id);
        match stated {
            Stated::Found(pack) if is_pack(&pack) => {
                packs.insert(key, *pack);
            }
            Stated::Found(_) if declared => {
                let message =
                    format!("on {platform} this is no modpack; take its id out of the list");
                learned.problems.add(Reason::ProjectNotFound, id, message);
            }
            Stated::Found(_) => drop(known_not.insert(key)),
            Stated::Absent(_) if declared && !asking.open.observed_packs.contains(&key) => {
                let message = format!("{platform} shows no such modpack; check its id");
                learned.problems.add(Reason::ProjectNotFound, id, message);
            }
            Stated::Absent(asked_at) => {
                known_not.insert(key.clone());
                learned.observations.invisible.push((key, asked_at));
            }
            Stated::Unreadable(error) => {
                learned.problems.add(Reason::UnreadableItem, id, error);
            }
            Stated::Failed(error) => learned.problems.add(error.reason(), id, error),
        }
    }
    Told { packs, known_not }
}

fn is_pack(found: &Found) -> bool {
    let description = found.project.value.description.as_ref();
    description.is_some_and(|it| it.kind == ProjectKind::Modpack)
}

/// Looks into the packs' newest versions, where those are others than the last time.
async fn looked_into(
    api: &dyn Api,
    listed: &[Asked],
    packs: &BTreeMap<ProjectKey, Found>,
    learned: &mut Learned,
) -> Contents {
    let mut unknown: BTreeSet<&String> = BTreeSet::new();
    for it in listed {
        for (key, pack) in packs {
            let Some(newest) = pack.outline.versions.last().filter(|_| it.concerns(key)) else {
                continue;
            };
            if it.checked(key).is_none_or(|(version, _)| version != newest) {
                unknown.insert(newest);
            }
        }
    }
    let unknown: Vec<String> = unknown.into_iter().cloned().collect();
    let mut contents = Contents::new();
    let mut batches = Batches::of(&unknown, api.version_batch());
    while let Some(batch) = batches.next() {
        match api.contents(batch).await {
            Ok(found) => contents.extend(found),
            Err(error) => {
                if let Some(error) = batches.halved(batch, error) {
                    let message = format!("the newest versions of {} packs: {error}", batch.len());
                    learned.problems.add(error.reason(), "modpacks", message);
                }
            }
        }
    }
    contents
}

impl Asked {
    /// Whether a pack was ever named in connection with this project.
    fn concerns(&self, pack: &ProjectKey) -> bool {
        self.known.packs.contains_key(pack) || self.names(pack)
    }

    fn names(&self, pack: &ProjectKey) -> bool {
        matches!(&self.answer, Some(Ok(dependents)) if dependents.packs.contains(&pack.id))
    }

    fn checked(&self, pack: &ProjectKey) -> Option<&(String, bool)> {
        self.known.packs.get(pack)?.as_ref()
    }

    /// What is known of a pack now; without `contents` where the platform doesn't tell them.
    fn evidence(
        &self,
        key: &ProjectKey,
        pack: Option<&Found>,
        contents: Option<&Contents>,
    ) -> Option<Evidence> {
        let candidate = self.names(key).then_some(Evidence::Candidate);
        let Some(contents) = contents else {
            // The listing is all there is. It names others besides packs.
            return candidate.map(|candidate| pack.map_or(candidate, |_| Evidence::Named));
        };
        let Some((pack, newest)) = pack.and_then(|it| Some((it, it.outline.versions.last()?)))
        else {
            return candidate;
        };
        let unchanged = self.checked(key).filter(|(version, _)| version == newest);
        let inside = contents
            .get(newest)
            .map(|all| all.contains(&self.project.id));
        match unchanged.map(|(_, contains)| *contains).or(inside) {
            Some(contains) => Some(Evidence::Version {
                id: newest.clone(),
                contains,
                asked_at: pack.project.value.asked_at,
            }),
            None => candidate,
        }
    }
}

fn add_listing(
    it: Asked,
    packs: &BTreeMap<ProjectKey, Found>,
    known_not: &BTreeSet<ProjectKey>,
    contents: Option<&Contents>,
    learned: &mut Learned,
) {
    let platform = it.project.platform;
    let Some(answer) = &it.answer else { return };
    let named = answer.iter().flat_map(|dependents| &dependents.packs);
    let named = named.map(|id| ProjectKey {
        platform,
        id: id.clone(),
    });
    let concerned: BTreeSet<ProjectKey> = named.chain(it.known.packs.keys().cloned()).collect();
    let evidence: BTreeMap<ProjectKey, Evidence> = concerned
        .into_iter()
        .filter_map(|key| {
            let evidence = it.evidence(&key, packs.get(&key), contents)?;
            Some((key, evidence))
        })
        .collect();
    let outcome = match answer {
        Ok(dependents) => {
            let flaw = dependents
                .flaw
                .clone()
                .or_else(|| denied(&dependents.packs, &evidence))
                .or_else(|| open_question(&evidence, known_not));
            match flaw {
                None => Outcome::Complete,
                Some(flaw) => {
                    let reason = Reason::IncompleteListing;
                    learned.problems.add(reason, &it.entry, flaw);
                    Outcome::Partial
                }
            }
        }
        Err(error) => {
            let message = format!("its modpacks: {error}");
            learned.problems.add(error.reason(), &it.entry, message);
            Outcome::Failed
        }
    };
    learned.observations.modpacks.push(ModpackListing {
        project: it.project,
        asked_at: it.asked_at,
        outcome,
        packs: evidence,
    });
}

/// A pack that was named, and of which it isn't known what it contains today.
fn open_question(
    evidence: &BTreeMap<ProjectKey, Evidence>,
    known_not: &BTreeSet<ProjectKey>,
) -> Option<String> {
    let candidates = evidence
        .iter()
        .filter(|(pack, it)| **it == Evidence::Candidate && !known_not.contains(*pack))
        .count();
    (candidates > 0)
        .then(|| format!("what {candidates} of the named modpacks contain today is not known"))
}

/// A listing that names nothing while packs say that they contain the project is no answer.
fn denied(named: &BTreeSet<String>, evidence: &BTreeMap<ProjectKey, Evidence>) -> Option<String> {
    let contains = |it: &&Evidence| matches!(it, Evidence::Version { contains: true, .. });
    let containing = evidence.values().filter(contains).count();
    (named.is_empty() && containing > 0).then(|| {
        format!("the platform names no modpack, while {containing} are known to contain it")
    })
}
