//! Connections: one pool that writes and one that only reads.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use modstats_migration::migrate;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode};
use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, Connection};
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions,
    TransactionTrait,
};

use crate::error::StoreError;

/// A transaction that conflicts with others is repeated; each repetition lets at least one other through.
const ATTEMPTS: u32 = 20;

/// Where the history is kept.
#[derive(Clone, Debug)]
pub enum Database {
    Postgres(PostgresSettings),
    Sqlite(PathBuf),
}

#[derive(Clone, Debug)]
pub struct PostgresSettings {
    pub host: String,
    pub port: u16,
    pub dbname: String,
    pub username: String,
    pub password: Password,
    pub tls: Tls,
    pub waits: Waits,
}

/// The longest wait for a connection, and for everything that is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    pub connect: Duration,
    pub statement: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Waits {
            connect: Duration::from_secs(10),
            statement: Duration::from_secs(60),
        }
    }
}

impl Waits {
    /// For the answer to a ping: short enough that a new connection can be made in the time that is
    /// left.
    fn ping(&self) -> Duration {
        self.connect / 4
    }
}

/// A password that no log or error can show.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    pub fn new(password: impl Into<String>) -> Self {
        Password(password.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// The certificate must be for the host, and signed by `ca` (without it: by a public authority).
    VerifyFull {
        ca: Option<Authority>,
    },
    /// Encrypted, to whomever answers.
    Require,
    Disable,
}

/// The certificate of an authority, as PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Read anew with each connection, since authorities are renewed.
    File(PathBuf),
    Text(String),
}

/// The connections that read, as they are at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    pub open: u32,
    /// Those of the open ones that nobody uses.
    pub idle: u32,
    pub most: u32,
}

impl PoolUse {
    fn of<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) -> PoolUse {
        PoolUse {
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
            most: pool.options().get_max_connections(),
        }
    }
}

/// An open database. Cloning it is cheap and shares the connections.
#[derive(Clone, Debug)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    dead: Arc<DeadConnections>,
    waits: Waits,
}

impl Store {
    /// Connects, and leaves the schema as it is.
    pub async fn open(database: &Database) -> Result<Store, StoreError> {
        match database {
            Database::Postgres(settings) => Store::open_postgres(settings).await,
            Database::Sqlite(path) => Store::open_sqlite(path).await,
        }
    }

    async fn open_postgres(settings: &PostgresSettings) -> Result<Store, StoreError> {
        let address = format!("{}:{}/{}", settings.host, settings.port, settings.dbname);
        let waits = settings.waits;
        let statement = format!("{}ms", waits.statement.as_millis());
        let (mode, ca) = match &settings.tls {
            Tls::VerifyFull { ca } => (PgSslMode::VerifyFull, ca.as_ref()),
            Tls::Require => (PgSslMode::Require, None),
            Tls::Disable => (PgSslMode::Disable, None),
        };
        // Each setting is named here, since sqlx would otherwise take it from the PG* environment.
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&settings.host)
            .port(settings.port)
            .database(&settings.dbname)
            .username(&settings.username)
            .password(&settings.password.0)
            .application_name("modstats")
            .ssl_mode(mode)
            .options([
                ("statement_timeout", &statement),
                ("idle_in_transaction_session_timeout", &statement),
            ]);
        match ca {
            None => {}
            Some(Authority::Text(pem)) => {
                options = options.ssl_root_cert_from_pem(pem.clone().into_bytes());
            }
            Some(Authority::File(path)) => {
                // Opened here for an error that names the file.
                std::fs::File::open(path).map_err(|source| StoreError::Certificate {
                    path: path.clone(),
                    source,
                })?;
                options = options.ssl_root_cert(path);
            }
        }
        let dead = Arc::new(DeadConnections::default());
        let watch = dead.clone();
        let (at_acquire, at_release) = (Arc::new(options.clone()), Arc::new(options.clone()));
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(waits.connect)
            // sqlx's own pings wait for ever, and would keep a place in the pool as long.
            .test_before_acquire(false)
            .before_acquire(move |connection, meta| {
                let (young, options) = (watch.is_younger(meta.age), at_acquire.clone());
                Box::pin(async move { Ok(is_alive(connection, &options, waits).await && young) })
            })
            .after_release(move |connection, _| {
                let options = at_release.clone();
                Box::pin(async move { Ok(is_alive(connection, &options, waits).await) })
            })
            .connect_with(options)
            .await
            .map_err(|source| StoreError::Connect { address, source })?;
        let writer = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        Ok(Store {
            reader: writer.clone(),
            writer,
            dead,
            waits,
        })
    }

    async fn open_sqlite(path: &Path) -> Result<Store, StoreError> {
        let waits = Waits::default();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(waits.connect)
            .foreign_keys(true)
            // Rows cross a channel between two threads: a small one makes them wait for each other.
            .row_buffer_size(4096);
        let file = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(waits.statement)
            // A full disk ends a transaction inside SQLite, unseen by sqlx, which would begin
            // every later one as a part of it.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await
            .map_err(file)?;
        let reader = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(waits.connect)
            .connect_with(options.pragma("query_only", "on"))
            .await
            .map_err(file)?;
        Ok(Store {
            writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
            reader: SqlxSqliteConnector::from_sqlx_sqlite_pool(reader),
            dead: Arc::new(DeadConnections::default()),
            waits,
        })
    }

    /// Brings the schema to this build's level; a newer one that serves this build stays as it is.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.bounded(async { Ok(migrate(&self.writer).await.map(|_| ())?) })
            .await
    }

    pub fn pool_use(&self) -> PoolUse {
        match self.reader.get_database_backend() {
            DbBackend::Postgres => PoolUse::of(self.reader.get_postgres_connection_pool()),
            _ => PoolUse::of(self.reader.get_sqlite_connection_pool()),
        }
    }

    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }

    /// The connection that writes, for statements of one's own in one autocommit each.
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    pub(crate) async fn begin_read(&self) -> Result<DatabaseTransaction, StoreError> {
        Ok(match self.reader.get_database_backend() {
            DbBackend::Postgres => {
                self.reader
                    .begin_with_config(
                        Some(IsolationLevel::RepeatableRead),
                        Some(AccessMode::ReadOnly),
                    )
                    .await?
            }
            // A SQLite transaction sees one state of the file by itself.
            _ => self.reader.begin().await?,
        })
    }

    /// Repeats a whole transaction that lost against another one.
    pub(crate) async fn repeated<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        W: Fn() -> F,
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut attempt = 1;
        loop {
            match self.bounded(work()).await {
                Err(error) if error.is_conflict() && attempt < ATTEMPTS => {
                    tracing::debug!(attempt, %error, "repeating a transaction");
                    tokio::time::sleep(Duration::from_millis(u64::from(attempt) * 5)).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    /// Bounds a wait, and takes connections out of use that turn out to be dead.
    pub(crate) async fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let limit = self.waits.connect + self.waits.statement;
        let result = tokio::time::timeout(limit, work)
            .await
            .unwrap_or(Err(StoreError::Timeout(limit.as_secs())));
        if let Err(error) = &result
            && error.is_dead_connection()
        {
            self.dead.mark();
        }
        result
    }
}

/// Whether the server answers. A connection that hears nothing at all is replaced, however long that
/// takes: closing it would wait for its server too.
async fn is_alive(connection: &mut PgConnection, options: &PgConnectOptions, waits: Waits) -> bool {
    if let Ok(answer) = tokio::time::timeout(waits.ping(), connection.ping()).await {
        return answer.is_ok();
    }
    loop {
        let another = PgConnection::connect_with(options);
        match tokio::time::timeout(waits.connect, another).await {
            Ok(Ok(another)) => {
                *connection = another;
                return true;
            }
            _ => tokio::time::sleep(waits.ping()).await,
        }
    }
}

/// When a connection was last found dead: all that are older are closed instead of used, since a
/// failover kills them together and some of them don't know it yet.
#[derive(Debug, Default)]
struct DeadConnections {
    start: OnceLock<Instant>,
    /// Milliseconds since `start`; 0 for never.
    marked: AtomicU64,
}

impl DeadConnections {
    fn mark(&self) {
        self.marked.store(self.now().max(1), Ordering::Relaxed);
    }

    fn is_younger(&self, age: Duration) -> bool {
        match self.marked.load(Ordering::Relaxed) {
            0 => true,
            marked => age < Duration::from_millis(self.now().saturating_sub(marked)),
        }
    }

    fn now(&self) -> u64 {
        let elapsed = self.start.get_or_init(Instant::now).elapsed();
        u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::ConnectionTrait;

    use crate::StoreErrorKind;

    #[tokio::test]
    async fn a_full_database_leaves_nothing_behind_for_the_next_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("modstats.db");
        let store = Store::open(&Database::Sqlite(path.clone())).await.unwrap();
        let full = async {
            let db = store.begin_write().await?;
            db.execute_unprepared("CREATE TABLE t (data BLOB)").await?;
            db.execute_unprepared("PRAGMA max_page_count = 10").await?;
            db.execute_unprepared("INSERT INTO t VALUES (zeroblob(100000))")
                .await?;
            Ok::<(), StoreError>(db.commit().await?)
        };
        let error = full.await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");

        let _writing = store.begin_write().await.unwrap();
        let other = sea_orm::Database::connect(format!("sqlite:{}", path.display()));
        let other = other.await.unwrap();
        let sql = "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE";
        let refused = other.execute_unprepared(sql).await.unwrap_err();
        assert!(refused.to_string().contains("locked"), "{refused}");
    }
}
