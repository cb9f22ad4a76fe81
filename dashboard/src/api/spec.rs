//! The API's own description: OpenAPI 3.1, made of the types that it answers with and of the
//! grammar that reads its queries.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Components, ComponentsBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApiBuilder, Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::compare::Comparison;
use super::figures::ModFigures;
use super::history::History;
use super::modpacks::Modpacks;
use super::mods::{Mod, Mods, Versions};
use super::portfolio::Portfolio;
use super::publishing::Publishing;
use super::request::{Endpoint, Nothing};
use super::runs::Runs;
use super::series::Series;
use super::tags::Tags;
use crate::query::{
    CompareNumbersQuery, Described, FiguresQuery, HistoryNumbersQuery, Keyset, ModKey,
    ModpackListQuery, PublishingQuery, RunsQuery, SeriesQuery, TagsQuery, described,
};
use crate::reply::{JSON, PROBLEM};
use crate::trouble::Problem;
use modstats_store::model::VersionKey;

const INTRODUCTION: &str = "Downloads, followers, versions and modpacks of the mods that are tracked \
here, as they were observed. Days are UTC days. A number that isn't known is null, never zero. Reading \
needs no key. Every answer has an ETag, which changes only with the data.";

impl Endpoint {
    fn id(self) -> &'static str {
        match self {
            Endpoint::Portfolio => "portfolio",
            Endpoint::Mods => "mods",
            Endpoint::Mod => "mod",
            Endpoint::Figures => "figures",
            Endpoint::Versions => "versions",
            Endpoint::Tags => "tags",
            Endpoint::Publishing => "publishing",
            Endpoint::Series => "series",
            Endpoint::History => "history",
            Endpoint::Modpacks => "modpacks",
            Endpoint::Compare => "compare",
            Endpoint::Runs => "runs",
        }
    }

    fn summary(self) -> &'static str {
        match self {
            Endpoint::Portfolio => {
                "All mods together: total, yesterday, 28 days, those that move and those that stand still"
            }
            Endpoint::Mods => "All mods with their figures, by namespace and name",
            Endpoint::Mod => "One mod with its figures and its projects",
            Endpoint::Figures => {
                "A mod's growth over a period, yesterday, the last 24 hours, velocity, next milestone, \
                 newest releases and new modpacks"
            }
            Endpoint::Versions => "The versions of a mod's projects, the newest first",
            Endpoint::Tags => {
                "The growth of a mod's versions by what they are tagged with: game version or loader"
            }
            Endpoint::Publishing => "How many versions of a mod were published in which month",
            Endpoint::Series => "A counter of a mod's projects over days",
            Endpoint::History => {
                "The history of a mod, or of one of its versions or modpacks: total, growth, mean, trend \
                 and rows"
            }
            Endpoint::Compare => "Mods, projects and versions beside each other",
            Endpoint::Modpacks => "The modpacks of a mod, by what is known of them",
            Endpoint::Runs => "What the collector did, the newest run first",
        }
    }

    fn query(self) -> Vec<Described> {
        match self {
            Endpoint::Portfolio => described::<Nothing>(),
            Endpoint::Mods => described::<Keyset<ModKey>>(),
            Endpoint::Mod => described::<Nothing>(),
            Endpoint::Figures => described::<FiguresQuery>(),
            Endpoint::Versions => described::<Keyset<VersionKey>>(),
            Endpoint::Tags => described::<TagsQuery>(),
            Endpoint::Publishing => described::<PublishingQuery>(),
            Endpoint::Series => SeriesQuery::described(),
            Endpoint::History => described::<HistoryNumbersQuery>(),
            Endpoint::Compare => described::<CompareNumbersQuery>(),
            Endpoint::Modpacks => described::<ModpackListQuery>(),
            Endpoint::Runs => described::<RunsQuery>(),
        }
    }

    fn reply(self, schemas: &mut Schemas) -> Ref {
        match self {
            Endpoint::Portfolio => schemas.add::<Portfolio>(),
            Endpoint::Mods => schemas.add::<Mods>(),
            Endpoint::Mod => schemas.add::<Mod>(),
            Endpoint::Figures => schemas.add::<ModFigures>(),
            Endpoint::Versions => schemas.add::<Versions>(),
            Endpoint::Tags => schemas.add::<Tags>(),
            Endpoint::Publishing => schemas.add::<Publishing>(),
            Endpoint::Series => schemas.add::<Series>(),
            Endpoint::History => schemas.add::<History>(),
            Endpoint::Compare => schemas.add::<Comparison>(),
            Endpoint::Modpacks => schemas.add::<Modpacks>(),
            Endpoint::Runs => schemas.add::<Runs>(),
        }
    }
}

/// As JSON; `server` is the address below which the API's paths are.
#[expect(
    clippy::expect_used,
    reason = "utoipa's own structs, whose keys are all strings"
)]
pub fn spec(version: &str, server: &str) -> String {
    let mut schemas = Schemas::default();
    let problem = schemas.add::<Problem>();
    let mut paths = PathsBuilder::new();
    for endpoint in Endpoint::ALL {
        let mut operation = OperationBuilder::new()
            .operation_id(Some(endpoint.id()))
            .summary(Some(endpoint.summary()));
        let mut problems = vec![("400", "The query can't be followed")];
        let of_a_mod = endpoint.path().contains('{');
        if of_a_mod {
            problems.push(("404", "No such mod has been collected"));
            operation = operation
                .parameter(named("namespace", "default"))
                .parameter(named("name", "my-mod"));
        }
        problems.push(("429", "Too many requests; Retry-After says when to go on"));
        problems.push(("503", "The database can't be read now"));
        for parameter in endpoint.query() {
            operation = operation.parameter(query_parameter(parameter));
        }
        let reply = endpoint.reply(&mut schemas);
        operation = operation.response("200", response("The answer", JSON, reply));
        for (status, what) in problems {
            operation = operation.response(status, response(what, PROBLEM, problem.clone()));
        }
        paths = paths.path(endpoint.path(), PathItem::new(HttpMethod::Get, operation));
    }
    let spec = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("modstats")
                .version(version)
                .description(Some(INTRODUCTION))
                .license(Some(
                    LicenseBuilder::new()
                        .name("Apache-2.0")
                        .identifier(Some("Apache-2.0"))
                        .build(),
                )),
        )
        .servers(Some([utoipa::openapi::Server::new(server)]))
        .paths(paths)
        .components(Some(schemas.finish()))
        .build();
    serde_json::to_string_pretty(&spec).expect("a value of plain structs")
}

fn named(name: &'static str, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .example(Some(example.into()))
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(format!("The {name} of the TrackedMod")))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn query_parameter(mut parameter: Described) -> Parameter {
    let meaning = meaning(parameter.name);
    let description = format!("{meaning}: {}", parameter.expected);
    if let (Schema::Object(schema), Some(default)) = (&mut parameter.schema, parameter.default) {
        let number = default.parse::<i64>().map(serde_json::Value::from);
        schema.default = Some(number.unwrap_or_else(|_| default.into()));
    }
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(parameter.schema))
        .build()
}

/// What a query parameter is for.
fn meaning(name: &str) -> &'static str {
    match name {
        "after" => "What follows that one in the list, by what next_after gave",
        "before" => "Only what is older than that one, by what next_before gave",
        "limit" => "So many at most",
        "mod" => "Only of that mod",
        "project" => "Only of that project of the mod",
        "platform" => "Only on that platform",
        "source" => "Only of that source",
        "state" => "Only what is in that state",
        "q" => "Only what has that text in its name, slug or id",
        "with-downloads" => "Only that whose downloads are known",
        "sort" => "What the list is ordered by",
        "order" => "Which end of the list comes first",
        "metric" => "Which counter",
        "period" => "Which days; custom takes from and to, since takes version",
        "compare" => "What the period is compared with",
        "from" => "The first day (UTC)",
        "to" => "The last day (UTC)",
        "version" => "The version whose release the period begins with",
        "of" => "Whose history it is",
        "by" => "What the numbers are told apart by",
        "item" => "What is compared; given once for each",
        _ => "",
    }
}

fn response(what: &str, content_type: &str, schema: Ref) -> utoipa::openapi::Response {
    ResponseBuilder::new()
        .description(what)
        .content(
            content_type,
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}

/// The schemas that the answers refer to, by name.
#[derive(Default)]
struct Schemas(Vec<(String, RefOr<Schema>)>);

impl Schemas {
    fn add<T: ToSchema + PartialSchema>(&mut self) -> Ref {
        let name = T::name().into_owned();
        self.0.push((name.clone(), T::schema()));
        T::schemas(&mut self.0);
        Ref::from_schema_name(name)
    }

    fn finish(self) -> Components {
        let mut components = ComponentsBuilder::new();
        for (name, mut schema) in self.0 {
            require_all(&mut schema);
            components = components.schema(name, schema);
        }
        components.build()
    }
}

/// What isn't known is null: no field is ever left out.
fn require_all(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            object.required = object.properties.keys().cloned().collect();
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(require_all),
        _ => {}
    }
}
