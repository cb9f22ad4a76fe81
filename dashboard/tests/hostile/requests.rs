//! What is asked for means harm too: it comes back in pages, in problems and in headers.

use std::collections::BTreeSet;

use modstats_dashboard::StoreSlot;
use modstats_store::model::Platform;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::page::pieces;
use super::twin::Twins;
use super::{Answers, compared, payloads};
use crate::seed::{Project, Subject, at, collect};
use crate::{Served, database};

/// An answer as it came over the wire.
struct Raw {
    status: u16,
    /// Each line of the head as it stands.
    headers: Vec<(String, String)>,
    body: String,
}

impl Raw {
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice: {:?}", self.headers);
        value
    }

    fn names(&self) -> BTreeSet<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }
}

async fn send(served: &Served, head: &str, body: &str) -> Raw {
    let request = format!("{head}\r\nHost: x\r\nConnection: close\r\n\r\n{body}");
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        let printable = |byte: u8| (b' '..=b'~').contains(&byte);
        assert!(line.bytes().all(printable), "{line:?}");
        (name.to_owned(), value.to_owned())
    };
    Raw {
        status: status.parse().unwrap(),
        headers: lines.map(header).collect(),
        body: body.to_owned(),
    }
}

/// What is asked, after one redirect at most, which stays here.
async fn ask(served: &Served, address: &str) -> Raw {
    let answer = send(served, &format!("GET {address} HTTP/1.1"), "").await;
    if answer.status != 308 {
        return answer;
    }
    let location = answer.header("location").unwrap();
    assert!(
        location.starts_with('/') && !location.starts_with("//"),
        "{address} leads to {location}"
    );
    send(served, &format!("GET {location} HTTP/1.1"), "").await
}

pub fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn subject(name: &'static str) -> Subject {
    Subject {
        namespace: "default",
        name,
        display_name: None,
        projects: vec![Project::new(Platform::Modrinth, "anvils", "Anvils")],
        declared: &[],
    }
}

async fn served() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    for (when, downloads) in [("2026-11-20T03:00Z", 100), ("2026-11-22T03:00Z", 200)] {
        let (subject, when) = (subject("anvils"), at(when));
        collect(
            &store,
            &subject,
            Platform::Modrinth,
            when,
            downloads,
            vec![],
        )
        .await;
    }
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

/// Of pages and of files; the rest is the API's.
const ASKED: [&str; 19] = [
    "/?q={}",
    "/?sort={}",
    "/?{}=1",
    "/mods/default/anvils?project={}",
    "/mods/default/anvils?period=since&version={}",
    "/mods/default/anvils/history?of={}",
    "/mods/default/anvils/history?metric={}",
    "/mods/default/anvils/modrinth?sort={}",
    "/mods/default/anvils/modrinth?game-version={}",
    "/mods/default/anvils/modrinth/versions.csv?game-version={}",
    "/mods/default/anvils/modpacks?q={}",
    "/mods/default/anvils/modpacks.csv?state={}",
    "/compare?item={}",
    "/runs?mod={}",
    "/mods/{}/anvils",
    "/mods/default/{}",
    "/mods/default/anvils/{}",
    "/mods/{}/anvils/modpacks.csv",
    "/{}",
];

#[tokio::test]
async fn what_is_asked_for_comes_back_as_text_and_in_no_header() {
    let (served, _folder) = served().await;
    let payloads = payloads::payloads();
    let in_queries = Twins::new(payloads.clone());
    // Names in paths are such that need no escapes: these are told as they are.
    let in_paths = Twins::new(payloads.iter().map(|it| encoded(it)).collect());
    let mut wrong = Vec::new();
    for template in ASKED {
        let twins = match template.contains('?') {
            true => &in_queries,
            false => &in_paths,
        };
        for (payload, harmless) in payloads.iter().zip(twins.harmless()) {
            let address = template.replace("{}", &encoded(payload));
            let expected = ask(&served, &template.replace("{}", &harmless)).await;
            let found = ask(&served, &address).await;
            let answer = found.status;
            assert!(
                [200, 400, 404, 414].contains(&answer),
                "{answer}: {address}"
            );
            let more: Vec<_> = found
                .names()
                .difference(&expected.names())
                .copied()
                .collect();
            assert!(
                more.iter().all(|it| ["etag", "vary"].contains(it)) || found.status == 200,
                "{more:?}: {address}"
            );
            assert!(!found.names().contains("set-cookie"), "{address}");
            // Some of them are no addresses at all.
            if found.status == expected.status && !payload.contains('\0') {
                let answers = Answers {
                    address,
                    harmless: expected.body,
                    hostile: found.body,
                };
                wrong.extend(compared(twins, &answers).err());
            } else if let Some(odd) = pieces(&found.body).iter().find(|it| it.is_odd()) {
                wrong.push(format!("{address}: {odd:?}"));
            }
        }
    }
    super::Both::report(&wrong);
}

#[tokio::test]
async fn a_problem_names_what_was_asked_for_in_json() {
    let (served, _folder) = served().await;
    for payload in payloads::payloads() {
        for template in ["/api/v1/runs?mod={}", "/api/v1/mods?after={}"] {
            let address = template.replace("{}", &encoded(&payload));
            let answer = ask(&served, &address).await;
            assert!([400, 414].contains(&answer.status), "{address}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json")
            );
            let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            if let Some(value) = problem["value"].as_str() {
                assert!(payload.starts_with(value), "{value:?} of {payload:?}");
                assert!(value.chars().count() >= 60 || value == payload, "{value:?}");
            }
        }
        for template in [
            "/api/v1/{}",
            "/api/v1/mods/{}/x",
            "/api/v1/mods/default/{}/versions",
        ] {
            let answer = ask(&served, &template.replace("{}", &encoded(&payload))).await;
            assert!([400, 404, 414].contains(&answer.status), "{payload:?}");
            serde_json::from_str::<serde_json::Value>(&answer.body).unwrap();
        }
    }
}

#[tokio::test]
async fn nobody_is_led_away_by_a_form() {
    let (served, _folder) = served().await;
    for payload in payloads::payloads() {
        for back in [
            payload.clone(),
            format!("/{payload}"),
            format!("/runs?x={payload}"),
        ] {
            let form = format!("theme=dark&back={}", encoded(&back));
            let head = format!(
                "POST /preferences HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}",
                form.len()
            );
            let answer = send(&served, &head, &form).await;
            match answer.status {
                303 => {
                    let location = answer.header("location").unwrap();
                    assert!(
                        location.starts_with('/') && !location.contains("//"),
                        "{location}"
                    );
                    assert!(
                        answer
                            .header("set-cookie")
                            .unwrap()
                            .starts_with("theme=dark")
                    );
                }
                other => assert!([400, 413].contains(&other), "{other}: {back:?}"),
            }
        }
    }
}
