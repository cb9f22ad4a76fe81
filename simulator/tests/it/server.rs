use std::time::Duration;

use modstats_simulator::Platform::{Curseforge, Modrinth};
use modstats_simulator::{Bulk, Catalogue, Fault, Gate, Options, Rule, Served};
use tokio::net::TcpListener;

use crate::client::{Client, noon, options, present, soon};

#[tokio::test]
async fn it_counts_what_it_serves() {
    let client = Client::start().await;
    for path in ["v2/search", "v2/search", "v2/project/nothing", "v2/nowhere"] {
        client.send(Modrinth, path).await;
    }
    client.send(Curseforge, "v1/mods/search").await;
    let served = client.simulator.served();
    assert_eq!(served.modrinth["search"], 2);
    assert_eq!(served.modrinth["project/{id}"], 1);
    assert_eq!(served.modrinth["unknown"], 1);
    assert_eq!((served.total(Modrinth), served.total(Curseforge)), (4, 1));
    for platform in [Modrinth, Curseforge] {
        let told = client.get(platform, "simulator/requests").await;
        assert_eq!(serde_json::from_value::<Served>(told).unwrap(), served);
    }
}

#[tokio::test]
async fn another_process_can_build_the_same_catalogue() {
    let bulk = Bulk {
        mods: 2,
        versions: 3,
        modpacks: 1,
    };
    let options = Options {
        bulk: Some(bulk),
        ..options()
    };
    let client = Client::with(options).await;
    let told = client.get(Curseforge, "simulator/catalogue").await;
    let present = told["present"].as_str().unwrap().parse().unwrap();
    let bulk = serde_json::from_value(told["bulk"].clone()).unwrap();
    assert_eq!(&Catalogue::with_bulk(present, bulk), client.catalogue());
}

#[tokio::test]
async fn without_a_stated_present_it_leads_up_to_the_clocks() {
    let client = Client::with(Options {
        present: None,
        ..options()
    })
    .await;
    assert_eq!(client.catalogue().present(), present());
    let client = Client::with(Options::default()).await;
    let today = client.catalogue().present();
    assert!(today > noon() && today <= jiff::Timestamp::now());
}

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let latency = Duration::from_millis(150);
    let client = Client::with(Options {
        latency,
        ..options()
    })
    .await;
    let start = std::time::Instant::now();
    client.send(Modrinth, "v2/search").await;
    assert!(start.elapsed() >= latency);
}

#[tokio::test]
async fn it_listens_where_it_is_told_and_frees_the_port_even_if_a_request_hangs() {
    let bind = async |address: &str| TcpListener::bind(address).await.unwrap();
    let modrinth = bind("127.0.0.1:0").await;
    let address = modrinth.local_addr().unwrap().to_string();
    let mut client = Client::start().await;
    let started = modstats_simulator::Simulator::with_listeners(
        options(),
        modrinth,
        bind("127.0.0.1:0").await,
        bind("127.0.0.1:0").await,
    );
    client.simulator = started.unwrap();
    assert_eq!(
        client.simulator.modrinth_url().as_str(),
        format!("http://{address}/")
    );
    client.send(Modrinth, "v2/search").await;

    let gate = Gate::closed();
    client.simulator.faults().add(Rule {
        platform: Modrinth,
        path_contains: "search".to_owned(),
        times: 1,
        fault: Fault::Hold(gate.clone()),
    });
    let url = client.simulator.modrinth_url().join("v2/search").unwrap();
    let hanging = tokio::spawn(client.http.get(url).send());
    soon("the request", gate.reached()).await;
    soon("the stop", client.simulator.stop()).await;
    assert!(hanging.await.unwrap().is_err());
    bind(&address).await;
}
