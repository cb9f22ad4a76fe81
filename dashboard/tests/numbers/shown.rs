//! The figures that a page shows, read from its elements.

use super::dom::Element;
use super::told::Figure;

pub fn total_cards(page: &Element) -> Vec<Figure> {
    let card = |card: &Element| {
        let label = card.text_of(".key").unwrap();
        (format!("card {label}"), card.text())
    };
    page.all(".card[data-platform]").iter().map(card).collect()
}

pub fn facts(page: &Element) -> Vec<Figure> {
    let fact = |fact: &Element| {
        let name = fact.attribute("data-fact").unwrap();
        (format!("fact {name}"), fact.text())
    };
    page.all("[data-fact]").iter().map(fact).collect()
}

/// How fresh a mod's sources are.
pub fn freshness(page: &Element) -> Vec<Figure> {
    let line = |line: &Element| ("freshness".to_owned(), line.text());
    let places = [".head .freshness li", ".kiosk .freshness li"];
    let lines = places.iter().flat_map(|place| page.all(place));
    lines.map(|it| line(&it)).collect()
}

/// Total and growth of each column, what was stated last, and the remarks.
pub fn day_rows(page: &Element) -> Vec<Figure> {
    let row = |row: &Element| {
        let day = row.attribute("data-from").unwrap();
        let cells: Vec<String> = row.all("td.number").iter().map(Element::text).collect();
        let mut pairs: Vec<String> = cells.chunks(2).map(|pair| pair.join(" ")).collect();
        pairs.extend(row.text_of("td.stated"));
        pairs.extend(row.text_of("td.remarks"));
        (format!("row {day}"), pairs.join(" | "))
    };
    page.all("#figure-table tbody tr").iter().map(row).collect()
}

/// Of the chart of a history: what it says, and what pointing at it says.
pub fn chart(page: &Element) -> Vec<Figure> {
    let hint = |hint: &Element| ("hint".to_owned(), hint.text());
    let hints = page.all("#history .hint title");
    let drawing = drawing(page, "#history").into_iter();
    drawing.chain(hints.iter().map(hint)).collect()
}

/// Its caption, and what its wide and its narrow form say to those who don't see them.
fn drawing(page: &Element, place: &str) -> Vec<Figure> {
    let caption = page.text_of(&format!("{place} .caption")).unwrap();
    let told = |svg: &Element| {
        let told = ["title", "desc"].map(|part| svg.text_of(part).unwrap());
        ("drawing".to_owned(), told.join(" "))
    };
    let forms = page.all(&format!("{place} svg.chart"));
    std::iter::once(("caption".to_owned(), caption))
        .chain(forms.iter().map(told))
        .collect()
}

/// How many there are of what a heading names.
pub fn counts(page: &Element) -> Vec<Figure> {
    let heading = |heading: &Element| {
        let is_counted = heading.first(".count").is_some();
        is_counted.then(|| ("how many".to_owned(), heading.text()))
    };
    page.all("h2").iter().filter_map(heading).collect()
}

/// How steep the trend is, where one was asked for.
pub fn trend(page: &Element) -> Vec<Figure> {
    let told = page.text_of("[data-trend]");
    told.map(|it| ("trend".to_owned(), it))
        .into_iter()
        .collect()
}

/// What is compared.
pub fn items(page: &Element) -> Vec<Figure> {
    let card = |card: &Element| {
        let name = card.text_of(".item a").unwrap();
        (format!("item {name}"), card.text())
    };
    page.all(".card[data-item]").iter().map(card).collect()
}

pub fn runs(page: &Element) -> Vec<Figure> {
    let row = |row: &Element| {
        let number = row.attribute("data-run").unwrap();
        (format!("run {number}"), row.text_with_spaces())
    };
    page.all("table.runs tbody tr").iter().map(row).collect()
}

pub fn projects(page: &Element) -> Vec<Figure> {
    let rows = page.all("[aria-labelledby=projects-heading] tbody tr");
    let row = |row: &Element| ("project".to_owned(), row.text_with_spaces());
    rows.iter().map(row).collect()
}

pub fn mods(page: &Element) -> Vec<Figure> {
    let card = |card: &Element| {
        let name = card.attribute("data-mod").unwrap();
        (format!("mod {name}"), card.text_with_spaces())
    };
    let count = page.text_of(".filters [role=status]").unwrap();
    let cards = page.all(".mod[data-mod]");
    std::iter::once(("count".to_owned(), count))
        .chain(cards.iter().map(card))
        .collect()
}

pub fn platform_cards(page: &Element) -> Vec<Figure> {
    let card = |name: &str| {
        let card = page.first(&format!(".card#{name}"))?;
        Some((format!("card {name}"), card.text()))
    };
    ["people", "count", "newest"]
        .into_iter()
        .filter_map(card)
        .collect()
}

pub fn rankings(page: &Element) -> Vec<Figure> {
    let of = |name: &'static str| {
        let rows = page.all(&format!("#{name} .ranking li"));
        let row = |row: &Element| (name.to_owned(), row.text());
        rows.iter().map(row).collect::<Vec<_>>()
    };
    ["top-growth", "top-downloads", "top-packs"]
        .into_iter()
        .flat_map(of)
        .collect()
}

pub fn tags(page: &Element) -> Vec<Figure> {
    let named = |name: &'static str, selector: &str| {
        let found = page.all(selector);
        let figure = |it: &Element| (name.to_owned(), it.text().trim_end_matches(',').to_owned());
        found.iter().map(figure).collect::<Vec<_>>()
    };
    let rows = numbers_of_rows(page, "tags", "#tags-table tbody tr");
    let keys = named("tag", "#tags .legend");
    let others = named("other tag", "#tags .other");
    [drawing(page, "#tags"), keys, others, rows].concat()
}

/// With the names of a month's versions.
pub fn months(page: &Element) -> Vec<Figure> {
    let rows = numbers_of_rows(page, "published", "#published-table tbody tr");
    let names = page.all("#published-table tbody tr .remarks");
    let with_names = rows.into_iter().zip(&names);
    let rows = with_names.map(|((name, numbers), names)| {
        let told = format!("{numbers} {}", names.text());
        (name, told)
    });
    let drawing = drawing(page, "#published").into_iter();
    drawing.chain(rows).collect()
}

fn numbers_of_rows(page: &Element, name: &str, selector: &str) -> Vec<Figure> {
    let row = |row: &Element| {
        let from = row.attribute("data-from").unwrap();
        let cells: Vec<String> = row.all("td.number").iter().map(Element::text).collect();
        (format!("{name} {from}"), cells.join(" "))
    };
    page.all(selector).iter().map(row).collect()
}

pub fn versions(page: &Element) -> Vec<Figure> {
    let sums = page.text_of("#versions .explain").unwrap();
    let row = |row: &Element| {
        let cells = [".label", ".flag", ".when", "td.number"].map(|selector| {
            let cells = row.all(selector);
            cells.iter().map(Element::text).collect::<Vec<_>>()
        });
        ("version".to_owned(), cells.concat().join(" "))
    };
    let rows = page.all("#versions tbody tr");
    let rows = rows.iter().map(row);
    std::iter::once(("sums".to_owned(), sums))
        .chain(rows)
        .collect()
}

pub fn modpacks(page: &Element) -> Vec<Figure> {
    let of = |name: &'static str, selector: &str| {
        let found = page.all(selector);
        let figure = |it: &Element| (name.to_owned(), it.text_with_spaces());
        found.iter().map(figure).collect::<Vec<_>>()
    };
    let cards = of("card packs", ".packs .card");
    let listed = page.all(".packs .freshness li");
    let listed = listed.iter().map(|it| ("listed".to_owned(), it.text()));
    let count = of("count", "#packs [role=status]");
    let rows = of("modpack", "table.modpacks tbody tr");
    [cards, listed.collect(), count, rows].concat()
}
