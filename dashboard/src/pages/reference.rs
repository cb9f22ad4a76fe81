//! The reference of the API, made from its OpenAPI document: what programs read, people read too.

use serde_json::Value;

use crate::links::Links;

#[derive(Clone, Debug)]
pub struct ReferencePage {
    /// What the document says of itself, in English like all of its texts.
    pub(super) introduction: String,
    /// The document's own address.
    pub(super) document: String,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) schemas: Vec<Schema>,
}

#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub id: String,
    pub path: String,
    pub summary: String,
    pub parameters: Vec<Parameter>,
    pub answers: Vec<Answer>,
    /// A command that asks.
    pub example: String,
}

#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub name: String,
    /// It is a part of the path, and so can't be left out.
    pub in_path: bool,
    pub kind: Vec<Part>,
    pub default: Option<String>,
    pub meaning: String,
}

#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: String,
    pub meaning: String,
    pub kind: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(super) struct Schema {
    pub name: String,
    pub meaning: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    pub kind: Vec<Part>,
    pub meaning: String,
}

/// Of a type as it is written: `Value | null`, `string[]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub text: String,
    /// Whether a schema of the page is called so.
    pub is_schema: bool,
}

impl ReferencePage {
    pub fn new(document: &Value, links: &Links) -> ReferencePage {
        let schemas = &document["components"]["schemas"];
        ReferencePage {
            introduction: text(&document["info"]["description"]),
            document: links.api_document(),
            endpoints: entries(&document["paths"])
                .map(|(path, item)| Endpoint::new(path, &item["get"], links))
                .collect(),
            schemas: entries(schemas)
                .map(|(name, schema)| Schema {
                    name: name.clone(),
                    meaning: text(&schema["description"]),
                    fields: fields(schema, schemas),
                })
                .collect(),
        }
    }
}

impl Endpoint {
    fn new(path: &str, operation: &Value, links: &Links) -> Endpoint {
        let parameters: Vec<Parameter> = items(&operation["parameters"])
            .map(Parameter::new)
            .collect();
        let mut example = path.to_owned();
        for parameter in items(&operation["parameters"]) {
            let place = format!("{{{}}}", text(&parameter["name"]));
            example = example.replace(&place, &text(&parameter["example"]));
        }
        Endpoint {
            id: text(&operation["operationId"]),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            parameters,
            answers: entries(&operation["responses"])
                .map(|(status, answer)| Answer {
                    status: status.clone(),
                    meaning: text(&answer["description"]),
                    kind: entries(&answer["content"])
                        .flat_map(|(_, content)| kind(&content["schema"]))
                        .collect(),
                })
                .collect(),
            example: format!("curl \"$MODSTATS{}\"", links.api(example)),
        }
    }
}

impl Parameter {
    fn new(parameter: &Value) -> Parameter {
        let schema = &parameter["schema"];
        Parameter {
            name: text(&parameter["name"]),
            in_path: parameter["in"] == "path",
            kind: kind(schema),
            default: Some(text(&schema["default"])).filter(|it| !it.is_empty()),
            meaning: text(&parameter["description"]),
        }
    }
}

/// Those of the schemas that it is made of, too.
fn fields(schema: &Value, schemas: &Value) -> Vec<Field> {
    let whole = items(&schema["allOf"]).flat_map(|part| match referred(part) {
        Some(name) => fields(&schemas[name], schemas),
        None => fields(part, schemas),
    });
    let own = entries(&schema["properties"]).map(|(name, property)| Field {
        name: name.clone(),
        kind: kind(property),
        meaning: text(&property["description"]),
    });
    whole.chain(own).collect()
}

/// The type of a value that fits a schema.
fn kind(schema: &Value) -> Vec<Part> {
    let plain = |text: &str| Part {
        text: text.to_owned(),
        is_schema: false,
    };
    if let Some(name) = referred(schema) {
        let text = name.to_owned();
        return vec![Part {
            text,
            is_schema: true,
        }];
    }
    let choices: Vec<Vec<Part>> = if schema["enum"].is_array() {
        let words = items(&schema["enum"]);
        words
            .map(|it| vec![plain(it.as_str().unwrap_or("null"))])
            .collect()
    } else if schema["oneOf"].is_array() {
        items(&schema["oneOf"]).map(kind).collect()
    } else {
        let types = match &schema["type"] {
            Value::Array(types) => types.iter().collect(),
            one => vec![one],
        };
        types
            .into_iter()
            .map(|one| match one.as_str().unwrap_or_default() {
                "array" => {
                    let mut parts = kind(&schema["items"]);
                    parts.push(plain("[]"));
                    parts
                }
                // `date-time` says more than `string`.
                "string" if schema["format"].is_string() => vec![plain(&text(&schema["format"]))],
                name => vec![plain(name)],
            })
            .collect()
    };
    choices.join(&plain(" | "))
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn items(array: &Value) -> impl Iterator<Item = &Value> {
    array.as_array().into_iter().flatten()
}

/// A value as it is read: a text without its quotes, and nothing where there is none.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
pub(super) fn samples(context: super::Context<'_>) -> Vec<Box<dyn super::Page>> {
    let schema = serde_json::json!({"$ref": "#/components/schemas/Zz"});
    let answer = serde_json::json!({
        "description": "Zz", "content": {"zz/zz": {"schema": schema}},
    });
    let parameter = |place: &str| {
        serde_json::json!({
            "name": "zz", "in": place, "description": "Zz", "example": "zz",
            "schema": {"type": "zz", "default": "zz"},
        })
    };
    let document = serde_json::json!({
        "info": {"description": "Zz"},
        "paths": {"/zz/{zz}": {"get": {
            "operationId": "zz", "summary": "Zz",
            "parameters": [parameter("path"), parameter("query")],
            "responses": {"200": answer},
        }}},
        "components": {"schemas": {"Zz": {
            "description": "Zz", "properties": {"zz": {"type": "zz", "description": "Zz"}},
        }}},
    });
    vec![Box::new(ReferencePage::new(&document, context.links))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(schema: Value) -> String {
        kind(&schema).into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn types_are_written_as_programmers_read_them() {
        let reference = json!({"$ref": "#/components/schemas/Total"});
        for (schema, expected) in [
            (json!({"type": "string"}), "string"),
            (json!({"type": "string", "format": "date"}), "date"),
            (
                json!({"type": ["integer", "null"], "format": "int64"}),
                "integer | null",
            ),
            (json!({"type": "array", "items": reference}), "Total[]"),
            (
                json!({"oneOf": [{"type": "null"}, reference]}),
                "null | Total",
            ),
            (json!({"type": "string", "enum": ["a", "b"]}), "a | b"),
            (
                json!({"type": ["string", "null"], "enum": ["a", null]}),
                "a | null",
            ),
        ] {
            assert_eq!(written(schema), expected);
        }
        assert!(kind(&reference).iter().all(|it| it.is_schema));
    }

    #[test]
    fn a_schema_has_the_fields_of_all_that_it_is_made_of() {
        let schemas = json!({
            "Mod": {"allOf": [
                {"$ref": "#/components/schemas/Summary"},
                {"properties": {"projects": {"type": "array", "items": {"type": "string"}}}},
            ]},
            "Summary": {"properties": {"name": {"type": "string"}}},
        });
        let fields = fields(&schemas["Mod"], &schemas);
        let names: Vec<&str> = fields.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["name", "projects"]);
    }
}
