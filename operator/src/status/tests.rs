use super::*;
use crate::build::tests::modrinth_alone;
use modstats_crds::TerminationMessage;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_769_646_000 + second).unwrap()
}

fn run(job: &str, second: i64, end: End) -> Run {
    Run {
        job: job.to_owned(),
        source: Source::Modrinth,
        scheduled_at: at(second),
        end,
    }
}

fn told(outcome: Outcome, error: Option<&str>) -> End {
    let errors = error.map(|reason| modstats_crds::message::Problem {
        subject: "s".to_owned(),
        reason: reason.to_owned(),
        message: "m".to_owned(),
    });
    let errors = errors.into_iter().collect();
    let mut message = TerminationMessage::new(Source::Modrinth, outcome, at(0), errors);
    message.downloads = Some(7);
    End::Told(Box::new(message))
}

fn trouble(reason: &str) -> Trouble {
    Trouble {
        reason: reason.to_owned(),
        message: "m".to_owned(),
    }
}

fn goes_on(trouble: Option<Trouble>) -> End {
    End::Running {
        since: at(0),
        trouble,
    }
}

fn held_up(reason: &str) -> End {
    goes_on(Some(trouble(reason)))
}

/// A TrackedMod of one source that sees these runs one reconcile after the other.
fn seen(reconciles: &[Vec<Run>]) -> TrackedModStatus {
    status_of(&modrinth_alone(), reconciles)
}

fn status_of(validated: &Validated, reconciles: &[Vec<Run>]) -> TrackedModStatus {
    let mut tracked_mod = TrackedMod::new("a", validated.document.spec.clone());
    for runs in reconciles {
        tracked_mod.status = Some(told_of(&tracked_mod, validated, runs, &[]));
    }
    tracked_mod.status.unwrap()
}

fn told_of(
    tracked_mod: &TrackedMod,
    validated: &Validated,
    runs: &[Run],
    overdue: &[Overdue],
) -> TrackedModStatus {
    let validity = Validity::Collectable(Box::new(validated.clone()));
    let seen = Seen {
        runs,
        overdue,
        failure: None,
    };
    status(tracked_mod, &Verdict::Valid(&validity, seen), at(0))
}

fn condition(status: &TrackedModStatus) -> (&str, &str) {
    of_type(status, COLLECTION_SUCCEEDED)
}

fn of_type<'s>(status: &'s TrackedModStatus, type_: &str) -> (&'s str, &'s str) {
    let mut conditions = status.conditions.iter();
    let found = conditions.find(|it| it.type_ == type_);
    found
        .map(|it| (it.status.as_str(), it.reason.as_str()))
        .unwrap()
}

#[test]
fn what_was_told_stays_when_the_pod_is_gone() {
    let complete = vec![run("a", 0, told(Outcome::Complete, None))];
    let status = seen(&[complete.clone(), vec![run("a", 0, End::Gone)], vec![]]);
    assert_eq!(condition(&status), ("True", "Complete"));
    assert_eq!(status.downloads, Some(7));
    let refused = vec![run("a", 0, told(Outcome::Failed, Some("KeyRefused")))];
    let gone = vec![run("a", 0, End::Silent(trouble("PodFailurePolicy")))];
    let status = seen(&[refused, gone]);
    assert_eq!(condition(&status), ("False", "KeyRefused"));
    assert_eq!(status.sources[0].outcome, Some(Outcome::Failed));
}

#[test]
fn the_cause_outlives_the_deadline_and_ends_with_the_next_run() {
    let first = vec![run("a", 0, told(Outcome::Complete, None))];
    let waits = vec![run("b", 60, held_up("CreateContainerConfigError"))];
    let over = vec![run("b", 60, End::Silent(trouble("DeadlineExceeded")))];
    let status = seen(&[first.clone(), waits.clone()]);
    assert_eq!(condition(&status), ("False", "CreateContainerConfigError"));
    let status = seen(&[first.clone(), waits.clone(), over.clone()]);
    assert_eq!(condition(&status), ("False", "CreateContainerConfigError"));
    assert_eq!(status.sources[0].outcome, Some(Outcome::Lost));
    let next = vec![run("c", 120, told(Outcome::Complete, None))];
    let status = seen(&[first, waits, over, next]);
    assert_eq!(condition(&status), ("True", "Complete"));
    assert_eq!(status.sources[0].message, None);
}

#[test]
fn notes_of_a_complete_run_fail_nothing_and_trouble_after_a_partial_one_does() {
    let noted = vec![run("a", 0, told(Outcome::Complete, Some("SlugReassigned")))];
    let status = seen(&[noted]);
    assert_eq!(condition(&status), ("True", "Complete"));
    assert_eq!(status.sources[0].reason.as_deref(), Some("SlugReassigned"));
    let partial = vec![run("a", 0, told(Outcome::Partial, Some("ProjectNotFound")))];
    let status = seen(std::slice::from_ref(&partial));
    assert_eq!(condition(&status), ("True", "Partial"));
    let blocked = vec![
        partial[0].clone(),
        run("b", 60, held_up("ImagePullBackOff")),
    ];
    assert_eq!(condition(&seen(&[blocked])), ("False", "ImagePullBackOff"));
}

#[test]
fn an_old_run_is_taken_only_where_nothing_is_known() {
    let newer = vec![run("b", 60, told(Outcome::Complete, None))];
    let older = vec![run("a", 0, told(Outcome::Failed, Some("Unreachable")))];
    assert_eq!(condition(&seen(&[newer, older])), ("True", "Complete"));
    let starts = vec![run("b", 60, goes_on(None))];
    let older = vec![run("a", 0, told(Outcome::Complete, None))];
    let status = seen(&[starts, older]);
    assert_eq!(condition(&status), ("True", "Complete"));
    let last = status.sources[0].last_schedule_time.as_ref().unwrap().0;
    assert_eq!(last, at(60), "it never goes back");
}

#[test]
fn a_schedule_that_nobody_keeps_outranks_how_the_last_run_ended() {
    let validated = modrinth_alone();
    let mut tracked_mod = TrackedMod::new("a", validated.document.spec.clone());
    let runs = [run("a", 0, told(Outcome::Failed, Some("KeyRefused")))];
    let missed = Overdue {
        source: Source::Modrinth,
        cron_job: "a-modrinth-1".to_owned(),
        due: at(60),
    };
    for (overdue, reason) in [(vec![missed], "Overdue"), (vec![], "KeyRefused")] {
        tracked_mod.status = Some(told_of(&tracked_mod, &validated, &runs, &overdue));
        let status = tracked_mod.status.as_ref().unwrap();
        assert_eq!(condition(status), ("False", reason));
        assert_eq!(status.sources[0].reason.as_deref(), Some("KeyRefused"));
    }
}

#[test]
fn a_status_of_the_same_runs_is_the_same() {
    let runs = vec![run("a", 0, told(Outcome::Failed, Some("KeyRefused")))];
    assert_eq!(
        seen(std::slice::from_ref(&runs)),
        seen(&[runs.clone(), runs])
    );
}

/// A run of modpacks; its message also has what such a message shouldn't.
fn modpacks(job: &str, second: i64, outcome: Outcome, modpacks: Option<i64>) -> Run {
    let error = modstats_crds::message::Problem {
        subject: "modrinth".to_owned(),
        reason: "Unreachable".to_owned(),
        message: "m".to_owned(),
    };
    let errors = match outcome {
        Outcome::Complete => vec![],
        _ => vec![error],
    };
    let mut message = TerminationMessage::new(Source::Modpacks, outcome, at(second), errors);
    message.downloads = Some(1_000);
    message.projects = vec![PinnedProject {
        project: "createnuclear".to_owned(),
        id: "abcd1234".to_owned(),
    }];
    message.modpacks = modpacks;
    Run {
        source: Source::Modpacks,
        ..run(job, second, End::Told(Box::new(message)))
    }
}

/// Whose other source has ended well.
fn with_modpacks(reconciles: &[Vec<Run>]) -> TrackedModStatus {
    let mut validated = modrinth_alone();
    validated.document.spec.modpacks = None;
    let downloads = run("downloads", 0, told(Outcome::Complete, None));
    let with_downloads = |runs: &Vec<Run>| {
        let mut runs = runs.clone();
        runs.insert(0, downloads.clone());
        runs
    };
    let reconciles: Vec<_> = reconciles.iter().map(with_downloads).collect();
    status_of(&validated, &reconciles)
}

#[test]
fn modpacks_are_those_of_the_newest_run_that_tells_them_and_no_downloads() {
    let first = modpacks("a", 0, Outcome::Complete, Some(528));
    let status = with_modpacks(&[vec![first.clone()]]);
    assert_eq!((status.downloads, status.modpacks), (Some(7), Some(528)));
    assert_eq!(status.sources[1].source, Source::Modpacks);
    assert_eq!(status.sources[1].downloads, None);
    assert_eq!(status.sources[1].projects, [], "pins stand with Modrinth");

    let second = modpacks("b", 60, Outcome::Complete, Some(530));
    let silent = modpacks("c", 120, Outcome::Failed, None);
    let status = with_modpacks(&[vec![first.clone(), second, silent.clone()]]);
    assert_eq!(status.modpacks, Some(530), "the last value is kept");
    let status = with_modpacks(&[vec![first.clone()], vec![silent], vec![first]]);
    assert_eq!(status.modpacks, Some(528));
}

#[test]
fn modpacks_that_are_not_asked_for_any_more_are_not_told() {
    let told = vec![modpacks("a", 0, Outcome::Complete, Some(528))];
    let before = with_modpacks(std::slice::from_ref(&told));
    let validated = modrinth_alone();
    let mut tracked_mod = TrackedMod::new("a", validated.document.spec.clone());
    tracked_mod.status = Some(before);
    let status = told_of(&tracked_mod, &validated, &told, &[]);
    assert_eq!((status.downloads, status.modpacks), (Some(7), None));
    assert_eq!(status.sources.len(), 1);
}

#[test]
fn the_condition_speaks_of_modpacks_as_of_the_other_sources() {
    let spoken = |outcome| {
        let status = with_modpacks(&[vec![modpacks("a", 0, outcome, None)]]);
        let (state, reason) = condition(&status);
        let mut conditions = status.conditions.iter();
        let found = conditions.find(|it| it.type_ == COLLECTION_SUCCEEDED);
        let message = found.unwrap().message.clone();
        (state.to_owned(), reason.to_owned(), message)
    };
    let told = |state: &str, reason: &str, message: &str| {
        (state.to_owned(), reason.to_owned(), message.to_owned())
    };
    let error = "modpacks: Unreachable: modrinth: m";
    assert_eq!(
        spoken(Outcome::Complete),
        told("True", "Complete", "every project was recorded")
    );
    assert_eq!(spoken(Outcome::Partial), told("True", "Partial", error));
    assert_eq!(spoken(Outcome::Failed), told("False", "Unreachable", error));
    let status = with_modpacks(&[vec![]]);
    assert_eq!(condition(&status), ("Unknown", "NotYetCollected"));
}

#[test]
fn what_runs_come_to_is_told_without_a_database_too() {
    let validated = modrinth_alone();
    let readiness = Readiness {
        prospect: Prospect::Awaited,
        reason: "ClusterMissing",
        message: "m".to_owned(),
    };
    let validity = Validity::WithoutDatabase(Box::new(validated.document.clone()), readiness);
    let starts = vec![run("a", 0, goes_on(None))];
    let mut tracked_mod = TrackedMod::new("a", validated.document.spec.clone());
    tracked_mod.status = Some(seen(&[starts]));
    let runs = [run("a", 0, told(Outcome::Complete, None))];
    let seen = Seen {
        runs: &runs,
        overdue: &[],
        failure: None,
    };
    let status = status(&tracked_mod, &Verdict::Valid(&validity, seen), at(60));
    assert_eq!(condition(&status), ("True", "Complete"));
    assert_eq!(of_type(&status, READY), ("False", "ClusterMissing"));
    assert_eq!(status.downloads, Some(7));
    let source = &status.sources[0];
    assert!(source.cron_job.is_some(), "it is still there: {source:?}");
}

#[test]
fn what_can_not_be_read_leaves_the_database_unknown_and_the_collection_as_it_was() {
    let mut tracked_mod = TrackedMod::new("a", modrinth_alone().document.spec);
    tracked_mod.status = Some(seen(&[vec![run("a", 0, told(Outcome::Complete, None))]]));
    let blocked = trouble("ClusterUnreadable");
    let status = status(&tracked_mod, &Verdict::Blocked(&blocked), at(60));
    let database = of_type(&status, DATABASE_READY);
    assert_eq!(database, ("Unknown", "ClusterUnreadable"));
    assert_eq!(condition(&status), ("True", "Complete"));
}

#[test]
fn an_image_that_can_not_be_pulled_is_told_once_and_not_in_two_words_in_turn() {
    let waits = |reason: &str, message: &str| {
        let trouble = Some(Trouble::stated(reason, message));
        vec![run("a", 0, goes_on(trouble))]
    };
    let pull = waits("ErrImagePull", "not found");
    let back_off = waits("ImagePullBackOff", "Back-off pulling image");
    let first = seen(std::slice::from_ref(&pull));
    assert_eq!(seen(&[pull, back_off]), first);
    let secret = |name: &str| {
        let message = format!("secret \"{name}\" not found");
        waits("CreateContainerConfigError", &message)
    };
    let status = seen(&[secret("one"), secret("two")]);
    let message = status.sources[0].message.clone().unwrap();
    assert!(message.contains("\"two\""), "{message}");
}
