//! What is to be said of a row: what happened in it, each with what was stated and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::history::{IMPORT, Reading, Site, day_of};
use super::said;
use super::told::site_name;
use super::truth::Curve;
use super::versions::Listed;

pub struct Mark {
    pub at: Timestamp,
    pub text: String,
}

/// What happens to several things on a day is told together; in the order in which several kinds
/// that happened at one instant are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Collected,
    Counted,
    First,
    Imported,
    Left,
    Invisible,
    Released,
    Vanished,
}

struct Together {
    from: Timestamp,
    to: Timestamp,
    names: Vec<String>,
}

#[derive(Default)]
struct Happened(BTreeMap<(Date, Kind), Together>);

impl Happened {
    fn add(&mut self, kind: Kind, at: Timestamp, name: String) {
        let day = self.0.entry((day_of(at), kind));
        let of_day = day.or_insert_with(|| Together {
            from: at,
            to: at,
            names: Vec::new(),
        });
        of_day.from = of_day.from.min(at);
        of_day.to = of_day.to.max(at);
        if !of_day.names.contains(&name) {
            of_day.names.push(name);
        }
    }

    fn told(self) -> Vec<Mark> {
        let told = |((day, kind), it): ((Date, Kind), Together)| {
            let what = match kind {
                Kind::Collected => "collected from here".to_owned(),
                Kind::Counted => "counted from here".to_owned(),
                Kind::First => "first reading".to_owned(),
                Kind::Imported => format!("imported from here, by “{IMPORT}”"),
                Kind::Left => "no longer tracked".to_owned(),
                Kind::Invisible => "no longer visible on its platform".to_owned(),
                Kind::Released => format!("released {}", it.names.join(", ")),
                Kind::Vanished => "version no longer visible".to_owned(),
            };
            let names = match kind {
                Kind::Released => String::new(),
                _ => format!(": {}", it.names.join(", ")),
            };
            let at = match it.from == it.to {
                true => said::instant(it.from),
                false => said::day(day),
            };
            Mark {
                at: it.from,
                text: format!("{what}{names} ({at})"),
            }
        };
        self.0.into_iter().map(told).collect()
    }
}

/// In order; what several counters have in common is told once.
pub fn marks(curves: &[&Curve], versions: &[&Listed<'_>]) -> Vec<Mark> {
    let mut happened = Happened::default();
    let on = |site: Site| versions.iter().any(|it| it.site == site);
    let are_on_both = on(Site::Modrinth) && on(Site::Curseforge);
    for it in versions {
        let name = match are_on_both {
            true => format!("{} ({})", it.version.number, site_name(it.site)),
            false => it.version.number.to_owned(),
        };
        happened.add(Kind::Released, it.version.published_at, name.clone());
        if let Some(gone) = it.gone_at {
            happened.add(Kind::Vanished, gone, name);
        }
    }
    let begun = |it: &&Curve| it.first().map(|first| first.at);
    let oldest = curves.iter().filter_map(begun).min();
    for curve in curves {
        if let Some(Reading { at, value }) = curve.first().filter(|_| !curve.from_zero) {
            let kind = match Some(at) == oldest {
                true => Kind::First,
                false => Kind::Counted,
            };
            happened.add(kind, at, format!("{} {}", curve.name, said::count(value)));
        }
        if let Some(at) = curve.left_at {
            happened.add(Kind::Left, at, curve.name.clone());
        }
        if let Some(at) = curve.vanished_at {
            happened.add(Kind::Invisible, at, curve.name.clone());
        }
        for (place, piece) in curve.pieces().iter().enumerate() {
            match piece.is_collected {
                false => happened.add(Kind::Imported, piece.first().at, curve.name.clone()),
                true if place > 0 => {
                    happened.add(Kind::Collected, piece.first().at, curve.name.clone());
                }
                true => {}
            }
        }
    }
    let mut marks = happened.told();
    marks.extend(curves.iter().flat_map(|it| falls(it)));
    marks.sort_by_key(|it| it.at);
    let mut told: Vec<Mark> = Vec::new();
    for mark in marks {
        if !told.iter().any(|it| it.text == mark.text) {
            told.push(mark);
        }
    }
    told
}

fn falls(curve: &Curve) -> impl Iterator<Item = Mark> {
    let name = &curve.name;
    curve.falls().map(move |it| {
        let (from, to) = (said::count(it.from), said::count(it.to));
        let at = said::instant(it.at);
        let text = match it.until {
            None => format!("{name}: counter corrected from {from} to {to} ({at})"),
            Some(until) => {
                let until = said::instant(until);
                format!("{name}: counter fell from {from} to {to} ({at}) and recovered ({until})")
            }
        };
        Mark { at: it.at, text }
    })
}

pub fn of_row<'a>(
    is_incomplete: bool,
    is_gap: bool,
    marks: impl Iterator<Item = &'a Mark>,
) -> Vec<String> {
    let flags = [
        (is_incomplete, "not complete"),
        (is_gap, "spread over a gap without observations"),
    ];
    let flags = flags.iter().filter(|it| it.0).map(|it| it.1.to_owned());
    flags.chain(marks.map(|it| it.text.clone())).collect()
}
