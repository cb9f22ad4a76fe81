//! What holds up or fails a run, in words that don't change: Kubernetes names one cause by many
//! reasons, and says less about the way out.

use modstats_crds::message::Problem;
use modstats_crds::one_line;

/// A message in a status is for people, and the schema bounds it.
const LONGEST: usize = 500;
const LONGEST_WORD: usize = 128;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// A PascalCase word.
    pub reason: String,
    pub message: String,
}

/// What a user looks for, and what Kubernetes calls it.
const KNOWN: [(&str, &str, &[&str]); 7] = [
    (
        IMAGE_UNAVAILABLE,
        "check collector.image and its pull secrets in the operator's configuration",
        &[
            "ErrImagePull",
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "ImageInspectError",
            "RegistryUnavailable",
            "SignatureValidationFailed",
        ],
    ),
    (
        "Refused",
        "the namespace's quota or policies don't let the pod be made",
        &["FailedCreate", "Forbidden"],
    ),
    (
        "Unschedulable",
        "no node takes the pod: check nodes, and collector.resources, nodeSelector and tolerations in the operator's configuration",
        &["Unschedulable", "FailedScheduling"],
    ),
    (
        "OutOfMemory",
        "raise collector.resources.limits.memory in the operator's configuration",
        &["OOMKilled"],
    ),
    (
        "Interrupted",
        "the node was drained or lost, or needed its memory; the next run comes on schedule",
        &[
            "Evicted",
            "NodeLost",
            "Terminated",
            "NodeShutdown",
            "PreemptionByScheduler",
            "DeletionByTaintManager",
            "EvictionByEvictionAPI",
            "DeletionByPodGC",
            "TerminationByKubelet",
        ],
    ),
    (
        "OutOfTime",
        "the run was cut short; see the pod's events and collector.deadlineSeconds in the operator's configuration",
        &["DeadlineExceeded"],
    ),
    (
        "Crashed",
        "see the log of the run's pod",
        &["Error", "StartError", "ContainerCannotRun"],
    ),
];
/// Told in two words in turn, with and without the cause.
pub const IMAGE_UNAVAILABLE: &str = "ImageUnavailable";
/// Of a container or volume whose Secret, or key of it, isn't there.
const SECRET_MISSING: &str = "SecretMissing";
const SECRET_HINT: &str =
    "create the Secret or its key in the TrackedMod's namespace; the pod starts by itself then";

impl Trouble {
    pub fn new(reason: &str, message: &str) -> Trouble {
        Trouble {
            reason: as_reason(reason),
            message: one_line(message, LONGEST),
        }
    }

    /// A cause that Kubernetes states; one that isn't known here keeps its own name.
    pub fn stated(reason: &str, message: &str) -> Trouble {
        if is_missing_secret(reason, message) {
            return Trouble::hinted(SECRET_MISSING, message, SECRET_HINT);
        }
        let known = KNOWN.iter().find(|(_, _, theirs)| theirs.contains(&reason));
        match known {
            Some((ours, hint, _)) => Trouble::hinted(ours, message, hint),
            None => Trouble::new(reason, message),
        }
    }

    /// The first thing that a run tells of itself, and how much more there is.
    pub fn told(problems: &[Problem], left_out: usize) -> Option<Trouble> {
        let first = problems.first()?;
        let more = match problems.len() + left_out - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let message = format!("{}: {}{more}", first.subject, first.message);
        Some(Trouble::new(&first.reason, &message))
    }

    fn hinted(reason: &str, message: &str, hint: &str) -> Trouble {
        // Kubernetes' own words may be long; the way out is not what gives way.
        let room = LONGEST - hint.len() - 2;
        let said = one_line(message, room);
        let said = said.trim_end_matches('.');
        Trouble {
            reason: reason.to_owned(),
            message: if said.is_empty() {
                hint.to_owned()
            } else {
                format!("{said}; {hint}")
            },
        }
    }
}

/// A reason as the API server takes it, made of whatever others call one.
pub fn as_reason(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let word: String = letters.take(LONGEST_WORD).collect();
    if word.starts_with(|first: char| first.is_ascii_alphabetic()) {
        word
    } else {
        "Unknown".to_owned()
    }
}

/// As in `secret "curseforge" not found` and `couldn't find key api-key in Secret modstats/curseforge`.
fn is_missing_secret(reason: &str, message: &str) -> bool {
    let of_pod = ["CreateContainerConfigError", "Failed", "FailedMount"];
    let said = message.to_lowercase();
    let ways = ["secret \"", "in secret ", "non-existent secret key"];
    let missing = ["not found", "find key", "non-existent"];
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    of_pod.contains(&reason) && says(&ways) && says(&missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_one_name_and_says_what_to_do() {
        for (theirs, said, ours) in [
            (
                "ImagePullBackOff",
                "Back-off pulling image \"x\"",
                "ImageUnavailable",
            ),
            ("ErrImagePull", "not found", "ImageUnavailable"),
            (
                "CreateContainerConfigError",
                "secret \"curseforge\" not found",
                "SecretMissing",
            ),
            (
                "CreateContainerConfigError",
                "couldn't find key api-key in Secret modstats/curseforge",
                "SecretMissing",
            ),
            (
                "FailedMount",
                "MountVolume.SetUp failed for volume \"database-ca\" : secret \"db-ca\" not found",
                "SecretMissing",
            ),
            (
                "FailedMount",
                "MountVolume.SetUp failed for volume \"trusted-ca\" : configmap \"own\" not found",
                "FailedMount",
            ),
            (
                "FailedMount",
                "references non-existent secret key: ca.crt",
                "SecretMissing",
            ),
            (
                "FailedMount",
                "configmap \"my-secret-ca\" not found",
                "FailedMount",
            ),
            ("FailedCreate", "exceeded quota: none", "Refused"),
            ("Unschedulable", "0/1 nodes are available", "Unschedulable"),
            ("OOMKilled", "exit code 137", "OutOfMemory"),
            (
                "DeadlineExceeded",
                "Job was active longer than",
                "OutOfTime",
            ),
            (
                "BackoffLimitExceeded",
                "Job has reached the specified backoff limit",
                "BackoffLimitExceeded",
            ),
        ] {
            let trouble = Trouble::stated(theirs, said);
            assert_eq!(trouble.reason, ours, "{theirs}: {said}");
            assert!(
                trouble.message.starts_with(said.trim_end_matches('.')),
                "{trouble:?}"
            );
        }
    }

    #[test]
    fn every_reason_is_one_that_the_api_server_takes() {
        assert_eq!(as_reason("ImagePullBackOff"), "ImagePullBackOff");
        assert_eq!(as_reason("no such thing!"), "nosuchthing");
        assert_eq!(as_reason("1st"), "Unknown");
        assert_eq!(as_reason(""), "Unknown");
        assert_eq!(as_reason(&"a".repeat(999)).len(), LONGEST_WORD);
    }

    #[test]
    fn the_way_out_fits_however_much_kubernetes_says() {
        let trouble = Trouble::stated("FailedCreate", &"x".repeat(5000));
        assert!(trouble.message.ends_with("don't let the pod be made"));
        assert!(
            trouble.message.len() <= LONGEST,
            "{}",
            trouble.message.len()
        );
    }
}
