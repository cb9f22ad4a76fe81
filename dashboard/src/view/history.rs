//! The history of a mod, or of one of its versions or modpacks.

use jiff::Timestamp;
use jiff::civil::Date;
use modstats_store::Snapshot;
use modstats_store::model::{Metric, TrackedModView};
use modstats_store::time::{day_of, midnight};

use super::Unmade;
use super::timed::{only, without_date};
use crate::data::{
    History, add_runs, load_history, load_imports, load_known, load_modpack_history, load_packs,
    load_version_history, load_version_sum, load_versions, project_ids,
};
use crate::history::{HistoryData, Subject};
use crate::period::{Bounds, Known};
use crate::query::{Grouping, HistoryQuery, Of, QueryError, Value};

pub async fn load(
    snapshot: &Snapshot,
    whole: TrackedModView,
    query: &HistoryQuery,
    now: Timestamp,
) -> Result<HistoryData, Unmade> {
    let names = (whole.namespace.as_str(), whole.name.as_str());
    let today = day_of(now);
    let view = on_platform(only(whole.clone(), query.project.as_ref())?, query)?;
    let mut known = load_known(snapshot, &project_ids(&view), &query.period, now).await?;
    let mut bounds = bounds_of(query, &known)?;
    // The figures tell how much is known, and that is all of it.
    let first = known.first.unwrap_or(today);
    let mut data = load_history(snapshot, view, query.metric, first, today).await?;
    if let Some(since) = runs_since(&bounds, query.by) {
        add_runs(snapshot, &mut data, query.metric, since).await?;
    }
    let versions = load_versions(snapshot, &data, None).await?;
    let mut packs = load_packs(snapshot, names, query.project.as_ref()).await?;
    packs.retain(|it| {
        query
            .platform
            .is_none_or(|platform| it.modpack.key.platform == platform)
    });
    let subject = match &query.of {
        Of::All if query.metric == Metric::VersionsDownloads => {
            let sum = load_version_sum(snapshot, &data, &versions, first, today).await?;
            let counters = sum.versions.iter().map(|it| &it.history);
            let histories: Vec<&History> = counters.chain(&data.histories).collect();
            data.imports = load_imports(snapshot, &data.project_ids(), histories).await?;
            Subject::Versions(sum)
        }
        Of::All => Subject::Mod,
        Of::Version(key) => {
            let mut versions = versions.iter();
            let version = versions
                .find(|it| (it.platform, &it.platform_id) == (key.platform, &key.id))
                .ok_or_else(|| unknown(query, "version:<platform>:<id> of one of its versions"))?;
            if query.metric != Metric::Downloads {
                let only = "downloads, as nothing else is counted of a version";
                return Err(QueryError::value("metric", query.metric.as_str(), only).into());
            }
            let history = load_version_history(snapshot, names, version, first, today).await?;
            data.imports = load_imports(snapshot, &data.project_ids(), [&history]).await?;
            Subject::Version(version.clone(), history)
        }
        Of::Modpack(key) => {
            let pack = packs
                .iter()
                .find(|it| it.modpack.key == *key)
                .ok_or_else(|| unknown(query, "modpack:<platform>:<id> of one of its modpacks"))?;
            let history = load_modpack_history(snapshot, names, pack, query.metric, today).await?;
            data.imports = load_imports(snapshot, &[pack.modpack.id], [&history]).await?;
            Subject::Modpack(pack.clone(), history)
        }
    };
    if let Subject::Version(_, history) | Subject::Modpack(_, history) = &subject {
        known.first = first_day(history);
        bounds = bounds_of(query, &known)?;
    }
    Ok(HistoryData {
        whole,
        data,
        subject,
        versions,
        packs,
        known,
        bounds,
    })
}

fn bounds_of(query: &HistoryQuery, known: &Known) -> Result<Bounds, QueryError> {
    let bounds = query.period.bounds(known);
    bounds.ok_or_else(|| without_date(&query.period))
}

/// From when on every run is looked at, where it is.
fn runs_since(bounds: &Bounds, by: Grouping) -> Option<Timestamp> {
    match bounds.hours {
        Some((start, _)) => Some(start),
        None if by.fitting(bounds.drawn) == Grouping::Run => Some(midnight(bounds.drawn.from)),
        None => None,
    }
}

fn on_platform(
    mut view: TrackedModView,
    query: &HistoryQuery,
) -> Result<TrackedModView, QueryError> {
    let Some(platform) = query.platform else {
        return Ok(view);
    };
    let had_any = !view.members.is_empty();
    view.members
        .retain(|it| it.project.key.platform == platform);
    match had_any && view.members.is_empty() {
        true => Err(QueryError::value(
            "platform",
            platform.as_str(),
            "a platform that the mod is on",
        )),
        false => Ok(view),
    }
}

fn unknown(query: &HistoryQuery, expected: &'static str) -> QueryError {
    QueryError::value("of", &query.of.print(), expected)
}

fn first_day(history: &History) -> Option<Date> {
    let first = history.series.points.first();
    first.map(|first| day_of(first.at))
}
