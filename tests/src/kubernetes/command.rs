//! kubectl and Helm, as users call them.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::Cluster;
use crate::run::run;
use crate::tools;

/// What a finished program has said.
#[derive(Debug)]
pub struct Output {
    command: String,
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Its standard output; panics with all of its words if it failed.
    #[track_caller]
    pub fn must_succeed(self) -> String {
        let Self {
            command,
            status,
            stdout,
            stderr,
        } = self;
        assert!(status.success(), "{command}: {status}\n{stderr}\n{stdout}");
        stdout
    }
}

pub async fn kubectl(cluster: &Cluster, arguments: &[&str]) -> Output {
    call(tools::kubectl(), cluster, arguments).await
}

pub async fn helm(cluster: &Cluster, arguments: &[&str]) -> Output {
    call(tools::helm(), cluster, arguments).await
}

async fn call(program: PathBuf, cluster: &Cluster, arguments: &[&str]) -> Output {
    let mut command = with_kubeconfig(&program, cluster);
    command.args(arguments);
    output(command).await
}

/// A program that finds the cluster, and nothing of this machine's user.
pub(super) fn with_kubeconfig(program: &Path, cluster: &Cluster) -> Command {
    let mut command = run().command(program);
    command
        .env("KUBECONFIG", cluster.kubeconfig())
        .env("HOME", cluster.folder())
        .env_remove("XDG_CACHE_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end without holding up the test's own servers.
pub async fn output(command: Command) -> Output {
    let words: Vec<_> = [command.get_program()]
        .into_iter()
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect();
    let words = words.join(" ");
    let output = tokio::process::Command::from(command)
        .output()
        .await
        .unwrap_or_else(|error| panic!("{words}: {error}"));
    Output {
        command: words,
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
