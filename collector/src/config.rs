//! The environment that the collector is started in.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modstats_crds::due_in_name;
use modstats_store::environment::{Environment, EnvironmentError};
use modstats_store::{Database, PostgresSettings};
use url::Url;

use crate::{ApiKey, ApiKeyError, Credentials, Endpoints, Limit, Limits, SAMPLES_KEPT, Timeouts};

/// The shortest and longest deadline of a run, in seconds.
const DEADLINE: std::ops::RangeInclusive<u64> = 10..=86_400;
const SAMPLE_DAYS: std::ops::RangeInclusive<i64> = 1..=3650;
const REQUESTS: std::ops::RangeInclusive<u32> = 1..=10_000;
const TERMINATION_LOG: &str = "/dev/termination-log";

/// Everything but the arguments. Secrets in it print as `…`.
#[derive(Clone, Debug)]
pub struct Config {
    pub database: Database,
    pub endpoints: Endpoints,
    pub credentials: Credentials,
    pub limits: Limits,
    pub timeouts: Timeouts,
    pub samples_kept: SignedDuration,
    /// Certificates of further authorities that platforms' connections may rest on, as PEM.
    pub trusted_ca: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error("MODSTATS_CURSEFORGE_API_KEY is no key: {0}")]
    Key(#[from] ApiKeyError),
}

/// Where the container's last words go: what is set, else the kubelet's file if it is there.
pub fn termination_log(environment: Environment<'_>) -> Option<PathBuf> {
    (environment.0)("MODSTATS_TERMINATION_LOG")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(TERMINATION_LOG)).filter(|path| path.exists()))
}

/// When the run was due: the stated time, else the minutes since 1970 with which the names of
/// a CronJob's Jobs end, else now.
pub fn scheduled_at(environment: Environment<'_>, now: Timestamp) -> Timestamp {
    let stated = environment.get("MODSTATS_SCHEDULED_AT").ok().flatten();
    let job = environment.get("MODSTATS_JOB_NAME").ok().flatten();
    let from_job = || {
        let at = due_in_name(job.as_deref()?)?;
        // A hash may look like a number, too.
        let age = now.duration_since(at);
        let plausible = SignedDuration::from_hours(-1)..SignedDuration::from_hours(24 * 31);
        plausible.contains(&age).then_some(at)
    };
    stated
        .and_then(|stated| stated.parse().ok())
        .or_else(from_job)
        .unwrap_or(now)
}
impl Config {
    pub fn from_environment(environment: Environment<'_>) -> Result<Config, ConfigError> {
        let database = PostgresSettings::from_environment(environment)?;
        let deadline = environment.parsed(
            "MODSTATS_DEADLINE_SECONDS",
            "a number of seconds from 10 to 86400",
            Timeouts::default().run,
            |text| {
                text.parse()
                    .ok()
                    .filter(|s| DEADLINE.contains(s))
                    .map(Duration::from_secs)
            },
        )?;
        let samples_kept = environment.parsed(
            "MODSTATS_SAMPLE_DAYS",
            "a number of days from 1 to 3650",
            SAMPLES_KEPT,
            |text| {
                text.parse()
                    .ok()
                    .filter(|days| SAMPLE_DAYS.contains(days))
                    .map(|days| SignedDuration::from_hours(24 * days))
            },
        )?;
        let key = environment.get("MODSTATS_CURSEFORGE_API_KEY")?;
        Ok(Config {
            database: Database::Postgres(database),
            endpoints: Endpoints {
                modrinth: endpoint(environment, "MODSTATS_MODRINTH_URL", Endpoints::MODRINTH)?,
                curseforge: endpoint(
                    environment,
                    "MODSTATS_CURSEFORGE_URL",
                    Endpoints::CURSEFORGE,
                )?,
                curseforge_website: endpoint(
                    environment,
                    "MODSTATS_CURSEFORGE_WEBSITE_URL",
                    Endpoints::CURSEFORGE_WEBSITE,
                )?,
            },
            credentials: Credentials {
                curseforge_key: key.map(|key| ApiKey::new(&key)).transpose()?,
            },
            timeouts: Timeouts {
                run: deadline,
                ..Timeouts::default()
            },
            limits: Limits {
                modrinth: limit(
                    environment,
                    ["MODSTATS_MODRINTH_PER_MINUTE", "MODSTATS_MODRINTH_BURST"],
                    Limits::default().modrinth,
                )?,
                curseforge: limit(
                    environment,
                    [
                        "MODSTATS_CURSEFORGE_PER_MINUTE",
                        "MODSTATS_CURSEFORGE_BURST",
                    ],
                    Limits::default().curseforge,
                )?,
            },
            samples_kept,
            trusted_ca: environment.get("MODSTATS_TRUSTED_CA")?.map(PathBuf::from),
        })
    }
}

fn limit(
    environment: Environment<'_>,
    [per_minute, burst]: [&'static str; 2],
    default: Limit,
) -> Result<Limit, EnvironmentError> {
    let number = |text: &str| text.parse().ok().filter(|number| REQUESTS.contains(number));
    Ok(Limit {
        interval: environment.parsed(
            per_minute,
            "a number of requests from 1 to 10000",
            default.interval,
            |text| number(text).map(|number| Duration::from_secs(60) / number),
        )?,
        burst: environment.parsed(
            burst,
            "a number of requests from 1 to 10000",
            default.burst,
            number,
        )?,
    })
}

fn endpoint(
    environment: Environment<'_>,
    name: &'static str,
    default: &str,
) -> Result<Url, EnvironmentError> {
    let text = environment.get(name)?.unwrap_or_else(|| default.to_owned());
    Url::parse(&text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or(EnvironmentError::Invalid {
            name,
            value: text,
            expected: "an address like https://api.modrinth.com/",
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::ffi::OsString;

    const DATABASE: [(&str, &str); 4] = [
        ("MODSTATS_DATABASE_HOST", "db"),
        ("MODSTATS_DATABASE_DBNAME", "modstats"),
        ("MODSTATS_DATABASE_USERNAME", "app"),
        ("MODSTATS_DATABASE_PASSWORD", "p$ss word"),
    ];

    fn with<T>(variables: &[(&str, &str)], look: impl FnOnce(Environment<'_>) -> T) -> T {
        let all: BTreeMap<String, OsString> = DATABASE
            .iter()
            .chain(variables)
            .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
            .collect();
        look(Environment(&|name| all.get(name).cloned()))
    }

    fn config(variables: &[(&str, &str)]) -> Result<Config, String> {
        with(variables, |environment| {
            Config::from_environment(environment).map_err(|e| e.to_string())
        })
    }

    #[test]
    fn the_defaults_are_the_real_platforms() {
        let config = config(&[]).unwrap();
        assert_eq!(
            config.endpoints.modrinth.as_str(),
            "https://api.modrinth.com/"
        );
        assert!(config.credentials.curseforge_key.is_none());
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn a_rate_is_given_in_requests_a_minute() {
        let given = [
            ("MODSTATS_MODRINTH_PER_MINUTE", "600"),
            ("MODSTATS_CURSEFORGE_BURST", "3"),
        ];
        let limits = config(&given).unwrap().limits;
        assert_eq!(limits.modrinth.interval, Duration::from_millis(100));
        assert_eq!(limits.modrinth.burst, Limits::default().modrinth.burst);
        assert_eq!(limits.curseforge.burst, 3);
    }

    #[test]
    fn what_is_wrong_is_named_with_a_way_out() {
        for (name, value, part) in [
            ("MODSTATS_DATABASE_HOST", "", "is not set"),
            (
                "MODSTATS_MODRINTH_URL",
                "file:///etc/passwd",
                "give an address",
            ),
            ("MODSTATS_DEADLINE_SECONDS", "0", "give a number of seconds"),
            ("MODSTATS_SAMPLE_DAYS", "0", "give a number of days"),
            (
                "MODSTATS_MODRINTH_PER_MINUTE",
                "0",
                "give a number of requests",
            ),
            (
                "MODSTATS_CURSEFORGE_BURST",
                "-1",
                "give a number of requests",
            ),
            ("PGOPTIONS", "", "unset it"),
        ] {
            let error = config(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(name) && error.contains(part), "{error}");
        }
    }

    #[test]
    fn secrets_are_kept_as_they_are_and_never_shown() {
        let key = "$2a$10$canary";
        let shown = format!(
            "{:?}",
            config(&[("MODSTATS_CURSEFORGE_API_KEY", key)]).unwrap()
        );
        assert!(
            !shown.contains("canary") && !shown.contains("p$ss"),
            "{shown}"
        );
        let error = config(&[("MODSTATS_CURSEFORGE_API_KEY", "canary\nline")]).unwrap_err();
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn the_scheduled_time_comes_from_the_best_source_there_is() {
        let now: Timestamp = "2026-01-05T10:02:03.5Z".parse().unwrap();
        let at = |variables: &[(&str, &str)]| {
            with(variables, |environment| scheduled_at(environment, now)).to_string()
        };
        let stated = ("MODSTATS_SCHEDULED_AT", "2026-01-05T09:17:00Z");
        let minutes = now.as_second() / 60 - 2;
        let job = format!("jei-modrinth-1a2b-{minutes}");
        let job = ("MODSTATS_JOB_NAME", job.as_str());
        assert_eq!(at(&[stated, job]), "2026-01-05T09:17:00Z");
        assert_eq!(
            at(&[("MODSTATS_SCHEDULED_AT", ""), job]),
            "2026-01-05T10:00:00Z"
        );
        let hash = ("MODSTATS_JOB_NAME", "jei-first-12345678");
        assert_eq!(
            at(&[("MODSTATS_SCHEDULED_AT", "soon"), hash]),
            now.to_string()
        );
        assert_eq!(at(&[]), now.to_string());
    }
}
