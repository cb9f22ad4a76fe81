//! What can go wrong with a database, and whether trying again helps.

use std::io::ErrorKind;
use std::path::PathBuf;

use modstats_migration::MigrationError;
use sea_orm::sqlx;
use sea_orm::sqlx::sqlite::SqliteError;
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
            StoreError::File { source, .. } => match kind_of_sqlx(source) {
                StoreErrorKind::Unavailable => StoreErrorKind::Unavailable,
                _ => StoreErrorKind::Configuration,
            },
            StoreError::Certificate { .. } => StoreErrorKind::Configuration,
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
        match self.code() {
            Some(Code::State(state)) => matches!(&*state, "40001" | "40P01"),
            Some(Code::Sqlite(code)) => matches!(code, SQLITE_BUSY | SQLITE_LOCKED),
            None => false,
        }
    }

    /// Whether the connection must not be used again: the server went away or became read-only.
    pub(crate) fn is_dead_connection(&self) -> bool {
        match (self, self.code()) {
            (StoreError::Timeout(_), _) => true,
            (_, Some(Code::State(state))) => {
                state == "25006" || state == "57P01" || state.starts_with("08")
            }
            _ => false,
        }
    }

    fn code(&self) -> Option<Code> {
        match self {
            StoreError::Database(error) | StoreError::Schema(MigrationError::Database(error)) => {
                sqlx_error(error).and_then(code_of)
            }
            StoreError::Connect { source, .. } => code_of(source),
            _ => None,
        }
    }
}

/// What a database calls an error.
enum Code {
    /// PostgreSQL's SQLSTATE.
    State(String),
    /// SQLite's primary result code.
    Sqlite(u32),
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn code_of(error: &sqlx::Error) -> Option<Code> {
    let error = error.as_database_error()?;
    let code = error.code()?.into_owned();
    Some(if error.try_downcast_ref::<SqliteError>().is_some() {
        // The lowest byte of an extended code is the primary one.
        Code::Sqlite(code.parse::<u32>().ok()? & 0xff)
    } else {
        Code::State(code)
    })
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
        // A connection that breaks off while it is made shows as an answer that makes no sense.
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreErrorKind::Unavailable,
        sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => StoreErrorKind::Configuration,
        sqlx::Error::Database(_) => code_of(error).map_or(StoreErrorKind::Query, kind_of_code),
        _ => StoreErrorKind::Query,
    }
}

fn kind_of_code(code: Code) -> StoreErrorKind {
    match code {
        Code::State(state) => match state.get(..2) {
            // Missing tables: a schema that is still to come.
            _ if state == "42P01" => StoreErrorKind::NoSchema,
            // Unknown database, missing permission.
            _ if state == "3D000" || state == "42501" => StoreErrorKind::Configuration,
            // Read-only after a failover; a transaction that stood still for too long, as on a machine
            // that is too busy.
            _ if state == "25006" || state == "25P03" => StoreErrorKind::Unavailable,
            // Authorization.
            Some("28") => StoreErrorKind::Configuration,
            // Connection, resources, operator intervention, conflicts.
            Some("08" | "53" | "57" | "40") => StoreErrorKind::Unavailable,
            _ => StoreErrorKind::Query,
        },
        // A full disk shows as an I/O error where the file of shared memory grows.
        Code::Sqlite(SQLITE_BUSY | SQLITE_LOCKED | SQLITE_IOERR | SQLITE_FULL) => {
            StoreErrorKind::Unavailable
        }
        Code::Sqlite(SQLITE_READONLY | SQLITE_CORRUPT | SQLITE_CANTOPEN | SQLITE_NOTADB) => {
            StoreErrorKind::Configuration
        }
        Code::Sqlite(_) => StoreErrorKind::Query,
    }
}
