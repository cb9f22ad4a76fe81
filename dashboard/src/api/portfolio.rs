//! What is said of all mods together.

use jiff::Timestamp;
use modstats_store::model::Source;
use serde::Serialize;
use utoipa::ToSchema;

use super::period::{Compared, PeriodFigure};
use super::words;
use crate::data::ModData;
use crate::figures::Total;
use crate::figures::portfolio::{PortfolioFigures, Stale, stale};

/// A project counts once, however many mods name it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Portfolio {
    generation: i64,
    mods: usize,
    downloads: Option<Total>,
    yesterday: PeriodFigure,
    growth_28d: PeriodFigure,
    /// Whose growth of the last 7 days differs most from that of the 7 before, up or down.
    movers_by_size: Vec<Mover>,
    /// The same by the share of what it was; without those that had almost nothing.
    movers_by_share: Vec<Mover>,
    stale: Vec<StaleMod>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Mover {
    namespace: String,
    name: String,
    display_name: Option<String>,
    growth: Compared,
}

/// A mod of which a source has brought no numbers for three intervals.
#[derive(Debug, Serialize, ToSchema)]
struct StaleMod {
    namespace: String,
    name: String,
    display_name: Option<String>,
    sources: Vec<StaleSource>,
}

#[derive(Debug, Serialize, ToSchema)]
struct StaleSource {
    #[schema(schema_with = words::source)]
    source: Source,
    /// None where it never brought any.
    last_success_at: Option<Timestamp>,
}

impl Portfolio {
    pub fn new(generation: i64, mods: &[ModData], now: Timestamp) -> Portfolio {
        let figures = PortfolioFigures::of(mods, now);
        let mover = |index: &usize| {
            let change = figures.changes[*index].as_ref()?;
            let view = &mods[*index].view;
            Some(Mover {
                namespace: view.namespace.clone(),
                name: view.name.clone(),
                display_name: view.display_name.clone(),
                growth: Compared::new(change),
            })
        };
        let movers = |ranked: &[usize]| ranked.iter().filter_map(mover).collect();
        Portfolio {
            generation,
            mods: mods.len(),
            downloads: figures.total,
            yesterday: PeriodFigure::new(&figures.yesterday),
            growth_28d: PeriodFigure::new(&figures.last_28_days),
            movers_by_size: movers(&figures.movers.absolute),
            movers_by_share: movers(&figures.movers.relative),
            stale: figures
                .stale
                .iter()
                .map(|index| StaleMod::new(&mods[*index], now))
                .collect(),
        }
    }
}

impl StaleMod {
    fn new(data: &ModData, now: Timestamp) -> StaleMod {
        let view = &data.view;
        let source = |it: Stale| StaleSource {
            source: it.source,
            last_success_at: it.last_success_at,
        };
        StaleMod {
            namespace: view.namespace.clone(),
            name: view.name.clone(),
            display_name: view.display_name.clone(),
            sources: stale(&view.sources, now).into_iter().map(source).collect(),
        }
    }
}
