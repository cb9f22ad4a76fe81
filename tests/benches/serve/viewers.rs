//! The memory of the dashboard after many have looked at everything.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use http::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, COOKIE};
use modstats_tests::Process;

use super::programs::client;

const VIEWERS: usize = 30;
/// Readers differ, and each of these has pages of its own in the cache.
const LANGUAGES: [&str; 2] = ["en", "fr"];
const THEMES: [&str; 3] = ["auto", "light", "dark"];

/// All look at the same time, each over connections of its own, which stay open until all have seen
/// every page.
pub async fn look(program: &Process, url: &str, pages: &[String]) {
    let before = mebibytes(program.memory());
    let viewers: FuturesUnordered<_> = (0..VIEWERS).map(|nth| view(nth, url, pages)).collect();
    let clients: Vec<reqwest::Client> = viewers.collect().await;
    println!("\nmemory of the dashboard, MiB");
    println!("  before                                         {before:>7.1}");
    println!(
        "  after {} viewers of {} pages                     {:>7.1} (goal: 28)",
        clients.len(),
        pages.len(),
        mebibytes(program.memory())
    );
    println!(
        "  at most                                        {:>7.1}",
        mebibytes(program.peak_memory())
    );
}

async fn view(nth: usize, url: &str, pages: &[String]) -> reqwest::Client {
    let client = client();
    let language = LANGUAGES[nth % LANGUAGES.len()];
    let theme = THEMES[nth / LANGUAGES.len() % THEMES.len()];
    for place in 0..pages.len() {
        // Not all the same at once.
        let page = &pages[(nth + place) % pages.len()];
        let asked = client
            .get(format!("{url}{page}"))
            .header(ACCEPT_ENCODING, "gzip")
            .header(ACCEPT_LANGUAGE, language)
            .header(COOKIE, format!("theme={theme}"));
        let answer = asked.send().await.unwrap().error_for_status().unwrap();
        answer.bytes().await.unwrap();
    }
    client
}

#[expect(clippy::cast_precision_loss, reason = "nobody has that much")]
fn mebibytes(kibibytes: Option<u64>) -> f64 {
    kibibytes.unwrap() as f64 / 1024.0
}
