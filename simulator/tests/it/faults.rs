use std::time::Duration;

use modstats_simulator::Platform::{Curseforge, Modrinth};
use modstats_simulator::{Fault, Gate, Platform, Rule};
use serde_json::{Value, json};

use crate::client::{Client, items, soon};

const PROJECT: &str = "v2/project/quillhaven-gears";
const SEARCH: &str = "v1/mods/search?gameId=432&slug=quillhaven-gears";

fn fail(client: &Client, platform: Platform, times: usize, fault: Fault) {
    client.simulator.faults().add(Rule {
        platform,
        path_contains: "quillhaven".to_owned(),
        times,
        fault,
    });
}

#[tokio::test]
async fn a_rule_holds_for_so_many_fitting_requests() {
    let client = Client::start().await;
    fail(&client, Modrinth, 1, Fault::Pass);
    fail(&client, Modrinth, 2, Fault::Status(500));
    let other = client.send(Modrinth, "v2/project/tidewheel-harbours").await;
    assert_eq!(other.status(), 200, "another path");
    assert_eq!(
        client.send(Curseforge, SEARCH).await.status(),
        200,
        "another platform"
    );
    for expected in [200, 500, 500, 200] {
        assert_eq!(client.send(Modrinth, PROJECT).await.status(), expected);
    }
    fail(&client, Modrinth, 1, Fault::Status(500));
    client.simulator.faults().clear();
    assert_eq!(client.send(Modrinth, PROJECT).await.status(), 200);
}

#[tokio::test]
async fn refusals_look_like_the_real_ones() {
    let client = Client::start().await;
    let limit = "x-ratelimit-remaining";
    fail(&client, Modrinth, 1, Fault::RateLimited { headers: true });
    let answer = client.send(Modrinth, PROJECT).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[limit]),
        (429, &"0".parse().unwrap())
    );
    fail(&client, Modrinth, 1, Fault::RateLimited { headers: false });
    let answer = client.send(Modrinth, PROJECT).await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers().get(limit)),
        (429, None)
    );
    fail(&client, Modrinth, 1, Fault::Retired);
    let answer = client.send(Modrinth, PROJECT).await;
    assert_eq!(answer.status(), 410);
    assert_eq!(
        answer.json::<Value>().await.unwrap()["error"],
        "api_deprecated"
    );
    fail(&client, Modrinth, 1, Fault::Html(502));
    let answer = client.send(Modrinth, PROJECT).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (502, &"text/html".parse().unwrap())
    );

    for (fault, status, text) in [
        (Fault::KeyRefused, 403, ""),
        (Fault::Forbidden, 403, "{\"error\""),
        (Fault::Blocked, 403, "There might be too much traffic"),
        (Fault::NotFoundAs400, 400, "Error: 404"),
        (Fault::RateLimited { headers: true }, 429, ""),
        (Fault::Empty, 200, ""),
    ] {
        fail(&client, Curseforge, 1, fault.clone());
        let answer = client.send(Curseforge, SEARCH).await;
        assert_eq!(answer.status(), status, "{fault:?}");
        let body = answer.text().await.unwrap();
        assert!(
            body.contains(text) && body.is_empty() == text.is_empty(),
            "{fault:?}: {body}"
        );
    }
}

#[tokio::test]
async fn connections_end_before_and_within_an_answer() {
    let client = Client::start().await;
    let whole = client.send(Modrinth, PROJECT).await.bytes().await.unwrap();
    fail(&client, Modrinth, 1, Fault::Truncated);
    let mut cut = client.send(Modrinth, PROJECT).await;
    assert_eq!(cut.status(), 200);
    let mut begun = Vec::new();
    let error = loop {
        match cut.chunk().await {
            Ok(chunk) => begun.extend_from_slice(&chunk.expect("the answer is cut")),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert!(!begun.is_empty() && begun.len() < whole.len() && whole.starts_with(&begun));

    // More than one, as a client may try again on a new connection.
    fail(&client, Modrinth, 9, Fault::Close);
    let url = client.simulator.modrinth_url().join(PROJECT).unwrap();
    let error = client.http.get(url).send().await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    let counted = client.simulator.served().modrinth["project/{id}"];
    assert_eq!(counted, 2, "what got no answer isn't served");
}

#[tokio::test]
async fn answers_may_be_late_or_never_come() {
    let client = Client::start().await;
    let wait = Duration::from_millis(200);
    let start = std::time::Instant::now();
    fail(&client, Modrinth, 1, Fault::Slow(wait));
    assert_eq!(client.send(Modrinth, PROJECT).await.status(), 200);
    assert!(start.elapsed() >= wait);

    fail(&client, Modrinth, 1, Fault::Hang);
    let url = client.simulator.modrinth_url().join(PROJECT).unwrap();
    let hanging = client.http.get(url).timeout(wait).send().await;
    assert!(hanging.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_gate_holds_the_nth_request_until_it_is_opened() {
    let client = Client::start().await;
    let gate = Gate::closed();
    fail(&client, Modrinth, 2, Fault::Pass);
    fail(&client, Modrinth, 1, Fault::Hold(gate.clone()));
    for _ in 0..2 {
        client.send(Modrinth, PROJECT).await;
    }
    let held = client
        .request(Modrinth, reqwest::Method::GET, PROJECT)
        .send();
    let held = tokio::spawn(held);
    soon("the third request", gate.reached()).await;
    assert!(!held.is_finished());
    assert_eq!(client.simulator.served().modrinth["project/{id}"], 2);
    gate.open();
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn counters_may_be_floats_too_big_null_or_missing() {
    let client = Client::start().await;
    let sane = client.get(Modrinth, PROJECT).await;
    fail(&client, Modrinth, 1, Fault::FloatCounters);
    let float = client.send(Modrinth, PROJECT).await.text().await.unwrap();
    assert!(
        float.contains(&format!("\"downloads\":{}.0,", sane["downloads"])),
        "{float}"
    );

    let replace = |key, with| Fault::Replace { key, with };
    fail(
        &client,
        Modrinth,
        1,
        replace("downloads", Some(json!(u64::MAX))),
    );
    let big = client.get(Modrinth, PROJECT).await;
    assert_eq!(big["downloads"], u64::MAX);
    fail(&client, Curseforge, 1, replace("downloadCount", None));
    let missing = client.get(Curseforge, SEARCH).await;
    let found = &items(&missing["data"])[0];
    assert!(found.get("downloadCount").is_none());
    assert!(found["latestFiles"][0].get("downloadCount").is_none());
    fail(&client, Modrinth, 1, replace("title", Some(Value::Null)));
    assert!(client.get(Modrinth, PROJECT).await["title"].is_null());
}
