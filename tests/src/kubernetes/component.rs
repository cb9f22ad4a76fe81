//! A server of the cluster as a process of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::run::run;

/// It is killed when this is dropped, and with the run at the latest.
pub struct Component {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Component {
    /// Starts `program`; both of its streams go into `<folder>/<name>.log`.
    pub fn start<S: AsRef<std::ffi::OsStr>>(
        name: &str,
        program: PathBuf,
        arguments: impl IntoIterator<Item = S>,
        folder: &Path,
    ) -> Self {
        let mut command = run().command(program);
        command.args(arguments);
        Self::spawn(name, command, folder)
    }

    /// Starts a command of [`run`].
    pub fn spawn(name: &str, mut command: Command, folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let open = || {
            File::options()
                .create(true)
                .append(true)
                .open(&log)
                .unwrap_or_else(|error| panic!("{}: {error}", log.display()))
        };
        let child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(open())
            .stderr(open())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        Self {
            name: name.to_owned(),
            child,
            log,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Panics with its last words if it has ended.
    pub fn must_run(&mut self) {
        let ended = self.child.try_wait().expect("the process is our child");
        if let Some(status) = ended {
            panic!("{} ended with {status}:\n{}", self.name, self.last_words());
        }
    }

    pub fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Sends it a signal and waits for its end.
    pub fn end(&mut self, signal: Signal) {
        // It may have ended by itself.
        let _ = kill_process(Pid::from_child(&self.child), signal);
        let _ = self.child.wait();
    }
}

impl Drop for Component {
    fn drop(&mut self) {
        self.end(Signal::KILL);
    }
}
