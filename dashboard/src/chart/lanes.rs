//! When things happened: a stroke for each on the lane of its kind, above one axis of time.

use std::fmt::{self, Write};

use jiff::Timestamp;

use super::axis::Scale;
use super::draw::{seconds, write_time_axis};
use super::{Px, Size, Svg, Text};
use crate::language::Words;

const LANE: i32 = 28;
/// How high a stroke is within its lane.
const STROKE: i32 = 18;
const BOTTOM: i32 = 24;
const RIGHT: i32 = 10;

#[derive(Clone, Debug)]
pub struct Lanes {
    /// What its ids begin with: of its own on a page.
    pub name: &'static str,
    pub title: String,
    /// The drawing in a sentence or two, for those who don't see it.
    pub description: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub lanes: Vec<Lane>,
}

#[derive(Clone, Debug)]
pub struct Lane {
    pub label: String,
    pub instants: Vec<Timestamp>,
}

impl Lanes {
    pub fn svg(&self, size: Size, words: &Words) -> Svg {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out, size, words);
        Svg(out)
    }

    fn write(&self, out: &mut String, size: Size, words: &Words) -> fmt::Result {
        let (width, _) = size.extent();
        let floor = i32::try_from(self.lanes.len()).unwrap_or(0) * LANE;
        let height = floor + BOTTOM;
        // Letters of the system fonts at 12 px are narrower than 7.2 px.
        let lengths = self.lanes.iter().map(|lane| lane.label.chars().count());
        let left = i32::try_from(lengths.max().unwrap_or(0) * 72 / 10).unwrap_or(0) + 10;
        let x = Scale::new(
            seconds(self.from),
            seconds(self.to),
            left * 10,
            (width - RIGHT) * 10,
        );
        let (start, end) = (Px(x.first()), Px(x.last()));
        let id = format!("{}-{}", self.name, size.name());
        write!(
            out,
            r#"<svg class="chart {}" viewBox="0 0 {width} {height}" data-from="{}" data-to="{}" data-frame="{start} {end}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc><g class="axis">"#,
            size.name(),
            self.from,
            self.to,
            Text(&self.title),
            Text(&self.description),
        )?;
        for (index, lane) in self.lanes.iter().enumerate() {
            let middle = LANE * i32::try_from(index).unwrap_or(0) + LANE / 2;
            write!(
                out,
                r#"<path class="grid" d="M{start} {middle}H{end}"/><text x="{}" y="{}" text-anchor="end">{}</text>"#,
                Px(start.0 - 60),
                middle + 4,
                Text(&lane.label)
            )?;
        }
        write_time_axis(out, &x, Px(floor * 10), (self.from, self.to), size, words)?;
        out.write_str("</g>")?;
        for (index, lane) in self.lanes.iter().enumerate() {
            let top = LANE * i32::try_from(index).unwrap_or(0) + (LANE - STROKE) / 2;
            out.write_str(r#"<path class="strokes" d=""#)?;
            let mut places: Vec<Px> = lane.instants.iter().map(|at| x.map(seconds(*at))).collect();
            places.sort_unstable();
            places.dedup();
            for place in places {
                write!(out, "M{place} {top}v{STROKE}")?;
            }
            out.write_str(r#""/>"#)?;
        }
        out.write_str("</svg>")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn drawn(lanes: &[(&str, &[&str])]) -> String {
        let lane = |(label, instants): &(&str, &[&str])| Lane {
            label: (*label).to_owned(),
            instants: instants.iter().map(|it| it.parse().unwrap()).collect(),
        };
        let lanes = Lanes {
            name: "published",
            title: "<b>".to_owned(),
            description: "<i>".to_owned(),
            from: "2026-01-01T00:00Z".parse().unwrap(),
            to: "2026-12-01T00:00Z".parse().unwrap(),
            lanes: lanes.iter().map(lane).collect(),
        };
        lanes.svg(Size::Narrow, &Words::english()).to_string()
    }

    #[test]
    fn each_kind_has_a_lane_and_each_instant_a_stroke() {
        let release = [
            "2026-02-01T00:00Z",
            "2026-02-01T00:00Z",
            "2026-11-01T00:00Z",
        ];
        let svg = drawn(&[("release", &release), ("beta", &["2026-02-01T00:00Z"])]);
        let lanes: Vec<Vec<&str>> = svg
            .split(r#"class="strokes" d=""#)
            .skip(1)
            .map(|path| path.split('"').next().unwrap().split('M').skip(1).collect())
            .collect();
        assert_eq!(lanes.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        let place = |stroke: &str| {
            let (x, y) = stroke.split_once(' ').unwrap();
            (x.to_owned(), y.to_owned())
        };
        let (one, other) = (place(lanes[0][0]), place(lanes[1][0]));
        assert!(one.0 == other.0 && one.1 != other.1, "{svg}");
    }

    #[test]
    fn its_texts_are_inert() {
        let svg = drawn(&[("<script>", &[])]);
        assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains("<i>"));
    }
}
