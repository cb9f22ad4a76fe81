//! The program's log while harm is asked of it: one line for each event, whatever is in it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::payloads;
use super::requests::encoded;

/// The program with a database that is away, so that it has something to complain of.
struct Program {
    child: Child,
    address: SocketAddr,
    /// Takes what it logs, as it waits where nobody does.
    lines: JoinHandle<Vec<String>>,
}

impl Program {
    fn start(format: &str) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_modstats-dashboard"));
        let variables = [
            ("MODSTATS_LISTEN", "127.0.0.1:0"),
            ("MODSTATS_DATABASE_HOST", "127.0.0.1"),
            ("MODSTATS_DATABASE_PORT", "1"),
            ("MODSTATS_DATABASE_DBNAME", "app"),
            ("MODSTATS_DATABASE_USERNAME", "app"),
            ("MODSTATS_DATABASE_PASSWORD", "x"),
            ("MODSTATS_LOG", "trace"),
            ("MODSTATS_LOG_FORMAT", format),
        ];
        let mut child = command
            .envs(variables)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        let lines = std::thread::spawn(move || {
            let mut lines = Vec::new();
            for line in log.lines().map(Result::unwrap) {
                address(&line).map(|address| tell.send(address));
                lines.push(line);
            }
            lines
        });
        let address = told.recv_timeout(Duration::from_secs(60)).unwrap();
        Program {
            child,
            address,
            lines,
        }
    }

    /// All that it has logged, once it is told to end.
    fn end(mut self) -> Vec<String> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        self.lines.join().unwrap()
    }
}

/// Where it listens, if a line tells it.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line
        .split_once("127.0.0.1:")
        .filter(|_| line.contains("is listening"))?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap())))
}

/// Asks for what only a program asks for: bytes as they are, in addresses and in headers.
async fn send(address: SocketAddr, target: &str, header: &str) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: x\r\nUser-Agent: {header}\r\nTraceparent: {header}\r\nCookie: lang={header}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // A reset is an answer, too.
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

async fn logged(format: &'static str) -> Vec<String> {
    let program = tokio::task::spawn_blocking(move || Program::start(format))
        .await
        .unwrap();
    for payload in payloads::payloads() {
        // What ends a line or a word ends a request, or a part of it.
        let plain = payload.replace([' ', '\r', '\n', '\0'], "");
        for target in [
            format!("/{plain}"),
            format!("/mods/default/{plain}?q={plain}"),
            format!(
                "/mods/default/{}?q={}",
                encoded(&payload),
                encoded(&payload)
            ),
            format!("/api/v1/runs?mod={}", encoded(&payload)),
        ] {
            send(program.address, &target, &plain).await;
        }
    }
    let lines = tokio::task::spawn_blocking(move || program.end())
        .await
        .unwrap();
    for line in &lines {
        let odd = |it: &char| {
            it.is_control() || matches!(it, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(line.chars().find(odd), None, "{line:?}");
    }
    lines
}

/// Of a request, so that it is no line of the start.
fn tells_of_requests(lines: &[String], part: &str) {
    let found = lines.iter().filter(|it| it.contains(part)).count();
    assert!(found > 0, "{part} in none of {} lines", lines.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_one_line_of_text() {
    let lines = logged("text").await;
    for line in &lines {
        let mut words = line.split_whitespace();
        let (when, level) = (words.next().unwrap_or_default(), words.next());
        assert!(
            when.parse::<jiff::Timestamp>().is_ok() && !when.starts_with("2030"),
            "{line:?}"
        );
        assert!(
            ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level.unwrap()),
            "{line:?}"
        );
    }
    tells_of_requests(&lines, "url.path=\"/mods/default/%3Cplaintext%3E\"");
    tells_of_requests(&lines, "\\u{202e}gnp.exe");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_one_line_of_json() {
    let lines = logged("json").await;
    for line in &lines {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            event["level"].is_string() && event["fields"].is_object(),
            "{line}"
        );
        assert_ne!(event["fields"]["message"], "forged", "{line}");
    }
    tells_of_requests(&lines, "cannot read the database");
    tells_of_requests(&lines, "\\u202egnp.exe");
}
