//! The schema's history, and the levels by which binaries of different ages share one database.
//!
//! Within a major version migrations only expand: they add tables, columns and indexes. The
//! database states the oldest reader and writer it serves, so an older binary knows whether it may
//! go on, and a rollback works.

mod dialect;
mod m0001_first;
mod m0002_modpacks;

use dialect::has_levels;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

/// The level of this build: the number of its migrations.
pub const LEVEL: i32 = 2;

/// Any number that no other user of the database takes; two migrators wait for each other on it.
const ADVISORY_LOCK: i64 = 0x6d6f_6473_7461_7473;

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_modpacks::Migration),
        ]
    }
}

/// What a database says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    pub level: i32,
    pub oldest_reader: i32,
    pub oldest_writer: i32,
}

#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error(
        "the database is at schema level {found}, which serves {role}s from level {oldest} on, and this build is level {LEVEL}: use a newer modstats, or restore a database of this one"
    )]
    TooNew {
        role: &'static str,
        found: i32,
        oldest: i32,
    },
    #[error("the database has no modstats schema yet: it appears with the first collection")]
    NoSchema,
    #[error(
        "the database is at schema level {0}, and this build reads level {LEVEL}: the next collection brings it up to date"
    )]
    NotYet(i32),
    #[error("migrating the database: {0}")]
    Database(#[from] DbErr),
}

/// Brings the schema to this build's level, or leaves a newer one as it is.
///
/// Everything happens in one transaction; of several migrators one works and the others wait.
pub async fn migrate(db: &DatabaseConnection) -> Result<Levels, MigrationError> {
    let transaction = db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        })
        .await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction
            .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            .await?;
    }
    let found = read_levels(&transaction).await?;
    if let Some(levels) = found {
        if levels.oldest_writer > LEVEL {
            return Err(MigrationError::TooNew {
                role: "writer",
                found: levels.level,
                oldest: levels.oldest_writer,
            });
        }
        // The migrator refuses migrations that it doesn't know, which are harmless by the levels.
        if levels.level >= LEVEL {
            transaction.rollback().await?;
            return Ok(levels);
        }
    }
    Migrator::up(&transaction, None).await?;
    let levels = read_levels(&transaction)
        .await?
        .ok_or(MigrationError::NoSchema)?;
    transaction.commit().await?;
    Ok(levels)
}

/// Says whether this build may read what the transaction sees.
pub async fn check_reader(transaction: &DatabaseTransaction) -> Result<(), MigrationError> {
    let levels = read_levels(transaction)
        .await?
        .ok_or(MigrationError::NoSchema)?;
    if levels.oldest_reader > LEVEL {
        return Err(MigrationError::TooNew {
            role: "reader",
            found: levels.level,
            oldest: levels.oldest_reader,
        });
    }
    if levels.level < LEVEL {
        return Err(MigrationError::NotYet(levels.level));
    }
    Ok(())
}

async fn read_levels(db: &DatabaseTransaction) -> Result<Option<Levels>, DbErr> {
    let ask = |sql| Statement::from_string(db.get_database_backend(), sql);
    let has_levels = has_levels(db.get_database_backend());
    let answer = db.query_one_raw(ask(has_levels)).await?;
    if !answer
        .map(|row| row.try_get_by_index(0))
        .transpose()?
        .unwrap_or(false)
    {
        return Ok(None);
    }
    let levels = "SELECT level, oldest_reader, oldest_writer FROM schema_level";
    let row = db.query_one_raw(ask(levels)).await?;
    row.map(|row| {
        Ok(Levels {
            level: row.try_get_by_index(0)?,
            oldest_reader: row.try_get_by_index(1)?,
            oldest_writer: row.try_get_by_index(2)?,
        })
    })
    .transpose()
}
