//! A program of this workspace, run as a user runs it.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};

use crate::eventually;
use crate::run::run;
use crate::tools;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

type Lines = Arc<Mutex<Vec<(Stream, String)>>>;

/// A running program. It is killed when this is dropped, and with the test run at the latest.
pub struct Process {
    name: String,
    child: Child,
    lines: Lines,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Process {
    /// Starts a program of this workspace in a folder of its own. Its environment is the test's with
    /// `environment`, but without what would point it somewhere else: our own variables and those
    /// of OpenTelemetry and PostgreSQL's clients.
    pub fn start(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_by(&[], name, arguments, environment)
    }

    /// The same by another program, which is given the path and the arguments and becomes it.
    pub fn start_by(
        by: &[&str],
        name: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        // A job in the background of a shell ignores SIGINT, and so would everything below it.
        let mut command = run().command("env");
        command
            .arg("--default-signal=INT")
            .args(by)
            .arg(tools::program(name));
        for (key, _) in std::env::vars_os() {
            let name = key.to_string_lossy();
            let foreign = ["MODSTATS_", "OTEL_", "TRACE", "RUST_LOG", "PG"];
            if foreign.iter().any(|start| name.starts_with(start)) && name != "PGBIN" {
                command.env_remove(&key);
            }
        }
        let mut child = command
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(run().new_folder(name))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let lines = Lines::default();
        let stdout = child.stdout.take().expect("stdout is a pipe");
        let stderr = child.stderr.take().expect("stderr is a pipe");
        let readers = vec![
            collect(Stream::Out, stdout, &lines),
            collect(Stream::Err, stderr, &lines),
        ];
        Self {
            name: name.to_owned(),
            child,
            lines,
            readers,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn is_running(&self) -> bool {
        self.peak_memory().is_some()
    }

    /// The most memory, in KiB, that it has had at once so far; None when it has ended. What the
    /// kernel tells of an ended process counts the one that it was forked from.
    pub fn peak_memory(&self) -> Option<u64> {
        self.kibibytes("VmHWM:")
    }

    /// The memory, in KiB, that it has now; None when it has ended.
    pub fn memory(&self) -> Option<u64> {
        self.kibibytes("VmRSS:")
    }

    fn kibibytes(&self, of: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let mut lines = status.lines();
        let found = lines.find_map(|line| line.strip_prefix(of))?;
        found.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// What it has written so far, both streams in the order in which the lines came.
    pub fn output(&self) -> String {
        self.written(|_| true)
    }

    pub fn stdout(&self) -> String {
        self.written(|stream| stream == Stream::Out)
    }

    pub fn stderr(&self) -> String {
        self.written(|stream| stream == Stream::Err)
    }

    fn written(&self, wanted: impl Fn(Stream) -> bool) -> String {
        let lines = self.lines.lock().unwrap();
        lines
            .iter()
            .filter(|(stream, _)| wanted(*stream))
            .flat_map(|(_, line)| [line, "\n"])
            .collect()
    }

    /// The first line, of either stream, that contains `part`.
    pub async fn wait_for_line(&mut self, within: Duration, part: &str) -> String {
        let what = format!("{} writes a line with {part:?}", self.name);
        eventually(within, &what, async || {
            let ended = self.child.try_wait().expect("the process is our child");
            if ended.is_some() {
                self.drain();
            }
            let output = self.output();
            match (output.lines().find(|line| line.contains(part)), ended) {
                (Some(line), _) => Ok(line.to_owned()),
                (None, None) => Err(Written(output)),
                (None, Some(status)) => {
                    panic!("{what}: it ended with {status}; {}", Written(output))
                }
            }
        })
        .await
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// Waits for its end; afterwards the output is complete.
    pub async fn wait(&mut self, within: Duration) -> ExitStatus {
        let what = format!("{} ends", self.name);
        let status = eventually(within, &what, async || {
            match self.child.try_wait().expect("the process is our child") {
                Some(status) => Ok(status),
                None => Err(Written(self.output())),
            }
        })
        .await;
        self.drain();
        status
    }

    /// Reads what an ended process has left in its pipes.
    fn drain(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().expect("the reader doesn't panic");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(
    stream: Stream,
    pipe: impl Read + Send + 'static,
    lines: &Lines,
) -> thread::JoinHandle<()> {
    let lines = Arc::clone(lines);
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            lines.lock().unwrap().push((stream, line));
        }
    })
}

/// Output as the last thing seen.
struct Written(String);

impl fmt::Display for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it wrote:\n{}", self.0)
    }
}
