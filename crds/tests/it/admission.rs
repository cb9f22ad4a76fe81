//! What the API server refuses at admission, `validate()` refuses, field by field; and it refuses
//! nothing more than what only a calendar or the time zone database can tell.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use kube::CustomResourceExt;
use kube::core::cel::{CompiledSchema, Validator, compile_schema};
use modstats_crds::cron::{TimeZoneError, time_zone};
use modstats_crds::{
    ApiKeySecretRef, ClusterRef, CronError, CurseforgeModpacks, CurseforgeSpec, DatabaseSpec,
    ModpacksSpec, ModrinthModpacks, ModrinthSpec, Schedule, SecretRef, TrackedMod, TrackedModSpec,
    validate,
};
use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let definition = serde_json::to_value(TrackedMod::crd()).unwrap();
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
});

thread_local! {
    static RULES: CompiledSchema = compile_schema(&SCHEMA);
    static VALIDATOR: Validator = Validator::new();
}

type Fields = BTreeSet<String>;

/// The fields that break a CEL rule.
fn break_rules(object: &Value) -> Fields {
    let verdict = RULES.with(|rules| VALIDATOR.with(|v| v.validate_compiled(rules, object, None)));
    let errors = verdict
        .err()
        .map(|errors| errors.into_vec())
        .unwrap_or_default();
    let place = |error: kube::core::cel::ValidationError| {
        assert_eq!(
            error.kind,
            kube::core::cel::ErrorKind::ValidationFailure,
            "{error:?}"
        );
        match error.field_path.as_str() {
            "" => "metadata.name".to_owned(),
            path => path.to_owned(),
        }
    };
    errors.into_iter().map(place).collect()
}

/// The fields that break a limit of the schema.
fn break_limits(path: &str, value: &Value, schema: &Value, found: &mut Fields) {
    static PATTERNS: LazyLock<std::sync::Mutex<HashMap<String, Regex>>> =
        LazyLock::new(Default::default);
    let mut holds = true;
    for (keyword, limit) in schema.as_object().unwrap() {
        let number = || limit.as_f64().unwrap();
        let length = || value.as_str().unwrap().chars().count() as f64;
        let items = || value.as_array().unwrap().len() as f64;
        holds &= match keyword.as_str() {
            "minLength" => length() >= number(),
            "maxLength" => length() <= number(),
            "minItems" => items() >= number(),
            "maxItems" => items() <= number(),
            "minimum" => value.as_f64().unwrap() >= number(),
            "maximum" => value.as_f64().unwrap() <= number(),
            "enum" => limit.as_array().unwrap().contains(value),
            "pattern" => {
                let pattern = limit.as_str().unwrap();
                let mut patterns = PATTERNS.lock().unwrap();
                let regex = patterns
                    .entry(pattern.to_owned())
                    .or_insert_with(|| Regex::new(pattern).unwrap());
                regex.is_match(value.as_str().unwrap())
            }
            "type" => match limit.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64(),
                other => panic!("type {other}"),
            },
            "required" => limit
                .as_array()
                .unwrap()
                .iter()
                .all(|name| value.get(name.as_str().unwrap()).is_some()),
            "properties" => {
                for (name, value) in value.as_object().unwrap() {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    match limit.get(name) {
                        Some(schema) => break_limits(&path, value, schema, found),
                        // The API server knows these by itself.
                        None => assert!(
                            ["apiVersion", "kind", "metadata"].contains(&path.as_str()),
                            "{path}"
                        ),
                    }
                }
                true
            }
            "items" => {
                for (index, item) in value.as_array().unwrap().iter().enumerate() {
                    break_limits(&format!("{path}[{index}]"), item, limit, found);
                }
                true
            }
            "x-kubernetes-list-type" if limit == "set" => {
                let items = value.as_array().unwrap();
                let twice = |index: &usize| items[..*index].contains(&items[*index]);
                found.extend(
                    (0..items.len())
                        .filter(twice)
                        .map(|index| format!("{path}[{index}]")),
                );
                true
            }
            "x-kubernetes-validations" | "default" | "description" | "format" | "title" => true,
            other => panic!("{path}: this test doesn't know `{other}`"),
        };
    }
    if !holds {
        found.insert(path.to_owned());
    }
}

/// The fields that only the calendar or the time zone database refuses.
fn beyond_admission(spec: &TrackedModSpec) -> Fields {
    let schedules = [
        ("spec.schedule", spec.schedule.as_deref()),
        (
            "spec.modpacks.schedule",
            spec.modpacks.as_ref().and_then(|m| m.schedule.as_deref()),
        ),
    ];
    let mut found: Fields = schedules
        .into_iter()
        .filter(|(_, text)| {
            let parsed = text.map(Schedule::parse);
            matches!(
                parsed,
                Some(Err(CronError::Backwards { .. } | CronError::Never))
            )
        })
        .map(|(field, _)| field.to_owned())
        .collect();
    let unknown = matches!(
        time_zone(&spec.time_zone),
        Err(TimeZoneError::Unknown(_) | TimeZoneError::Case { .. })
    );
    found.extend(unknown.then(|| "spec.timeZone".to_owned()));
    found
}

/// Mostly a good value, at times an odd one.
fn mostly<T: std::fmt::Debug + Clone>(
    good: impl Strategy<Value = T> + 'static,
    odd: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<T> {
    prop_oneof![12 => good, 1 => odd].boxed()
}

fn of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(str::to_owned)
}

fn project() -> BoxedStrategy<String> {
    let odd = prop_oneof![
        "[A-Za-z0-9]{0,2}",
        "[A-Za-z0-9]{65,66}",
        ".{3,12}",
        of(&["a\"b", "a\\b", "a b", "a/b", "abc\n", "abç", "a:b", "../x"]),
    ];
    mostly("[A-Za-z0-9!@$()`.+,_-]{3,64}", odd)
}

fn curseforge_id() -> BoxedStrategy<i64> {
    let odd = prop_oneof![
        Just(0),
        Just(i64::MIN),
        Just(i64::MAX),
        Just(2_147_483_648),
        -9..9i64
    ];
    mostly(1..=2_147_483_647i64, odd)
}

/// Lists about their limit, now and then with an entry twice.
fn list<T: Clone + std::fmt::Debug + 'static>(
    item: BoxedStrategy<T>,
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    let odd = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(item.clone(), 1..4).prop_map(|items| [items.clone(), items].concat()),
        prop::collection::vec(item.clone(), most..=most + 1),
    ];
    mostly(prop::collection::vec(item, 1..4), odd)
}

fn label() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        "[a-z0-9]{62,65}",
        "[a-z0-9.-]{1,8}",
        "[A-Za-z_]{1,8}",
        of(&["", "-a", "a-", "a.b", "a\n", "é"]),
    ];
    mostly("[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", odd)
}

fn subdomain() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        "[a-z0-9]{252,255}",
        "[a-z0-9.-]{1,6}",
        of(&["", ".", "a..b", "a.", ".a", "a.B"])
    ];
    mostly(
        "[a-z0-9]([-a-z0-9]{0,9}[a-z0-9])?(\\.[a-z0-9]{1,9}){0,2}",
        odd,
    )
}

fn secret_key() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        "[a-z]{252,255}",
        of(&["", ".", "..", ".a", "a/b", "a b", "é"])
    ];
    mostly("[-_A-Za-z0-9][-._A-Za-z0-9]{0,20}", odd)
}

fn schedule() -> impl Strategy<Value = String> {
    let good = of(&[
        "17 */6 * * *",
        "0 0 * * *",
        " 5\t4,6-8/2  */3 jan-MAR 0,Fri ",
        "59 23 31 12 6",
        "07 00 01 01 00",
    ]);
    mostly(good, odd_schedule())
}

fn odd_schedule() -> impl Strategy<Value = String> {
    prop_oneof![
        of(&[
            "",
            "* * * * *",
            "0 24 * * *",
            "0 0 31 2 *",
            "0 5-3 * * *",
            "0 0 * * 7",
            "0 0 * *",
            "0 0 * * * *",
            "@daily",
            "TZ=UTC 0 0 * * *",
            "0 ? * * *",
            "0 */0 * * *",
            "0 1,,2 * * *",
            "0 0 * * *\n",
            "0 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 1,2,3,4,5,6,7,8,9,10,11,12,13,14 * *",
        ]),
        // Anything that is made of the right characters.
        "[0-6*] [0-9*/,-]{1,5} [1-9*/-]{1,3} (jan|[A-C0-9*]{1,2}) ([0-7*]|sun|mon-fri)",
        "[0-5]?[0-9]( ([*]|[0-9]{1,2})(-[0-9]{1,2})?(/[0-9]{1,3})?){4}",
        // One field that is just right or just not, in its place.
        "0 (0|23|24|00|1-23|1-24|[*]/99|[*]/100|[*]/00) * * *",
        "0 0 (0|1|31|32|00|1-31|1-32|0-1|L) * *",
        "0 0 * (0|1|12|13|00|DEC|dece|sun|1-dec) *",
        "0 0 * * (0|6|7|06|0-6|0-7|SAT|satu|jan|5#2)",
    ]
}

fn zone() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        of(&[
            "",
            "Local",
            "LOCAL",
            "local",
            "europe/paris",
            "Europe/Nowhere",
            "a b",
            "../x",
            "/Etc",
            "Etc/",
            "+1",
            "Ä"
        ]),
        "[A-Z][a-z]{62,65}",
    ];
    mostly(
        of(&[
            "Etc/UTC",
            "Europe/Paris",
            "America/Argentina/Ushuaia",
            "Etc/GMT+5",
            "UTC",
        ]),
        odd,
    )
}

fn display_name() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        "é{99,102}",
        ".{0,5}",
        of(&["", "a\nb", "\u{7f}", "\u{85}", "a\tb"])
    ];
    mostly("[A-Za-z éß🧪]{1,40}", odd)
}

fn modpacks() -> impl Strategy<Value = ModpacksSpec> {
    let ids = prop_oneof![3 => Just(Vec::new()), 1 => list(curseforge_id(), 1000)];
    let on_modrinth =
        prop::sample::select(&[ModrinthModpacks::Enabled, ModrinthModpacks::Disabled][..]);
    let on_curseforge = prop_oneof![3 => Just(CurseforgeModpacks::Disabled), 1 => Just(CurseforgeModpacks::Website)];
    (
        on_modrinth,
        on_curseforge,
        ids,
        prop::option::of(schedule()),
    )
        .prop_map(
            |(modrinth, curseforge, curseforge_ids, schedule)| ModpacksSpec {
                modrinth,
                curseforge,
                curseforge_ids,
                schedule,
            },
        )
}

fn database() -> impl Strategy<Value = DatabaseSpec> {
    let cluster = || label().prop_map(|name| Some(ClusterRef { name }));
    let secret = || subdomain().prop_map(|name| Some(SecretRef { name }));
    let good = prop_oneof![(cluster(), Just(None)), (Just(None), secret())];
    let odd = prop_oneof![(cluster(), secret()), (Just(None), Just(None))];
    mostly(good, odd).prop_map(|(cluster_ref, secret_ref)| DatabaseSpec {
        cluster_ref,
        secret_ref,
    })
}

fn tracked_mod() -> impl Strategy<Value = TrackedMod> {
    let modrinth = list(project(), 50).prop_map(|projects| ModrinthSpec { projects });
    let curseforge =
        (list(curseforge_id(), 50), subdomain(), secret_key()).prop_map(|(projects, name, key)| {
            CurseforgeSpec {
                projects,
                api_key_secret_ref: ApiKeySecretRef { name, key },
            }
        });
    let spec = (
        prop::option::of(display_name()),
        prop::option::weighted(0.8, modrinth),
        prop::option::of(curseforge),
        prop::option::of(modpacks()),
        prop::option::of(schedule()),
        zone(),
        any::<bool>(),
        prop::option::of(database()),
    )
        .prop_map(
            |(
                display_name,
                modrinth,
                curseforge,
                modpacks,
                schedule,
                time_zone,
                suspend,
                database,
            )| TrackedModSpec {
                display_name,
                modrinth,
                curseforge,
                modpacks,
                schedule,
                time_zone,
                suspend,
                database,
            },
        );
    (label(), spec).prop_map(|(name, spec)| TrackedMod::new(&name, spec))
}

/// Holds the three to each other.
fn agree(tracked_mod: &TrackedMod) -> Result<(), TestCaseError> {
    let object = serde_json::to_value(tracked_mod).unwrap();
    let mut expected = break_rules(&object);
    break_limits("", &object, &SCHEMA, &mut expected);
    expected.extend(beyond_admission(&tracked_mod.spec));

    let violations = validate(tracked_mod).err().unwrap_or_default();
    let found: Fields = violations
        .iter()
        .map(|violation| violation.field.clone())
        .collect();
    prop_assert_eq!(found, expected, "{:#?}", violations);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn schema_and_rules_and_validate_agree(tracked_mod in tracked_mod()) {
        agree(&tracked_mod)?;
    }

    /// The one rule that is a language of its own gets cases of its own.
    #[test]
    fn they_agree_on_schedules(schedule in odd_schedule()) {
        let spec = serde_json::json!({"modrinth": {"projects": ["sodium"]}, "schedule": schedule});
        agree(&TrackedMod::new("a", serde_json::from_value(spec).unwrap()))?;
    }
}
