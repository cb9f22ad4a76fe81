use modstats_store::Snapshot;
use modstats_store::model::TrackedModView;

use super::Unmade;
use super::timed::only;
use crate::data::load_modpacks;
use crate::pages::{Context, ModpacksPage};
use crate::query::ModpacksQuery;

pub async fn make(
    snapshot: &Snapshot,
    whole: TrackedModView,
    query: &ModpacksQuery,
    context: Context<'_>,
) -> Result<ModpacksPage, Unmade> {
    let key = (whole.namespace.as_str(), whole.name.as_str());
    let project = query.packs.project.as_ref();
    let view = only(whole.clone(), project)?;
    let modpacks = load_modpacks(snapshot, key, project).await?;
    Ok(ModpacksPage::new(&whole, &view, &modpacks, query, context))
}
