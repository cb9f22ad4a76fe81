//! The environment that the collector is started in.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modstats_store::{Database, Password, PostgresSettings, Tls};
use url::Url;

use crate::{ApiKey, ApiKeyError, Credentials, Endpoints, Timeouts};

/// The shortest and longest deadline of a run, in seconds.
const DEADLINE: std::ops::RangeInclusive<u64> = 10..=86_400;
const TERMINATION_LOG: &str = "/dev/termination-log";
/// The variables that the database driver reads by itself and that no setting of ours overrides.
const REFUSED: [&str; 3] = ["PGOPTIONS", "PGSSLCERT", "PGSSLKEY"];

/// Everything but the arguments. Secrets in it print as `…`.
#[derive(Clone, Debug)]
pub struct Config {
    pub database: Database,
    pub endpoints: Endpoints,
    pub credentials: Credentials,
    pub timeouts: Timeouts,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{0} is not set; see --help")]
    Missing(&'static str),
    #[error("{0} is set, and would change the database connection behind the settings; unset it")]
    Refused(&'static str),
    #[error("{0} is not UTF-8")]
    NotText(&'static str),
    #[error("{name} is {value:?}; give {expected}")]
    Invalid {
        name: &'static str,
        value: String,
        expected: &'static str,
    },
    #[error("MODSTATS_CURSEFORGE_API_KEY is no key: {0}")]
    Key(#[from] ApiKeyError),
}

/// A look into the environment, as a value: `std::env::var_os` in the program.
#[derive(Clone, Copy)]
pub struct Environment<'a>(pub &'a (dyn Fn(&str) -> Option<OsString> + Sync));

impl Environment<'_> {
    /// A variable; one that is empty counts as unset, since a pod cannot leave out what it takes
    /// from an annotation that isn't there.
    fn get(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        match (self.0)(name) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => value
                .into_string()
                .map(Some)
                .map_err(|_| ConfigError::NotText(name)),
        }
    }

    fn required(&self, name: &'static str) -> Result<String, ConfigError> {
        self.get(name)?.ok_or(ConfigError::Missing(name))
    }

    fn parsed<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        default: T,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        match self.get(name)? {
            None => Ok(default),
            Some(value) => parse(&value).ok_or(ConfigError::Invalid {
                name,
                value,
                expected,
            }),
        }
    }

    /// Where the container's last words go: what is set, else the kubelet's file if it is there.
    pub fn termination_log(&self) -> Option<PathBuf> {
        (self.0)("MODSTATS_TERMINATION_LOG")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(TERMINATION_LOG)).filter(|path| path.exists()))
    }

    /// When the run was due: the stated time, else the minutes since 1970 with which the names of
    /// a CronJob's Jobs end, else now.
    pub fn scheduled_at(&self, now: Timestamp) -> Timestamp {
        let stated = self.get("MODSTATS_SCHEDULED_AT").ok().flatten();
        let job = self.get("MODSTATS_JOB_NAME").ok().flatten();
        let from_job = || {
            let minutes: i64 = job.as_deref()?.rsplit_once('-')?.1.parse().ok()?;
            let at = Timestamp::from_second(minutes.checked_mul(60)?).ok()?;
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
}

impl Config {
    pub fn from_environment(environment: Environment<'_>) -> Result<Config, ConfigError> {
        if let Some(name) = REFUSED
            .into_iter()
            .find(|name| (environment.0)(name).is_some())
        {
            return Err(ConfigError::Refused(name));
        }
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
        let key = environment.get("MODSTATS_CURSEFORGE_API_KEY")?;
        Ok(Config {
            database: Database::Postgres(database(environment)?),
            endpoints: Endpoints {
                modrinth: endpoint(environment, "MODSTATS_MODRINTH_URL", Endpoints::MODRINTH)?,
                curseforge: endpoint(
                    environment,
                    "MODSTATS_CURSEFORGE_URL",
                    Endpoints::CURSEFORGE,
                )?,
            },
            credentials: Credentials {
                curseforge_key: key.map(|key| ApiKey::new(&key)).transpose()?,
            },
            timeouts: Timeouts {
                run: deadline,
                ..Timeouts::default()
            },
        })
    }
}

fn database(environment: Environment<'_>) -> Result<PostgresSettings, ConfigError> {
    let ca = environment.get("MODSTATS_DATABASE_CA")?.map(PathBuf::from);
    Ok(PostgresSettings {
        host: environment.required("MODSTATS_DATABASE_HOST")?,
        port: environment.parsed("MODSTATS_DATABASE_PORT", "a port number", 5432, |text| {
            text.parse().ok()
        })?,
        dbname: environment.required("MODSTATS_DATABASE_DBNAME")?,
        username: environment.required("MODSTATS_DATABASE_USERNAME")?,
        password: Password::new(environment.required("MODSTATS_DATABASE_PASSWORD")?),
        tls: environment.parsed(
            "MODSTATS_DATABASE_TLS",
            "verify-full, require or disable",
            Tls::VerifyFull { ca: ca.clone() },
            |text| match text {
                "verify-full" => Some(Tls::VerifyFull { ca: ca.clone() }),
                "require" => Some(Tls::Require),
                "disable" => Some(Tls::Disable),
                _ => None,
            },
        )?,
    })
}

fn endpoint(
    environment: Environment<'_>,
    name: &'static str,
    default: &str,
) -> Result<Url, ConfigError> {
    let text = environment.get(name)?.unwrap_or_else(|| default.to_owned());
    Url::parse(&text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or(ConfigError::Invalid {
            name,
            value: text,
            expected: "an address like https://api.modrinth.com/",
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

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
    fn the_defaults_are_the_real_platforms_and_a_verified_database() {
        let config =
            config(&[("MODSTATS_DATABASE_CA", ""), ("MODSTATS_DATABASE_TLS", "")]).unwrap();
        assert_eq!(
            config.endpoints.modrinth.as_str(),
            "https://api.modrinth.com/"
        );
        let Database::Postgres(database) = config.database else {
            panic!("not PostgreSQL")
        };
        assert_eq!(
            (database.port, database.tls),
            (5432, Tls::VerifyFull { ca: None })
        );
        assert!(config.credentials.curseforge_key.is_none());
    }

    #[test]
    fn what_is_wrong_is_named_with_a_way_out() {
        for (name, value, part) in [
            ("MODSTATS_DATABASE_HOST", "", "is not set"),
            (
                "MODSTATS_DATABASE_PORT",
                "70000",
                "\"70000\"; give a port number",
            ),
            (
                "MODSTATS_DATABASE_TLS",
                "prefer",
                "verify-full, require or disable",
            ),
            (
                "MODSTATS_MODRINTH_URL",
                "file:///etc/passwd",
                "give an address",
            ),
            ("MODSTATS_DEADLINE_SECONDS", "0", "give a number of seconds"),
            ("PGOPTIONS", "", "unset it"),
            ("PGSSLCERT", "x", "unset it"),
            ("PGSSLKEY", "x", "unset it"),
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
            with(variables, |environment| environment.scheduled_at(now)).to_string()
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
