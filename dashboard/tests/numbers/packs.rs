//! The modpacks of the first mod, as each day's listing found them.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::history::{Dice, Growing, Site, day_of, midnight};

pub const DECLARED: &str = "356103";
/// The projects of which packs are listed, one on each platform.
pub const LISTED: [&str; 2] = ["AAnuclear", "989797"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Its newest version names the project.
    Inside,
    /// An older one does.
    Without,
    /// The listing names it.
    Named,
    /// The document does.
    Declared,
}

pub struct Pack {
    pub site: Site,
    pub id: &'static str,
    pub name: &'static str,
}

pub struct Listing {
    pub at: Timestamp,
    /// By their places, with their downloads.
    pub packs: Vec<(usize, Seen, i64)>,
}

pub struct Packs {
    pub packs: Vec<Pack>,
    pub listings: Vec<Listing>,
}

impl Packs {
    pub fn new() -> Packs {
        use Site::{Curseforge, Modrinth};
        let pack = |(site, id, name): (Site, &'static str, &'static str)| Pack { site, id, name };
        let packs = [
            (Modrinth, "atom", "Atom Age"),
            (Modrinth, "boiler", "Boilers"),
            (Modrinth, "cooler", "Cool Runnings"),
            (Modrinth, "dynamo", "Dynamo"),
            (Modrinth, "engine", "Engines"),
            (Modrinth, "fusion", "Fusion Now"),
            (Curseforge, "9001", "Ninety"),
            (Curseforge, "9002", "Ninety Two"),
            (Curseforge, "9003", "Ninety Three"),
            (Curseforge, "9004", "Ninety Four"),
            (Curseforge, DECLARED, "Told"),
        ];
        let packs: Vec<Pack> = packs.map(pack).into();
        let begin = midnight(date(2026, 9, 1));
        let mut dice = Dice(23);
        let growing = |place: usize| Growing {
            value: 10_000 * (i64::try_from(place).unwrap() + 1),
            at: begin,
            per_day: 100 * (11 - i64::try_from(place).unwrap()),
        };
        let mut downloads: Vec<Growing> = (0..packs.len()).map(growing).collect();
        let days = date(2026, 9, 1).series(1.day());
        let mut listings = Vec::new();
        for day in days.take_while(|day| *day <= day_of(super::history::at(crate::NOW))) {
            let at = midnight(day) + SignedDuration::from_secs(3 * 3_600 + dice.roll(0..600));
            let mut found = Vec::new();
            for (place, pack) in packs.iter().enumerate() {
                let value = downloads[place].advance(at, &mut dice);
                if let Some(seen) = seen(pack.id, day) {
                    found.push((place, seen, value));
                }
            }
            listings.push(Listing { at, packs: found });
        }
        Packs { packs, listings }
    }
}

fn seen(pack: &str, day: Date) -> Option<Seen> {
    let inside = |inside: bool| Some(if inside { Seen::Inside } else { Seen::Without });
    let named = |named: bool| named.then_some(Seen::Named);
    match pack {
        "atom" => inside(true),
        "boiler" => (day >= date(2026, 11, 3)).then_some(Seen::Inside),
        "cooler" => inside(day < date(2026, 10, 1)),
        "dynamo" => inside(day < date(2026, 11, 12)),
        "engine" => inside(false),
        "fusion" => inside(day < date(2026, 10, 1) || day >= date(2026, 10, 20)),
        "9001" => named(true),
        "9002" => named(day < date(2026, 11, 8)),
        "9003" => named(day >= date(2026, 10, 30)),
        "9004" => named(day != date(2026, 10, 15)),
        _ => Some(Seen::Declared),
    }
}
