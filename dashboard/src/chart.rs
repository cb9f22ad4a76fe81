//! Charts as SVG from plain values. Markup carries classes only: colours, dashes and themes are the
//! style sheet's.

mod axis;
mod spark;

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html, HtmlSafe};
use jiff::Timestamp;

use crate::language::Words;
use axis::{Scale, time_ticks, value_ticks};
pub use spark::sparkline;

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

#[derive(Clone, Debug)]
pub enum Plot {
    Lines(Vec<Line>),
    Bars(Vec<Bar>),
}

#[derive(Clone, Debug)]
pub struct Line {
    pub class: &'static str,
    pub points: Vec<(Timestamp, i64)>,
    /// No line is drawn over these stretches.
    pub breaks: Vec<(Timestamp, Timestamp)>,
}

#[derive(Clone, Debug)]
pub struct Bar {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Class and value, stacked from the zero line: up where positive, down where negative.
    pub parts: Vec<(&'static str, i64)>,
    pub state: BarState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarState {
    Whole,
    Incomplete,
    /// A share of what grew over a gap.
    Gap,
}

/// Something that happened, above the plot.
#[derive(Clone, Debug)]
pub struct Mark {
    pub at: Timestamp,
    pub kind: MarkKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    Release,
    Correction,
    /// A project joined, left, or vanished from its platform.
    Membership,
}

impl MarkKind {
    pub fn class(self) -> &'static str {
        match self {
            MarkKind::Release => "release",
            MarkKind::Correction => "correction",
            MarkKind::Membership => "membership",
        }
    }

    /// The line on which it stands. Releases are many: the others have a line of their own.
    fn y(self) -> i32 {
        match self {
            MarkKind::Release => 7,
            MarkKind::Correction | MarkKind::Membership => 20,
        }
    }

    /// Its outline around (0, 0); the kinds differ by shape, not only by colour.
    pub fn outline(self) -> &'static str {
        match self {
            MarkKind::Release => "M0-4.5 4.5 0 0 4.5-4.5 0Z",
            MarkKind::Correction => "M0 4.5 4.5-4.5H-4.5Z",
            MarkKind::Membership => "M-4-4H4V4H-4Z",
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

const TOP: i32 = 32;
const BOTTOM: i32 = 24;
const RIGHT: i32 = 10;

/// The scales of one drawing.
struct Frame {
    size: Size,
    x: Scale,
    y: Scale,
    ticks: Vec<(i64, String)>,
}

impl Chart {
    pub fn svg(&self, size: Size, words: &Words) -> Svg {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out, size, words);
        Svg(out)
    }

    fn write(&self, out: &mut String, size: Size, words: &Words) -> fmt::Result {
        let (width, height) = size.extent();
        let name = size.name();
        let (low, high) = self.plot.reach();
        let ticks = value_ticks(low, high, 5, words);
        // Digits of the system fonts at 12 px are narrower than 7.2 px.
        let longest = ticks
            .iter()
            .map(|(_, label)| label.chars().count())
            .max()
            .unwrap_or(1);
        let left = i32::try_from(longest * 72 / 10).unwrap_or(0) + 10;
        let frame = Frame {
            size,
            x: Scale::new(
                seconds(self.from),
                seconds(self.to),
                left * 10,
                (width - RIGHT) * 10,
            ),
            y: Scale::new(low, high, (height - BOTTOM) * 10, TOP * 10),
            ticks,
        };
        write!(
            out,
            r#"<svg class="chart {name}" viewBox="0 0 {width} {height}" data-from="{}" data-to="{}" data-frame="{} {}" role="img" aria-labelledby="chart-{name}-title chart-{name}-desc"><title id="chart-{name}-title">{}</title><desc id="chart-{name}-desc">{}</desc>"#,
            self.from,
            self.to,
            Px(frame.x.first()),
            Px(frame.x.last()),
            Text(&self.title),
            Text(&self.description),
        )?;
        frame.write_axes(out, self.from, self.to, words)?;
        match &self.plot {
            Plot::Lines(lines) => lines
                .iter()
                .try_for_each(|line| frame.write_line(out, line))?,
            Plot::Bars(bars) => frame.write_bars(out, bars)?,
        }
        for mark in &self.marks {
            frame.write_mark(out, mark)?;
        }
        if size == Size::Wide {
            for hint in &self.hints {
                frame.write_hint(out, hint)?;
            }
        }
        out.write_str("</svg>")
    }
}

impl Plot {
    /// The values that the drawing must reach, lowest and highest. Bars stand on zero; a line may
    /// fill the height, as its axis says where it is.
    fn reach(&self) -> (f64, f64) {
        let around = |values: &mut dyn Iterator<Item = i64>| {
            values.fold(None, |reach: Option<(i64, i64)>, value| match reach {
                None => Some((value, value)),
                Some((low, high)) => Some((low.min(value), high.max(value))),
            })
        };
        match self {
            Plot::Lines(lines) => {
                let (low, high) = around(
                    &mut lines
                        .iter()
                        .flat_map(|line| &line.points)
                        .map(|(_, value)| *value),
                )
                .unwrap_or((0, 1));
                let (low, high) = (low as f64, high as f64);
                let pad = ((high - low) * 0.06).max(2.0).max(high.abs() * 1e-9);
                (
                    if low >= 0.0 {
                        (low - pad).max(0.0)
                    } else {
                        low - pad
                    },
                    high + pad,
                )
            }
            Plot::Bars(bars) => {
                let (low, high) = around(&mut bars.iter().flat_map(|bar| {
                    let (up, down) =
                        bar.parts
                            .iter()
                            .fold((0i64, 0i64), |(up, down), (_, value)| {
                                (
                                    up.saturating_add((*value).max(0)),
                                    down.saturating_add((*value).min(0)),
                                )
                            });
                    [up, down]
                }))
                .unwrap_or((0, 1));
                let (low, high) = (low as f64, high as f64);
                let pad = ((high - low) * 0.06).max(1.0);
                (if low < 0.0 { low - pad } else { 0.0 }, high + pad)
            }
        }
    }
}

impl Frame {
    fn x(&self, at: Timestamp) -> Px {
        self.x.map(seconds(at))
    }

    fn y(&self, value: i64) -> Px {
        self.y.map(value as f64)
    }

    fn write_axes(
        &self,
        out: &mut String,
        from: Timestamp,
        to: Timestamp,
        words: &Words,
    ) -> fmt::Result {
        let (start, end) = (Px(self.x.first()), Px(self.x.last()));
        out.write_str(r#"<g class="axis">"#)?;
        for (value, label) in &self.ticks {
            let y = self.y(*value);
            let class = if *value == 0 { "zero" } else { "grid" };
            write!(out, r#"<path class="{class}" d="M{start} {y}H{end}"/>"#)?;
            write!(
                out,
                r#"<text x="{}" y="{}" text-anchor="end">{}</text>"#,
                Px(start.0 - 60),
                Px(y.0 + 40),
                Text(label)
            )?;
        }
        let floor = Px(self.y.first());
        for (at, label) in time_ticks(from, to, self.size.time_ticks(), words) {
            let x = self.x(at);
            write!(out, r#"<path class="tick" d="M{x} {floor}v5"/>"#)?;
            // A label at an edge must not reach out of the drawing.
            let anchor = match (x.0 - start.0 < 400, end.0 - x.0 < 400) {
                (true, _) => "start",
                (false, true) => "end",
                (false, false) => "middle",
            };
            write!(
                out,
                r#"<text x="{x}" y="{}" text-anchor="{anchor}">{}</text>"#,
                Px(floor.0 + 180),
                Text(&label)
            )?;
        }
        out.write_str("</g>")
    }

    fn write_line(&self, out: &mut String, line: &Line) -> fmt::Result {
        write!(out, r#"<g class="line {}">"#, line.class)?;
        for stretch in stretches(&line.points, &line.breaks) {
            if let [(at, value)] = stretch {
                write!(
                    out,
                    r#"<circle cx="{}" cy="{}" r="2.5"/>"#,
                    self.x(*at),
                    self.y(*value)
                )?;
                continue;
            }
            out.write_str(r#"<path d=""#)?;
            for (index, (at, value)) in stretch.iter().enumerate() {
                let letter = if index == 0 { "M" } else { "L" };
                write!(out, "{letter}{} {}", self.x(*at), self.y(*value))?;
            }
            out.write_str(r#""/>"#)?;
        }
        if let Some((at, value)) = line.points.last() {
            let (x, y) = (self.x(*at), self.y(*value));
            match line.class {
                "curseforge" => write!(
                    out,
                    r#"<rect class="end" x="{}" y="{}" width="8" height="8"/>"#,
                    Px(x.0 - 40),
                    Px(y.0 - 40)
                )?,
                _ => write!(out, r#"<circle class="end" cx="{x}" cy="{y}" r="4"/>"#)?,
            }
        }
        out.write_str("</g>")
    }

    fn write_bars(&self, out: &mut String, bars: &[Bar]) -> fmt::Result {
        let name = self.size.name();
        // CurseForge's bars are hatched, so that they differ without colour too.
        write!(
            out,
            r#"<defs><pattern id="hatch-{name}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-ground" d="M0 0H5V5H0Z"/><path class="hatch-line" d="M0 0V5"/></pattern></defs>"#
        )?;
        for bar in bars {
            let (from, to) = (self.x(bar.from), self.x(bar.to));
            // A little air between bars, as long as there is room.
            let air = ((to.0 - from.0) / 5).min(30);
            let (x, width) = (Px(from.0 + air / 2), Px((to.0 - from.0 - air).max(5)));
            let state = match bar.state {
                BarState::Whole => "",
                BarState::Incomplete => " incomplete",
                BarState::Gap => " gap",
            };
            let (mut up, mut down) = (0i64, 0i64);
            for (class, value) in bar.parts.iter().filter(|(_, value)| *value != 0) {
                let base = if *value > 0 { &mut up } else { &mut down };
                let (near, far) = (*base, base.saturating_add(*value));
                *base = far;
                let (one, other) = (self.y(near), self.y(far));
                let (y, height) = (one.min(other), Px((one.0 - other.0).abs().max(5)));
                let fill = match *class {
                    "curseforge" => format!(r#" fill="url(#hatch-{name})""#),
                    _ => String::new(),
                };
                write!(
                    out,
                    r#"<rect class="bar {class}{state}"{fill} x="{x}" y="{y}" width="{width}" height="{height}"/>"#
                )?;
            }
        }
        Ok(())
    }

    fn write_mark(&self, out: &mut String, mark: &Mark) -> fmt::Result {
        write!(
            out,
            r#"<path class="mark {}" transform="translate({} {})" d="{}"><title>{}</title></path>"#,
            mark.kind.class(),
            self.x(mark.at),
            mark.kind.y(),
            mark.kind.outline(),
            Text(&mark.text)
        )
    }

    fn write_hint(&self, out: &mut String, hint: &Hint) -> fmt::Result {
        let (from, to) = (self.x(hint.from), self.x(hint.to));
        let (top, floor) = (Px(self.y.last()), Px(self.y.first()));
        write!(
            out,
            r#"<rect class="hint" x="{from}" y="{top}" width="{}" height="{}"><title>{}</title></rect>"#,
            Px(to.0 - from.0),
            Px(floor.0 - top.0),
            Text(&hint.text)
        )
    }
}

/// The points, cut where a break lies between neighbours.
fn stretches<'a>(
    points: &'a [(Timestamp, i64)],
    breaks: &[(Timestamp, Timestamp)],
) -> impl Iterator<Item = &'a [(Timestamp, i64)]> {
    points
        .chunk_by(|(here, _), (next, _)| !breaks.iter().any(|(from, to)| from < next && here < to))
}

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

#[cfg(test)]
mod tests;
