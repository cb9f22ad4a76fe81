use std::collections::BTreeMap;
use std::sync::Mutex;

use futures::{FutureExt, stream};
use http::{Request, Response, StatusCode, Uri};
use kube::client::Body;
use kube::runtime::events::{Recorder, Reporter};
use serde_json::json;
use tokio::sync::oneshot;

use super::*;
use crate::memory::Memory;
use crate::metrics::Metrics;

const COUNT: usize = 200;
const ANSWER: Duration = Duration::from_secs(1);

type Reads = Arc<Mutex<BTreeMap<String, usize>>>;

/// An API server with so many TrackedMods, which takes its time to fail when it is asked for one of
/// them, so that all of them come back.
fn failing(reads: Reads) -> Client {
    let service = tower::service_fn(move |request: Request<Body>| {
        let (uri, reads) = (request.uri().clone(), reads.clone());
        async move { Ok::<_, kube::Error>(answer(&uri, &reads).await) }.boxed()
    });
    Client::new(service, "mods")
}

async fn answer(uri: &Uri, reads: &Reads) -> Response<Body> {
    let (_, resource) = uri.path().rsplit_once("/namespaces/mods/").unwrap();
    if let Some((_, name)) = resource.split_once('/') {
        *reads.lock().unwrap().entry(name.to_owned()).or_default() += 1;
        tokio::time::sleep(ANSWER).await;
        let mut failure = Response::new(Body::empty());
        *failure.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return failure;
    }
    if uri.query().unwrap_or_default().contains("watch=true") {
        std::future::pending::<()>().await;
    }
    let count = if resource == "trackedmods" { COUNT } else { 0 };
    let item = |number| {
        json!({
            "apiVersion": "modstats.dev/v1alpha1", "kind": "TrackedMod",
            "metadata": {"name": format!("gears-{number}"), "namespace": "mods"},
            "spec": {"modrinth": {"projects": ["gears"]}},
        })
    };
    let items: Vec<_> = (0..count).map(item).collect();
    let list = json!({"metadata": {"resourceVersion": "1"}, "items": items});
    Response::new(Body::from(list.to_string().into_bytes()))
}

fn context(client: Client) -> Context {
    let config = "{watch: {namespace: mods}, collector: {image: collector}}";
    let reporter = Reporter {
        controller: MANAGER.to_owned(),
        instance: None,
    };
    Context {
        recorder: Recorder::new(client.clone(), reporter),
        client,
        config: serde_yaml::from_str(config).unwrap(),
        memory: Memory::default(),
        metrics: Metrics::new("1"),
        turns: turns(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_has_its_turn_when_all_come_back_sooner_than_all_can_be_served() {
    let reads = Reads::default();
    let client = failing(reads.clone());
    let context = Arc::new(context(client.clone()));
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async { stopped.await.unwrap() };
    let running = tokio::spawn(run(context, client, stream::pending(), stopped));

    let round = ANSWER * u32::try_from(COUNT / AT_ONCE).unwrap();
    tokio::time::sleep(3 * round).await;
    let reads = reads.lock().unwrap().clone();
    assert_eq!(reads.len(), COUNT);
    assert!(reads.values().all(|it| (2..=4).contains(it)), "{reads:?}");

    // Those that wait hold up no end.
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(2 * ANSWER, running).await;
    ended.expect("it ends").unwrap();
}
