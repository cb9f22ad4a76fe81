//! A page as a browser takes it apart, in one list: two pages are the same where their lists are.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The elements around it: `html body main h1 bdi`.
    pub within: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Element,
    Attribute { name: String, value: String },
    Text(String),
    Comment,
}

pub fn pieces(html: &str) -> Vec<Piece> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut pieces = Vec::new();
    add(&dom.document, "", &mut pieces);
    pieces
}

fn add(node: &Handle, within: &str, pieces: &mut Vec<Piece>) {
    let mut put = |within: &str, what| {
        let within = within.to_owned();
        pieces.push(Piece { within, what });
    };
    let mut inside = within.to_owned();
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            inside = format!("{within} {}", name.local).trim_start().to_owned();
            put(&inside, What::Element);
            for attribute in attrs.borrow().iter() {
                let name = attribute.name.local.to_string();
                let value = attribute.value.to_string();
                put(&inside, What::Attribute { name, value });
            }
        }
        NodeData::Text { contents } => put(within, What::Text(contents.borrow().to_string())),
        NodeData::Comment { .. } | NodeData::ProcessingInstruction { .. } => {
            put(within, What::Comment);
        }
        NodeData::Document | NodeData::Doctype { .. } => {}
    }
    for child in node.children.borrow().iter() {
        add(child, &inside, pieces);
    }
}

impl Piece {
    pub fn text(&self) -> &str {
        match &self.what {
            What::Attribute { value, .. } => value,
            What::Text(text) => text,
            What::Element | What::Comment => "",
        }
    }

    /// Whether no other text is on the line of this one: an attribute, or a text in an element whose
    /// direction is its own, but for elements that only emphasize.
    pub fn stands_alone(&self) -> bool {
        let around = self.within.rsplit(' ').find(|it| *it != "code");
        let alone = ["bdi", "option", "title"];
        let is_attribute = matches!(self.what, What::Attribute { .. });
        is_attribute || around.is_some_and(|it| alone.contains(&it))
    }

    /// A value that no reader sees: where a link leads, or what a form sends.
    pub fn is_for_programs(&self) -> bool {
        matches!(&self.what, What::Attribute { name, .. } if ["href", "value"].contains(&name.as_str()))
    }

    /// What no page of ours has, whatever stands on it.
    pub fn is_odd(&self) -> bool {
        let element = self.within.rsplit(' ').next().unwrap_or_default();
        match &self.what {
            What::Element => {
                ["iframe", "object", "embed", "base", "style", "template"].contains(&element)
            }
            What::Attribute { name, value } => match name.as_str() {
                "src" | "action" => !is_own(value),
                "href" => {
                    let is_link = element == "a" && value.starts_with("https://");
                    !is_own(value) && !is_link && !value.starts_with('#')
                }
                "style" | "srcdoc" | "formaction" | "http-equiv" | "ping" => true,
                name => name.starts_with("on"),
            },
            What::Text(_) => ["script", "style"].contains(&element),
            What::Comment => true,
        }
    }
}

/// Whether an address can only lead to this site.
fn is_own(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    address.starts_with('/') && !address.starts_with("//") && address.bytes().all(plain)
}
