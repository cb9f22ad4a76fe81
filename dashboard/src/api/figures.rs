//! The figures of a mod's Overview.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::model::Platform;
use serde::Serialize;
use utoipa::ToSchema;

use super::period::PeriodFigure;
use super::words;
use crate::figures::due::Due;
use crate::figures::overview::{OverviewData, OverviewFigures, ReleaseFigure, shares};
use crate::figures::period::{Part, PeriodGrowth};
use crate::figures::recent::LastDay;
use crate::figures::velocity::{Milestone, Reached, Velocity};
use crate::query::{FiguresQuery, Value};

#[derive(Debug, Serialize, ToSchema)]
pub struct ModFigures {
    generation: i64,
    namespace: String,
    name: String,
    growth: PeriodFigure,
    platforms: Vec<PlatformFigure>,
    yesterday: PeriodFigure,
    last_24h: Last24h,
    velocity: VelocityFigure,
    /// None where the total doesn't grow.
    milestone: Option<NextMilestone>,
    /// The newest one of each project that has released something.
    releases: Vec<ReleaseAtAge>,
    /// Those that were seen to begin to contain the mod in the last 28 days, by their identities; None
    /// where no complete list is known.
    new_modpacks: Option<Vec<String>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PlatformFigure {
    #[schema(schema_with = words::platform)]
    platform: Platform,
    /// Of the downloads on all platforms; the thousandths of all add up to 1000.
    share_in_thousandths: Option<i64>,
    growth: PeriodFigure,
}

/// What the runs of the last 24 hours saw.
#[derive(Debug, Serialize, ToSchema)]
struct Last24h {
    value: Option<i64>,
    due_on: Option<Date>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    complete: bool,
    correction: bool,
}

/// The mean of the daily growth over whole weeks.
#[derive(Debug, Serialize, ToSchema)]
struct VelocityFigure {
    per_day: Option<f64>,
    per_week: Option<f64>,
    per_month: Option<f64>,
    due_on: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NextMilestone {
    value: i64,
    /// At the present velocity; null where no day can be said.
    reached_on: Option<Date>,
    /// `dated`; `overdue`, where that would be before today and newer totals are missing; `distant`,
    /// where it is not within a hundred years.
    reached: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReleaseAtAge {
    /// `<platform>:<id>`
    project: String,
    name: String,
    published_at: Timestamp,
    /// None where its downloads since publication aren't known.
    age_in_seconds: Option<i64>,
    downloads: Option<i64>,
    previous_name: Option<String>,
    /// When it was as old.
    previous_downloads: Option<i64>,
}

impl ModFigures {
    pub fn new(
        generation: i64,
        found: &OverviewData,
        query: &FiguresQuery,
        now: Timestamp,
    ) -> ModFigures {
        let data = &found.data;
        let growth = |platform| {
            let parts = Part::of_members(data.members_on(platform));
            let growth = PeriodGrowth::of(&parts, &query.period, query.compare, &found.known);
            PeriodFigure::new(&growth)
        };
        let shares = shares(data);
        let share = |platform: Platform| {
            let shares = shares.iter().flatten();
            shares.clone().find(|it| it.0 == platform).map(|it| it.1)
        };
        let figures = OverviewFigures::of(found, now);
        let key =
            |pack: &&modstats_store::model::ModpackView| pack.modpack.key.print().into_owned();
        ModFigures {
            generation,
            namespace: found.whole.namespace.clone(),
            name: found.whole.name.clone(),
            growth: growth(None),
            platforms: data
                .platforms()
                .into_iter()
                .map(|platform| PlatformFigure {
                    platform,
                    share_in_thousandths: share(platform),
                    growth: growth(Some(platform)),
                })
                .collect(),
            yesterday: PeriodFigure::new(&figures.yesterday),
            last_24h: Last24h::new(&figures.last_24h),
            velocity: VelocityFigure::new(&figures.velocity),
            milestone: figures.milestone.as_ref().map(NextMilestone::new),
            releases: figures.releases.iter().map(ReleaseAtAge::new).collect(),
            new_modpacks: figures
                .new_modpacks
                .map(|packs| packs.iter().map(key).collect()),
        }
    }
}

impl Last24h {
    fn new(last: &Due<LastDay>) -> Last24h {
        let known = last.known();
        Last24h {
            value: known.map(|it| it.value),
            due_on: last.due_on(),
            from: known.map(|it| it.from),
            to: known.map(|it| it.to),
            complete: known.is_some_and(|it| it.complete),
            correction: known.is_some_and(|it| it.correction),
        }
    }
}

impl VelocityFigure {
    fn new(velocity: &Due<Velocity>) -> VelocityFigure {
        let known = velocity.known();
        VelocityFigure {
            per_day: known.map(|it| it.per_day),
            per_week: known.map(Velocity::per_week),
            per_month: known.map(Velocity::per_month),
            due_on: velocity.due_on(),
            from: known.map(|it| it.from),
            to: known.map(|it| it.to),
        }
    }
}

impl NextMilestone {
    fn new(milestone: &Milestone) -> NextMilestone {
        let (reached_on, reached) = match milestone.reached {
            Reached::On(day) => (Some(day), "dated"),
            Reached::Overdue => (None, "overdue"),
            Reached::Distant => (None, "distant"),
        };
        NextMilestone {
            value: milestone.value,
            reached_on,
            reached,
        }
    }
}

impl ReleaseAtAge {
    fn new(release: &ReleaseFigure) -> ReleaseAtAge {
        let at_age = release.at_age;
        ReleaseAtAge {
            project: release.member.project.key.print().into_owned(),
            name: release.newest.clone(),
            published_at: release.published_at,
            age_in_seconds: at_age.map(|it| it.age.as_secs()),
            downloads: at_age.map(|it| it.newest),
            previous_name: release.previous.clone(),
            previous_downloads: at_age.and_then(|it| it.previous),
        }
    }
}
