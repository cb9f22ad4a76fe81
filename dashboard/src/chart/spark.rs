//! A chart in a line of text.

use std::fmt::{self, Write};

use super::axis::Scale;
use super::{Px, Svg};

const WIDTH: i32 = 140;
const HEIGHT: i32 = 36;

/// Daily values on a zero line, without axes; what isn't known is left open. Assistive technology
/// skips it, since the figures beside it say the same.
pub fn sparkline(values: &[Option<i64>]) -> Svg {
    let mut out = String::new();
    // Writing to a string can't fail.
    let _ = write(&mut out, values);
    Svg(out)
}

fn write(out: &mut String, values: &[Option<i64>]) -> fmt::Result {
    let known = || values.iter().flatten().copied();
    let low = known().min().unwrap_or(0).min(0) as f64;
    let high = known().max().unwrap_or(0).max(1) as f64;
    let x = Scale::new(
        0.0,
        values.len().saturating_sub(1) as f64,
        20,
        (WIDTH - 2) * 10,
    );
    let y = Scale::new(low, high, (HEIGHT - 2) * 10, 20);
    let zero = y.map(0.0);
    write!(
        out,
        r#"<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMinYMid" aria-hidden="true">"#
    )?;
    let numbered: Vec<(usize, i64)> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| Some((index, (*value)?)))
        .collect();
    for stretch in numbered.chunk_by(|(here, _), (next, _)| here + 1 == *next) {
        let place = |(index, value): &(usize, i64)| (x.map(*index as f64), y.map(*value as f64));
        if let [point] = stretch {
            let (x, y) = place(point);
            write!(out, r#"<circle cx="{x}" cy="{y}" r="2"/>"#)?;
            continue;
        }
        let mut line = String::new();
        for (index, point) in stretch.iter().enumerate() {
            let (x, y) = place(point);
            write!(line, "{}{x} {y}", if index == 0 { "M" } else { "L" })?;
        }
        let ends: Vec<Px> = [stretch.first(), stretch.last()]
            .into_iter()
            .flatten()
            .map(|p| place(p).0)
            .collect();
        if let [start, end] = ends[..] {
            write!(
                out,
                r#"<path class="area" d="{line}L{end} {zero}L{start} {zero}Z"/>"#
            )?;
        }
        write!(out, r#"<path class="stroke" d="{line}"/>"#)?;
    }
    out.write_str("</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_days_split_the_line() {
        let svg = sparkline(&[Some(1), Some(2), None, Some(5), Some(4), None, Some(9)]).to_string();
        assert_eq!(svg.matches(r#"class="stroke""#).count(), 2);
        assert_eq!(svg.matches("<circle").count(), 1);
    }

    #[test]
    fn odd_values_stay_drawable() {
        for values in [
            &[][..],
            &[None],
            &[Some(0)],
            &[Some(0), Some(0)],
            &[Some(-5), Some(i64::MAX)],
        ] {
            let svg = sparkline(values).to_string();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
