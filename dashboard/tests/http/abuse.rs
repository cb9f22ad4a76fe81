//! What clients do that mean harm, or know no better: others stay served, and nothing is left open.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::{Served, StoreSlot, database};

/// Three times what is promised: 5 s for a head, 10 s for a body and for whoever takes nothing of
/// an answer, 10 s for the end.
const HEAD: Duration = Duration::from_secs(15);
const BODY: Duration = Duration::from_secs(30);
const WRITE: Duration = Duration::from_secs(30);
const END: Duration = Duration::from_secs(30);
/// For an answer that nothing holds up, on a machine that is busy.
const SOON: Duration = Duration::from_secs(10);

const VILLAIN: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66));
const VISITOR: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

async fn serve() -> (Served, tempfile::TempDir) {
    let (store, folder) = database().await;
    (Served::start(StoreSlot::open(store), vec![]).await, folder)
}

/// A connection from an address of one's own.
async fn connect(from: IpAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(to).await
}

/// Sends this, and reads until the end, which must come.
async fn exchange(from: IpAddr, served: &Served, request: &[u8], within: Duration) -> String {
    let mut stream = connect(from, served.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    rest(&mut stream, within).await
}

/// What comes until the connection ends.
async fn rest(stream: &mut TcpStream, within: Duration) -> String {
    let mut received = Vec::new();
    // A reset is an end, too.
    let end = tokio::time::timeout(within, stream.read_to_end(&mut received)).await;
    let received = String::from_utf8_lossy(&received).into_owned();
    assert!(end.is_ok(), "still open after {within:?}: {received}");
    received
}

/// A visitor with a new connection, and one that has been here for a while.
async fn is_served(served: &Served, known: &mut TcpStream) {
    let new = exchange(
        VISITOR,
        served,
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        SOON,
    );
    let new = new.await;
    assert!(new.starts_with("HTTP/1.1 200 OK"), "{new}");
    let request = b"GET /runs HTTP/1.1\r\nHost: x\r\n\r\n";
    known.write_all(request).await.unwrap();
    let mut answer = [0; 64 * 1024];
    let read = tokio::time::timeout(SOON, known.read(&mut answer)).await;
    let read = read.expect("no answer").unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
}

fn assert_answer(answer: &str, status: u16, what: &str) {
    let expected = format!("HTTP/1.1 {status} ");
    assert!(
        answer.starts_with(&expected),
        "{what}: not {status}: {answer:.200}"
    );
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
    ] {
        assert!(
            answer.contains(header),
            "{what} lacks {header}: {answer:.200}"
        );
    }
    let told = ["<h1>", "\"title\":"]
        .iter()
        .any(|part| answer.contains(part));
    assert!(told, "{what}: {answer:.2000}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_half_open_connections_shut_nobody_out() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit).unwrap();
    let (served, _folder) = serve().await;
    let mut known = connect(VISITOR, served.address).await.unwrap();
    is_served(&served, &mut known).await;

    let mut open = Vec::new();
    for number in 0..1_000_usize {
        let mut stream = connect(VILLAIN, served.address).await.unwrap();
        let begun = &b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "[..number % 33];
        let _ = stream.write_all(begun).await;
        open.push(stream);
        if number % 100 == 99 {
            is_served(&served, &mut known).await;
        }
    }
    let last = Instant::now();
    for mut stream in open {
        rest(&mut stream, HEAD.saturating_sub(last.elapsed())).await;
    }
    is_served(&served, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_no_half_open_connections() {
    let (served, _folder) = serve().await;
    let mut open = Vec::new();
    for _ in 0..100 {
        let mut stream = connect(VILLAIN, served.address).await.unwrap();
        let _ = stream.write_all(b"POST /preferences HTTP/1.1\r\n").await;
        open.push(stream);
    }
    assert_eq!(served.get("/healthz").await.status(), 200);
    served.stop.send(()).unwrap();
    let ended = tokio::time::timeout(END, served.task).await;
    ended.expect("the server still runs").unwrap().unwrap();
    let late = connect(VISITOR, served.address).await;
    assert!(late.is_err(), "nobody listens any more");
}

/// A request that goes on for ever, a byte at a time.
async fn trickle(served: &Served, begun: &str, within: Duration, status: Option<u16>) {
    let mut stream = connect(VILLAIN, served.address).await.unwrap();
    stream.write_all(begun.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let trickle = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    let mut answer = Vec::new();
    let end = tokio::time::timeout(within, reader.read_to_end(&mut answer)).await;
    assert!(end.is_ok(), "{begun:?} is still open");
    trickle.abort();
    let answer = String::from_utf8_lossy(&answer);
    match status {
        Some(status) => assert_answer(&answer, status, begun),
        None => assert_eq!(answer, "", "{begun:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_headers_are_given_up_and_slow_bodies_told_so() {
    let (served, _folder) = serve().await;
    let form = "POST /preferences HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
    let chunks = "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n";
    tokio::join!(
        trickle(&served, "GET / HTTP/1.1\r\nX-Slow: ", HEAD, None),
        trickle(&served, form, BODY, Some(408)),
        trickle(&served, chunks, BODY, Some(408)),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_and_half_open_connections_are_closed() {
    let (served, _folder) = serve().await;
    let silent = exchange(VILLAIN, &served, b"", HEAD);
    let half_open = exchange(VILLAIN, &served, b"GET / HTTP/1.1\r\nHost: x\r\n", HEAD);
    let second = async {
        let mut stream = connect(VILLAIN, served.address).await.unwrap();
        let whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(whole).await.unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        stream.write_all(b"GET /again").await.unwrap();
        rest(&mut stream, HEAD).await
    };
    let (silent, half_open, second) = tokio::join!(silent, half_open, second);
    assert_eq!([silent, half_open, second], ["", "", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_16_mebibytes_are_refused_unread() {
    let (served, _folder) = serve().await;
    for (method, path, status) in [
        ("POST", "/preferences", 413),
        ("GET", "/", 413),
        ("GET", "/api/v1/mods", 413),
        ("POST", "/api/v1/mods", 405),
        ("PUT", "/", 405),
    ] {
        for chunked in [false, true] {
            let what = format!("{method} {path} chunked {chunked}");
            let length = match chunked {
                true => "Transfer-Encoding: chunked",
                false => "Content-Length: 16777216",
            };
            let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n");
            let mut stream = connect(VILLAIN, served.address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            // The whole body first, as a simple client does.
            let mut sent = 0;
            let mut chunk = b"4000\r\n".to_vec();
            chunk.resize(0x4000 + 6, b'x');
            chunk.extend(b"\r\n");
            let chunk = if chunked {
                &chunk[..]
            } else {
                &chunk[6..0x4006]
            };
            while sent < 16 * 1024 * 1024 {
                if stream.write_all(chunk).await.is_err() {
                    break;
                }
                sent += chunk.len();
            }
            let answer = rest(&mut stream, SOON).await;
            assert_answer(&answer, status, &what);
            assert!(
                answer.contains("connection: close"),
                "{what}: {answer:.500}"
            );
        }
    }
    // What fits is taken, and the connection goes on.
    let mut stream = connect(VISITOR, served.address).await.unwrap();
    let small = "GET /runs HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\
                 GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(small.as_bytes()).await.unwrap();
    let answers = rest(&mut stream, SOON).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_headers_and_too_long_ones_are_refused() {
    let (served, _folder) = serve().await;
    let with = |headers: &str| format!("GET /runs HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    let several = |count: usize| with(&"X-A: b\r\n".repeat(count));
    let long = |length: usize| with(&format!("X-A: {}\r\n", "b".repeat(length)));
    for (what, request) in [
        ("300 headers", several(300)),
        ("a header of 40 KiB", long(40 * 1024)),
    ] {
        let answer = exchange(VILLAIN, &served, request.as_bytes(), SOON).await;
        assert_answer(&answer, 431, what);
    }
    // Beyond what is read at all, the answer is bare.
    for request in [several(2_000), long(200 * 1024)] {
        let answer = exchange(VILLAIN, &served, request.as_bytes(), SOON).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
            "{answer:.200}"
        );
    }
    let target = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(20_000));
    let answer = exchange(VILLAIN, &served, target.as_bytes(), SOON).await;
    assert_answer(&answer, 414, "a long address");
    let fine = several(90).replace("Host", "Connection: close\r\nHost");
    let answer = exchange(VISITOR, &served, fine.as_bytes(), SOON).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer:.200}");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_addresses_are_the_clients_fault() {
    let (served, _folder) = serve().await;
    for target in [
        "/%00",
        "/mods/%00/x",
        "/api/v1/mods/default/%00",
        "/mods/a/b?project=%00",
        "/../../etc/passwd",
        "/assets/../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/assets/..\\..\\etc\\passwd",
        "/assets/%5c..%5cetc",
        "/%ff%fe",
        "/%",
        "/%zz",
        "/runs?limit=%",
        "/runs?limit=%ff",
        "/%0d%0aX-Broken:%20in",
    ] {
        for (prefix, host) in [("", "x"), ("http://x", "x")] {
            let request = format!(
                "GET {prefix}{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            );
            let answer = exchange(VILLAIN, &served, request.as_bytes(), SOON).await;
            // The parser has answered the worst of them already.
            if !answer.starts_with("HTTP/1.1 400 Bad Request\r\ncontent-length: 0") {
                assert_answer(&answer, 400, target);
            }
            assert!(!answer.contains("X-Broken"), "{answer}");
        }
    }
    for request in [
        "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ] {
        let answer = exchange(VILLAIN, &served, request.as_bytes(), HEAD).await;
        let refused = answer.starts_with("HTTP/1.1 4") || answer.is_empty();
        let taken = answer.starts_with("HTTP/1.1 200") && request.contains("Content-Length: 1\r\n");
        assert!(refused || taken, "{request:?}: {answer:.200}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_without_an_ear_is_cut_off_and_others_are_served() {
    let (served, _folder) = serve().await;
    let mut known = connect(VISITOR, served.address).await.unwrap();
    let mut floods = Vec::new();
    for _ in 0..4 {
        // Little fits into its pockets.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind(SocketAddr::new(VILLAIN, 0)).unwrap();
        let stream = socket.connect(served.address).await.unwrap();
        let (reader, mut writer) = stream.into_split();
        let writing = tokio::spawn(async move {
            let requests = b"GET /runs HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
            while writer.write_all(&requests).await.is_ok() {}
        });
        floods.push((reader, writing));
    }
    let started = Instant::now();
    while !floods.iter().all(|(_, writing)| writing.is_finished()) {
        assert!(started.elapsed() < WRITE * 2, "the flood goes on");
        is_served(&served, &mut known).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    is_served(&served, &mut known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_client_is_refused_and_others_are_served() {
    let (store, _folder) = database().await;
    let served = Served::start_with(StoreSlot::open(store), None, |settings| {
        settings.clients.rate = Some(modstats_dashboard::Rate::default());
    })
    .await;
    let mut known = connect(VISITOR, served.address).await.unwrap();
    let mut floods = Vec::new();
    for _ in 0..20 {
        let address = served.address;
        floods.push(tokio::spawn(async move {
            let request = b"GET /runs HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.66\r\n\r\n";
            let mut answers = String::new();
            for _ in 0..5 {
                let mut stream = connect(VILLAIN, address).await.unwrap();
                let _ = stream.write_all(&request.repeat(100)).await;
                answers += &rest(&mut stream, SOON * 2).await;
            }
            answers
        }));
    }
    is_served(&served, &mut known).await;
    let mut answers = String::new();
    for flood in floods {
        answers += &flood.await.unwrap();
        is_served(&served, &mut known).await;
    }
    let served_to_it = answers.matches("HTTP/1.1 200 OK").count();
    assert!(served_to_it >= 400, "{served_to_it}: a burst is fine");
    let refused = answers.matches("HTTP/1.1 429 ").count();
    assert!(refused > 0, "{served_to_it} answers, and nothing refused");
}
