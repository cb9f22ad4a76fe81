use std::collections::HashSet;

use modstats_simulator::Platform::Modrinth;
use modstats_simulator::{Bulk, Catalogue, Options};

use crate::client::{Client, days_ago, fits, items, json, options, present, texts};

const MANY: Bulk = Bulk {
    mods: 150,
    versions: 50,
    modpacks: 30,
};

#[test]
fn further_projects_follow_the_ordinary_ones() {
    let ordinary = Catalogue::new(present());
    let catalogue = Catalogue::with_bulk(present(), MANY);
    let (before, further) = catalogue.projects().split_at(ordinary.projects().len());
    assert_eq!(before, ordinary.projects());
    assert_eq!(further.len(), 180);
    assert_eq!(catalogue.mods(), ordinary.mods());

    let ids: Vec<_> = further[..150].iter().map(|project| &project.id).collect();
    assert_eq!(Vec::from_iter(catalogue.bulk_mods()), ids);
    assert!(ordinary.bulk_mods().is_empty());
    for project in &further[..150] {
        assert!(project.published < days_ago(365));
        assert_eq!(project.listed(days_ago(365)).count(), 50);
    }
    let is_id = |id: &str| id.len() == 8 && id.chars().all(|c| c.is_ascii_alphanumeric());
    let versions = catalogue.projects().iter().flat_map(|project| {
        let versions = project.versions.iter();
        versions.map(|version| (project.platform, version.id.as_str()))
    });
    let versions: Vec<_> = versions.collect();
    let (mut projects, mut unique) = (HashSet::new(), HashSet::new());
    for project in catalogue.projects() {
        assert!(projects.insert((project.platform, project.id.as_str())));
    }
    for (platform, id) in versions {
        assert!(unique.insert((platform, id)));
        assert!(platform != Modrinth || is_id(id), "{id}");
    }
    assert!(ids.iter().all(|id| is_id(id)));
}

#[tokio::test]
async fn further_projects_are_served_like_the_others() {
    let client = Client::with(Options {
        bulk: Some(MANY),
        ..options()
    })
    .await;
    let ids = client.catalogue().bulk_mods();
    let found = client
        .modrinth("v2/projects", &[("ids", &json(&ids))])
        .await;
    fits("modrinth-project", items(&found));
    assert_eq!(items(&found).len(), 150);
    let versions: Vec<&str> = items(&found)
        .iter()
        .flat_map(|project| items(&project["versions"]))
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(versions.len(), 150 * 50);
    let batch = &versions[1000..1800];
    let found = client
        .modrinth("v2/versions", &[("ids", &json(&batch))])
        .await;
    fits("modrinth-version", items(&found));
    let found: HashSet<_> = texts(items(&found), "id").into_iter().collect();
    assert_eq!(found, HashSet::from_iter(batch.iter().copied()));

    let dependents = async |id: &str| {
        let filter =
            format!("project_types = `modpack` AND compatible_dependency_project_ids = `{id}`");
        let query = [("new_filters", filter.as_str()), ("limit", "100")];
        client.modrinth("v2/search", &query).await
    };
    let packs = dependents(&ids[0]).await;
    assert_eq!(packs["total_hits"], 30);
    let newest = texts(items(&packs["hits"]), "latest_version");
    let newest = client
        .modrinth("v2/versions", &[("ids", &json(&newest))])
        .await;
    assert_eq!(items(&newest).len(), 30);
    for version in items(&newest) {
        let contained = &version["dependencies"][0];
        assert_eq!(contained["project_id"], ids[0]);
        assert_eq!(contained["dependency_type"], "embedded");
    }
    assert_eq!(dependents(&ids[1]).await["total_hits"], 0);
}
