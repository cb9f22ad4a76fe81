use modstats_crds::yaml::read;

const VALID: &str = "\
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: sodium}
spec: {modrinth: {projects: [AANobbMI]}}
";

fn problems(text: &str) -> Vec<String> {
    let problems = read(text).expect_err("the text is wrong");
    problems.iter().map(ToString::to_string).collect()
}

/// The one problem of a spec that begins on line 5.
fn of_spec(spec: &str) -> String {
    let text = format!(
        "apiVersion: modstats.dev/v1alpha1\nkind: TrackedMod\nmetadata: {{name: a}}\nspec:\n{spec}"
    );
    let problems = problems(&text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems.into_iter().next().unwrap()
}

#[test]
fn several_documents_and_the_default_namespace() {
    let second = VALID.replace("{name: sodium}", "{name: sodium, namespace: other}");
    let text = format!("---\n# nothing here\n---\n{VALID}---\n{second}...\n");
    let found = read(&text).unwrap();
    let named: Vec<_> = found
        .iter()
        .map(|found| {
            (
                found.metadata.namespace.as_deref().unwrap(),
                found.metadata.name.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(named, [("default", "sodium"), ("other", "sodium")]);
}

#[test]
fn what_kubectl_prints_is_read() {
    let text = format!(
        "{VALID}\
status:
  downloads: 5
  conditions: []
"
    )
    .replace(
        "{name: sodium}",
        "\n  name: sodium\n  uid: 0b5c\n  resourceVersion: \"7\"\n  generation: 1\n  creationTimestamp: \"2026-01-01T00:00:00Z\"\n  labels: {app.kubernetes.io/part-of: x}\n  managedFields:\n  - {manager: kubectl, fieldsV1: {f:spec: {f:modrinth: {}}}}",
    );
    assert_eq!(read(&text).unwrap().len(), 1);
}

#[test]
fn a_null_is_an_absent_field() {
    let text = VALID.replace(
        "spec: {",
        "spec: {curseforge: null, suspend: null, timeZone: , ",
    );
    assert_eq!(read(&text), read(VALID));
    assert_eq!(
        of_spec("  modrinth:\n    projects:\n    - a1b\n    -\n"),
        "document 1, line 8, spec.modrinth.projects[1]: is empty, but must be text"
    );
}

#[test]
fn aliases_and_merge_keys_are_resolved() {
    let text = "\
apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: &name sodium}
spec:
  displayName: *name
  schedule: &when 5 4 * * *
  modrinth: {projects: [*name]}
  modpacks:
    <<: {schedule: *when}
";
    let found = read(text).unwrap();
    assert_eq!(found[0].spec.display_name.as_deref(), Some("sodium"));
    let modpacks = found[0].spec.modpacks.as_ref().unwrap();
    assert_eq!(modpacks.schedule.as_deref(), Some("5 4 * * *"));
}

#[test]
fn aliases_can_not_blow_up() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{items}]\n");
    }
    assert_eq!(problems(&text), ["document 1: repetition limit exceeded"]);
}

#[test]
fn a_file_without_a_tracked_mod() {
    for text in ["", "# only a comment\n", "---\n---\n", "null\n"] {
        assert_eq!(
            problems(text),
            [
                "document 1: there is no TrackedMod in this file; write one as in examples/trackedmod.yaml"
            ],
            "{text:?}"
        );
    }
}

#[test]
fn broken_yaml_is_placed_and_ends_the_reading() {
    let text = format!("{VALID}---\nspec: [a, b\nkind: c\n---\n{VALID}");
    let problems = problems(&text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(
        problems[0].starts_with("document 2, line 7: did not find expected ',' or ']'"),
        "{problems:#?}"
    );
}

#[test]
fn a_field_given_twice() {
    let problems = problems(&format!("{VALID}spec: {{}}\n"));
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].contains("duplicate entry with key \"spec\""),
        "{problems:#?}"
    );
}

#[test]
fn something_else_than_a_tracked_mod() {
    let secret = VALID.replace("TrackedMod", "Secret");
    assert_eq!(
        problems(&secret),
        ["document 1, line 2, kind: is \"Secret\", only `TrackedMod` is read here"]
    );
    let newer = VALID.replace("v1alpha1", "v9");
    assert_eq!(
        problems(&newer),
        [
            "document 1, line 1, apiVersion: is \"modstats.dev/v9\", only `modstats.dev/v1alpha1` is read here"
        ]
    );
    assert_eq!(
        problems("\nmetadata: {name: a}\n"),
        ["document 1, line 2, apiVersion: is missing: write `modstats.dev/v1alpha1`"]
    );
    assert_eq!(
        problems("- a\n"),
        ["document 1, line 1: is not a TrackedMod: begin with apiVersion and kind"]
    );
}

#[test]
fn a_missing_name() {
    for metadata in ["metadata: {}", "metadata: {namespace: x}"] {
        let text = VALID.replace("metadata: {name: sodium}", metadata);
        assert_eq!(
            problems(&text),
            ["document 1, line 3, metadata.name: is missing: give the TrackedMod a name"]
        );
    }
    let text = VALID.replace("metadata: {name: sodium}\n", "");
    assert_eq!(
        problems(&text),
        ["document 1, line 1, metadata.name: is missing: give the TrackedMod a name"]
    );
}

#[test]
fn the_same_name_twice() {
    assert_eq!(
        problems(&format!("{VALID}---\n{VALID}")),
        [
            "document 2, line 8, metadata.name: \"sodium\" is also the name of document 1: names are unique in a namespace"
        ]
    );
}

#[test]
fn unknown_fields() {
    assert_eq!(
        of_spec("  modrinth:\n    projects: [a1b]\n  timezone: Etc/UTC\n"),
        "document 1, line 7, spec.timezone: there is no such field: did you mean `timeZone`?"
    );
    assert_eq!(
        of_spec("  modrinth:\n    project: [a1b]\n    projects: [a1b]\n"),
        "document 1, line 6, spec.modrinth.project: there is no such field: did you mean `projects`?"
    );
    assert_eq!(
        of_spec("  modrinth: {projects: [a1b],\n    image: evil}\n"),
        "document 1, line 6, spec.modrinth.image: there is no such field, only projects"
    );
    assert_eq!(
        problems(&VALID.replace("{name: sodium}", "{name: a, lables: {}}")),
        ["document 1, line 3, metadata.lables: there is no such field: did you mean `labels`?"]
    );
}

#[test]
fn missing_fields() {
    assert_eq!(
        of_spec("  curseforge:\n    projects: [5]\n"),
        "document 1, line 5, spec.curseforge.apiKeySecretRef: is missing: The Secret that holds your CurseForge API key."
    );
    assert_eq!(
        problems(&VALID.replace("spec: {modrinth: {projects: [AANobbMI]}}\n", "")),
        ["document 1, line 1, spec: is missing: What is tracked of one mod, and when."]
    );
}

#[test]
fn values_of_a_wrong_type() {
    let modrinth = "  modrinth: {projects: [a1b]}\n";
    let cases = [
        (
            "  modrinth:\n    projects: sodium\n",
            "line 6, spec.modrinth.projects: is text, but must be a list",
        ),
        (
            "  modrinth:\n    projects:\n    - a1b\n    - 12345678\n",
            "line 8, spec.modrinth.projects[1]: is `12345678`, but must be text: put it in quotes",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  suspend: maybe\n",
            "line 6, spec.suspend: is text, but must be true or false",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  displayName: true\n",
            "line 6, spec.displayName: is `true`, but must be text: put it in quotes",
        ),
        (
            "  curseforge:\n    apiKeySecretRef: {name: a}\n    projects: [5, \"6\"]\n",
            "line 7, spec.curseforge.projects[1]: is text, but must be a whole number",
        ),
        (
            "  curseforge:\n    apiKeySecretRef: {name: a}\n    projects: [1.5]\n",
            "line 7, spec.curseforge.projects[0]: is `1.5`, but must be a whole number",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  modpacks:\n    curseforge: Enabled\n",
            "line 7, spec.modpacks.curseforge: \"Enabled\" is not one of Disabled, Website",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  displayName: !mine x\n",
            "line 6, spec.displayName: is a map, but must be text",
        ),
    ];
    assert!(
        read(&VALID.replace(
            "spec: {modrinth: {projects: [AANobbMI]}}\n",
            &format!("spec:\n{modrinth}")
        ))
        .is_ok()
    );
    for (spec, expected) in cases {
        assert_eq!(of_spec(spec), format!("document 1, {expected}"));
    }
}

#[test]
fn values_that_break_a_rule_are_placed() {
    let cases = [
        (
            "  modrinth:\n    projects:\n\n    # a comment\n    - a1b\n    - \"a b c\"\n",
            "line 10, spec.modrinth.projects[1]: \"a b c\" is neither an id nor a slug of Modrinth: use 3 to 64 of A-Z a-z 0-9 ! @ $ ( ) ` . + , _ -",
        ),
        (
            "  modrinth:\n    projects:\n    - https://modrinth.com/mod/sodium/versions\n",
            "line 7, spec.modrinth.projects[0]: \"https://modrinth.com/mod/sodium/versions\" is an address: write `sodium`",
        ),
        (
            "  modrinth: {projects: [a1b,\n    a1b]}\n",
            "line 6, spec.modrinth.projects[1]: \"a1b\" stands here twice: take one out",
        ),
        (
            "  modrinth: {projects: []}\n",
            "line 5, spec.modrinth.projects: is empty: name at least one project",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  schedule: >\n    17 *\n    * * *\n",
            "line 6, spec.schedule: \"17 * * * *\\n\": the weekday \"*\\n\" must be a number from 0 (Sunday) to 6 (Saturday), or sun to sat",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  timeZone: Local\n",
            "line 6, spec.timeZone: \"Local\" means another zone on every machine: name one of the IANA database, like Europe/Paris",
        ),
        (
            "  modrinth: {projects: [a1b]}\n  modpacks:\n    curseforge: Website\n",
            "line 7, spec.modpacks.curseforge: Website asks for the packs of curseforge.projects, and there are none: give spec.curseforge, or set this to Disabled",
        ),
        (
            "  curseforge:\n    projects: [0]\n    apiKeySecretRef:\n      name: cf\n",
            "line 6, spec.curseforge.projects[0]: 0 is no project id of CurseForge: ids go from 1 to 2147483647",
        ),
        (
            "  curseforge:\n    projects: [1]\n    apiKeySecretRef:\n      name: cf\n      key: ../../etc/passwd\n",
            "line 9, spec.curseforge.apiKeySecretRef.key: \"../../etc/passwd\" is no key of a Secret: use letters, digits, - _ and ., not beginning with .",
        ),
        (
            "  suspend: true\n",
            "line 4, spec: names no project: give modrinth.projects or curseforge.projects",
        ),
    ];
    for (spec, expected) in cases {
        assert_eq!(of_spec(spec), format!("document 1, {expected}"));
    }
}

#[test]
fn names_and_namespaces_are_labels() {
    let text = VALID.replace("{name: sodium}", "\n  name: a.b\n  namespace: ../x");
    assert_eq!(
        problems(&text),
        [
            "document 1, line 4, metadata.name: \"a.b\" is no DNS label: use at most 63 of a-z, 0-9 and -, beginning and ending with a letter or digit",
            "document 1, line 5, metadata.namespace: \"../x\" is no DNS label: use at most 63 of a-z, 0-9 and -, beginning and ending with a letter or digit",
        ]
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    let wrong = VALID.replace("AANobbMI", "a, b");
    let problems = problems(&format!("{wrong}---\n{}", wrong.replace("sodium", "other")));
    let places: Vec<_> = problems
        .iter()
        .map(|problem| problem.split(':').next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "document 1, line 4, spec.modrinth.projects[0]",
            "document 1, line 4, spec.modrinth.projects[1]",
            "document 2, line 9, spec.modrinth.projects[0]",
            "document 2, line 9, spec.modrinth.projects[1]",
        ]
    );
}
