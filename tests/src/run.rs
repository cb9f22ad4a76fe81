//! One test run: a process group, a folder, and the supervisor that ends both.
//!
//! `modstats-test-supervisor` leads the group and waits for the end of its standard input, whose
//! other end only the test process holds. It can't be missed: the kernel closes it also when the
//! test process is killed.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::processes::processes;
use crate::tools;

/// How long the group has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);
/// What [`Run::at_end`] has gathered, in the run's folder.
const LAST: &str = "at-end.sh";

/// The run that the calling test belongs to.
pub struct Run {
    folder: PathBuf,
    folders: AtomicU32,
    supervisor: Child,
}

/// This process's run, begun with the first call.
pub fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(Run::begin)
}

impl Run {
    fn begin() -> Self {
        let program = tools::program("modstats-test-supervisor");
        let mut supervisor = Command::new(&program)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut folder = String::new();
        let stdout = supervisor.stdout.take().expect("stdout is a pipe");
        BufReader::new(stdout)
            .read_line(&mut folder)
            .expect("the supervisor names its folder");
        let folder = PathBuf::from(folder.trim_end());
        assert!(folder.is_dir(), "the supervisor ended early");
        Self {
            folder,
            folders: AtomicU32::new(0),
            supervisor,
        }
    }

    /// The process group that the supervisor ends.
    pub fn group(&self) -> i32 {
        self.supervisor.id().cast_signed()
    }

    /// Everything in here is gone after the run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new folder of its own, readable for servers that run as another user.
    pub fn new_folder(&self, label: &str) -> PathBuf {
        let number = self.folders.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("{label}-{number}"));
        fs::create_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        folder
    }

    /// Has the supervisor run a shell command when every process of the run has ended: for what
    /// the kernel keeps after them.
    pub fn at_end(&self, command: &str) {
        let path = self.folder.join(LAST);
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| writeln!(file, "{command}"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// A command whose process, and what that starts, ends with the run at the latest.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.process_group(self.group());
        command
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a loopback port is free")
        .port()
}

/// What the supervisor does: makes the folder, prints its path, waits for the end of `stdin`, then
/// ends every other process of its group, runs what was given to [`Run::at_end`] and removes the
/// folder.
pub fn supervise(mut stdin: impl io::Read) -> io::Result<()> {
    let folder = tempfile::Builder::new()
        .prefix("modstats-test-")
        .tempdir()?;
    // Servers that run as another user pass through it.
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
    println!("{}", folder.path().display());
    io::copy(&mut stdin, &mut io::sink())?;

    end_others(std::process::id().cast_signed())?;
    let last = folder.path().join(LAST);
    if last.exists() {
        // A command that fails must not keep the folder.
        let _ = Command::new("sh").arg(&last).status();
    }
    // Processes that left the group, such as PostgreSQL's, notice the end of their parent by
    // themselves and may write for a moment more.
    let folder = folder.keep();
    let start = Instant::now();
    loop {
        match fs::remove_dir_all(&folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if start.elapsed() > GRACE => return Err(error),
            Err(_) => sleep(PAUSE),
        }
    }
}

/// Asks the members of the group to end, and kills those that don't.
fn end_others(group: i32) -> io::Result<()> {
    for member in members(group)? {
        // It may have ended meanwhile.
        let _ = kill_process(member, Signal::INT);
    }
    let start = Instant::now();
    loop {
        let members = members(group)?;
        if members.is_empty() {
            return Ok(());
        }
        if start.elapsed() > GRACE {
            for member in members {
                let _ = kill_process(member, Signal::KILL);
            }
        }
        sleep(PAUSE);
    }
}

/// The living processes of a group, without its leader.
fn members(group: i32) -> io::Result<Vec<Pid>> {
    let all = processes()?.into_iter();
    Ok(all
        .filter(|entry| entry.group == group && entry.pid != group)
        .filter_map(|entry| Pid::from_raw(entry.pid))
        .collect())
}
