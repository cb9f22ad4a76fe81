//! What a run cost, how each of its questions ended, and which modpacks contain a project.

use sea_orm_migration::prelude::*;

use crate::dialect::for_backend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = for_backend(SCHEMA, manager.get_database_backend());
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}

/// Older builds go on reading and writing: what they leave empty means "not known".
const SCHEMA: &str = r#"
UPDATE schema_level SET level = 2;

ALTER TABLE collection_run ADD COLUMN retries bigint;
ALTER TABLE collection_run ADD COLUMN bytes bigint;
ALTER TABLE collection_run ADD COLUMN rows_written bigint;

-- complete, partial, or failed: then nothing was learned.
ALTER TABLE listing ADD COLUMN outcome text;
-- What the platform said of the project's last change when the list was walked page by page.
ALTER TABLE listing ADD COLUMN marker text;

-- What a modpack's newest version, when it was looked into, said of a project.
CREATE TABLE modpack_check (
    project_id integer NOT NULL REFERENCES project (id),
    modpack_id integer NOT NULL REFERENCES project (id),
    version text NOT NULL,
    contained boolean NOT NULL,
    asked_at {instant} NOT NULL,
    PRIMARY KEY (project_id, modpack_id)
) {by_key};

-- A modpack that a TrackedMod's document names, from its first document to the last that does.
CREATE TABLE declared_modpack (
    tracked_mod_id integer NOT NULL REFERENCES tracked_mod (id),
    platform text NOT NULL,
    platform_id text NOT NULL,
    joined_at {instant} NOT NULL,
    left_at {instant},
    baseline_at {instant},
    baseline_downloads bigint,
    PRIMARY KEY (tracked_mod_id, platform, platform_id, joined_at)
) {by_key};

-- The last UTC day on which a website was asked about a project.
CREATE TABLE website_question (
    platform text NOT NULL,
    platform_id text NOT NULL,
    day {day} NOT NULL,
    PRIMARY KEY (platform, platform_id)
) {by_key};
"#;
