//! Why a command ends early. Each message says what to do about it.

use std::path::PathBuf;
use std::process::ExitCode;

use modstats_store::{StoreError, StoreErrorKind};

#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("cannot read {path}: {source}", path = path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", .0.join("\n"))]
    Documents(Vec<String>),
    #[error(
        "cannot listen on {address}: {source}; choose another address with {option}, such as 127.0.0.1:0 for any free port"
    )]
    Listen {
        option: &'static str,
        address: String,
        source: std::io::Error,
    },
    #[error("{path} exists already, and sample data must not mix with yours: remove it, or choose another file with --db", path = .0.display())]
    SampleFileExists(PathBuf),
    #[error("{path}: {source}; choose another file with --db, or restore a backup", path = path.display())]
    Database { path: PathBuf, source: StoreError },
    #[error("cannot set up the simulated platforms: {0}")]
    Simulator(std::io::Error),
    #[error(transparent)]
    Collector(#[from] modstats_collector::CollectorError),
    #[error(transparent)]
    Dashboard(#[from] modstats_dashboard::ServeError),
}

impl ProgramError {
    /// As the collector's: 75 try again, 78 change something first.
    pub fn exit_code(&self) -> ExitCode {
        let code = match self {
            ProgramError::Database { source, .. }
                if source.kind() == StoreErrorKind::Unavailable =>
            {
                75
            }
            ProgramError::Simulator(_) | ProgramError::Dashboard(_) => 75,
            _ => 78,
        };
        ExitCode::from(code)
    }
}
