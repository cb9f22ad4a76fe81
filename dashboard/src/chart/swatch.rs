//! The legend's small pictures, drawn as the chart is.

use std::fmt::{self, Write};

use super::draw::{write_hatch, write_rect};
use super::{BarState, Ink, MarkKind, Svg};

/// What an entry of a legend explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Swatch {
    Line(Ink),
    Bar(Ink, BarState),
    Mark(MarkKind),
}

impl Swatch {
    /// `chart` is the name of the chart that it belongs to.
    pub fn svg(self, chart: &str) -> Svg {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut out, chart);
        Svg(out)
    }

    fn write(self, out: &mut String, chart: &str) -> fmt::Result {
        match self {
            Swatch::Line(ink) => {
                out.write_str(
                    r#"<svg class="swatch long" viewBox="0 -7 28 14" aria-hidden="true">"#,
                )?;
                write!(
                    out,
                    r#"<g class="line {}"><path d="M1 0H27"/>"#,
                    ink.class()
                )?;
                if let Some(marker) = ink.marker() {
                    write!(
                        out,
                        r#"<path class="end" transform="translate(14 0)" d="{marker}"/>"#
                    )?;
                }
                out.write_str("</g></svg>")
            }
            Swatch::Bar(ink, state) => {
                out.write_str(r#"<svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">"#)?;
                let hatch = format!("{chart}-key-{}", state.class());
                if ink.is_hatched() {
                    write_hatch(out, &hatch)?;
                }
                write_rect(out, ink, state, &hatch, ("1", "1", "12", "12"))?;
                out.write_str("</svg>")
            }
            Swatch::Mark(kind) => write!(
                out,
                r#"<svg class="swatch" viewBox="-7 -7 14 14" aria-hidden="true"><path class="mark {}" d="{}"/></svg>"#,
                kind.class(),
                kind.outline()
            ),
        }
    }
}
