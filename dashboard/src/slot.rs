//! The way to the database, which may be away when the dashboard starts, or later.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use modstats_store::{Database, PoolUse, Snapshot, Store, StoreError, StoreErrorKind};
use tokio::sync::Mutex;

/// The longest wait for a database before a request is answered without it.
const PATIENCE: Duration = Duration::from_secs(8);
/// So long a database that was found away is not asked again.
const REST: Duration = Duration::from_secs(2);

/// A store that is open, or is opened when it is first needed. Clones share it.
#[derive(Clone, Debug)]
pub struct StoreSlot(Arc<Slot>);

#[derive(Debug)]
struct Slot {
    connection: Mutex<Connection>,
    failure: RwLock<Option<(Instant, Arc<StoreError>)>>,
}

#[derive(Debug)]
enum Connection {
    Wanted(Database),
    Open(Store),
}

impl StoreSlot {
    pub fn open(store: Store) -> StoreSlot {
        StoreSlot::new(Connection::Open(store))
    }

    /// Connects with the first wish for a snapshot, and again as often as it takes.
    pub fn connecting(database: Database) -> StoreSlot {
        StoreSlot::new(Connection::Wanted(database))
    }

    fn new(connection: Connection) -> StoreSlot {
        StoreSlot(Arc::new(Slot {
            connection: Mutex::new(connection),
            failure: RwLock::new(None),
        }))
    }

    /// One state of the database to read from. While it is away, requests fail fast instead of
    /// queueing up behind each other's attempts.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Arc<StoreError>> {
        if let Some((at, error)) = &*self
            .0
            .failure
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < REST
        {
            return Err(error.clone());
        }
        let attempt = tokio::time::timeout(PATIENCE, self.attempt()).await;
        let result = attempt
            .unwrap_or(Err(StoreError::Timeout(PATIENCE.as_secs())))
            .map_err(Arc::new);
        let away = result
            .as_ref()
            .err()
            .filter(|error| error.kind() == StoreErrorKind::Unavailable);
        *self
            .0
            .failure
            .write()
            .unwrap_or_else(PoisonError::into_inner) =
            away.map(|error| (Instant::now(), error.clone()));
        result
    }

    /// None while it is opened, or wasn't yet.
    pub(crate) fn pool_use(&self) -> Option<PoolUse> {
        match &*self.0.connection.try_lock().ok()? {
            Connection::Open(store) => Some(store.pool_use()),
            Connection::Wanted(_) => None,
        }
    }

    async fn attempt(&self) -> Result<Snapshot, StoreError> {
        let store = {
            let mut connection = self.0.connection.lock().await;
            let store = match &*connection {
                Connection::Open(store) => store.clone(),
                Connection::Wanted(database) => Store::open(database).await?,
            };
            *connection = Connection::Open(store.clone());
            store
        };
        store.snapshot().await
    }
}
