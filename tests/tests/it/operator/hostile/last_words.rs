//! What a pod leaves as its collector's last words, whoever may have written them.

use k8s_openapi::api::events::v1::Event;

use super::*;

/// Last words and how the run reads then; `UID` stands for the TrackedMod's.
fn last_words() -> Vec<(&'static str, String, Outcome)> {
    let ours = json!({
        "modstats": 1, "source": "modrinth", "document": {"uid": "UID", "generation": 1},
        "outcome": "partial", "endedAt": "2026-01-05T09:17:00Z", "downloads": 7,
        "errors": [{"subject": "gears", "reason": "ProjectUnknown", "message": "no such project"}],
    });
    let with = |field: &str, value: Value| {
        let mut words = ours.clone();
        words[field] = value;
        words.to_string()
    };
    let error = |it: [&str; 3]| {
        let [subject, reason, message] = it;
        json!([{"subject": subject, "reason": reason, "message": message}])
    };
    let pin = |id: &str| json!([{"project": "gears", "id": id}]);
    let long = "a".repeat(100_000);
    let wide = "🧪".repeat(400);
    use Outcome::{Lost, Partial};
    vec![
        ("as they should be", ours.to_string(), Partial),
        (
            "control characters",
            with(
                "errors",
                error(["\u{1b}[2J", "\0\u{7}Odd\n", "a\r\nb\u{9b}31m"]),
            ),
            Partial,
        ),
        (
            "what YAML refuses",
            with(
                "errors",
                error(["\u{feff}a", "Odd", "b \u{2028} c\u{fffe}\u{ffff}"]),
            ),
            Partial,
        ),
        (
            "long texts",
            with("errors", error([&long, &long, &long])),
            Partial,
        ),
        (
            "wide texts",
            with("errors", error(["gears", "Wide", &wide])),
            Partial,
        ),
        ("no texts", with("errors", error(["", "", ""])), Partial),
        (
            "countless errors",
            with("errorsLeftOut", json!(u64::MAX)),
            Partial,
        ),
        ("an empty id", with("projects", pin("")), Partial),
        ("a long id", with("projects", pin(&long[..65])), Partial),
        (
            "an id with control characters",
            with("projects", pin("\u{1b}[2J")),
            Partial,
        ),
        (
            "the first time",
            with("endedAt", json!("-009999-01-02T01:59:59Z")),
            Partial,
        ),
        (
            "the last time",
            with("endedAt", json!("9999-12-30T22:00:00.999Z")),
            Partial,
        ),
        (
            "less than nothing",
            with("downloads", json!(i64::MIN)),
            Partial,
        ),
        ("too large a number", with("downloads", json!(1e300)), Lost),
        (
            "another's document",
            with("document", json!({"uid": "other", "generation": 1})),
            Lost,
        ),
        ("another source", with("source", json!("curseforge")), Lost),
        ("another format", with("modstats", json!(2)), Lost),
        ("no JSON", "\u{1b}[2J; rm -rf /".to_owned(), Lost),
        ("a deep list", "[".repeat(100_000), Lost),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_words_of_a_pod_are_made_fit_for_the_status_or_are_not_heard() {
    let ground = Ground::new(control_plane().await, ELSEWHERE).await;
    let name = |number: usize| format!("words-{number}");
    for number in 0..last_words().len() {
        let mut object = harmless(&name(number));
        object["spec"].as_object_mut().unwrap().remove("curseforge");
        object["spec"]["modpacks"] = json!({"modrinth": "Disabled"});
        accepted(&ground, &object).await;
    }
    let api: Api<TrackedMod> = ground.api();
    for (number, (_, words, _)) in last_words().into_iter().enumerate() {
        let tracked_mod = api.get(&name(number)).await.unwrap();
        let words = words.replace("UID", &tracked_mod.uid().unwrap());
        let pod = pod_of(&ground, &name(number)).await;
        finish_pod(&ground.client, &ground.namespace, &pod, 0, &words).await;
    }
    for (number, (what, _, outcome)) in last_words().into_iter().enumerate() {
        eventually(SOON, what, async || {
            let status = api.get(&name(number)).await.unwrap().status.unwrap();
            match status.sources[0].outcome == Some(outcome) {
                true => Ok(()),
                false => Err(format!("{status:#?}\n{}", ground.operator.output())),
            }
        })
        .await;
        eventually(SOON, &format!("an event tells of {what}"), async || {
            let events: Api<Event> = ground.api();
            let events = events.list(&ListParams::default()).await.unwrap();
            let told = events.iter().any(|it| {
                let about = it.regarding.clone().and_then(|it| it.name);
                about == Some(name(number)) && it.action.as_deref() == Some("CollectionSucceeded")
            });
            told.then_some(()).ok_or_else(|| ground.operator.output())
        })
        .await;
    }
    shows_no_control_characters(&ground).await;
}

async fn pod_of(ground: &Ground<'_>, tracked_mod: &str) -> String {
    let of_it = ListParams::default().labels(&format!("modstats.dev/tracked-mod={tracked_mod}"));
    eventually(SOON, "it has a pod", async || {
        let pods: Api<Pod> = ground.api();
        let pods = pods.list(&of_it).await.unwrap().items;
        let pod = pods.first().map(ResourceExt::name_any);
        pod.ok_or_else(|| ground.operator.output())
    })
    .await
}
