//! Modpacks: what is known of them before a run, and what pages show of them after it.

use futures::future::join_all;
use jiff::civil::date;
use modstats_store::model::*;
use modstats_store::time::day_of;

use super::*;
use crate::ground::Ground;
use crate::on_both;

fn curseforge(id: &str) -> ProjectKey {
    ProjectKey {
        platform: Platform::Curseforge,
        id: id.to_owned(),
    }
}

fn pack(key: &ProjectKey, asked_at: Timestamp, downloads: i64) -> ProjectObservation {
    let mut observed = observed(&key.id, asked_at, downloads);
    observed.description.as_mut().unwrap().kind = ProjectKind::Modpack;
    ProjectObservation {
        project: key.clone(),
        ..observed
    }
}

pub fn version_of(contains: bool, asked_at: Timestamp) -> Evidence {
    Evidence::Version {
        id: format!("v{}", day_of(asked_at)),
        contains,
        asked_at,
    }
}

fn packs_of(project: &str, asked_at: Timestamp, packs: &[(&str, Evidence)]) -> ModpackListing {
    ModpackListing {
        project: modrinth(project),
        asked_at,
        outcome: Outcome::Complete,
        packs: packs
            .iter()
            .map(|(id, said)| (modrinth(id), said.clone()))
            .collect(),
    }
}

/// A run of the source modpacks for a document whose entry is the project `A`.
async fn run(ground: &Ground, document: AppliedDocument, at: Timestamp, learned: Observations) {
    let open = NewRun {
        source: Source::Modpacks,
        ..run_of(document, at)
    };
    let open = ground.store.begin_run(&open).await.unwrap();
    let pins = learned.projects.iter().filter(|it| it.project.id == "A");
    let pins = pins.map(|it| Pin {
        entry: entry("A"),
        project: it.project.clone(),
    });
    let end = RunEnd {
        pins: pins.collect(),
        ..ended(at, learned.clone())
    };
    ground.store.end_run(open.id, &end).await.unwrap();
}

/// Of the document `a` with the entry `A`: the project, its packs' numbers, and the listing.
pub async fn listed(ground: &Ground, at: Timestamp, downloads: i64, said: &[(&str, Evidence)]) {
    let packs = said
        .iter()
        .map(|(id, _)| pack(&modrinth(id), at, downloads));
    let learned = Observations {
        projects: packs.chain([observed("A", at, 1)]).collect(),
        modpacks: vec![packs_of("A", at, said)],
        ..Default::default()
    };
    run(ground, document("a", &["A"]), at, learned).await;
}

pub async fn shown(ground: &Ground) -> Vec<(String, Membership, Option<i64>)> {
    let snapshot = ground.store.snapshot().await.unwrap();
    let packs = snapshot.modpacks("default", "a").await.unwrap();
    packs
        .into_iter()
        .map(|it| (it.modpack.key.id, it.membership, it.downloads_since_added))
        .collect()
}

pub const DAY: &str = "2026-01-05T06:00:00Z";

on_both! {
    async fn a_run_knows_which_versions_are_present_and_when_the_list_was_walked(ground: Ground) {
        let day = at(DAY);
        let known = async |ids: &[&str]| ground.store.known_versions(Platform::Modrinth, ids).await.unwrap();
        assert!(known(&[]).await.is_empty());
        let of = |id: &str, hour, marker: Option<&str>, versions: &[&str]| VersionListing {
            marker: marker.map(str::to_owned),
            ..listing(id, day + hours(hour), &versions.iter().map(|id| version(id, 1)).collect::<Vec<_>>())
        };
        for listings in [
            vec![of("A", 0, Some("first"), &["1", "2"]), of("B", 0, None, &["8"])],
            vec![of("A", 6, Some("second"), &["2", "3"])],
            // Asked for by their ids, and broken off.
            vec![of("A", 12, None, &["2", "3"])],
            vec![VersionListing { complete: false, ..of("A", 18, Some("broken"), &["2"]) }],
        ] {
            collect(&ground.store, "a", Observations { listings, ..Default::default() }).await;
        }
        let all = known(&["A", "B", "nobody"]).await;
        assert_eq!(all.len(), 2);
        let walked = Some((day + hours(6), "second".to_owned()));
        let a = KnownVersions { present: vec!["2".into(), "3".into()], walked };
        assert_eq!(all[&modrinth("A")], a);
        let b = KnownVersions { present: vec!["8".into()], walked: None };
        assert_eq!(all[&modrinth("B")], b);
        assert_eq!(known(&["A"]).await.len(), 1, "no other than is asked for");
        let other = ground.store.known_versions(Platform::Curseforge, &["A"]).await.unwrap();
        assert!(other.is_empty(), "an id belongs to its platform");
    }
}

on_both! {
    async fn a_run_knows_the_packs_that_were_ever_met_and_what_they_said_last(ground: Ground) {
        let day = at(DAY);
        listed(&ground, day, 10, &[("P", version_of(true, day)), ("Q", version_of(false, day)), ("R", Evidence::Candidate)]).await;
        let later = day + hours(24);
        listed(&ground, later, 11, &[("P", version_of(false, later)), ("S", Evidence::Named)]).await;
        let known = ground.store.known_modpacks(Platform::Modrinth, &["A", "P"]).await.unwrap();
        assert_eq!(known.len(), 1);
        let expected = [
            (modrinth("P"), Some(("v2026-01-06".to_owned(), false))),
            (modrinth("Q"), Some(("v2026-01-05".to_owned(), false))),
            (modrinth("S"), None),
        ];
        assert_eq!(known[&modrinth("A")].packs, expected.into(), "a mere candidate is asked for by its name");
        assert!(ground.store.known_modpacks(Platform::Curseforge, &["A"]).await.unwrap().is_empty());
        assert!(ground.store.known_modpacks(Platform::Modrinth, &[]).await.unwrap().is_empty());
    }
}

on_both! {
    async fn a_day_has_one_question_to_a_website_for_each_project(ground: Ground) {
        let claim = async |id: &str, day: i8| {
            let project = curseforge(id);
            ground.store.claim_website(&project, date(2026, 1, day)).await.unwrap()
        };
        for (id, day, got) in [
            ("1", 5, true), ("1", 5, false), ("2", 5, true),
            ("1", 6, true), ("1", 6, false), ("1", 5, false), ("2", 5, false), ("2", 7, true),
        ] {
            assert_eq!(claim(id, day).await, got, "project {id} on day {day}");
        }
    }
}

on_both! {
    async fn of_eight_that_claim_a_website_at_once_one_gets_it(ground: Ground) {
        for day in 1..=5 {
            let claims = (0..8).map(|_| {
                let (store, project) = (ground.store.clone(), curseforge("1"));
                tokio::spawn(async move { store.claim_website(&project, date(2026, 1, day)).await.unwrap() })
            });
            let got = join_all(claims).await.into_iter().filter(|it| *it.as_ref().unwrap()).count();
            assert_eq!(got, 1, "on day {day}");
        }
    }
}

on_both! {
    async fn packs_are_shown_by_what_is_known_of_them_with_their_growth_since(ground: Ground) {
        let (first, second, third) = (at(DAY), at(DAY) + hours(24), at(DAY) + hours(48));
        listed(&ground, first, 100, &[
            ("P", version_of(true, first)), ("Q", version_of(true, first)), ("R", version_of(false, first)),
            ("T", Evidence::Candidate),
        ]).await;
        listed(&ground, second, 130, &[
            ("P", version_of(true, second)), ("Q", version_of(false, second)), ("S", version_of(true, second)),
        ]).await;
        let current = |since, known_since| Membership::Current { since, known_since };
        let p = ("P".to_owned(), current(first, true), Some(30));
        let r = ("R".to_owned(), Membership::Once, None);
        let s = ("S".to_owned(), current(second, false), Some(0));
        let lost = Membership::Lost { since: first, until: second };
        assert_eq!(shown(&ground).await, [p, ("Q".into(), lost, None), s.clone(), r.clone()]);

        // Q has the mod again, and the next complete listing lacks P.
        listed(&ground, third, 150, &[("Q", version_of(true, third)), ("S", version_of(true, third))]).await;
        let q = ("Q".to_owned(), current(third, false), Some(0));
        let p = ("P".to_owned(), current(first, true), Some(30));
        let s = (s.0, s.1, Some(20));
        assert_eq!(shown(&ground).await, [q, s, p, r], "one absence is no loss");
        let fourth = third + hours(24);
        listed(&ground, fourth, 160, &[("Q", version_of(true, fourth))]).await;
        let p = shown(&ground).await.into_iter().find(|it| it.0 == "P").unwrap();
        assert_eq!(p.1, Membership::Lost { since: first, until: third }, "dated to the first absence");
        let snapshot = ground.store.snapshot().await.unwrap();
        assert!(snapshot.modpacks("default", "nobody").await.unwrap().is_empty());
    }
}

on_both! {
    async fn a_listing_that_is_not_complete_adds_packs_and_takes_none(ground: Ground) {
        let (first, second) = (at(DAY), at(DAY) + hours(24));
        listed(&ground, first, 1, &[("P", version_of(true, first))]).await;
        for (nth, outcome) in [Outcome::Partial, Outcome::Failed, Outcome::Partial, Outcome::Failed].into_iter().enumerate() {
            let asked = second + hours(24 * i64::try_from(nth).unwrap());
            let new = format!("N{nth}");
            let listing = packs_of("A", asked, &[(&new, version_of(true, asked))]);
            let learned = Observations {
                projects: vec![observed("A", asked, 1), pack(&modrinth(&new), asked, 1)],
                modpacks: vec![ModpackListing { outcome, ..listing }],
                ..Default::default()
            };
            run(&ground, document("a", &["A"]), asked, learned).await;
        }
        let ids: Vec<_> = shown(&ground).await.into_iter().filter(|it| matches!(it.1, Membership::Current { .. })).map(|it| it.0).collect();
        assert_eq!(ids, ["N0", "N1", "N2", "N3", "P"]);
    }
}

on_both! {
    async fn how_the_question_for_packs_ended_is_told_beside_the_last_that_was_complete(ground: Ground) {
        let day = at(DAY);
        let fresh = async || {
            let snapshot = ground.store.snapshot().await.unwrap();
            let all = snapshot.modpack_freshness("default", "a").await.unwrap();
            all.into_iter().map(|it| (it.project.id, it.asked_at, it.outcome, it.complete_at)).collect::<Vec<_>>()
        };
        listed(&ground, day, 1, &[("P", version_of(true, day))]).await;
        assert_eq!(fresh().await, [("A".to_owned(), day, Some(Outcome::Complete), Some(day))]);
        for (hour, outcome) in [(6, Outcome::Partial), (12, Outcome::Failed)] {
            let asked = day + hours(hour);
            let learned = Observations {
                projects: vec![observed("A", asked, 1)],
                modpacks: vec![ModpackListing { outcome, ..packs_of("A", asked, &[]) }],
                ..Default::default()
            };
            run(&ground, document("a", &["A"]), asked, learned).await;
            assert_eq!(fresh().await, [("A".to_owned(), asked, Some(outcome), Some(day))]);
        }
        // Nothing came back at all; and what older builds wrote says nothing of its outcome.
        let asked = day + hours(18);
        let unanswered = Unanswered { project: modrinth("A"), subject: ListingSubject::Modpacks, asked_at: asked };
        let learned = Observations { projects: vec![observed("A", asked, 1)], unanswered: vec![unanswered], ..Default::default() };
        run(&ground, document("a", &["A"]), asked, learned).await;
        assert_eq!(fresh().await, [("A".to_owned(), asked, Some(Outcome::Failed), Some(day))]);
        ground.sql("UPDATE listing SET outcome = NULL").await;
        assert_eq!(fresh().await, [("A".to_owned(), asked, None, Some(day))]);
    }
}

fn declaring(generation: i64, ids: &[&str]) -> AppliedDocument {
    AppliedDocument {
        generation,
        declared: ids.iter().map(|id| curseforge(id)).collect(),
        ..document("a", &["A"])
    }
}

on_both! {
    async fn declared_packs_join_and_leave_with_the_document_and_count_from_their_first_answer(ground: Ground) {
        let day = at(DAY);
        let answers = |hour: i64, packs: &[(&str, i64)]| Observations {
            projects: packs.iter().map(|(id, downloads)| pack(&curseforge(id), day + hours(hour), *downloads)).collect(),
            ..Default::default()
        };
        let declared = |hour| Membership::Declared { since: day + hours(hour) };
        run(&ground, declaring(1, &["1", "2"]), day, answers(0, &[("1", 100)])).await;
        assert_eq!(shown(&ground).await, [("1".to_owned(), declared(0), Some(0))], "what was never observed isn't shown");
        let open = ground.store.begin_run(&run_of(declaring(1, &["1", "2"]), day)).await.unwrap();
        assert_eq!(open.observed_packs, [curseforge("1")].into());
        run(&ground, declaring(1, &["1", "2"]), day + hours(6), answers(6, &[("1", 110), ("2", 50)])).await;
        assert_eq!(shown(&ground).await, [("1".to_owned(), declared(0), Some(10)), ("2".to_owned(), declared(0), Some(0))]);

        // An answer from between counts, one from before the document doesn't.
        run(&ground, declaring(1, &["1", "2"]), day + hours(7), answers(3, &[("2", 45)])).await;
        run(&ground, declaring(1, &["1", "2"]), day + hours(7), answers(-6, &[("1", 1), ("2", 1)])).await;
        assert_eq!(shown(&ground).await, [("1".to_owned(), declared(0), Some(10)), ("2".to_owned(), declared(0), Some(5))]);

        run(&ground, declaring(2, &["2"]), day + hours(12), answers(12, &[("1", 120), ("2", 60)])).await;
        assert_eq!(shown(&ground).await, [("2".to_owned(), declared(0), Some(15))]);
        run(&ground, declaring(1, &["1", "2"]), day + hours(13), Observations::default()).await;
        assert_eq!(shown(&ground).await.len(), 1, "an older document changes nothing");

        // One that comes back counts anew.
        run(&ground, declaring(3, &["1", "2"]), day + hours(18), answers(18, &[("1", 130), ("2", 60)])).await;
        let one = ("1".to_owned(), declared(18), Some(0));
        assert_eq!(shown(&ground).await, [one, ("2".to_owned(), declared(0), Some(15))]);
    }
}

on_both! {
    async fn what_is_verified_of_a_declared_pack_counts_more(ground: Ground) {
        let (first, second) = (at(DAY), at(DAY) + hours(24));
        let learned = |asked: Timestamp, downloads| Observations {
            projects: vec![pack(&curseforge("1"), asked, downloads), observed("A", asked, 1)],
            modpacks: vec![ModpackListing {
                packs: [(curseforge("1"), Evidence::Named)].into(),
                ..packs_of("A", asked, &[])
            }],
            ..Default::default()
        };
        run(&ground, document("a", &["A"]), first, learned(first, 10)).await;
        run(&ground, declaring(2, &["1"]), second, learned(second, 15)).await;
        let current = Membership::Current { since: first, known_since: true };
        assert_eq!(shown(&ground).await, [("1".to_owned(), current, Some(5))]);
    }
}

on_both! {
    async fn of_one_project_only_its_own_packs_are_told_and_since_when_they_contain_it(ground: Ground) {
        let (first, second) = (at(DAY), at(DAY) + hours(24));
        let both = |generation| AppliedDocument { generation, ..document("a", &["A", "989797"]) };
        let mod_of = |key: &ProjectKey, asked| ProjectObservation { project: key.clone(), ..observed(&key.id, asked, 1) };
        let cf = curseforge("989797");
        let pinned = |asked: Timestamp, modpacks: Vec<ModpackListing>, packs: Vec<ProjectObservation>| {
            let projects = vec![mod_of(&modrinth("A"), asked), mod_of(&cf, asked)];
            Observations { projects: [projects, packs].concat(), modpacks, ..Default::default() }
        };
        let of_cf = |asked, ids: &[&str]| ModpackListing {
            project: cf.clone(),
            packs: ids.iter().map(|id| (modrinth(id), version_of(true, asked))).collect(),
            ..packs_of("A", asked, &[])
        };
        let end = async |document: AppliedDocument, asked: Timestamp, learned: Observations| {
            let open = NewRun { source: Source::Modpacks, ..run_of(document, asked) };
            let open = ground.store.begin_run(&open).await.unwrap();
            let pins = [modrinth("A"), cf.clone()].map(|project| Pin { entry: entry(&project.id), project });
            ground.store.end_run(open.id, &RunEnd { pins: pins.into(), ..ended(asked, learned) }).await.unwrap();
        };
        let learned = pinned(first, vec![packs_of("A", first, &[("P", version_of(true, first))]), of_cf(first, &[])], vec![pack(&modrinth("P"), first, 100)]);
        end(both(1), first, learned).await;
        let declaring = AppliedDocument { declared: vec![curseforge("1")], ..both(2) };
        let packs = vec![pack(&modrinth("P"), second, 130), pack(&modrinth("Q"), second, 50), pack(&curseforge("1"), second, 7)];
        let learned = pinned(second, vec![of_cf(second, &["P", "Q"])], packs);
        end(declaring, second, learned).await;

        let snapshot = ground.store.snapshot().await.unwrap();
        let of = async |project: &ProjectKey| {
            let packs = snapshot.modpacks_of_project("default", "a", project).await.unwrap();
            packs.into_iter().map(|it| (it.modpack.key.id, it.membership, it.downloads_since_added)).collect::<Vec<_>>()
        };
        let current = |since, known_since| Membership::Current { since, known_since };
        let p = |since, known_since, grown| ("P".to_owned(), current(since, known_since), Some(grown));
        let q = ("Q".to_owned(), current(second, false), Some(0));
        let declared = ("1".to_owned(), Membership::Declared { since: second }, Some(0));
        assert_eq!(shown(&ground).await, [p(first, true, 30), q.clone(), declared.clone()]);
        assert_eq!(of(&modrinth("A")).await, [p(first, true, 30)]);
        assert_eq!(of(&cf).await, [p(second, false, 0), q, declared]);
        assert!(of(&modrinth("nobody")).await.is_empty());
    }
}

on_both! {
    async fn a_pack_that_is_written_raises_the_generation_of_every_page_it_stands_on(ground: Ground) {
        let day = at(DAY);
        let generations = async || {
            let snapshot = ground.store.snapshot().await.unwrap();
            let mods = snapshot.tracked_mods(day).await.unwrap();
            mods.into_iter().map(|it| (it.name, it.generation)).collect::<std::collections::BTreeMap<_, _>>()
        };
        // `a` contains both packs by a listing, `b` names one, `c` has nothing to do with them.
        let both = [("P", version_of(true, day))];
        listed(&ground, day, 1, &both).await;
        let b = AppliedDocument { declared: vec![curseforge("1")], ..document("b", &["B"]) };
        run(&ground, b, day, Observations { projects: vec![pack(&curseforge("1"), day, 1)], ..Default::default() }).await;
        collect(&ground.store, "c", Observations { projects: vec![observed("C", day, 1)], ..Default::default() }).await;
        let of_d = |key: ProjectKey, hour| Observations { projects: vec![pack(&key, day + hours(hour), 2)], ..Default::default() };
        run(&ground, document("d", &["D"]), day, Observations::default()).await;

        let before = generations().await;
        run(&ground, document("d", &["D"]), day + hours(1), of_d(modrinth("P"), 1)).await;
        let then = generations().await;
        assert_eq!((then["a"], then["b"], then["c"]), (before["a"] + 1, before["b"], before["c"]));
        run(&ground, document("d", &["D"]), day + hours(2), of_d(curseforge("1"), 2)).await;
        let last = generations().await;
        assert_eq!((last["a"], last["b"], last["c"]), (then["a"], then["b"] + 1, then["c"]));
    }
}
