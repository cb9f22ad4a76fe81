//! The shape of a written TrackedMod, held to the schema: which fields there are and what type each
//! has. The API server does the same before any limit or rule is looked at.

use std::sync::LazyLock;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::CustomResourceExt;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::tracked_mod::TrackedMod;
use crate::validate::Violation;

/// What a TrackedMod of a file may look like: the schema of the CustomResourceDefinition, with the
/// part that the API server adds by itself.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let definition = serde_json::to_value(TrackedMod::crd()).unwrap_or_default();
    let mut schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
    let settings = SchemaSettings::openapi3().with(|settings| settings.inline_subschemas = true);
    let metadata = settings
        .into_generator()
        .into_root_schema_for::<ObjectMeta>();
    let text = serde_json::json!({"type": "string"});
    schema["properties"]["metadata"] = metadata.to_value();
    schema["properties"]["apiVersion"] = text.clone();
    schema["properties"]["kind"] = text;
    schema
});

/// Unknown and missing fields, and values of a wrong type.
pub fn check(written: &Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    visit("", written, &SCHEMA, &mut violations);
    violations
}

fn visit(field: &str, written: &Value, schema: &Value, violations: &mut Vec<Violation>) {
    if let Some(message) = wrong_type(written, schema).or_else(|| wrong_word(written, schema)) {
        violations.push(Violation {
            field: field.to_owned(),
            message,
        });
        return;
    }
    match written {
        Value::Object(fields) => visit_fields(field, fields, schema, violations),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(
                    &format!("{field}[{index}]"),
                    item,
                    &schema["items"],
                    violations,
                );
            }
        }
        _ => {}
    }
}

fn visit_fields(
    field: &str,
    written: &Map<String, Value>,
    schema: &Value,
    violations: &mut Vec<Violation>,
) {
    let path = |name: &str| match field {
        "" => name.to_owned(),
        _ => format!("{field}.{name}"),
    };
    let known = schema["properties"].as_object();
    for (name, value) in written {
        let of_map = &schema["additionalProperties"];
        match known.map(|known| (known, known.get(name))) {
            Some((_, Some(schema))) => visit(&path(name), value, schema, violations),
            Some((known, None)) => violations.push(Violation {
                field: path(name),
                message: unknown_field(name, known),
            }),
            None if of_map.is_object() => visit(&path(name), value, of_map, violations),
            None => {}
        }
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !written.contains_key(name) {
            violations.push(Violation {
                field: path(name),
                message: missing_field(&schema["properties"][name]),
            });
        }
    }
}

fn unknown_field(name: &str, known: &Map<String, Value>) -> String {
    let near = known
        .keys()
        .map(|candidate| {
            (
                strsim::osa_distance(&candidate.to_lowercase(), &name.to_lowercase()),
                candidate,
            )
        })
        .min()
        .filter(|(distance, candidate)| distance * 3 <= candidate.len());
    match near {
        Some((_, near)) => format!("there is no such field: did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = known.keys().map(String::as_str).collect();
            format!("there is no such field, only {}", known.join(", "))
        }
    }
}

/// Says with the schema's first sentence what belongs there.
fn missing_field(schema: &Value) -> String {
    let description = schema["description"].as_str().unwrap_or_default();
    match description.split_once(". ") {
        Some((first, _)) => format!("is missing: {first}."),
        None if description.is_empty() => "is missing".to_owned(),
        None => format!("is missing: {description}"),
    }
}

fn wrong_type(written: &Value, schema: &Value) -> Option<String> {
    let fits = match schema["type"].as_str()? {
        "object" => written.is_object(),
        "array" => written.is_array(),
        "string" => written.is_string(),
        "boolean" => written.is_boolean(),
        "integer" => written.is_i64(),
        _ => true,
    };
    let expected = match schema["type"].as_str()? {
        "object" => "a map of fields",
        "array" => "a list",
        "string" if written.is_number() || written.is_boolean() => "text: put it in quotes",
        "string" => "text",
        "boolean" => "true or false",
        _ => "a whole number",
    };
    (!fits).then(|| format!("is {}, but must be {expected}", kind_of(written)))
}

fn wrong_word(written: &Value, schema: &Value) -> Option<String> {
    let words = schema["enum"].as_array()?;
    if words.contains(written) {
        return None;
    }
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    Some(format!("{written} is not one of {}", words.join(", ")))
}

fn kind_of(written: &Value) -> String {
    match written {
        Value::Object(_) => "a map".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Null => "empty".to_owned(),
        other => format!("`{other}`"),
    }
}
