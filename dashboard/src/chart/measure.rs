//! A number as a length, beside the number itself.

use super::{Ink, Px, Svg};

/// A bar as long as the share of `value` in `most`. Assistive technology skips it.
pub fn measure(ink: Ink, value: i64, most: i64) -> Svg {
    let share = value.max(0) as f64 / most.max(1) as f64;
    let length = Px((share.min(1.0) * 1000.0) as i32);
    Svg(format!(
        r#"<svg class="measure" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="bar {}" width="{length}" height="1"/></svg>"#,
        ink.class()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_longer_than_the_whole() {
        let length = |value, most| {
            let svg = measure(Ink::All, value, most).to_string();
            let (_, width) = svg.split_once(" width=\"").unwrap_or_default();
            width.split('"').next().unwrap_or_default().to_owned()
        };
        assert_eq!(length(372, 1_000), "37.2");
        assert_eq!(length(i64::MAX, i64::MAX), "100");
        assert_eq!(length(-5, 10), "0");
        assert_eq!(length(5, 0), "100");
    }
}
