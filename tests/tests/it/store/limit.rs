//! The rate limit that collectors share.

use std::time::Duration;

use futures::future::join_all;
use modstats_store::model::Platform;

use crate::on_both;

on_both! {
    async fn a_burst_leaves_at_once_and_the_rest_at_intervals(ground: Ground) {
        let interval = Duration::from_secs(100);
        let mut waits = Vec::new();
        for _ in 0..5 {
            waits.push(ground.store.reserve(Platform::Modrinth, interval, 3).await.unwrap());
        }
        assert_eq!(waits[..3], [Duration::ZERO; 3]);
        let near = |wait: Duration, seconds: u64| {
            Duration::from_secs(seconds - 60) < wait && wait <= Duration::from_secs(seconds)
        };
        assert!(near(waits[3], 100) && near(waits[4], 200), "{waits:?}");
        let other = ground.store.reserve(Platform::Curseforge, interval, 1).await.unwrap();
        assert_eq!(other, Duration::ZERO, "each platform has its own");
    }
}

on_both! {
    async fn collectors_at_once_get_different_turns(ground: Ground) {
        let interval = Duration::from_secs(1000);
        let turns = (0..16).map(|_| {
            let store = ground.store.clone();
            tokio::spawn(async move { store.reserve(Platform::Modrinth, interval, 1).await.unwrap() })
        });
        let mut waits: Vec<Duration> = join_all(turns).await.into_iter().map(|it| it.unwrap()).collect();
        waits.sort();
        for (turn, wait) in waits.iter().enumerate() {
            let due = interval * u32::try_from(turn).unwrap();
            assert!(*wait <= due && *wait + interval / 2 >= due, "turn {turn} waits {wait:?}");
        }
    }
}
