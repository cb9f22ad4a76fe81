//! Settings from the environment: how a program looks into it, and the database's variables, which
//! every program that needs a PostgreSQL database reads alike.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::connect::{Authority, Password, PostgresSettings, Tls, Waits};

/// What `--help` says of the database's variables.
pub const DATABASE_HELP: &str = "  MODSTATS_DATABASE_HOST, _DBNAME, _USERNAME, _PASSWORD
                               the PostgreSQL database; required
  MODSTATS_DATABASE_PORT       default 5432
  MODSTATS_DATABASE_TLS        verify-full (default), require or disable
  MODSTATS_DATABASE_CA         PEM file of the authority that signed the database's certificate, or
  MODSTATS_DATABASE_CA_PEM     what such a file holds; without either: a public authority";

/// The variables that the database driver reads by itself and that no setting of ours overrides.
const REFUSED: [&str; 3] = ["PGOPTIONS", "PGSSLCERT", "PGSSLKEY"];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    #[error("{0} is not set; see --help")]
    Missing(&'static str),
    #[error("{0} is set, and would change the database connection behind the settings; unset it")]
    Refused(&'static str),
    #[error("MODSTATS_DATABASE_CA and MODSTATS_DATABASE_CA_PEM are both set; unset one")]
    TwoAuthorities,
    #[error("{0} is not UTF-8")]
    NotText(&'static str),
    #[error("{name} is {value:?}; give {expected}")]
    Invalid {
        name: &'static str,
        value: String,
        expected: &'static str,
    },
}

/// A look into the environment, as a value: `std::env::var_os` in a program.
#[derive(Clone, Copy)]
pub struct Environment<'a>(pub &'a (dyn Fn(&str) -> Option<OsString> + Sync));

impl Environment<'_> {
    /// A variable; one that is empty counts as unset, since a pod cannot leave out what it takes
    /// from an annotation that isn't there.
    pub fn get(&self, name: &'static str) -> Result<Option<String>, EnvironmentError> {
        match (self.0)(name) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => value
                .into_string()
                .map(Some)
                .map_err(|_| EnvironmentError::NotText(name)),
        }
    }

    pub fn required(&self, name: &'static str) -> Result<String, EnvironmentError> {
        self.get(name)?.ok_or(EnvironmentError::Missing(name))
    }

    pub fn parsed<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        default: T,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, EnvironmentError> {
        match self.get(name)? {
            None => Ok(default),
            Some(value) => parse(&value).ok_or(EnvironmentError::Invalid {
                name,
                value,
                expected,
            }),
        }
    }
}

impl PostgresSettings {
    pub fn from_environment(
        environment: Environment<'_>,
    ) -> Result<PostgresSettings, EnvironmentError> {
        if let Some(name) = REFUSED
            .into_iter()
            .find(|name| (environment.0)(name).is_some())
        {
            return Err(EnvironmentError::Refused(name));
        }
        let file = environment.get("MODSTATS_DATABASE_CA")?;
        let text = environment.get("MODSTATS_DATABASE_CA_PEM")?;
        let ca = match (file, text) {
            (Some(_), Some(_)) => return Err(EnvironmentError::TwoAuthorities),
            (Some(path), None) => Some(Authority::File(PathBuf::from(path))),
            (None, text) => text.map(Authority::Text),
        };
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
            waits: Waits::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATABASE: [(&str, &str); 4] = [
        ("MODSTATS_DATABASE_HOST", "db"),
        ("MODSTATS_DATABASE_DBNAME", "modstats"),
        ("MODSTATS_DATABASE_USERNAME", "app"),
        ("MODSTATS_DATABASE_PASSWORD", "p$ss word"),
    ];

    fn settings(variables: &[(&str, &str)]) -> Result<PostgresSettings, String> {
        let look = |name: &str| {
            let mut all = variables.iter().chain(&DATABASE);
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        };
        PostgresSettings::from_environment(Environment(&look)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_default_is_a_verified_connection() {
        let empty = [("MODSTATS_DATABASE_CA", ""), ("MODSTATS_DATABASE_TLS", "")];
        let settings = settings(&empty).unwrap();
        assert_eq!(
            (settings.port, &settings.tls),
            (5432, &Tls::VerifyFull { ca: None })
        );
        assert!(!format!("{settings:?}").contains("p$ss"));
    }

    #[test]
    fn an_authority_is_a_file_or_its_content() {
        let (file, text) = (
            ("MODSTATS_DATABASE_CA", "ca.crt"),
            ("MODSTATS_DATABASE_CA_PEM", "PEM"),
        );
        for (given, ca) in [
            (file, Authority::File("ca.crt".into())),
            (text, Authority::Text("PEM".to_owned())),
        ] {
            let tls = settings(&[given]).unwrap().tls;
            assert_eq!(tls, Tls::VerifyFull { ca: Some(ca) });
        }
        assert!(settings(&[file, text]).unwrap_err().contains("unset one"));
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
            ("PGOPTIONS", "", "unset it"),
            ("PGSSLCERT", "x", "unset it"),
            ("PGSSLKEY", "x", "unset it"),
        ] {
            let error = settings(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(name) && error.contains(part), "{error}");
        }
    }
}
