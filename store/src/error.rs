//! What can go wrong with a database, and whether trying again helps.

use std::io::ErrorKind;
use std::path::PathBuf;

use modstats_migration::MigrationError;
use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr};

use crate::model::UnknownWord;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the database file {path}: {source}", path = path.display())]
    File { path: PathBuf, source: sqlx::Error },
    #[error("cannot read the CA certificate {path}: {source}", path = path.display())]
    Certificate {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot reach the database {address}: {source}")]
    Connect {
        address: String,
        source: sqlx::Error,
    },
    #[error(transparent)]
    Schema(#[from] MigrationError),
    #[error("the database did not answer within {0} s")]
    Timeout(u64),
    #[error("the database: {0}")]
    Database(#[from] DbErr),
    #[error("the database holds a value of another build: {0}")]
    Word(#[from] UnknownWord),
    #[error("there is no run {0} to end")]
    NoRun(i32),
    #[error("there is no import {0}, or it is undone already")]
    NoImport(i32),
}

/// What a caller can do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// No collection has run yet: wait.
    NoSchema,
    /// The schema is for newer builds: give up.
    TooNew,
    /// Away, overloaded or failing over: try again.
    Unavailable,
    /// Settings, permissions or the file are wrong: a person must act.
    Configuration,
    /// The request itself was wrong.
    Query,
}

impl StoreError {
    pub fn kind(&self) -> StoreErrorKind {
        match self {
            StoreError::File { .. } | StoreError::Certificate { .. } => {
                StoreErrorKind::Configuration
            }
            StoreError::Connect { source, .. } => kind_of_sqlx(source),
            StoreError::Schema(MigrationError::NoSchema | MigrationError::NotYet(_)) => {
                StoreErrorKind::NoSchema
            }
            StoreError::Schema(MigrationError::TooNew { .. }) => StoreErrorKind::TooNew,
            StoreError::Schema(MigrationError::Database(error)) | StoreError::Database(error) => {
                kind_of(error)
            }
            StoreError::Timeout(_) => StoreErrorKind::Unavailable,
            StoreError::Word(_) | StoreError::NoRun(_) | StoreError::NoImport(_) => {
                StoreErrorKind::Query
            }
        }
    }

    /// Whether the same transaction, repeated at once, may succeed.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(
            self.code().as_deref(),
            Some("40001" | "40P01" | "5" | "6" | "517")
        )
    }

    /// Whether the connection must not be used again: the server went away or became read-only.
    pub(crate) fn is_dead_connection(&self) -> bool {
        match self {
            StoreError::Timeout(_) => true,
            _ => self
                .code()
                .is_some_and(|code| code == "25006" || code == "57P01" || code.starts_with("08")),
        }
    }

    fn code(&self) -> Option<String> {
        match self {
            StoreError::Database(error) | StoreError::Schema(MigrationError::Database(error)) => {
                sqlx_error(error).and_then(code_of)
            }
            StoreError::Connect { source, .. } => code_of(source),
            _ => None,
        }
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn code_of(error: &sqlx::Error) -> Option<String> {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .map(|code| code.into_owned())
}

fn kind_of(error: &DbErr) -> StoreErrorKind {
    match error {
        DbErr::ConnectionAcquire(_) => StoreErrorKind::Unavailable,
        _ => sqlx_error(error).map_or(StoreErrorKind::Query, kind_of_sqlx),
    }
}

fn kind_of_sqlx(error: &sqlx::Error) -> StoreErrorKind {
    match error {
        // What rustls says of a certificate that it doesn't accept.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            StoreErrorKind::Configuration
        }
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreErrorKind::Unavailable,
        sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => StoreErrorKind::Configuration,
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // Missing tables: a schema that is still to come.
            Some("42P01") => StoreErrorKind::NoSchema,
            // Authorization, unknown database, missing permission.
            Some(code) if code.starts_with("28") || code == "3D000" || code == "42501" => {
                StoreErrorKind::Configuration
            }
            // Connection, resources, operator intervention, read-only after a failover, conflicts.
            Some(code)
                if ["08", "53", "57", "40"]
                    .iter()
                    .any(|class| code.starts_with(class))
                    || code == "25006" =>
            {
                StoreErrorKind::Unavailable
            }
            // SQLite: busy, locked, full.
            Some("5" | "6" | "13" | "517") => StoreErrorKind::Unavailable,
            // SQLite: read-only, corrupt, cannot open, not a database.
            Some("8" | "11" | "14" | "26") => StoreErrorKind::Configuration,
            _ => StoreErrorKind::Query,
        },
        _ => StoreErrorKind::Query,
    }
}
