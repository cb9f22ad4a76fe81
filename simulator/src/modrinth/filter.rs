//! What a search asks for: the `facets` and `new_filters` of Modrinth's search, as one tree.

use std::iter::Peekable;
use std::vec::IntoIter;

#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// The field has one of these values.
    Has {
        field: Field,
        values: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field {
    ProjectType,
    ProjectId,
    Category,
    GameVersion,
    /// Required, optional or embedded.
    Dependency,
    Required,
    Optional,
    Embedded,
}

impl Field {
    fn named(name: &str) -> Result<Field, String> {
        Ok(match name {
            "project_type" | "project_types" => Field::ProjectType,
            "project_id" => Field::ProjectId,
            "categories" => Field::Category,
            "versions" | "game_versions" => Field::GameVersion,
            "dependency_project_ids" | "compatible_dependency_project_ids" => Field::Dependency,
            "required_dependency_project_ids" => Field::Required,
            "optional_dependency_project_ids" => Field::Optional,
            "embedded_dependency_project_ids" => Field::Embedded,
            _ => return Err(format!("invalid filter: unknown field `{name}`")),
        })
    }
}

impl Filter {
    /// `[["field:value", "or:this"], ["and:that"]]`.
    pub fn facets(json: &str) -> Result<Filter, String> {
        let facets: Vec<Vec<String>> = serde_json::from_str(json)
            .map_err(|error| format!("failed to parse facets: {error}"))?;
        let any = |group: Vec<String>| {
            let facets: Result<_, _> = group.iter().map(|facet| Filter::facet(facet)).collect();
            facets.map(Filter::Any)
        };
        let groups: Result<_, _> = facets.into_iter().map(any).collect();
        groups.map(Filter::All)
    }

    fn facet(facet: &str) -> Result<Filter, String> {
        let operator = facet.find([':', '=', '!']);
        let at = operator.ok_or_else(|| format!("invalid filter: `{facet}` has no operator"))?;
        let (field, rest) = facet.split_at(at);
        let (not, value) = match rest.strip_prefix("!=") {
            Some(value) => (true, value),
            None => (false, &rest[1..]),
        };
        let has = Filter::has(field.trim(), vec![value.trim().to_owned()])?;
        Ok(if not { Filter::Not(Box::new(has)) } else { has })
    }

    fn has(field: &str, values: Vec<String>) -> Result<Filter, String> {
        let field = Field::named(field)?;
        Ok(Filter::Has { field, values })
    }

    /// ``project_types = `modpack` AND compatible_dependency_project_ids IN [`a`, `b`]``, with
    /// `OR`, `NOT`, `!=` and parentheses.
    pub fn expression(text: &str) -> Result<Filter, String> {
        let mut tokens = Tokens::of(text)?;
        let filter = tokens.any()?;
        match tokens.0.next() {
            None => Ok(filter),
            token => Err(unexpected(token, "the end")),
        }
    }

    pub fn matches(&self, has: &impl Fn(Field, &str) -> bool) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.matches(has)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.matches(has)),
            Filter::Not(filter) => !filter.matches(has),
            Filter::Has { field, values } => values.iter().any(|value| has(*field, value)),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    /// Bare: a field, a keyword or a value.
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

const SIGNS: [&str; 7] = ["!=", "=", "(", ")", "[", "]", ","];

/// The first token and what follows it.
fn token(text: &str) -> Result<(Token, &str), String> {
    if let Some(sign) = SIGNS.into_iter().find(|sign| text.starts_with(sign)) {
        return Ok((Token::Sign(sign), &text[sign.len()..]));
    }
    for quote in ['`', '"'] {
        if let Some(rest) = text.strip_prefix(quote) {
            let (value, rest) = rest
                .split_once(quote)
                .ok_or_else(|| format!("invalid filter: {text} has no closing quote"))?;
            return Ok((Token::Quoted(value.to_owned()), rest));
        }
    }
    let is_end = |c: char| !c.is_alphanumeric() && !"_-.".contains(c);
    let (word, rest) = text.split_at(text.find(is_end).unwrap_or(text.len()));
    if word.is_empty() {
        return Err(format!("invalid filter: unexpected {text}"));
    }
    Ok((Token::Word(word.to_owned()), rest))
}

struct Tokens(Peekable<IntoIter<Token>>);

impl Tokens {
    fn of(mut text: &str) -> Result<Tokens, String> {
        let mut tokens = Vec::new();
        text = text.trim_start();
        while !text.is_empty() {
            let (token, rest) = token(text)?;
            tokens.push(token);
            text = rest.trim_start();
        }
        Ok(Tokens(tokens.into_iter().peekable()))
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut filters = vec![self.all()?];
        while self.0.next_if(|token| token.is("OR")).is_some() {
            filters.push(self.all()?);
        }
        Ok(Filter::Any(filters))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut filters = vec![self.one()?];
        while self.0.next_if(|token| token.is("AND")).is_some() {
            filters.push(self.one()?);
        }
        Ok(Filter::All(filters))
    }

    fn one(&mut self) -> Result<Filter, String> {
        match self.0.next() {
            Some(token) if token.is("NOT") => Ok(Filter::Not(Box::new(self.one()?))),
            Some(Token::Sign("(")) => {
                let inner = self.any()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Token::Word(field)) => self.condition(&field),
            other => Err(unexpected(other, "a condition")),
        }
    }

    fn condition(&mut self, field: &str) -> Result<Filter, String> {
        let not = |filter: Filter| Filter::Not(Box::new(filter));
        match self.0.next() {
            Some(Token::Sign("=")) => Filter::has(field, vec![self.value()?]),
            Some(Token::Sign("!=")) => Filter::has(field, vec![self.value()?]).map(not),
            Some(token) if token.is("IN") => Filter::has(field, self.list()?),
            Some(token) if token.is("NOT") => match self.0.next() {
                Some(token) if token.is("IN") => Filter::has(field, self.list()?).map(not),
                other => Err(unexpected(other, "IN")),
            },
            other => Err(unexpected(other, "an operator")),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        self.expect("[")?;
        let mut values = vec![self.value()?];
        while self.0.next_if(|token| *token == Token::Sign(",")).is_some() {
            values.push(self.value()?);
        }
        self.expect("]")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<String, String> {
        match self.0.next() {
            Some(Token::Word(value) | Token::Quoted(value)) => Ok(value),
            other => Err(unexpected(other, "a value")),
        }
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), String> {
        match self.0.next() {
            Some(Token::Sign(found)) if found == sign => Ok(()),
            other => Err(unexpected(other, sign)),
        }
    }
}

impl Token {
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

fn unexpected(found: Option<Token>, expected: &str) -> String {
    let found = found.map_or("the end".to_owned(), |token| format!("{token:?}"));
    format!("invalid filter: found {found} but expected {expected}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A modpack that contains the mod `AANobbMI`.
    fn pack(field: Field, value: &str) -> bool {
        match field {
            Field::ProjectType => value == "modpack",
            Field::Dependency => value == "AANobbMI",
            _ => false,
        }
    }

    #[test]
    fn expressions_mean_what_they_say() {
        for (text, expected) in [
            (
                "project_types = `modpack` AND compatible_dependency_project_ids = `AANobbMI`",
                true,
            ),
            (
                "project_types = `modpack` AND compatible_dependency_project_ids = `other`",
                false,
            ),
            (
                "compatible_dependency_project_ids IN [`x`, \"AANobbMI\"]",
                true,
            ),
            ("compatible_dependency_project_ids NOT IN [AANobbMI]", false),
            ("project_types != `mod`", true),
            (
                "NOT (project_types = mod OR project_types = modpack)",
                false,
            ),
            (
                "project_types = mod AND project_types = mod OR project_types = modpack",
                true,
            ),
        ] {
            let filter = Filter::expression(text).unwrap();
            assert_eq!(filter.matches(&pack), expected, "{text}");
        }
    }

    #[test]
    fn facets_are_any_of_each_group() {
        for (json, expected) in [
            (
                r#"[["project_type:modpack"],["compatible_dependency_project_ids:AANobbMI"]]"#,
                true,
            ),
            (r#"[["project_type:mod","project_type:modpack"]]"#, true),
            (r#"[["project_type:mod"],["project_type:modpack"]]"#, false),
            (r#"[["project_types!=mod"]]"#, true),
            ("[]", true),
        ] {
            assert_eq!(
                Filter::facets(json).unwrap().matches(&pack),
                expected,
                "{json}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in [
            "",
            "project_types =",
            "project_types = `open",
            "colour = `red`",
            "(project_types = a",
            "project_types = a b",
            "project_types IN []",
            "project_types IN a",
            "project_types ~ a",
        ] {
            assert!(Filter::expression(text).is_err(), "{text}");
        }
        for json in [
            "project_type:mod",
            r#"["project_type:mod"]"#,
            r#"[["mod"]]"#,
            r#"[["a:b"]]"#,
        ] {
            assert!(Filter::facets(json).is_err(), "{json}");
        }
    }
}
