//! Charts as SVG from plain values. Markup carries classes only: colours, dashes and themes are the
//! style sheet's.

mod axis;
mod draw;
mod ink;
mod lanes;
mod mark;
mod measure;
mod spark;
mod swatch;

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};
use jiff::Timestamp;

use crate::language::Words;

pub use ink::Ink;
pub use lanes::{Lane, Lanes};
pub use mark::{Mark, MarkKind};
pub use measure::measure;
pub use spark::sparkline;
pub use swatch::Swatch;

/// Finished markup.
#[derive(Clone, Debug)]
pub struct Svg(String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Every text in it went through `Text`.
impl HtmlSafe for Svg {}

/// Text inside of markup.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Html.write_escaped_str(f, self.0)
    }
}

/// A chart over time.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What its ids begin with: of its own on a page.
    pub name: &'static str,
    pub title: String,
    /// The chart in a sentence or two, for those who don't see it.
    pub description: String,
    pub from: Timestamp,
    pub to: Timestamp,
    pub plot: Plot,
    pub marks: Vec<Mark>,
    /// What pointing at a stretch of time says.
    pub hints: Vec<Hint>,
}

/// Bars, and lines over them: each alone, or a comparison or a trend over bars.
#[derive(Clone, Debug, Default)]
pub struct Plot {
    pub bars: Vec<Bar>,
    /// The last one is drawn over the others.
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub ink: Ink,
    pub points: Vec<(Timestamp, i64)>,
    /// No line is drawn over these stretches.
    pub breaks: Vec<(Timestamp, Timestamp)>,
    /// Over these stretches the counter fell and was made good: from the fall to the recovery.
    pub jitter: Vec<(Timestamp, Timestamp)>,
}

#[derive(Clone, Debug)]
pub struct Bar {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Stacked from the zero line: up where positive, down where negative.
    pub parts: Vec<(Ink, i64)>,
    pub state: BarState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BarState {
    Whole,
    /// Its time is not over yet, or its readings don't reach over it.
    Incomplete,
    /// A share of what grew over a gap.
    Gap,
}

impl BarState {
    fn class(self) -> &'static str {
        match self {
            BarState::Whole => "whole",
            BarState::Incomplete => "incomplete",
            BarState::Gap => "gap",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Hint {
    pub from: Timestamp,
    pub to: Timestamp,
    pub text: String,
}

/// The same chart for wide and for narrow screens, since text must not shrink with the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Wide,
    Narrow,
}

impl Size {
    fn name(self) -> &'static str {
        match self {
            Size::Wide => "wide",
            Size::Narrow => "narrow",
        }
    }

    fn extent(self) -> (i32, i32) {
        match self {
            Size::Wide => (1080, 320),
            Size::Narrow => (360, 260),
        }
    }

    /// The most ticks on the time axis.
    fn time_ticks(self) -> usize {
        match self {
            Size::Wide => 10,
            Size::Narrow => 4,
        }
    }
}

/// A drawn coordinate: tenths of a pixel, so that no fraction and no NaN reaches the markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Px(i32);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        match size % 10 {
            0 => write!(f, "{sign}{}", size / 10),
            tenth => write!(f, "{sign}{}.{tenth}", size / 10),
        }
    }
}

impl Chart {
    pub fn svg(&self, size: Size, words: &Words) -> Svg {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = draw::write(&mut out, self, size, words);
        Svg(out)
    }
}

impl Plot {
    /// The values that the drawing must reach, lowest and highest. Bars stand on zero, and so do
    /// lines that come near it; others fill the height, as their axis says where they are.
    fn reach(&self) -> (f64, f64) {
        let stacks = self.bars.iter().flat_map(|bar| {
            let sum = |sign: i64| {
                let parts = bar.parts.iter().map(|(_, value)| *value);
                parts
                    .filter(|value| value.signum() == sign)
                    .fold(0, i64::saturating_add)
            };
            [sum(-1), sum(1)]
        });
        let points = self.lines.iter().flat_map(|line| &line.points);
        let values = stacks.chain(points.map(|(_, value)| *value));
        let (low, high) = values
            .fold(None, |reach: Option<(i64, i64)>, value| {
                let (low, high) = reach.unwrap_or((value, value));
                Some((low.min(value), high.max(value)))
            })
            .unwrap_or((0, 1));
        let (low, high) = (low as f64, high as f64);
        let least = match self.bars.is_empty() {
            true => 2.0_f64.max(high.abs() * 1e-9),
            false => 1.0,
        };
        let pad = ((high - low) * 0.06).max(least);
        let is_near_zero = low < high / 4.0;
        let low = match (low < 0.0, self.bars.is_empty() && !is_near_zero) {
            (true, _) => low - pad,
            (false, true) => (low - pad).max(0.0),
            (false, false) => 0.0,
        };
        (low, high + pad)
    }
}

#[cfg(test)]
mod tests;
