//! What a drawing says to those who don't see it, and to those who point at it.

use super::history::day_of;
use super::periods::Period;
use super::rows::{Cell, Row, Span, Step, Table};
use super::said;
use super::told::{Figure, joined};

/// A chart, and the table of the same data.
pub struct Chart<'a> {
    pub table: Table<'a>,
    /// What is counted, and of whom together.
    pub what: &'a str,
    pub of: String,
    /// `growth` or `total`.
    pub kind: &'a str,
}

impl Chart<'_> {
    /// The table, the newest row first, and then the drawing.
    pub fn figures(&self, period: &Period, by: &str) -> Vec<Figure> {
        let span = self.table.span(period, by);
        let rows = self.table.rows(&span);
        let caption = format!(
            "{} {}, {}, {} (UTC days)",
            self.what,
            self.per(span.by),
            self.of,
            said::long_days(span.days)
        );
        let hint = |row| ("hint".to_owned(), self.hint(row));
        let table = rows.iter().rev().map(Row::figure);
        table
            .chain(drawing(&caption, &self.sentence(&span, &rows)))
            .chain(rows.iter().map(hint))
            .collect()
    }

    fn per(&self, step: Step) -> &'static str {
        match (self.kind, step) {
            ("total", _) => "in total",
            (_, Step::Run) => "per run",
            (_, Step::Day) => "per day",
            (_, Step::Week) => "per week",
            (_, Step::Month) => "per month",
        }
    }

    fn sentence(&self, span: &Span, rows: &[Row]) -> String {
        let columns = &self.table.columns;
        if !self.table.adds_up {
            let names: Vec<&str> = columns.iter().map(|it| it.name).collect();
            return format!("A line each for {}.", names.join(", "));
        }
        if self.kind == "total" {
            let [first, last] = span.ends(&columns[0].curves).unwrap();
            let told = [first, last].map(|it| {
                // A midnight at the end is that of the last day.
                let day = day_of(it.at).min(span.days.to);
                format!("{} on {}", said::count(it.value), said::day(day))
            });
            return format!("From {} to {}.", told[0], told[1]);
        }
        let whole = rows.iter().filter(|it| it.is_whole);
        let grown: Vec<(i64, &str)> = whole
            .filter_map(|it| Some((it.cells[0].grown?, it.when.as_str())))
            .collect();
        // Of rows that are alike the first that has the least, and the last that has the most.
        let least = grown.iter().min_by_key(|it| it.0);
        match least.zip(grown.iter().max_by_key(|it| it.0)) {
            None => "No day is complete yet.".to_owned(),
            Some((least, most)) => {
                let told = [least, most].map(|it| format!("{} ({})", said::change(it.0), it.1));
                format!("Between {} and {}.", told[0], told[1])
            }
        }
    }

    fn hint(&self, row: &Row) -> String {
        let columns = self.table.columns.iter().zip(&row.cells);
        let told = columns.map(|(column, Cell { total, grown })| {
            let total = total.map(said::count);
            let told = match (grown.map(said::change), total) {
                (None, None) => "not known".to_owned(),
                (None, Some(total)) => format!("{total} in total"),
                (Some(grown), None) => grown,
                (Some(grown), Some(total)) => format!("{grown} ({total} in total)"),
            };
            format!("{}: {told}", column.name)
        });
        let lines = std::iter::once(row.when.clone()).chain(told);
        joined(lines.chain(row.remarks.clone()))
    }
}

/// What stands below a drawing, and what its wide and its narrow form say.
pub fn drawing(caption: &str, sentence: &str) -> Vec<Figure> {
    let told = format!("{caption} {sentence} The table below the chart has the same data.");
    let figure = |(name, told): (&str, &str)| (name.to_owned(), told.to_owned());
    [("caption", caption), ("drawing", &told), ("drawing", &told)]
        .map(figure)
        .into()
}
