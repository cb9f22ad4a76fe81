//! `modstats serve` against platforms that are there, that refuse, and that are away.

use modstats_simulator::catalogue::{Mod, Platform};
use modstats_simulator::{Options, Simulator};
use modstats_tests::{Signal, Theme, Window, browser, eventually};
use serde_json::Value;
use tempfile::TempDir;

use super::*;

struct Setting {
    simulator: Simulator,
    folder: TempDir,
    tracked: Mod,
}

impl Setting {
    async fn new() -> Setting {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let simulator = Simulator::start(Options::default()).await.unwrap();
        let tracked = simulator.catalogue().mods()[0].clone();
        Setting {
            simulator,
            folder: tempfile::tempdir().unwrap(),
            tracked,
        }
    }

    fn yaml(&self) -> String {
        let (modrinth, curseforge) = (
            self.tracked.modrinth.as_ref().unwrap(),
            self.tracked.curseforge.unwrap(),
        );
        format!(
            "apiVersion: modstats.dev/v1alpha1\nkind: TrackedMod\nmetadata: {{name: gears}}\nspec:\n  modrinth: {{projects: [{modrinth}]}}\n  curseforge: {{projects: [{curseforge}], apiKeySecretRef: {{name: curseforge, key: api-key}}}}\n"
        )
    }

    async fn serve(&self, yaml: &str, more: &[&str], environment: &[(&str, &str)]) -> Running {
        let file = write(self.folder.path(), "mods.yaml", yaml);
        let db = self.folder.path().join("history.db");
        let mut arguments = vec![
            "serve",
            "-f",
            &file,
            "--db",
            db.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
        ];
        arguments.extend(more);
        let (modrinth, curseforge) = (
            self.simulator.modrinth_url(),
            self.simulator.curseforge_url(),
        );
        let mut variables = vec![
            ("MODSTATS_MODRINTH_URL", modrinth.as_str()),
            ("MODSTATS_CURSEFORGE_URL", curseforge.as_str()),
        ];
        variables.retain(|(name, _)| environment.iter().all(|(other, _)| other != name));
        variables.extend(environment);
        Running::start(&arguments, &variables).await
    }
}

/// The newest run of a source, once it has ended.
async fn ended_run(running: &Running, source: &str) -> Value {
    eventually(SHORT, "a run ends", async || {
        let runs = running.json("/api/v1/runs").await;
        let runs = runs["runs"].as_array().unwrap().clone();
        let run = runs.into_iter().find(|run| run["source"] == source);
        run.filter(|run| run["state"] != "running")
            .ok_or_else(|| running.process.output())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_collects_at_once_with_a_key_from_the_folder_and_remembers_over_a_restart() {
    let setting = Setting::new().await;
    let key = Options::default().curseforge_key;
    write(
        setting.folder.path(),
        "secrets/curseforge/api-key",
        &format!("{key}\n"),
    );
    let secrets = setting.folder.path().join("secrets");
    let more = ["--secrets-dir", secrets.to_str().unwrap()];
    let mut running = setting.serve(&setting.yaml(), &more, &[]).await;
    for source in ["modrinth", "curseforge", "modpacks"] {
        let run = ended_run(&running, source).await;
        assert_eq!(run["state"], "complete", "{run}");
    }
    let shown = running.json("/api/v1/mods/default/gears").await;
    for project in shown["projects"].as_array().unwrap() {
        let platform = if project["platform"] == "modrinth" {
            Platform::Modrinth
        } else {
            Platform::Curseforge
        };
        let id = project["id"].as_str().unwrap();
        let at = project["downloads"]["observed_at"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let stated = setting
            .simulator
            .catalogue()
            .downloads(platform, id, at)
            .unwrap();
        assert_eq!(project["downloads"]["value"].as_i64(), Some(stated));
    }
    let versions = "/api/v1/mods/default/gears/versions?limit=500";
    let versions = running.json(versions).await;
    assert!(
        versions["versions"].as_array().unwrap().len() > 250,
        "every page of files was read"
    );
    let packs = running.json("/api/v1/mods/default/gears/modpacks").await;
    assert!(packs["figures"]["current"].as_i64() > Some(0), "{packs}");
    let page = browser().await.page(Window::default()).await;
    page.goto(&format!("{}/mods/default/gears/modpacks", running.origin))
        .await;
    let figures = page.text("#modpacks .figures").await;
    assert!(figures.contains("contain it today"), "{figures}");
    let freshness = page.text("#modpacks .freshness").await;
    assert!(freshness.contains("Modrinth complete"), "{freshness}");
    assert!(freshness.contains("CurseForge not asked"), "{freshness}");
    running.process.signal(Signal::TERM);
    assert!(running.process.wait(SHORT).await.success());
    assert!(
        !running.process.output().contains(&key),
        "the key is nowhere in the output"
    );

    let again = setting.serve(&setting.yaml(), &more, &[]).await;
    eventually(SHORT, "the second start collects too", async || {
        let runs = again.json("/api/v1/runs").await;
        let runs = runs["runs"].as_array().unwrap().len();
        if runs == 6 {
            Ok(())
        } else {
            Err(format!("{runs} runs"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_and_a_refused_key_are_told_on_terminal_and_page_and_the_rest_goes_on() {
    for (environment, words) in [
        (vec![], "no CurseForge API key"),
        (
            vec![("MODSTATS_CURSEFORGE_API_KEY", "$2a$10$canary.of.a.key")],
            "refused",
        ),
    ] {
        let setting = Setting::new().await;
        let mut running = setting.serve(&setting.yaml(), &[], &environment).await;
        assert_eq!(ended_run(&running, "modrinth").await["state"], "complete");
        assert_eq!(ended_run(&running, "curseforge").await["state"], "failed");
        running.process.wait_for_line(SHORT, words).await;
        running.process.wait_for_line(SHORT, "next at").await;
        let window = Window {
            width: 1280,
            height: 900,
            theme: Theme::Light,
            javascript: false,
            ..Window::default()
        };
        let page = browser().await.page(window).await;
        page.goto(&format!("{}/mods/default/gears", running.origin))
            .await;
        let freshness = page.text(".head .freshness").await;
        assert!(
            freshness.contains("key") && freshness.contains("Next"),
            "{freshness}"
        );
        let everything = format!(
            "{} {}",
            running.process.output(),
            running.json("/api/v1/runs").await
        );
        assert!(
            !everything.contains("canary"),
            "the key is shown: {everything}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_project_is_named_and_the_known_ones_are_collected() {
    let setting = Setting::new().await;
    let yaml = setting
        .yaml()
        .replacen("{projects: [", "{projects: [no-such-mod-anywhere, ", 1);
    let mut running = setting.serve(&yaml, &[], &[]).await;
    let run = ended_run(&running, "modrinth").await;
    assert_eq!(run["state"], "partial", "{run}");
    assert!(run.to_string().contains("no-such-mod-anywhere"), "{run}");
    running
        .process
        .wait_for_line(SHORT, "no-such-mod-anywhere")
        .await;
    assert_eq!(run["projects"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_is_away_is_named_with_the_next_try() {
    let setting = Setting::new().await;
    // Nobody listens on a port that was just given back.
    let away = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{away}/");
    let mut running = setting
        .serve(&setting.yaml(), &[], &[("MODSTATS_MODRINTH_URL", &url)])
        .await;
    let run = ended_run(&running, "modrinth").await;
    assert_eq!(run["state"], "failed", "{run}");
    running
        .process
        .wait_for_line(SHORT, "gears modrinth: failed")
        .await;
    running
        .process
        .wait_for_line(SHORT, "gears modpacks: failed")
        .await;
    let shown = running.json("/api/v1/mods/default/gears").await;
    let modrinth = shown["sources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["source"] == "modrinth")
        .unwrap();
    // Sooner than the schedule says, which is six hours.
    let next: jiff::Timestamp = modrinth["next_at"].as_str().unwrap().parse().unwrap();
    let wait = next.duration_since(jiff::Timestamp::now());
    assert!(wait < jiff::SignedDuration::from_mins(6), "{modrinth}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_mod_is_shown_as_such_and_not_collected() {
    let setting = Setting::new().await;
    let (yaml, modrinth) = (setting.yaml(), setting.tracked.modrinth.as_ref().unwrap());
    let other = "---\napiVersion: modstats.dev/v1alpha1\nkind: TrackedMod\nmetadata: {name: sleeping}\nspec:\n  suspend: true\n";
    let yaml = format!("{yaml}{other}  modrinth: {{projects: [{modrinth}]}}\n");
    let running = setting.serve(&yaml, &[], &[]).await;
    for source in ["modrinth", "modpacks"] {
        ended_run(&running, source).await;
    }
    let runs = running.json("/api/v1/runs").await;
    let runs = runs["runs"].as_array().unwrap().clone();
    assert!(runs.iter().all(|run| run["name"] == "gears"), "{runs:?}");
    let asked_modrinth = runs.iter().filter(|run| run["source"] != "curseforge");
    let claimed: u64 = asked_modrinth
        .map(|run| run["requests"].as_u64().unwrap())
        .sum();
    let served = setting.simulator.served().total(Platform::Modrinth);
    assert_eq!(claimed, served, "nobody asks for the other");
}
