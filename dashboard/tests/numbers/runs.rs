//! What the page of runs has to show: the newest first, in the order in which they began to be.

use jiff::Timestamp;

use super::history::{Arrival, CREATE, Ended, Run, TOOK, Year};
use super::packs::Listing;
use super::periods::parameter;
use super::said;
use super::told::{Figure, joined, site_name};
use super::written::written;

/// So many are on a page.
const MOST: usize = 50;

/// A run as a page tells it.
struct Told {
    number: usize,
    state: &'static str,
    of: String,
    source: &'static str,
    scheduled_at: Timestamp,
    at: Timestamp,
    took: Option<i64>,
    /// Requests, retries and bytes.
    cost: [i64; 3],
    projects: usize,
    versions: usize,
    rows: Option<usize>,
    problem: Option<(&'static str, String, &'static str)>,
}

pub fn runs(year: &Year, query: &str) -> Vec<Figure> {
    let of = |name| parameter(query, name);
    let before = of("before").map_or(usize::MAX, |it| it.parse().unwrap());
    let is_asked = |it: &&Told| {
        of("mod").is_none_or(|of| of == it.of)
            && of("source").is_none_or(|of| of == it.source.to_lowercase())
            && of("state").is_none_or(|of| of == it.state)
            && it.number < before
    };
    let most = of("limit").map_or(MOST, |it| it.parse().unwrap());
    let all = all(year);
    let asked = all.iter().rev().filter(is_asked);
    asked.take(most).map(Told::row).collect()
}

fn all(year: &Year) -> Vec<Told> {
    let rows = written(year);
    let arrivals = year.arrivals().into_iter().enumerate();
    let told = arrivals.map(|(before, arrival)| {
        let told = match arrival {
            Arrival::Run(place) => Told::of_run(year, &year.runs[place], rows.runs[place]),
            Arrival::Listing(place) => {
                Told::of_listing(year, &year.packs.listings[place], rows.listings[place])
            }
        };
        Told {
            number: before + 1,
            ..told
        }
    });
    told.collect()
}

impl Told {
    fn of_run(year: &Year, run: &Run, rows: usize) -> Told {
        let is_ended = run.ended.is_end();
        let answers = run.answers.iter();
        let answers = answers.map(|it| &year.projects[it.0].answers[it.1]);
        Told {
            number: 0,
            state: match run.ended {
                Ended::Complete => "complete",
                Ended::Partial => "partial",
                Ended::Failed => "failed",
                Ended::Lost => "lost",
                Ended::GoesOn => "running",
            },
            of: format!("default/{}", year.mods[run.of].name),
            source: site_name(run.site),
            scheduled_at: run.scheduled_at,
            at: run.at,
            took: is_ended.then_some(run.took),
            cost: if is_ended { run.cost } else { [0; 3] },
            projects: answers.len(),
            versions: answers.map(|it| it.versions.len()).sum(),
            rows: is_ended.then_some(rows),
            problem: run.ended.problem(run.site),
        }
    }

    fn of_listing(year: &Year, listing: &Listing, rows: usize) -> Told {
        Told {
            number: 0,
            state: "complete",
            of: format!("default/{}", year.mods[CREATE].name),
            source: "Modpacks",
            scheduled_at: listing.at,
            at: listing.at,
            took: Some(TOOK),
            cost: [0; 3],
            projects: 0,
            versions: 0,
            rows: Some(rows),
            problem: None,
        }
    }

    fn row(&self) -> Figure {
        let unknown = || "–".to_owned();
        let [requests, retries, bytes] = self.cost;
        let scheduled = said::instant(self.scheduled_at);
        let is_late = scheduled != said::instant(self.at);
        let problem = self.problem.as_ref();
        let problem = problem.map(|(reason, of, message)| format!("{reason} {of}: {message}"));
        let whole = |count: usize| said::count(i64::try_from(count).unwrap());
        let told = joined([
            self.state.to_owned(),
            self.of.clone(),
            self.source.to_owned(),
            said::instant(self.at),
            match is_late {
                true => format!("scheduled {scheduled}"),
                false => String::new(),
            },
            self.took.map_or_else(unknown, said::took),
            said::count(requests),
            match retries {
                0 => String::new(),
                1 => "1 retry".to_owned(),
                some => format!("{} retries", said::count(some)),
            },
            said::size(bytes),
            whole(self.projects),
            whole(self.versions),
            self.rows.map_or_else(unknown, whole),
            problem.unwrap_or_default(),
        ]);
        (format!("run {}", self.number), told)
    }
}
