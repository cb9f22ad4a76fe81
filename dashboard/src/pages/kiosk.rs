//! A mod on a screen that everybody walks past: the Overview without anything to choose, which loads
//! itself anew.

use std::time::Duration;

use super::{Context, OverviewPage};
use crate::figures::overview::OverviewData;
use crate::query::{OverviewQuery, Tab};

#[derive(Clone, Debug)]
pub struct KioskPage {
    pub(super) overview: OverviewPage,
    /// The page with everything to choose.
    pub(super) href: String,
}

impl KioskPage {
    pub(super) const RELOAD: Duration = Duration::from_secs(300);

    pub fn new(found: &OverviewData, query: &OverviewQuery, context: Context<'_>) -> KioskPage {
        let (namespace, name) = (&found.whole.namespace, &found.whole.name);
        let tab = Tab::Overview(query.clone());
        KioskPage {
            overview: OverviewPage::new(found, query, context),
            href: context.links.mod_page(namespace, name, &tab),
        }
    }
}

#[cfg(test)]
pub(super) fn samples(context: Context<'_>) -> Vec<Box<dyn super::Page>> {
    let kiosk = |overview| {
        let href = context.links.mods();
        Box::new(KioskPage { overview, href }) as Box<dyn super::Page>
    };
    let overviews = super::overview::sample_pages(context);
    overviews.into_iter().map(kiosk).collect()
}
