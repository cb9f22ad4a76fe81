//! Every figure of every page equals a computation of its own: from the answers of a year, without
//! the store and without the dashboard.

mod cast;
mod compare;
mod counted;
pub mod dom;
mod drawing;
mod falls;
mod files;
mod history;
mod modpacks;
mod overview;
mod packs;
mod pages;
mod past;
mod periods;
mod platform;
mod portfolio;
mod remarks;
mod rows;
mod runs;
pub mod said;
mod schedule;
mod shown;
mod told;
mod trend;
mod truth;
mod versions;
mod write;
mod written;

use futures::{StreamExt, stream};

use history::Year;
use pages::Page;
use told::Figure;

use crate::{Served, StoreSlot, database};

/// What a page shows is what it has to: no figure is missing, none is beside.
async fn wrong_on(page: Page, served: &Served) -> Vec<String> {
    let Page {
        address,
        of,
        expected,
    } = page;
    assert!(!expected.is_empty(), "{address}");
    let page = dom::parse(&served.text(&address).await);
    let wrong_in_file = files::wrong(&page, served).await;
    let shown: Vec<Figure> = of.iter().flat_map(|read| read(&page)).collect();
    let figures = 0..shown.len().max(expected.len());
    let pairs = figures.map(|place| (shown.get(place), expected.get(place)));
    let wrong = pairs.filter(|(shown, expected)| shown != expected);
    wrong
        .map(|(shown, expected)| {
            let (shown, expected) = (said(shown), said(expected));
            format!("{address}\n  shows {shown}\n  not   {expected}")
        })
        .chain(wrong_in_file)
        .collect()
}

fn said(figure: Option<&Figure>) -> String {
    figure.map_or_else(
        || "nothing".to_owned(),
        |(name, text)| format!("{name}: {text}"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_of_every_page_is_what_the_answers_of_a_year_say() {
    let year = Year::new();
    let (store, _folder) = database().await;
    write::write(&year, &store).await;
    let served = Served::start(StoreSlot::open(store), vec![]).await;
    let all = pages::all(&year);
    let read = stream::iter(all).map(|page| wrong_on(page, &served));
    let wrong = read.buffer_unordered(2).collect::<Vec<_>>().await.concat();
    assert!(
        wrong.is_empty(),
        "{} figures:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
