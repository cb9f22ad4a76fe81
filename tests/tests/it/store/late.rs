//! Answers that come later than newer ones: they change nothing that those said.

use modstats_store::model::*;

use super::modpacks::{DAY, listed, shown, version_of};
use super::*;
use crate::on_both;

on_both! {
    async fn a_pack_that_a_newer_answer_denies_is_not_opened_by_an_older_one(ground: Ground) {
        let (early, late) = (at(DAY), at(DAY) + hours(24));
        listed(&ground, late, 2, &[("P", version_of(false, late))]).await;
        listed(&ground, early, 1, &[("P", version_of(true, early))]).await;
        assert_eq!(
            shown(&ground).await,
            [("P".to_owned(), Membership::Once, None)]
        );
    }
}

on_both! {
    async fn a_pack_that_a_newer_listing_lacks_is_not_current_by_an_older_one(ground: Ground) {
        let (early, late) = (at(DAY), at(DAY) + hours(24));
        listed(&ground, late, 2, &[]).await;
        listed(&ground, late + hours(24), 2, &[]).await;
        listed(&ground, early, 1, &[("P", Evidence::Named)]).await;
        let current = shown(&ground)
            .await
            .into_iter()
            .filter(|it| matches!(it.1, Membership::Current { .. }));
        assert_eq!(current.count(), 0);
    }
}

on_both! {
    async fn a_version_that_a_newer_listing_lacks_is_gone_though_an_older_one_arrives_later(ground: Ground) {
        let (early, late) = (at(DAY), at(DAY) + hours(24));
        for (asked, versions) in [
            (late, vec![version("1", 2)]),
            (early, vec![version("1", 1), version("2", 1)]),
        ] {
            let listings = vec![listing("A", asked, &versions)];
            collect(
                &ground.store,
                "a",
                Observations {
                    listings,
                    ..Default::default()
                },
            )
            .await;
        }
        let known = ground
            .store
            .known_versions(Platform::Modrinth, &["A"])
            .await
            .unwrap();
        assert_eq!(known[&modrinth("A")].present, ["1"]);
    }
}
