//! A page as browsers see it: elements and their text.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// An element. Cheap to clone.
#[derive(Clone)]
pub struct Element(Handle);

pub fn parse(page: &str) -> Element {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    Element(dom.document)
}

impl Element {
    /// The elements inside, in the order of the document, that fit a selector of CSS: simple ones
    /// (`tag`, `.class`, `#id`, `[name]`, `[name=value]`, together) with spaces between.
    pub fn all(&self, selector: &str) -> Vec<Element> {
        let mut found = vec![self.clone()];
        for simple in selector.split_whitespace() {
            let mut next: Vec<Element> = Vec::new();
            for within in found {
                within.collect(&Simple::of(simple), &mut next);
            }
            found = next;
        }
        found
    }

    pub fn first(&self, selector: &str) -> Option<Element> {
        self.all(selector).into_iter().next()
    }

    pub fn attribute(&self, name: &str) -> Option<String> {
        let NodeData::Element { attrs, .. } = &self.0.data else {
            return None;
        };
        let attrs = attrs.borrow();
        let found = attrs.iter().find(|it| &*it.name.local == name)?;
        Some(found.value.to_string())
    }

    /// With one space for any white space, and without the marks that isolate names.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.add_text(&mut text);
        text.retain(|it| !matches!(it, '\u{2068}' | '\u{2069}'));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// With a space between any two elements, as cells and terms stand beside each other.
    pub fn text_with_spaces(&self) -> String {
        let texts: Vec<String> = match &self.0.data {
            NodeData::Text { .. } => vec![self.text()],
            _ => self.children().map(|it| it.text_with_spaces()).collect(),
        };
        let texts: Vec<String> = texts.into_iter().filter(|it| !it.is_empty()).collect();
        [",", ".", ":"].iter().fold(texts.join(" "), |text, mark| {
            text.replace(&format!(" {mark}"), mark)
        })
    }

    /// Of the first element inside that fits.
    pub fn text_of(&self, selector: &str) -> Option<String> {
        self.first(selector).map(|it| it.text())
    }

    fn add_text(&self, text: &mut String) {
        match &self.0.data {
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            _ => self.children().for_each(|it| it.add_text(text)),
        }
    }

    fn children(&self) -> impl Iterator<Item = Element> {
        let children = self.0.children.borrow().clone();
        children.into_iter().map(Element)
    }

    fn collect(&self, simple: &Simple, found: &mut Vec<Element>) {
        for child in self.children() {
            let is_found = || found.iter().any(|it| std::rc::Rc::ptr_eq(&it.0, &child.0));
            if simple.fits(&child) && !is_found() {
                found.push(child.clone());
            }
            child.collect(simple, found);
        }
    }

    fn tag(&self) -> Option<String> {
        match &self.0.data {
            NodeData::Element { name, .. } => Some(name.local.to_string()),
            _ => None,
        }
    }
}

/// A tag, or none, and what its attributes have to be.
struct Simple {
    tag: String,
    needs: Vec<Need>,
}

enum Need {
    Class(String),
    Attribute(String, Option<String>),
}

impl Simple {
    fn of(text: &str) -> Simple {
        let end = |text: &str| text.find(['.', '#', '[']).unwrap_or(text.len());
        let (tag, mut rest) = text.split_at(end(text));
        let mut needs = Vec::new();
        while let Some(kind) = rest.chars().next() {
            let inside = &rest[1..];
            let length = match kind {
                '[' => inside.find(']').unwrap() + 1,
                _ => end(inside),
            };
            let (word, after) = inside.split_at(length);
            let attribute = |name: &str, value: Option<&str>| {
                Need::Attribute(name.to_owned(), value.map(str::to_owned))
            };
            needs.push(match kind {
                '.' => Need::Class(word.to_owned()),
                '#' => attribute("id", Some(word)),
                _ => match word.trim_end_matches(']').split_once('=') {
                    Some((name, value)) => attribute(name, Some(value)),
                    None => attribute(word.trim_end_matches(']'), None),
                },
            });
            rest = after;
        }
        let tag = tag.to_owned();
        Simple { tag, needs }
    }

    fn fits(&self, element: &Element) -> bool {
        let Some(tag) = element.tag() else {
            return false;
        };
        let holds = |need: &Need| match need {
            Need::Class(class) => element
                .attribute("class")
                .is_some_and(|it| it.split_whitespace().any(|it| it == class)),
            Need::Attribute(name, value) => element
                .attribute(name)
                .is_some_and(|it| value.as_ref().is_none_or(|value| *value == it)),
        };
        (self.tag.is_empty() || self.tag == tag) && self.needs.iter().all(holds)
    }
}
