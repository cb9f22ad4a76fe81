//! The largest packs of those that are chosen.

use modstats_store::model::ModpackView;

use super::Addresses;
use crate::chart::{Ink, Svg};
use crate::language::Words;
use crate::modpacks::pack_name;
use crate::pages::ranking::{Ranked, Ranking, ranked};
use crate::timeline::platform_name;

pub(super) fn top_packs(
    packs: &[ModpackView],
    addresses: &Addresses<'_>,
    words: &Words,
) -> Ranking {
    let downloads = |it: &ModpackView| it.modpack.totals.map(|totals| totals.downloads);
    let row = |place: usize, downloads: i64, bar: Svg| {
        let pack = &packs[place];
        Ranked {
            label: pack_name(pack).to_owned(),
            beside: Some(platform_name(pack.modpack.key.platform).to_owned()),
            href: addresses.history(pack),
            value: words.count(downloads),
            share: None,
            bar,
        }
    };
    let ink = |it: &ModpackView| Ink::Platform(it.modpack.key.platform);
    Ranking {
        id: "top-packs",
        heading: words.text("modpacks-top"),
        counts: words.text("modpacks-top-counts"),
        rows: ranked(packs, downloads, ink, row),
        none: words.text("modpacks-top-none"),
    }
}
