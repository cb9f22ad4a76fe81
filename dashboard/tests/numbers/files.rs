//! The file beside the table of a chart has what the table has.

use serde_json::Value;

use super::dom::Element;
use super::said;
use super::shown;
use super::told::Figure;
use crate::Served;

/// What is wrong in the file that a page leads to; nothing where it has no such table, and on a wall
/// screen, where nobody takes a file.
pub async fn wrong(page: &Element, served: &Served) -> Vec<String> {
    let rows = shown::day_rows(page);
    if rows.is_empty() || !page.all("body.kiosk").is_empty() {
        return Vec::new();
    }
    let links = page.all(".exports a");
    let mut links = links.iter().filter_map(|it| it.attribute("href"));
    let is_of_chart = |it: &String| it.contains("/history.json") || it.contains("/compare.json");
    let link = links.find(is_of_chart).unwrap();
    let file = served.json(&link).await;
    let lines = file.as_array().unwrap();
    let series = lines.len() / rows.len();
    assert_eq!(lines.len(), rows.len() * series, "{link}");
    let told = lines.chunks(series).map(row);
    // What was stated last and the remarks are longer on a page.
    let numbers = |(name, text): &Figure| {
        let numbers: Vec<&str> = text.split(" | ").take(series).collect();
        (name.clone(), numbers.join(" | "))
    };
    let pairs = rows.iter().map(numbers).zip(told);
    let wrong = pairs.filter(|(shown, told)| shown != told);
    wrong
        .map(|(shown, told)| format!("{link}\n  has {told:?}\n  not {shown:?}"))
        .collect()
}

/// A row as the table tells it.
fn row(lines: &[Value]) -> Figure {
    let number = |value: &Value, told: fn(i64) -> String| {
        value.as_i64().map_or_else(|| "–".to_owned(), told)
    };
    let pair = |line: &Value| {
        let (total, growth) = (&line["total"], &line["growth"]);
        format!(
            "{} {}",
            number(total, said::count),
            number(growth, said::change)
        )
    };
    let start = [&lines[0]["from"], &lines[0]["run_at"]];
    let start = start.into_iter().find_map(Value::as_str).unwrap();
    let pairs: Vec<String> = lines.iter().map(pair).collect();
    (format!("row {start}"), pairs.join(" | "))
}
