//! What a comparison has to show: of each thing what there is and what it grew by, and the table of
//! all of them beside each other.

use super::counted::{Member, members, portfolio, total};
use super::drawing::Chart;
use super::history::Year;
use super::periods::parameter;
use super::rows::{Column, Table};
use super::said;
use super::told::{Asked, Figure, first_day, grown, joined};
use super::truth::Curve;
use super::versions::listed;

/// A mod, a project or a version.
struct Item {
    name: String,
    curves: Vec<Curve>,
    /// Of the projects that it is about.
    known: Vec<Curve>,
}

pub fn compare(year: &Year, query: &str) -> Vec<Figure> {
    let asked = query.split('&').filter_map(|it| it.strip_prefix("item="));
    let items: Vec<Item> = asked.map(|it| Item::new(year, it)).collect();
    let known: Vec<&Curve> = items.iter().flat_map(|it| &it.known).collect();
    let query = match parameter(query, "period") {
        Some(_) => query.to_owned(),
        None => format!("{query}&period=91d"),
    };
    let asked = Asked::begun(&query, first_day(&known), "none");
    let mut figures: Vec<Figure> = items.iter().map(|it| it.card(&asked)).collect();
    let chart = Chart {
        table: Table {
            columns: items.iter().map(Item::column).collect(),
            adds_up: false,
            versions: Vec::new(),
        },
        what: "Downloads",
        of: format!("{} things beside each other", items.len()),
        kind: parameter(&query, "chart").unwrap_or("growth"),
    };
    let by = parameter(&query, "by").unwrap_or("day");
    figures.extend(chart.figures(&asked.period, by));
    figures
}

impl Item {
    fn new(year: &Year, item: &str) -> Item {
        let (kind, key) = item.split_once(':').unwrap();
        let id = key.rsplit([':', '/']).next().unwrap();
        let downloads = |members: &[Member<'_>]| -> Vec<Curve> {
            members.iter().map(|it| it.downloads.clone()).collect()
        };
        if kind == "mod" {
            let of = year.mods.iter().position(|it| it.name == id).unwrap();
            let curves = downloads(&members(year, of));
            return Item {
                name: year.mods[of].title.to_owned(),
                known: curves.clone(),
                curves,
            };
        }
        // It counts as long as anybody has it.
        let mut all = portfolio(year);
        let is_asked = |it: &Member<'_>| {
            let mut versions = it.project.versions.iter();
            it.project.id == id || kind == "version" && versions.any(|it| it.id == id)
        };
        all.retain(is_asked);
        let name = all[0].project.full_name();
        let known = downloads(&all);
        let of_all = all.iter().collect::<Vec<_>>();
        let version = listed(&of_all).into_iter().find(|it| it.version.id == id);
        match version.filter(|_| kind == "version") {
            None => Item {
                name,
                curves: known.clone(),
                known,
            },
            Some(it) => {
                let name = format!("{name} {}", it.version.number);
                let mut curve = it.downloads.named(&name);
                curve.vanished_at = it.gone_at;
                Item {
                    curves: vec![curve],
                    name,
                    known,
                }
            }
        }
    }

    fn column(&self) -> Column<'_> {
        Column {
            name: &self.name,
            curves: self.curves.iter().collect(),
        }
    }

    fn card(&self, asked: &Asked<'_>) -> Figure {
        let curves: Vec<&Curve> = self.curves.iter().collect();
        let total = total(&curves).unwrap();
        let told = joined([
            self.name.clone(),
            said::count(total.value),
            format!("downloads, as of {}", said::instant(total.at)),
            grown(&curves, asked),
            "Remove".to_owned(),
        ]);
        (format!("item {}", self.name), told)
    }
}
