//! The table of packs.

use jiff::civil::Date;
use modstats_store::model::{Membership, ModpackView};
use modstats_store::time::day_of;

use super::Addresses;
use crate::language::{Markup, Words};
use crate::modpacks::{is_new, pack_name};
use crate::pages::columns::Column;
use crate::pages::{Context, accent};
use crate::query::{ModpackChoice, ModpackSort, ModpacksQuery};
use crate::timeline::platform_name;

/// So many are shown before the rest is asked for.
const FIRST_PAGE: usize = 50;

#[derive(Clone, Debug)]
pub(in crate::pages) struct ModpackTable {
    pub columns: Vec<Column>,
    pub rows: Vec<ModpackRow>,
    /// The way to the rest, and what it is called.
    pub show_all: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub(in crate::pages) struct ModpackRow {
    pub name: String,
    /// The pack's history.
    pub href: String,
    pub downloads: Option<String>,
    pub since_added: Option<String>,
    /// When it became what it is, or `known since …`.
    pub since: Option<Markup>,
    /// Of a lost pack: when it had begun.
    pub before: Option<Markup>,
    pub state: String,
    pub platform: &'static str,
    pub accent: &'static str,
    /// The pack on its platform, only where that gave an `https:` address, and what that is called.
    pub page: Option<(String, String)>,
    pub id: String,
}

impl ModpackTable {
    /// `packs` are those that were chosen, in their order.
    pub(super) fn new(
        packs: Vec<ModpackView>,
        addresses: &Addresses<'_>,
        context: Context<'_>,
    ) -> ModpackTable {
        let (words, query) = (context.words, addresses.query);
        let count = packs.len();
        let shown = match query.every_pack {
            true => count,
            false => count.min(FIRST_PAGE),
        };
        let show_all = (shown < count).then(|| {
            let all = ModpacksQuery {
                every_pack: true,
                ..query.clone()
            };
            let label = words.with("modpacks-show-the-rest", &[("count", count.into())]);
            (addresses.table(&all), label)
        });
        let rows = packs.into_iter().take(shown);
        ModpackTable {
            columns: columns(addresses, words),
            rows: rows
                .map(|it| ModpackRow::new(it, addresses, context))
                .collect(),
            show_all,
        }
    }
}

fn columns(addresses: &Addresses<'_>, words: &Words) -> Vec<Column> {
    let query = addresses.query;
    let choice = &query.packs;
    let plain = |key: &str| Column::plain(words.text(key), "");
    let sorting = |key: &str, class, sort: ModpackSort| {
        let ordered = (choice.sort, choice.order);
        Column::sorting(words.text(key), class, sort, ordered, |sort, order| {
            let packs = ModpackChoice {
                sort,
                order,
                ..choice.clone()
            };
            addresses.table(&ModpacksQuery {
                packs,
                every_pack: query.every_pack,
            })
        })
    };
    vec![
        sorting("modpacks-modpack", "", ModpackSort::Name),
        sorting("modpacks-downloads", "number", ModpackSort::Downloads),
        sorting("modpacks-since-added", "number", ModpackSort::SinceAdded),
        sorting("modpacks-since", "", ModpackSort::Since),
        plain("modpacks-state"),
        plain("modpacks-platform"),
        plain("modpacks-id"),
    ]
}

impl ModpackRow {
    fn new(
        pack: ModpackView,
        addresses: &Addresses<'_>,
        Context { words, now, .. }: Context<'_>,
    ) -> ModpackRow {
        let href = addresses.history(&pack);
        let name = pack_name(&pack).to_owned();
        let platform = platform_name(pack.modpack.key.platform);
        let (since, before) = times(&pack.membership, words);
        let page = pack.modpack.page_url;
        let page = page.filter(|url| url.starts_with("https://")).map(|url| {
            let called = [("name", (&name).into()), ("platform", platform.into())];
            (url, words.with("modpacks-on-its-platform", &called))
        });
        ModpackRow {
            href,
            downloads: pack
                .modpack
                .totals
                .map(|totals| words.count(totals.downloads)),
            since_added: pack.downloads_since_added.map(|grown| words.change(grown)),
            since,
            before,
            state: words.text(state(&pack.membership, day_of(now))),
            platform,
            accent: accent(Some(pack.modpack.key.platform)),
            page,
            id: pack.modpack.key.id,
            name,
        }
    }
}

/// When a pack became what it is, and of a lost one when it had begun.
fn times(membership: &Membership, words: &Words) -> (Option<Markup>, Option<Markup>) {
    let dated = |key: &str, at| words.markup(key, &[("day", (&words.on(at)).into())]);
    match *membership {
        Membership::Current {
            since,
            known_since: true,
        } => (Some(dated("modpacks-known-since", since)), None),
        Membership::Current { since, .. } | Membership::Declared { since } => {
            (Some(words.on(since)), None)
        }
        Membership::Lost { since, until } => (
            Some(words.on(until)),
            Some(dated("modpacks-in-it-since", since)),
        ),
        Membership::Once => (None, None),
    }
}

/// The key of the text that says what is known of a pack.
fn state(membership: &Membership, today: Date) -> &'static str {
    match membership {
        new if is_new(new, today) => "modpacks-contains-new",
        Membership::Current { .. } => "modpacks-contains",
        Membership::Declared { .. } => "modpacks-not-verified",
        Membership::Lost { .. } => "modpacks-no-longer",
        Membership::Once => "modpacks-in-an-older-version",
    }
}
