//! Answers that no platform gives, from servers that are none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use modstats_collector::{Credentials, Endpoints, Report};
use modstats_crds::Source;
use modstats_store::model::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use crate::support::{World, document, reasons};

/// Answers every connection with the same bytes, repeats the last of them for ever if asked to,
/// and keeps what it was sent.
struct Raw {
    url: Url,
    connections: Arc<AtomicUsize>,
    received: Arc<std::sync::Mutex<String>>,
}

impl Raw {
    async fn start(answer: Vec<u8>, endless: Option<Vec<u8>>, pause: Duration) -> Raw {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let received = Arc::new(std::sync::Mutex::new(String::new()));
        let (count, keep) = (connections.clone(), received.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let (answer, endless, keep) = (answer.clone(), endless.clone(), keep.clone());
                tokio::spawn(async move {
                    let mut request = vec![0; 8192];
                    let read = stream.read(&mut request).await.unwrap_or(0);
                    keep.lock()
                        .unwrap()
                        .push_str(&String::from_utf8_lossy(&request[..read]));
                    let mut sent = stream.write_all(&answer).await;
                    while let (Ok(()), Some(more)) = (&sent, &endless) {
                        tokio::time::sleep(pause).await;
                        sent = stream.write_all(more).await;
                    }
                    let _ = stream.shutdown().await;
                });
            }
        });
        Raw {
            url,
            connections,
            received,
        }
    }

    async fn saying(status: &str, headers: &str, body: &[u8]) -> Raw {
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        Raw::start([head.as_bytes(), body].concat(), None, Duration::ZERO).await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn collect(world: &World, modrinth: &Url) -> Report {
    let endpoints = Endpoints {
        modrinth: modrinth.clone(),
        ..world.endpoints()
    };
    let document = document(&["quillhaven-gears"], &[]);
    let credentials = Credentials::default();
    let collector = world.collector_for(endpoints);
    collector
        .collect(&document, Source::Modrinth, world.clock.now(), &credentials)
        .await
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let world = World::new().await;
    let elsewhere = Raw::saying("200 OK", "", b"[]").await;
    for status in ["301 Moved Permanently", "307 Temporary Redirect"] {
        let location = format!("Location: {}\r\n", elsewhere.url);
        let raw = Raw::saying(status, &location, b"").await;
        let report = collect(&world, &raw.url).await;
        assert_eq!(
            (report.record.outcome, reasons(&report)),
            (Outcome::Failed, vec!["RequestRefused"])
        );
        assert_eq!((raw.connections(), elsewhere.connections()), (1, 0));
    }
}

#[tokio::test]
async fn endless_answers_are_cut_off() {
    let world = World::new().await;
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[\"".to_vec();
    let raw = Raw::start(head, Some(vec![b'x'; 1 << 16]), Duration::ZERO).await;
    let report = collect(&world, &raw.url).await;
    assert_eq!(reasons(&report), ["UnreadableAnswer"]);
    assert!(
        report.record.problems[0]
            .message
            .contains("larger than 16 MiB"),
        "{report:?}"
    );
}

#[tokio::test]
async fn slow_answers_are_cut_off() {
    let mut world = World::new().await;
    world.timeouts.request = Duration::from_millis(300);
    let head = b"HTTP/1.1 200 OK\r\n\r\n[".to_vec();
    let raw = Raw::start(head, Some(vec![b' ']), Duration::from_millis(20)).await;
    let report = collect(&world, &raw.url).await;
    assert_eq!(reasons(&report), ["Unreachable"]);
    assert!(
        report.record.problems[0]
            .message
            .contains("did not answer in time"),
        "{report:?}"
    );
}

#[tokio::test]
async fn packed_answers_count_unpacked() {
    // Stored blocks would not be small: this is 32 MiB of spaces, packed by hand into deflate's
    // fixed codes (a literal, then matches of 258 at distance 1).
    let mut bits = Bits::default();
    bits.put(0b1, 1);
    bits.put(0b01, 2);
    bits.put_reversed(0x30 + u32::from(b' '), 8);
    for _ in 0..(32 << 20) / 258 {
        bits.put_reversed(0b1100_0101, 8);
        bits.put_reversed(0, 5);
    }
    bits.put_reversed(0, 7);
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    packed.extend(&bits.bytes);
    packed.push(bits.last);
    packed.extend([0; 8]);
    assert!(packed.len() < 1 << 20);

    let world = World::new().await;
    let raw = Raw::saying("200 OK", "Content-Encoding: gzip\r\n", &packed).await;
    let report = collect(&world, &raw.url).await;
    assert!(
        report.record.problems[0]
            .message
            .contains("larger than 16 MiB"),
        "{report:?}"
    );
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    last: u8,
    used: u32,
}

impl Bits {
    fn put(&mut self, bits: u32, count: u32) {
        for place in 0..count {
            self.last |= u8::try_from((bits >> place) & 1).unwrap() << self.used;
            self.used += 1;
            if self.used == 8 {
                self.bytes.push(self.last);
                (self.last, self.used) = (0, 0);
            }
        }
    }

    fn put_reversed(&mut self, bits: u32, count: u32) {
        (0..count)
            .rev()
            .for_each(|place| self.put(bits >> place, 1));
    }
}

#[tokio::test]
async fn waits_beyond_the_run_are_not_begun() {
    let world = World::new().await;
    for header in [
        "Retry-After: 1000000000\r\n",
        "Retry-After: Fri, 01 Jan 2027 00:00:00 GMT\r\n",
    ] {
        let before = world.clock.now();
        let raw = Raw::saying("429 Too Many Requests", header, b"").await;
        let report = collect(&world, &raw.url).await;
        assert_eq!(reasons(&report), ["RateLimited"]);
        assert_eq!((raw.connections(), world.clock.now()), (1, before));
    }
}

#[tokio::test]
async fn bodies_that_are_no_list_are_refused_with_a_name() {
    let world = World::new().await;
    for body in [
        &b"null"[..],
        b"{}",
        b"3",
        b"\xef\xbb\xbf[]",
        b"",
        b"\"\"",
        b"[1",
    ] {
        let raw = Raw::saying("200 OK", "Content-Type: text/html\r\n", body).await;
        let report = collect(&world, &raw.url).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!(report.record.outcome, Outcome::Failed, "{shown}");
        let expected = if body == b"[1" {
            "Unreachable"
        } else {
            "UnreadableAnswer"
        };
        assert_eq!(reasons(&report), [expected], "{shown}");
    }
    let raw = Raw::saying("200 OK", "Content-Type: text/html\r\n", b" [ ] ").await;
    let report = collect(&world, &raw.url).await;
    assert_eq!(
        reasons(&report),
        ["UnreadableAnswer"],
        "what calls itself HTML is no answer of the API"
    );
}

#[tokio::test]
async fn a_too_long_address_is_halved() {
    let world = World::new().await;
    let raw = Raw::saying("414 URI Too Long", "", b"").await;
    let endpoints = Endpoints {
        modrinth: raw.url.clone(),
        ..world.endpoints()
    };
    let document = document(&["one-mod", "two-mods", "three-mods", "four-mods"], &[]);
    let collector = world.collector_for(endpoints);
    let credentials = Credentials::default();
    let report = collector
        .collect(&document, Source::Modrinth, world.clock.now(), &credentials)
        .await;
    assert_eq!(
        (reasons(&report), raw.connections()),
        (vec!["RequestRefused"], 7)
    );
}

#[tokio::test]
async fn requests_say_who_asks_and_nothing_else() {
    let world = World::new().await;
    let raw = Raw::saying("200 OK", "", b"[]").await;
    collect(&world, &raw.url).await;
    let received = raw.received.lock().unwrap().to_lowercase();
    let agent = format!("user-agent: {}\r\n", modstats_collector::http::USER_AGENT);
    assert!(received.contains(&agent), "{received}");
    assert!(received.starts_with("get /v2/projects?ids=%5b%22quillhaven-gears%22%5d http/1.1"));
    for absent in [
        "x-api-key",
        "authorization",
        "cookie",
        "referer",
        "traceparent",
    ] {
        assert!(!received.contains(absent), "{received}");
    }
}

#[tokio::test]
async fn what_others_have_used_up_slows_requests_down() {
    let world = World::new().await;
    // It passes for a list of projects as well as for one of versions.
    let body = br#"[{"id": "AAAAAAAA", "slug": "quillhaven-gears", "downloads": 5}]"#;
    for (left, slowed) in [(200, false), (19, true)] {
        let before = world.clock.now();
        let raw = Raw::saying(
            "200 OK",
            &format!("x-ratelimit-remaining: {left}\r\n"),
            body,
        )
        .await;
        let report = collect(&world, &raw.url).await;
        assert_eq!(
            (report.record.outcome, raw.connections()),
            (Outcome::Complete, 2)
        );
        assert_eq!(world.clock.now() > before, slowed, "{left} left");
    }
}
