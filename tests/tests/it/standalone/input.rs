//! Bad input: each message names what is wrong and the way out, and nothing is half done.

use modstats_tests::Process;
use sea_orm::ConnectionTrait;

use super::*;

const GOOD: &str = "apiVersion: modstats.dev/v1alpha1
kind: TrackedMod
metadata: {name: gears}
spec:
  modrinth: {projects: [gears]}
";

/// Runs `modstats serve` on a file and expects it to refuse.
async fn refused(folder: &Path, text: &str, more: &[&str]) -> String {
    let file = write(folder, "mods.yaml", text);
    let db = folder.join("history.db");
    let mut arguments = vec!["serve", "-f", &file, "--db", db.to_str().unwrap()];
    if !more.contains(&"--listen") {
        arguments.extend(["--listen", "127.0.0.1:0"]);
    }
    arguments.extend(more);
    let mut process = Process::start("modstats", &arguments, &[]);
    let status = process.wait(SHORT).await;
    assert_eq!(status.code(), Some(78), "{}", process.output());
    process.stderr()
}

fn assert_says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in {said:?}");
    }
}

#[tokio::test]
async fn broken_yaml_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(
        folder.path(),
        &GOOD.replace("{name: gears}", "{name: gears"),
        &[],
    )
    .await;
    assert_says(&said, &["mods.yaml", "document 1", "line "]);
    assert!(
        !folder.path().join("history.db").exists(),
        "nothing is made of a file that is wrong"
    );
}

#[tokio::test]
async fn an_unknown_field_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(folder.path(), &GOOD.replace("projects:", "project:"), &[]).await;
    assert_says(&said, &["line 5", "spec.modrinth", "project", "projects"]);
}

#[tokio::test]
async fn every_mistake_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let two = format!(
        "{}---\n{}",
        GOOD.replace("gears]", "'a b']"),
        GOOD.replace("name: gears", "name: Gears_2")
    );
    let said = refused(folder.path(), &two, &[]).await;
    assert_says(
        &said,
        &[
            "document 1",
            "spec.modrinth.projects[0]",
            "document 2",
            "metadata.name",
        ],
    );
}

#[tokio::test]
async fn one_name_in_two_files_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = write(folder.path(), "other.yaml", GOOD);
    let said = refused(folder.path(), GOOD, &["-f", &other]).await;
    assert_says(&said, &["default/gears", "other.yaml"]);
}

#[tokio::test]
async fn a_file_that_is_not_there_and_one_without_mods_are_named() {
    let folder = tempfile::tempdir().unwrap();
    assert_says(
        &refused(folder.path(), "# nothing\n", &[]).await,
        &["mods.yaml", "examples/trackedmod.yaml"],
    );
    assert_says(
        &refused(folder.path(), GOOD, &["-f", "/nowhere/x.yaml"]).await,
        &["/nowhere/x.yaml"],
    );
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(folder.path(), GOOD, &["--listen", &address]).await;
    assert_says(&said, &[&address, "in use", "--listen"]);
}

#[tokio::test]
async fn a_database_file_that_is_none_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let notes = "my notes, and no database\n".repeat(200);
    write(folder.path(), "history.db", &notes);
    let said = refused(folder.path(), GOOD, &[]).await;
    assert_says(&said, &["history.db", "--db"]);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("history.db")).unwrap(),
        notes
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let ground = crate::ground::Ground::sqlite().await;
    ground
        .connection
        .execute_unprepared("UPDATE schema_level SET level = 9, oldest_writer = 9")
        .await
        .unwrap();
    let modstats_store::Database::Sqlite(path) = &ground.settings else {
        unreachable!()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "mods.yaml", GOOD);
    let arguments = [
        "serve",
        "-f",
        &file,
        "--listen",
        "127.0.0.1:0",
        "--db",
        path.to_str().unwrap(),
    ];
    let mut process = Process::start("modstats", &arguments, &[]);
    assert_eq!(process.wait(SHORT).await.code(), Some(78));
    assert_says(&process.stderr(), &["level 9", "newer modstats"]);
}

#[tokio::test]
async fn sample_data_never_go_into_a_file_that_exists() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "mine.db", "");
    let mut process = Process::start(
        "modstats",
        &["demo", "--listen", "127.0.0.1:0", "--db", &file],
        &[],
    );
    assert_eq!(process.wait(SHORT).await.code(), Some(78));
    assert_says(&process.stderr(), &["mine.db", "--db"]);
}
