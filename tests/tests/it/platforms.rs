//! The simulated platforms, as collectors find them.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use jiff::Timestamp;
use modstats_collector::{ApiKey, Clock, Credentials, Endpoints, Limit, Limits};
use modstats_simulator::{Clock as SimulatedClock, Options, Simulator};

/// The platforms' clock, which waiting doesn't move.
pub struct Standing(pub SimulatedClock);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep_until(&self, _: Timestamp) -> BoxFuture<'_, ()> {
        tokio::task::yield_now().boxed()
    }
}

pub fn endpoints(simulator: &Simulator) -> Endpoints {
    Endpoints {
        modrinth: simulator.modrinth_url(),
        curseforge: simulator.curseforge_url(),
        curseforge_website: simulator.website_url(),
    }
}

/// The same, as a program's environment says it.
pub fn addresses(simulator: &Simulator) -> [(&'static str, String); 3] {
    let Endpoints {
        modrinth,
        curseforge,
        curseforge_website,
    } = endpoints(simulator);
    [
        ("MODSTATS_MODRINTH_URL", modrinth.into()),
        ("MODSTATS_CURSEFORGE_URL", curseforge.into()),
        ("MODSTATS_CURSEFORGE_WEBSITE_URL", curseforge_website.into()),
    ]
}

/// The key that the simulated CurseForge takes.
pub fn credentials() -> Credentials {
    let key = ApiKey::new(&Options::default().curseforge_key).unwrap();
    Credentials {
        curseforge_key: Some(key),
    }
}

pub fn limits(limit: Limit) -> Limits {
    Limits {
        modrinth: limit,
        curseforge: limit,
    }
}

/// So generous that even concurrent reservations wait for nothing.
pub fn no_limits() -> Limits {
    limits(Limit {
        interval: Duration::from_micros(1),
        burst: 1_000_000,
    })
}

/// Variables as a process takes them.
pub fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    let variables = variables.iter();
    variables
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
