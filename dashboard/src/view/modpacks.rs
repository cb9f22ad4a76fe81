use modstats_store::Snapshot;
use modstats_store::model::TrackedModView;

use super::Unmade;
use super::timed::only;
use crate::data::{History, ModData, load_modpacks};
use crate::pages::{Context, ModpacksPage};
use crate::query::ModpacksQuery;

pub async fn make(
    snapshot: &Snapshot,
    whole: TrackedModView,
    query: &ModpacksQuery,
    context: Context<'_>,
) -> Result<ModpacksPage, Unmade> {
    let key = (whole.namespace.as_str(), whole.name.as_str());
    let modpacks = load_modpacks(snapshot, key).await?;
    let view = only(whole.clone(), query.project.as_ref())?;
    let histories = vec![History::default(); view.members.len()];
    let data = ModData {
        view,
        histories,
        imports: Vec::new(),
    };
    Ok(ModpacksPage::new(&whole, &data, &modpacks, query, context))
}
