//! The first schema: facts keyed by small integers, with the origin of each number.

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

const SCHEMA: &str = r#"
-- One row: what this database is, and whom it serves.
CREATE TABLE schema_level (
    one integer PRIMARY KEY CHECK (one = 1),
    level integer NOT NULL,
    oldest_reader integer NOT NULL,
    oldest_writer integer NOT NULL
);
INSERT INTO schema_level VALUES (1, 1, 1, 1);

-- Grows with every commit that changes anything shown; scope 0 is the whole database, any other a tracked_mod.
CREATE TABLE generation (scope integer PRIMARY KEY, value bigint NOT NULL);
INSERT INTO generation VALUES (0, 0);

-- The theoretical arrival time (GCRA) of the next request to a platform, microseconds since 1970.
CREATE TABLE rate_limit (platform text PRIMARY KEY, arrival_micros bigint NOT NULL) {by_key};

CREATE TABLE tracked_mod (
    id {identity} PRIMARY KEY,
    namespace text NOT NULL,
    name text NOT NULL,
    uid text NOT NULL,
    -- Of the newest document that was applied: its creation time and metadata.generation.
    document_created_at {instant} NOT NULL,
    document_generation bigint NOT NULL,
    display_name text,
    UNIQUE (namespace, name)
);

CREATE TABLE project (
    id {identity} PRIMARY KEY,
    platform text NOT NULL,
    platform_id text NOT NULL,
    kind text,
    slug text,
    name text,
    summary text,
    page_url text,
    icon_url text,
    published_at {instant},
    -- When the question was asked that the attributes above answer.
    described_at {instant},
    visible boolean NOT NULL,
    -- The newest answer to whether it is, and the first of those that said no.
    visibility_at {instant},
    invisible_since {instant},
    UNIQUE (platform, platform_id)
);

-- An entry of a TrackedMod's document, from its first document to the last that names it.
CREATE TABLE tracked_project (
    tracked_mod_id integer NOT NULL REFERENCES tracked_mod (id),
    platform text NOT NULL,
    entry text NOT NULL,
    joined_at {instant} NOT NULL,
    left_at {instant},
    -- What the entry was resolved to, and for which UID: the pin holds for that UID only.
    project_id integer REFERENCES project (id),
    pin_uid text,
    PRIMARY KEY (tracked_mod_id, platform, entry, joined_at)
) {by_key};
CREATE INDEX tracked_project_by_project ON tracked_project (project_id);

CREATE TABLE version (
    id {identity} PRIMARY KEY,
    project_id integer NOT NULL REFERENCES project (id),
    platform_id text NOT NULL,
    name text,
    number text,
    channel text,
    published_at {instant},
    described_at {instant},
    -- Whether the newest complete listing named it, and since when it has been missing.
    present boolean NOT NULL,
    presence_at {instant},
    gone_at {instant},
    UNIQUE (project_id, platform_id)
);
CREATE TABLE version_loader (
    version_id integer NOT NULL REFERENCES version (id),
    loader text NOT NULL,
    PRIMARY KEY (version_id, loader)
) {by_key};
CREATE TABLE version_game_version (
    version_id integer NOT NULL REFERENCES version (id),
    game_version text NOT NULL,
    PRIMARY KEY (version_id, game_version)
) {by_key};

-- The earliest and the latest answer of a day: of the project's own counters, and of its version listing.
-- origin 0 is collected, any other an import.
CREATE TABLE daily_stats (
    project_id integer NOT NULL REFERENCES project (id),
    origin integer NOT NULL,
    day {day} NOT NULL,
    first_at {instant},
    last_at {instant},
    first_listed_at {instant},
    last_listed_at {instant},
    first_downloads bigint,
    last_downloads bigint,
    first_followers bigint,
    last_followers bigint,
    first_thumbs_up bigint,
    last_thumbs_up bigint,
    first_versions_downloads bigint,
    last_versions_downloads bigint,
    first_versions bigint,
    last_versions bigint,
    PRIMARY KEY (project_id, day, origin)
) {by_key};
CREATE TABLE version_stats (
    version_id integer NOT NULL REFERENCES version (id),
    origin integer NOT NULL,
    day {day} NOT NULL,
    first_at {instant} NOT NULL,
    last_at {instant} NOT NULL,
    first_downloads bigint NOT NULL,
    last_downloads bigint NOT NULL,
    PRIMARY KEY (version_id, day, origin)
) {by_key};

-- Every run's totals, for some weeks.
CREATE TABLE sample (
    project_id integer NOT NULL REFERENCES project (id),
    at {instant} NOT NULL,
    downloads bigint NOT NULL,
    followers bigint,
    thumbs_up bigint,
    PRIMARY KEY (project_id, at)
) {by_key};
CREATE INDEX sample_by_time ON sample (at);

-- What a page needs first, kept by the transaction that writes the day.
CREATE TABLE project_latest (
    project_id integer PRIMARY KEY REFERENCES project (id),
    observed_at {instant},
    listed_at {instant},
    downloads bigint,
    followers bigint,
    thumbs_up bigint,
    versions_downloads bigint,
    versions bigint
);
CREATE TABLE version_latest (
    version_id integer PRIMARY KEY REFERENCES version (id),
    observed_at {instant} NOT NULL,
    downloads bigint NOT NULL
);

-- An interval during which a modpack is known to contain a project.
CREATE TABLE modpack_edge (
    project_id integer NOT NULL REFERENCES project (id),
    modpack_id integer NOT NULL REFERENCES project (id),
    opened_at {instant} NOT NULL,
    opened_day {day} NOT NULL,
    closed_at {instant},
    -- True where the edge was there at the first complete listing: when it began isn't known.
    known_since boolean NOT NULL,
    baseline_downloads bigint,
    -- The newest answer that confirmed or denied it, and the first complete listing that lacked it.
    presence_at {instant} NOT NULL,
    absent_at {instant},
    PRIMARY KEY (project_id, modpack_id, opened_at)
) {by_key};
CREATE INDEX modpack_edge_by_modpack ON modpack_edge (modpack_id);
CREATE VIEW modpack_stats AS
    SELECT edge.project_id, edge.modpack_id, edge.opened_at, stats.day, stats.origin,
           stats.last_downloads AS downloads,
           stats.last_downloads - edge.baseline_downloads AS downloads_since_added
    FROM modpack_edge edge
    JOIN daily_stats stats ON stats.project_id = edge.modpack_id AND stats.day >= edge.opened_day;

-- A run without an end past its deadline reads as lost.
CREATE TABLE collection_run (
    id {identity} PRIMARY KEY,
    tracked_mod_id integer NOT NULL REFERENCES tracked_mod (id),
    source text NOT NULL,
    scheduled_at {instant} NOT NULL,
    started_at {instant} NOT NULL,
    deadline_at {instant} NOT NULL,
    ended_at {instant},
    outcome text NOT NULL,
    -- The distance of two runs by the schedule that was in force.
    interval_seconds bigint NOT NULL,
    requests bigint NOT NULL,
    projects bigint NOT NULL,
    versions bigint NOT NULL,
    -- JSON: [{"subject", "reason", "message"}].
    problems text NOT NULL
);
CREATE INDEX collection_run_by_time ON collection_run (started_at);
CREATE INDEX collection_run_by_mod ON collection_run (tracked_mod_id, source, started_at);

-- One complete question within a run.
CREATE TABLE listing (
    project_id integer NOT NULL REFERENCES project (id),
    subject text NOT NULL,
    asked_at {instant} NOT NULL,
    run_id integer NOT NULL REFERENCES collection_run (id),
    complete boolean NOT NULL,
    items bigint NOT NULL,
    PRIMARY KEY (project_id, subject, asked_at)
) {by_key};

-- Its id is the origin of the rows that it brought.
CREATE TABLE import (
    id {identity} PRIMARY KEY,
    description text NOT NULL,
    imported_at {instant} NOT NULL,
    undone_at {instant}
);
"#;
