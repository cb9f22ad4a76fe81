//! One entity per table. Instants are chrono's here, since sea-orm knows no jiff; `time` converts.

use sea_orm::{EntityTrait, Related, RelationDef};

macro_rules! entity {
    ($(#[$doc:meta])* $module:ident = $table:literal { $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        pub mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($(#[$attribute])* pub $field: $type),+ }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

entity!(
    /// What the database is, and whom it serves; one row.
    schema_level = "schema_level" {
        #[sea_orm(primary_key, auto_increment = false)]
        one: i32,
        level: i32,
        oldest_reader: i32,
        oldest_writer: i32,
    }
);

entity!(
    /// Grows with every commit that changes anything shown; scope 0 is the whole database.
    generation = "generation" {
        #[sea_orm(primary_key, auto_increment = false)]
        scope: i32,
        value: i64,
    }
);

entity!(
    tracked_mod = "tracked_mod" {
        #[sea_orm(primary_key)]
        id: i32,
        namespace: String,
        name: String,
        uid: String,
        document_created_at: DateTimeUtc,
        document_generation: i64,
        display_name: Option<String>,
    }
);

entity!(
    project = "project" {
        #[sea_orm(primary_key)]
        id: i32,
        platform: String,
        platform_id: String,
        kind: Option<String>,
        slug: Option<String>,
        name: Option<String>,
        summary: Option<String>,
        page_url: Option<String>,
        icon_url: Option<String>,
        published_at: Option<DateTimeUtc>,
        described_at: Option<DateTimeUtc>,
        visible: bool,
        visibility_at: Option<DateTimeUtc>,
        invisible_since: Option<DateTimeUtc>,
    }
);

entity!(
    tracked_project = "tracked_project" {
        #[sea_orm(primary_key, auto_increment = false)]
        tracked_mod_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        platform: String,
        #[sea_orm(primary_key, auto_increment = false)]
        entry: String,
        #[sea_orm(primary_key, auto_increment = false)]
        joined_at: DateTimeUtc,
        left_at: Option<DateTimeUtc>,
        project_id: Option<i32>,
        pin_uid: Option<String>,
    }
);

entity!(
    version = "version" {
        #[sea_orm(primary_key)]
        id: i32,
        project_id: i32,
        platform_id: String,
        name: Option<String>,
        number: Option<String>,
        channel: Option<String>,
        published_at: Option<DateTimeUtc>,
        described_at: Option<DateTimeUtc>,
        present: bool,
        presence_at: Option<DateTimeUtc>,
        gone_at: Option<DateTimeUtc>,
    }
);

entity!(
    version_loader = "version_loader" {
        #[sea_orm(primary_key, auto_increment = false)]
        version_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        loader: String,
    }
);

entity!(
    version_game_version = "version_game_version" {
        #[sea_orm(primary_key, auto_increment = false)]
        version_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        game_version: String,
    }
);

entity!(
    daily_stats = "daily_stats" {
        #[sea_orm(primary_key, auto_increment = false)]
        project_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        day: Date,
        #[sea_orm(primary_key, auto_increment = false)]
        origin: i32,
        first_at: Option<DateTimeUtc>,
        last_at: Option<DateTimeUtc>,
        first_listed_at: Option<DateTimeUtc>,
        last_listed_at: Option<DateTimeUtc>,
        first_downloads: Option<i64>,
        last_downloads: Option<i64>,
        first_followers: Option<i64>,
        last_followers: Option<i64>,
        first_thumbs_up: Option<i64>,
        last_thumbs_up: Option<i64>,
        first_versions_downloads: Option<i64>,
        last_versions_downloads: Option<i64>,
        first_versions: Option<i64>,
        last_versions: Option<i64>,
    }
);

entity!(
    version_stats = "version_stats" {
        #[sea_orm(primary_key, auto_increment = false)]
        version_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        day: Date,
        #[sea_orm(primary_key, auto_increment = false)]
        origin: i32,
        first_at: DateTimeUtc,
        last_at: DateTimeUtc,
        first_downloads: i64,
        last_downloads: i64,
    }
);

entity!(
    sample = "sample" {
        #[sea_orm(primary_key, auto_increment = false)]
        project_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        at: DateTimeUtc,
        downloads: i64,
        followers: Option<i64>,
        thumbs_up: Option<i64>,
    }
);

entity!(
    project_latest = "project_latest" {
        #[sea_orm(primary_key, auto_increment = false)]
        project_id: i32,
        observed_at: Option<DateTimeUtc>,
        listed_at: Option<DateTimeUtc>,
        downloads: Option<i64>,
        followers: Option<i64>,
        thumbs_up: Option<i64>,
        versions_downloads: Option<i64>,
        versions: Option<i64>,
    }
);

entity!(
    version_latest = "version_latest" {
        #[sea_orm(primary_key, auto_increment = false)]
        version_id: i32,
        observed_at: DateTimeUtc,
        downloads: i64,
    }
);

entity!(
    modpack_edge = "modpack_edge" {
        #[sea_orm(primary_key, auto_increment = false)]
        project_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        modpack_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        opened_at: DateTimeUtc,
        opened_day: Date,
        closed_at: Option<DateTimeUtc>,
        known_since: bool,
        baseline_downloads: Option<i64>,
        presence_at: DateTimeUtc,
        absent_at: Option<DateTimeUtc>,
    }
);

entity!(
    /// What a modpack's newest version said of a project.
    modpack_check = "modpack_check" {
        #[sea_orm(primary_key, auto_increment = false)]
        project_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        modpack_id: i32,
        version: String,
        contained: bool,
        asked_at: DateTimeUtc,
    }
);

entity!(
    declared_modpack = "declared_modpack" {
        #[sea_orm(primary_key, auto_increment = false)]
        tracked_mod_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        platform: String,
        #[sea_orm(primary_key, auto_increment = false)]
        platform_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        joined_at: DateTimeUtc,
        left_at: Option<DateTimeUtc>,
        baseline_at: Option<DateTimeUtc>,
        baseline_downloads: Option<i64>,
    }
);

entity!(
    collection_run = "collection_run" {
        #[sea_orm(primary_key)]
        id: i32,
        tracked_mod_id: i32,
        source: String,
        scheduled_at: DateTimeUtc,
        started_at: DateTimeUtc,
        deadline_at: DateTimeUtc,
        ended_at: Option<DateTimeUtc>,
        outcome: String,
        interval_seconds: i64,
        requests: i64,
        projects: i64,
        versions: i64,
        problems: String,
        retries: Option<i64>,
        bytes: Option<i64>,
        rows_written: Option<i64>,
    }
);

entity!(
    listing = "listing" {
        #[sea_orm(primary_key, auto_increment = false)]
        project_id: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        subject: String,
        #[sea_orm(primary_key, auto_increment = false)]
        asked_at: DateTimeUtc,
        run_id: i32,
        complete: bool,
        items: i64,
        outcome: Option<String>,
        marker: Option<String>,
    }
);

entity!(
    import = "import" {
        #[sea_orm(primary_key)]
        id: i32,
        description: String,
        imported_at: DateTimeUtc,
        undone_at: Option<DateTimeUtc>,
    }
);

impl Related<project_latest::Entity> for project::Entity {
    fn to() -> RelationDef {
        project::Entity::belongs_to(project_latest::Entity)
            .from(project::Column::Id)
            .to(project_latest::Column::ProjectId)
            .into()
    }
}
