//! What happens on the platforms themselves, day by day: releases, vanishing versions, renames,
//! hidden projects, counters that fall for good or for some hours, packs that drop a mod.

use jiff::{SignedDuration, Timestamp};
use modstats_collector::Timeouts;
use modstats_crds::{Document, Source};
use modstats_simulator::{Catalogue, Platform};
use modstats_store::entity;
use modstats_store::model::Outcome;
use sea_orm::EntityTrait;
use serde_json::json;

use super::{collect_document, day, present, simulator};
use crate::on_both;
use crate::truth::assert_true;

/// Every project that something happens to, on both platforms.
fn document(catalogue: &Catalogue) -> Document {
    let ids = |platform| {
        let all = catalogue.projects().iter();
        let eventful = all.filter(move |it| {
            it.platform == platform
                && (it.hidden_from.is_some()
                    || !it.dents.is_empty()
                    || it
                        .versions
                        .iter()
                        .any(|version| version.gone_from.is_some())
                    || it.title(present()) != it.title(day(89)))
        });
        eventful.map(|it| it.id.clone())
    };
    let modrinth: Vec<String> = ids(Platform::Modrinth).take(20).collect();
    let curseforge: Vec<i64> = ids(Platform::Curseforge)
        .take(20)
        .map(|id| id.parse().unwrap())
        .collect();
    assert!(modrinth.len() >= 3 && !curseforge.is_empty());
    let document = json!({
        "namespace": "default", "name": "eventful", "uid": "u", "generation": 1,
        "creationTimestamp": "2025-01-01T00:00:00Z",
        "spec": {
            "modrinth": {"projects": modrinth},
            "curseforge": {"projects": curseforge, "apiKeySecretRef": {"name": "a", "key": "b"}},
            "modpacks": {"curseforge": "Website"},
        },
    });
    Document::from_json(&document.to_string()).unwrap()
}

/// The hours before and after everything that happens, and some ordinary days.
fn instants(catalogue: &Catalogue, document: &Document) -> Vec<Timestamp> {
    let mut instants: Vec<Timestamp> = (1..9).map(|week| day(60 - 7 * week)).collect();
    let tracked = catalogue.projects().iter().filter(|it| {
        let spec = &document.spec;
        let modrinth = spec.modrinth.iter().flat_map(|it| &it.projects);
        let curseforge = spec.curseforge.iter().flat_map(|it| &it.projects);
        modrinth.into_iter().any(|id| *id == it.id)
            || curseforge.into_iter().any(|id| id.to_string() == it.id)
    });
    for project in tracked {
        let dents = project.dents.iter();
        let falls = dents.flat_map(|dent| [Some(dent.from), dent.until]);
        let gone = project.versions.iter().map(|version| version.gone_from);
        let happens = falls.chain(gone).chain([project.hidden_from]).flatten();
        for at in happens.filter(|at| *at > day(60) && *at < present()) {
            for hours in [-1, 1, 26] {
                instants.push(at + SignedDuration::from_hours(hours));
            }
        }
    }
    // The search index follows on the hour.
    let hour = |at: &mut Timestamp| {
        *at = Timestamp::from_second(at.as_second() / 3600 * 3600).unwrap();
    };
    instants.iter_mut().for_each(hour);
    instants.sort();
    instants.dedup();
    instants
}

on_both! {
    async fn whatever_happens_is_recorded_as_it_was_stated(ground: Ground) {
        let platforms = simulator(day(60)).await;
        let catalogue = platforms.catalogue();
        let document = document(catalogue);
        let instants = instants(catalogue, &document);
        assert!(instants.len() >= 15, "{instants:?}");
        for at in instants {
            platforms.clock().set(at);
            for source in [Source::Modrinth, Source::Curseforge, Source::Modpacks] {
                let run =
                    collect_document(&ground, &platforms, &document, source, Timeouts::default()).await;
                assert_eq!(run.record.outcome, Outcome::Complete, "{at}: {:?}", run.record);
            }
            assert_true(&ground, catalogue, |at| at, &at.to_string()).await;
        }
        // What happened is there.
        let db = &ground.connection;
        let versions = entity::version::Entity::find().all(db).await.unwrap();
        assert!(versions.iter().any(|it| !it.present && it.gone_at.is_some()), "no version vanished");
        let projects = entity::project::Entity::find().all(db).await.unwrap();
        assert!(projects.iter().any(|it| !it.visible), "no project was hidden");
        let edges = entity::modpack_edge::Entity::find().all(db).await.unwrap();
        assert!(edges.iter().any(|it| it.closed_at.is_some()), "no pack was lost");
        assert!(edges.iter().any(|it| !it.known_since), "no pack was gained");
        let days = entity::daily_stats::Entity::find().all(db).await.unwrap();
        assert!(days.iter().any(|it| it.last_downloads < it.first_downloads), "no counter fell");
    }
}
