//! The program, as far as it gets without a database.

use std::process::Command;

use tempfile::TempDir;

const SECRET: &str = "canary-password";

struct Program {
    folder: TempDir,
    command: Command,
}

struct Ended {
    code: i32,
    output: String,
    last_words: serde_json::Value,
}

impl Program {
    fn new(arguments: &[&str]) -> Program {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_modstats-collector"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("MODSTATS_DATABASE_HOST", "127.0.0.1")
            // Nobody listens there, and nobody may.
            .env("MODSTATS_DATABASE_PORT", "1")
            .env("MODSTATS_DATABASE_DBNAME", "modstats")
            .env("MODSTATS_DATABASE_USERNAME", "app")
            .env("MODSTATS_DATABASE_PASSWORD", SECRET)
            .env("MODSTATS_DATABASE_TLS", "disable")
            .env("MODSTATS_DEADLINE_SECONDS", "10")
            .env("MODSTATS_TERMINATION_LOG", folder.path().join("last-words"));
        Program { folder, command }
    }

    fn collecting(document: &str) -> Program {
        let program = Program::new(&["--source", "modrinth", "--document", "document.json"]);
        std::fs::write(program.folder.path().join("document.json"), document).unwrap();
        program
    }

    fn with(mut self, name: &str, value: &str) -> Program {
        self.command.env(name, value);
        self
    }

    fn run(mut self) -> Ended {
        let output = self.command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let last_words = std::fs::read(self.folder.path().join("last-words")).unwrap_or_default();
        let ended = Ended {
            code: output.status.code().unwrap(),
            output: String::from_utf8(text).unwrap(),
            last_words: serde_json::from_slice(&last_words).unwrap_or_default(),
        };
        assert!(!ended.output.contains(SECRET), "{}", ended.output);
        assert!(
            !ended.last_words.to_string().contains(SECRET),
            "{}",
            ended.last_words
        );
        ended
    }
}

fn document() -> String {
    serde_json::to_string(&crate::support::document(&["quillhaven-gears"], &[])).unwrap()
}

#[test]
fn help_explains_environment_and_exit_codes() {
    let ended = Program::new(&["--help"]).run();
    assert_eq!(ended.code, 0);
    for word in [
        "MODSTATS_DATABASE_HOST",
        "MODSTATS_CURSEFORGE_API_KEY",
        "  75  ",
        "  78  ",
    ] {
        assert!(ended.output.contains(word), "{word} in {}", ended.output);
    }
}

#[test]
fn wrong_arguments_are_a_matter_of_configuration() {
    for (arguments, part) in [
        (&[][..], "--source"),
        (&["--source", "modrinth"][..], "--document"),
        (
            &["--source", "forge", "--document", "x"][..],
            "modrinth, curseforge, modpacks",
        ),
    ] {
        let ended = Program::new(arguments).run();
        assert_eq!(ended.code, 78, "{}", ended.output);
        assert!(ended.output.contains(part), "{}", ended.output);
    }
}

#[test]
fn what_would_bend_the_connection_is_refused_by_name() {
    for name in ["PGOPTIONS", "PGSSLCERT", "PGSSLKEY"] {
        let ended = Program::collecting(&document())
            .with(name, "-c role=admin")
            .run();
        assert_eq!(ended.code, 78, "{}", ended.output);
        assert!(ended.output.contains(name), "{}", ended.output);
        let error = &ended.last_words["errors"][0];
        assert_eq!(error["reason"], "InvalidConfiguration");
        assert!(
            error["message"].as_str().unwrap().starts_with(name),
            "{error}"
        );
    }
}

#[test]
fn a_document_that_is_none_is_named() {
    for (text, part) in [
        ("{", "EOF"),
        ("{}", "missing field"),
        ("[]", "not readable"),
    ] {
        let ended = Program::collecting(text).run();
        assert_eq!(ended.code, 78, "{}", ended.output);
        let error = &ended.last_words["errors"][0];
        assert_eq!(
            (&error["reason"], &error["subject"]),
            (&"InvalidDocument".into(), &"document.json".into())
        );
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    let ended = Program::new(&["--source", "modrinth", "--document", "nowhere.json"]).run();
    assert_eq!(ended.code, 78);
    assert!(ended.output.contains("nowhere.json"), "{}", ended.output);
}

#[test]
fn a_database_that_is_away_is_tried_again() {
    let ended = Program::collecting(&document()).run();
    assert_eq!(ended.code, 75, "{}", ended.output);
    assert_eq!(ended.last_words["modstats"], 1);
    assert_eq!(ended.last_words["outcome"], "failed");
    assert_eq!(
        ended.last_words["errors"][0]["reason"],
        "DatabaseUnavailable"
    );
    let message = ended.last_words["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("127.0.0.1:1/modstats"), "{message}");
}

#[test]
fn a_request_to_stop_is_followed_at_once() {
    let mut program = Program::collecting(&document()).with("MODSTATS_DEADLINE_SECONDS", "600");
    let mut process = program
        .command
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Its first line says that it waits for the database.
    let mut first = String::new();
    let mut output = std::io::BufReader::new(process.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut first).unwrap();
    assert!(first.contains("the database is away"), "{first}");
    let killed = Command::new("kill")
        .args(["-TERM", &process.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(process.wait().unwrap().code(), Some(75));
    let last_words = std::fs::read_to_string(program.folder.path().join("last-words")).unwrap();
    assert!(last_words.contains("\"Stopped\""), "{last_words}");
}
