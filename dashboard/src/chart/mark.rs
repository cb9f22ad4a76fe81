//! What happened, above the plot.

use std::borrow::Cow;

use jiff::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at: Timestamp,
    pub kind: MarkKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkKind {
    Release,
    /// The first reading, from which growth counts.
    Baseline,
    /// A project that is counted from here.
    Joined,
    /// A project that is no longer counted.
    Left,
    /// A project or a version that its platform no longer shows, or shows again.
    Vanished,
    /// A counter fell.
    Correction,
    /// A counter fell, and was made good within a day.
    Jitter,
    /// From here on the numbers are of another origin.
    Import,
}

impl MarkKind {
    /// In the order of a legend.
    pub const ALL: [MarkKind; 8] = [
        MarkKind::Release,
        MarkKind::Baseline,
        MarkKind::Joined,
        MarkKind::Left,
        MarkKind::Vanished,
        MarkKind::Correction,
        MarkKind::Jitter,
        MarkKind::Import,
    ];

    pub fn class(self) -> &'static str {
        match self {
            MarkKind::Release => "release",
            MarkKind::Baseline => "baseline",
            MarkKind::Joined => "joined",
            MarkKind::Left => "left",
            MarkKind::Vanished => "vanished",
            MarkKind::Correction => "correction",
            MarkKind::Jitter => "jitter",
            MarkKind::Import => "import",
        }
    }

    /// The line on which it stands. Releases are many: the others have a line of their own.
    pub(super) fn y(self) -> i32 {
        match self {
            MarkKind::Release => 7,
            _ => 20,
        }
    }

    /// Its outline around (0, 0); the kinds differ by shape, not only by colour.
    pub(super) fn outline(self) -> &'static str {
        match self {
            MarkKind::Release => "M0-4.5 4.5 0 0 4.5-4.5 0Z",
            MarkKind::Baseline => "M-4.5 3V0A4.5 4.5 0 0 1 4.5 0V3Z",
            MarkKind::Joined => "M-1.5-4.5H1.5V-1.5H4.5V1.5H1.5V4.5H-1.5V1.5H-4.5V-1.5H-1.5Z",
            MarkKind::Left => {
                "M-4.4-2.3-2.3-4.4 0-2.1 2.3-4.4 4.4-2.3 2.1 0 4.4 2.3 2.3 4.4 0 2.1-2.3 4.4-4.4 2.3-2.1 0Z"
            }
            MarkKind::Vanished => "M-3.5-3.5H3.5V3.5H-3.5Z",
            MarkKind::Correction => "M0 4.5 4.5-4.5H-4.5Z",
            MarkKind::Jitter => "M-5-2-1.7 3 1.7-3 5 2",
            MarkKind::Import => "M-4.5-4.5H4.5L1 0 4.5 4.5H-4.5L-1 0Z",
        }
    }
}

/// Marks of a kind that would lie on each other become one, which says what all of them say.
pub(super) fn apart(
    marks: &[Mark],
    too_near: impl Fn(Timestamp, Timestamp) -> bool,
) -> Vec<(Timestamp, MarkKind, Cow<'_, str>)> {
    let mut drawn: Vec<(Timestamp, MarkKind, Cow<'_, str>)> = Vec::new();
    for mark in marks {
        let same = drawn
            .iter_mut()
            .rev()
            .find(|(_, kind, _)| *kind == mark.kind);
        match same {
            Some((at, _, text)) if too_near(*at, mark.at) => {
                *text = format!("{text}\n{}", mark.text).into();
            }
            _ => drawn.push((mark.at, mark.kind, mark.text.as_str().into())),
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn kinds_differ_by_class_and_by_shape() {
        let classes: HashSet<_> = MarkKind::ALL.iter().map(|kind| kind.class()).collect();
        let outlines: HashSet<_> = MarkKind::ALL.iter().map(|kind| kind.outline()).collect();
        assert_eq!((classes.len(), outlines.len()), (8, 8));
    }
}
