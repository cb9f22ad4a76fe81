//! The two databases on which every test of the store runs, and what they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use modstats_store::entity;
use modstats_store::{Database, Store};
use modstats_tests::postgres;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait};
use tempfile::TempDir;

/// A migrated store on an empty database of its own.
pub struct Ground {
    pub store: Store,
    pub settings: Database,
    /// A look at the rows past the store.
    pub connection: DatabaseConnection,
    /// Of PostgreSQL, for programs.
    pub database: Option<modstats_tests::Database>,
    _folder: Option<TempDir>,
}

impl Ground {
    pub async fn sqlite() -> Ground {
        let ground = Ground::empty_sqlite().await;
        ground.store.migrate().await.unwrap();
        ground
    }

    pub async fn postgres() -> Ground {
        let ground = Ground::empty_postgres().await;
        ground.store.migrate().await.unwrap();
        ground
    }

    /// A file that some program wrote.
    pub async fn file(path: &std::path::Path) -> Ground {
        Ground::reopened(path.to_owned(), None).await
    }

    pub async fn empty_sqlite() -> Ground {
        let folder = tempfile::tempdir().unwrap();
        Ground::reopened(folder.path().join("modstats.db"), Some(folder)).await
    }

    async fn reopened(path: PathBuf, folder: Option<TempDir>) -> Ground {
        let settings = Database::Sqlite(path.clone());
        let store = Store::open(&settings).await.unwrap();
        let url = format!("sqlite:{}", path.display());
        let connection = sea_orm::Database::connect(url).await.unwrap();
        Ground {
            store,
            settings,
            connection,
            database: None,
            _folder: folder,
        }
    }

    pub async fn empty_postgres() -> Ground {
        Ground::on(postgres().await.database().await).await
    }

    async fn on(database: modstats_tests::Database) -> Ground {
        let settings = Database::Postgres(database.settings());
        let store = Store::open(&settings).await.unwrap();
        let connection = sea_orm::Database::connect(database.url()).await.unwrap();
        Ground {
            store,
            settings,
            connection,
            database: Some(database),
            _folder: None,
        }
    }

    /// Lets go of the database, so that it can be copied.
    pub async fn close(self) -> Template {
        self.store.close().await.unwrap();
        self.connection.close().await.unwrap();
        Template {
            settings: self.settings,
            database: self.database,
            _folder: self._folder,
        }
    }

    pub async fn sql(&self, sql: &str) {
        self.connection.execute_unprepared(sql).await.unwrap();
    }

    /// Every fact, by natural keys instead of ids, which depend on the order of arrival.
    ///
    /// Runs are left out: a repeated run is a run more.
    pub async fn facts(&self) -> BTreeSet<String> {
        let db = &self.connection;
        let projects: BTreeMap<i32, String> = entity::project::Entity::find()
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.id, format!("{} {}", row.platform, row.platform_id)))
            .collect();
        let versions: BTreeMap<i32, String> = entity::version::Entity::find()
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| {
                (
                    row.id,
                    format!("{}/{}", projects[&row.project_id], row.platform_id),
                )
            })
            .collect();
        let mods: BTreeMap<i32, String> = entity::tracked_mod::Entity::find()
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.id, format!("{}/{}", row.namespace, row.name)))
            .collect();
        let mut facts = BTreeSet::new();
        macro_rules! gather {
            ($($module:ident: |$row:ident| $key:expr => $($blank:ident),*;)+) => {$(
                for mut $row in entity::$module::Entity::find().all(db).await.unwrap() {
                    let key = $key.clone();
                    $($row.$blank = Default::default();)*
                    facts.insert(format!("{} {key}: {:?}", stringify!($module), $row));
                }
            )+};
        }
        gather! {
            project: |row| projects[&row.id] => id;
            version: |row| versions[&row.id] => id, project_id;
            tracked_mod: |row| mods[&row.id] => id;
            tracked_project: |row| format!(
                "{} {:?}",
                mods[&row.tracked_mod_id],
                row.project_id.map(|id| &projects[&id])
            ) => tracked_mod_id, project_id;
            version_loader: |row| versions[&row.version_id] => version_id;
            version_game_version: |row| versions[&row.version_id] => version_id;
            daily_stats: |row| projects[&row.project_id] => project_id;
            version_stats: |row| versions[&row.version_id] => version_id;
            sample: |row| projects[&row.project_id] => project_id;
            project_latest: |row| projects[&row.project_id] => project_id;
            version_latest: |row| versions[&row.version_id] => version_id;
            modpack_edge: |row| format!(
                "{} in {}",
                projects[&row.project_id],
                projects[&row.modpack_id]
            ) => project_id, modpack_id;
            modpack_check: |row| format!(
                "{} in {}",
                projects[&row.project_id],
                projects[&row.modpack_id]
            ) => project_id, modpack_id;
            declared_modpack: |row| mods[&row.tracked_mod_id] => tracked_mod_id;
            listing: |row| projects[&row.project_id] => project_id, run_id;
        }
        facts
    }
}

/// A database as some runs left it.
pub struct Template {
    settings: Database,
    database: Option<modstats_tests::Database>,
    _folder: Option<TempDir>,
}

impl Template {
    pub async fn copy(&self) -> Ground {
        match (&self.database, &self.settings) {
            (Some(database), _) => Ground::on(postgres().await.copy_of(database).await).await,
            (None, Database::Sqlite(path)) => {
                let ground = Ground::empty_sqlite().await;
                let Database::Sqlite(copy) = &ground.settings else {
                    unreachable!("it is SQLite's")
                };
                ground.store.close().await.unwrap();
                ground.connection.close().await.unwrap();
                std::fs::copy(path, copy).unwrap();
                Ground::reopened(copy.clone(), ground._folder).await
            }
            (None, Database::Postgres(_)) => unreachable!("it has a database"),
        }
    }
}

/// Declares a test that runs on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($(#[$doc:meta])* async fn $name:ident($ground:ident: Ground) $body:block) => {
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn check($ground: $crate::ground::Ground) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                check($crate::ground::Ground::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                check($crate::ground::Ground::postgres().await).await;
            }
        }
    };
}

/// Where two sets of facts differ, for a message that can be read.
pub fn assert_same_facts(one: &BTreeSet<String>, other: &BTreeSet<String>, what: &str) {
    let missing: Vec<&String> = one.difference(other).take(8).collect();
    let extra: Vec<&String> = other.difference(one).take(8).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{what}:\nmissing {missing:#?}\nextra {extra:#?}"
    );
    assert!(!one.is_empty(), "{what}: nothing was stored");
}
