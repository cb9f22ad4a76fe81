//! The drawing: axes, bars, lines, marks and hints on the scales of one frame.

use std::fmt::{self, Write};

use jiff::Timestamp;

use super::axis::{Scale, time_ticks, value_ticks};
use super::mark::apart;
use super::{Bar, BarState, Chart, Hint, Ink, Line, Mark, MarkKind, Px, Size, Text};
use crate::language::Words;

const TOP: i32 = 32;
const BOTTOM: i32 = 24;
const RIGHT: i32 = 10;
/// Marks that are nearer to each other, in tenths of a pixel, become one.
const NEAR: i32 = 60;

/// The scales of one drawing.
pub(super) struct Frame {
    size: Size,
    x: Scale,
    y: Scale,
    ticks: Vec<(i64, String)>,
    /// The pattern of hatched bars.
    hatch: String,
}

impl Frame {
    fn new(chart: &Chart, size: Size, words: &Words) -> Frame {
        let (width, height) = size.extent();
        let (low, high) = chart.plot.reach();
        let ticks = value_ticks(low, high, 5, words);
        // Digits of the system fonts at 12 px are narrower than 7.2 px.
        let longest = ticks
            .iter()
            .map(|(_, label)| label.chars().count())
            .max()
            .unwrap_or(1);
        let left = i32::try_from(longest * 72 / 10).unwrap_or(0) + 10;
        Frame {
            size,
            x: Scale::new(
                seconds(chart.from),
                seconds(chart.to),
                left * 10,
                (width - RIGHT) * 10,
            ),
            y: Scale::new(low, high, (height - BOTTOM) * 10, TOP * 10),
            ticks,
            hatch: format!("{}-{}-hatch", chart.name, size.name()),
        }
    }

    fn x(&self, at: Timestamp) -> Px {
        self.x.map(seconds(at))
    }

    fn y(&self, value: i64) -> Px {
        self.y.map(value as f64)
    }
}

/// A chart as an SVG element.
pub(super) fn write(out: &mut String, chart: &Chart, size: Size, words: &Words) -> fmt::Result {
    let (width, height) = size.extent();
    let frame = Frame::new(chart, size, words);
    let id = format!("{}-{}", chart.name, size.name());
    write!(
        out,
        r#"<svg class="chart {}" viewBox="0 0 {width} {height}" data-from="{}" data-to="{}" data-frame="{} {}" role="img" aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
        size.name(),
        chart.from,
        chart.to,
        Px(frame.x.first()),
        Px(frame.x.last()),
        Text(&chart.title),
        Text(&chart.description),
    )?;
    frame.write_axes(out, chart.from, chart.to, words)?;
    frame.write_bars(out, &chart.plot.bars)?;
    for line in &chart.plot.lines {
        frame.write_line(out, line, !chart.plot.bars.is_empty())?;
    }
    frame.write_marks(out, &chart.marks)?;
    // On a narrow screen there is nothing to point with.
    if size == Size::Wide {
        for hint in &chart.hints {
            frame.write_hint(out, hint)?;
        }
    }
    out.write_str("</svg>")
}

impl Frame {
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
        write_time_axis(
            out,
            &self.x,
            Px(self.y.first()),
            (from, to),
            self.size,
            words,
        )?;
        out.write_str("</g>")
    }

    fn write_bars(&self, out: &mut String, bars: &[Bar]) -> fmt::Result {
        let mut inks = bars.iter().flat_map(|bar| &bar.parts).map(|(ink, _)| ink);
        if inks.any(|ink| ink.is_hatched()) {
            write_hatch(out, &self.hatch)?;
        }
        for bar in bars {
            let (from, to) = (self.x(bar.from), self.x(bar.to));
            // A little air between bars, as long as there is room.
            let air = ((to.0 - from.0) / 5).min(30);
            let (x, width) = (Px(from.0 + air / 2), Px((to.0 - from.0 - air).max(5)));
            let (mut up, mut down) = (0i64, 0i64);
            for (ink, value) in bar.parts.iter().filter(|(_, value)| *value != 0) {
                let base = if *value > 0 { &mut up } else { &mut down };
                let (near, far) = (*base, base.saturating_add(*value));
                *base = far;
                let (one, other) = (self.y(near), self.y(far));
                let (y, height) = (one.min(other), Px((one.0 - other.0).abs().max(5)));
                write_rect(out, *ink, bar.state, &self.hatch, (x, y, width, height))?;
            }
        }
        Ok(())
    }

    fn write_line(&self, out: &mut String, line: &Line, over_bars: bool) -> fmt::Result {
        write!(out, r#"<g class="line {}">"#, line.ink.class())?;
        for stretch in stretches(&line.points, &line.breaks) {
            if let [(at, value)] = stretch {
                let (x, y) = (self.x(*at), self.y(*value));
                write!(out, r#"<circle cx="{x}" cy="{y}" r="2.5"/>"#)?;
                continue;
            }
            // Bars have colours of their own, from which a line must stand out.
            if over_bars {
                self.write_path(out, r#" class="halo""#, stretch)?;
            }
            let mut rest = stretch;
            while let [_, _, ..] = rest {
                let (length, is_loose) = run(rest, &line.jitter);
                let class = if is_loose { r#" class="jitter""# } else { "" };
                self.write_path(out, class, &rest[..=length])?;
                rest = &rest[length..];
            }
        }
        if let (Some((at, value)), Some(marker)) = (line.points.last(), line.ink.marker()) {
            let (x, y) = (self.x(*at), self.y(*value));
            write!(
                out,
                r#"<path class="end" transform="translate({x} {y})" d="{marker}"/>"#
            )?;
        }
        out.write_str("</g>")
    }

    fn write_path(
        &self,
        out: &mut String,
        class: &str,
        points: &[(Timestamp, i64)],
    ) -> fmt::Result {
        write!(out, r#"<path{class} d=""#)?;
        let mut last: Option<(Px, Px)> = None;
        for (at, value) in points {
            let (x, y) = (self.x(*at), self.y(*value));
            match last {
                None => write!(out, "M{x} {y}")?,
                // Steps are alike where places aren't, and so pack better.
                Some((left, above)) => {
                    write!(out, "l{} {}", Px(x.0 - left.0), Px(y.0 - above.0))?;
                }
            }
            last = Some((x, y));
        }
        out.write_str(r#""/>"#)
    }

    fn write_marks(&self, out: &mut String, marks: &[Mark]) -> fmt::Result {
        let too_near = |one, other| (self.x(one).0 - self.x(other).0).abs() < NEAR;
        for (at, kind, text) in apart(marks, too_near) {
            write!(
                out,
                r#"<path class="mark {}" transform="translate({} {})" d="{}"><title>{}</title></path>"#,
                MarkKind::class(kind),
                self.x(at),
                kind.y(),
                kind.outline(),
                Text(&text)
            )?;
        }
        Ok(())
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

/// Ticks and labels of time below `floor`.
pub(super) fn write_time_axis(
    out: &mut String,
    x: &Scale,
    floor: Px,
    (from, to): (Timestamp, Timestamp),
    size: Size,
    words: &Words,
) -> fmt::Result {
    for (at, label) in time_ticks(from, to, size.time_ticks(), words) {
        let place = x.map(seconds(at));
        write!(out, r#"<path class="tick" d="M{place} {floor}v5"/>"#)?;
        // A label at an edge must not reach out of the drawing.
        let anchor = match (place.0 - x.first() < 400, x.last() - place.0 < 400) {
            (true, _) => "start",
            (false, true) => "end",
            (false, false) => "middle",
        };
        write!(
            out,
            r#"<text x="{place}" y="{}" text-anchor="{anchor}">{}</text>"#,
            Px(floor.0 + 180),
            Text(&label)
        )?;
    }
    Ok(())
}

/// The pattern of hatched bars.
pub(super) fn write_hatch(out: &mut String, id: &str) -> fmt::Result {
    write!(
        out,
        r#"<defs><pattern id="{id}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-ground" d="M0 0H5V5H0Z"/><path class="hatch-line" d="M0 0V5"/></pattern></defs>"#
    )
}

/// A bar's part; `hatch` is the id of the pattern.
pub(super) fn write_rect<N: fmt::Display>(
    out: &mut String,
    ink: Ink,
    state: BarState,
    hatch: &str,
    (x, y, width, height): (N, N, N, N),
) -> fmt::Result {
    write!(out, r#"<rect class="bar {}"#, ink.class())?;
    if state != BarState::Whole {
        write!(out, " {}", state.class())?;
    }
    out.write_char('"')?;
    if ink.is_hatched() {
        write!(out, r##" fill="url(#{hatch})""##)?;
    }
    write!(
        out,
        r#" x="{x}" y="{y}" width="{width}" height="{height}"/>"#
    )
}

/// The points, cut where a break lies between neighbours.
fn stretches<'a>(
    points: &'a [(Timestamp, i64)],
    breaks: &[(Timestamp, Timestamp)],
) -> impl Iterator<Item = &'a [(Timestamp, i64)]> {
    points
        .chunk_by(|(here, _), (next, _)| !breaks.iter().any(|(from, to)| from < next && here < to))
}

/// How many steps at the beginning are alike, and whether they lie within a jitter: what was stated
/// there hangs loosely between what was stated around it.
fn run(points: &[(Timestamp, i64)], jitter: &[(Timestamp, Timestamp)]) -> (usize, bool) {
    let mut loose = points.windows(2).map(|step| {
        jitter
            .iter()
            .any(|(from, to)| *from <= step[1].0 && step[0].0 < *to)
    });
    let first = loose.next().unwrap_or(false);
    (1 + loose.take_while(|it| *it == first).count(), first)
}

pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}
