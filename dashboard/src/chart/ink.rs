//! What tells series apart: a class for colour and dash, and a marker's shape, so that neither
//! colours nor good eyes are needed.

use modstats_store::model::Platform;

/// What a line or a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// All platforms together.
    All,
    Platform(Platform),
    /// One of several things that are compared, by its place among them.
    Item(usize),
    /// The same figure in another period.
    Compared,
    Trend,
}

/// Of each item of a comparison; there are never more at once.
const ITEMS: [&str; 8] = [
    "item-1", "item-2", "item-3", "item-4", "item-5", "item-6", "item-7", "item-8",
];

const CIRCLE: &str = "M-4 0A4 4 0 0 1 4 0A4 4 0 0 1-4 0Z";
const SQUARE: &str = "M-4-4H4V4H-4Z";
const RING: &str =
    "M-4.5 0A4.5 4.5 0 0 1 4.5 0A4.5 4.5 0 0 1-4.5 0ZM-2 0A2 2 0 0 0 2 0A2 2 0 0 0-2 0Z";
const ITEM_MARKERS: [&str; 8] = [
    CIRCLE,
    SQUARE,
    // Triangle, diamond, triangle downwards, cross, plus, ring.
    "M0-5 4.8 3.5H-4.8Z",
    "M0-5.2 5.2 0 0 5.2-5.2 0Z",
    "M0 5 4.8-3.5H-4.8Z",
    "M-4.6-2.6-2.6-4.6 0-2 2.6-4.6 4.6-2.6 2 0 4.6 2.6 2.6 4.6 0 2-2.6 4.6-4.6 2.6-2 0Z",
    "M-1.5-4.8H1.5V-1.5H4.8V1.5H1.5V4.8H-1.5V1.5H-4.8V-1.5H-1.5Z",
    RING,
];

impl From<Option<Platform>> for Ink {
    fn from(platform: Option<Platform>) -> Ink {
        platform.map_or(Ink::All, Ink::Platform)
    }
}

impl Ink {
    pub fn class(self) -> &'static str {
        match self {
            Ink::All => "all",
            Ink::Platform(platform) => platform.as_str(),
            Ink::Item(place) => ITEMS[place % ITEMS.len()],
            Ink::Compared => "compared",
            Ink::Trend => "trend",
        }
    }

    /// The outline around (0, 0) that ends its line. What only goes beside a figure has none.
    pub(super) fn marker(self) -> Option<&'static str> {
        match self {
            Ink::All => Some(RING),
            Ink::Platform(Platform::Modrinth) => Some(CIRCLE),
            Ink::Platform(Platform::Curseforge) => Some(SQUARE),
            Ink::Item(place) => Some(ITEM_MARKERS[place % ITEM_MARKERS.len()]),
            Ink::Compared | Ink::Trend => None,
        }
    }

    /// Whether its bars are hatched.
    pub(super) fn is_hatched(self) -> bool {
        self == Ink::Platform(Platform::Curseforge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn what_stands_together_differs_in_class_and_in_shape() {
        let platforms = [
            Ink::All,
            Ink::Platform(Platform::Modrinth),
            Ink::Platform(Platform::Curseforge),
        ];
        for together in [platforms.to_vec(), (0..8).map(Ink::Item).collect()] {
            let classes: HashSet<_> = together.iter().map(|ink| ink.class()).collect();
            let markers: HashSet<_> = together.iter().map(|ink| ink.marker()).collect();
            assert_eq!(
                (classes.len(), markers.len()),
                (together.len(), together.len())
            );
        }
    }
}
