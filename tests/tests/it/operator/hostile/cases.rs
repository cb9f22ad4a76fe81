//! What somebody might write to harm others: every text into every field, and what each field
//! alone invites.

use serde_json::{Value, json};

pub const COLLECT_NOW: &str = "/metadata/annotations/modstats.dev~1collect-now";

/// One value in one field of a TrackedMod that is harmless otherwise.
pub struct Case {
    /// A JSON pointer.
    pub at: &'static str,
    pub value: Value,
}

impl Case {
    pub fn object(&self, number: usize) -> Value {
        let mut object = harmless(&format!("case-{number}"));
        let (parent, last) = self.at.rsplit_once('/').unwrap();
        let last = last.replace("~1", "/");
        match object.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = self.value.clone(),
            parent => parent[last] = self.value.clone(),
        }
        object
    }

    /// The field as messages name it; of maps that Kubernetes itself looks at, the map.
    pub fn field(&self) -> String {
        let steps: Vec<&str> = self.at.split('/').skip(1).collect();
        let steps = match steps[..] {
            ["metadata", _, _] => &steps[..2],
            _ => &steps[..],
        };
        let dotted = steps.join(".");
        dotted.replace(".0", "[0]")
    }

    /// Whether the field is one that `validate()` speaks of.
    pub fn is_of_the_contract(&self) -> bool {
        self.at == "/metadata/name" || self.at.starts_with("/spec")
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value: String = self.value.to_string().chars().take(80).collect();
        write!(f, "{} = {value}", self.at)
    }
}

/// A TrackedMod with every field that a user can write.
pub fn harmless(name: &str) -> Value {
    json!({
        "apiVersion": "modstats.dev/v1alpha1",
        "kind": "TrackedMod",
        "metadata": {"name": name, "labels": {"team": "gears"}, "annotations": {"note": "none"}},
        "spec": {
            "displayName": "Gears",
            "modrinth": {"projects": ["gears"]},
            "curseforge": {
                "projects": [4711],
                "apiKeySecretRef": {"name": "curseforge", "key": "api-key"},
            },
            "modpacks": {
                "modrinth": "Enabled",
                "curseforge": "Website",
                "curseforgeIds": [12],
                "schedule": "43 3 * * *",
            },
            "schedule": "17 */6 * * *",
            "timeZone": "Etc/UTC",
            "suspend": false,
            "database": {"secretRef": {"name": "elsewhere"}},
        },
    })
}

/// Each goes into each field.
const TEXTS: [&str; 26] = [
    "$(CF_API_KEY)",
    "$(MODSTATS_DATABASE_PASSWORD)",
    "$$(MODSTATS_DATABASE_PASSWORD)",
    "${HOME}",
    "; rm -rf /",
    "`reboot`",
    "a\nb: c",
    "a\r\nX-Header: b",
    "a\0b",
    "\u{202e}gnp.exe\u{200f}",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "--source=curseforge",
    "../../etc/passwd",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ .Values.secret }}",
    "%00%n%s",
    "e\u{301}\u{fe0f}🧪",
    "=HYPERLINK(\"http://x.invalid\")",
    "",
    " ",
    "null",
    "\u{7f}\u{85}\u{9b}31m",
    // An apply is read as YAML, where these break lines, or are no characters.
    "a  \u{2028}  b \u{2029} c",
    "\u{feff}a\u{fffe}b\u{ffff}",
];

const TEXT_FIELDS: [&str; 15] = [
    "/metadata/name",
    "/metadata/labels/team",
    "/metadata/annotations/note",
    COLLECT_NOW,
    "/spec/displayName",
    "/spec/modrinth/projects/0",
    "/spec/curseforge/apiKeySecretRef/name",
    "/spec/curseforge/apiKeySecretRef/key",
    "/spec/modpacks/modrinth",
    "/spec/modpacks/curseforge",
    "/spec/modpacks/schedule",
    "/spec/schedule",
    "/spec/timeZone",
    "/spec/database/secretRef/name",
    // In a field of numbers.
    "/spec/curseforge/projects/0",
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for at in TEXT_FIELDS {
        cases.extend(TEXTS.map(|text| Case {
            at,
            value: json!(text),
        }));
        cases.push(Case {
            at,
            value: json!("a".repeat(1 << 20)),
        });
    }
    cases.extend(of_their_own());
    cases
}

fn of_their_own() -> Vec<Case> {
    let long = |count: usize| "a".repeat(count);
    let prefix = "sharing-its-first-fifty-two-characters-with-another-one";
    let many: Vec<String> = (0..100_000).map(|it| format!("mod-{it}")).collect();
    let numbers = [
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(2_147_483_648_i64),
        json!(u64::MAX),
        json!(1e30),
        json!(1.5),
        json!(true),
        json!([1]),
    ];
    let schedules = [
        "* * * * *",
        "*/1 * * * *",
        "0-59 * * * *",
        "0,30 * * * *",
        "@every 1s",
        "@yearly",
        "TZ=Local 0 0 * * *",
        "CRON_TZ=Etc/UTC 0 0 * * *",
        "0 0 31 2 *",
        "0 5-3 * * *",
        "0 0 1 1 *",
        "-1 99999999999999999999 * * *",
        "0 0 * * ?",
        "0 0 0 * * *",
    ];
    let zones = [
        "Local",
        "local",
        "europe/paris",
        "Europe/Nowhere",
        "Etc/GMT+14",
        "GMT+99",
        "../Etc/UTC",
        "/Etc/UTC",
        "posix/Etc/UTC",
    ];
    let names = [
        format!("{prefix}-a"),
        format!("{prefix}-b"),
        long(63),
        long(64),
        long(253),
        long(254),
        "with.dots.in.it".to_owned(),
        "-a".to_owned(),
        "Capital".to_owned(),
        "..".to_owned(),
    ];
    let key = |count: usize| json!(long(count));
    let mut cases: Vec<(&'static str, Value)> = Vec::new();
    let mut add = |at, values: Vec<Value>| cases.extend(values.into_iter().map(|it| (at, it)));
    add("/metadata/name", names.map(Value::from).to_vec());
    add(
        "/metadata/labels/team",
        vec![json!(long(63)), json!(long(64)), json!("a/b"), json!("é")],
    );
    add(
        "/metadata/labels",
        vec![
            json!({"é": "a"}),
            json!({"a/b/c": "a"}),
            json!({"app.kubernetes.io/managed-by": "modstats-operator", "modstats.dev/tracked-mod": "harmless"}),
        ],
    );
    add(
        "/metadata/annotations",
        vec![
            json!({"$(CF_API_KEY)": "a"}),
            json!({"modstats.dev/document": "{}", "modstats.dev/scheduled-at": "1970-01-01T00:00:00Z"}),
        ],
    );
    add(
        COLLECT_NOW,
        vec![json!(long(200_000)), json!("2026-01-01T00:00:00Z")],
    );
    add(
        "/spec/displayName",
        vec![
            json!(long(100)),
            json!("🧪".repeat(101)),
            json!(7),
            json!(["a"]),
        ],
    );
    add(
        "/spec/modrinth/projects/0",
        vec![json!(long(64)), json!(long(65)), json!("ab"), json!(7)],
    );
    add(
        "/spec/modrinth/projects",
        vec![
            json!(many),
            json!([]),
            json!({"0": "gears"}),
            json!("gears"),
        ],
    );
    add("/spec/curseforge/projects/0", numbers.to_vec());
    add(
        "/spec/curseforge/projects",
        vec![json!((1..=100_000).collect::<Vec<i32>>()), json!([])],
    );
    add("/spec/modpacks/curseforgeIds/0", numbers.to_vec());
    add(
        "/spec/modpacks/curseforgeIds",
        vec![json!((1..=100_000).collect::<Vec<i32>>())],
    );
    add("/spec/schedule", schedules.map(Value::from).to_vec());
    add(
        "/spec/modpacks/schedule",
        schedules.map(Value::from).to_vec(),
    );
    add("/spec/timeZone", zones.map(Value::from).to_vec());
    add(
        "/spec/suspend",
        vec![json!("yes"), json!(1), json!("$(CF_API_KEY)")],
    );
    add(
        "/spec/curseforge/apiKeySecretRef/key",
        vec![json!(".."), key(253), key(254)],
    );
    add(
        "/spec/curseforge/apiKeySecretRef/name",
        vec![key(253), key(254), json!("other/secret")],
    );
    add(
        "/spec/database/secretRef/name",
        vec![key(253), key(254), json!("other/secret")],
    );
    let both = json!({"secretRef": {"name": "a"}, "clusterRef": {"name": "a"}});
    add("/spec/database", vec![both, json!({})]);
    // What there is no field for.
    for at in [
        "/spec/image",
        "/spec/command",
        "/spec/args",
        "/spec/serviceAccountName",
        "/spec/modrinth/url",
    ] {
        add(at, vec![json!("$(CF_API_KEY)")]);
    }
    for at in [
        "/spec/curseforge/apiKeySecretRef/namespace",
        "/spec/database/secretRef/namespace",
    ] {
        add(at, vec![json!("kube-system")]);
    }
    cases
        .into_iter()
        .map(|(at, value)| Case { at, value })
        .collect()
}
