//! Step 2: one value that everything can be built from, or the reason why nothing can.

use kube::ResourceExt;
use modstats_crds::{Document, DocumentError, TrackedMod};

use crate::cluster::State;
use crate::dereference::ReferencedDatabase;

/// A TrackedMod that can be collected.
#[derive(Clone, Debug, PartialEq)]
pub struct Validated {
    pub document: Document,
    pub database: Database,
    /// Whether a run would find the database; until then there are schedules, but no first runs.
    pub database_ready: Readiness,
    /// The hash of the annotation that asks for a collection at once.
    pub collect_now: Option<String>,
}

impl Validated {
    /// Whether a run outside the schedule may be made.
    pub fn may_run(&self) -> bool {
        self.database_ready.ready && !self.document.spec.suspend
    }
}

/// Where collectors get their connection from; the operator only knows names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    Cluster {
        host: String,
        database: String,
        secret: String,
        ca_secret: String,
    },
    Secret(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub ready: bool,
    pub reason: &'static str,
    pub message: String,
}

/// Why nothing can be built; what was built before stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Invalid {
    /// Only the user can mend it.
    Spec(String),
    /// It may come by itself: somebody else makes it.
    Database(Readiness),
    /// Only the user, or who configures the operator, can mend it.
    NoDatabase(Readiness),
}

pub fn validate(
    tracked_mod: &TrackedMod,
    database: &ReferencedDatabase,
    collect_now: Option<String>,
) -> Result<Validated, Invalid> {
    let document = document(tracked_mod)?;
    let (database, database_ready) = usable(database, &document.namespace)?;
    Ok(Validated {
        document,
        database,
        database_ready,
        collect_now,
    })
}

pub fn document(tracked_mod: &TrackedMod) -> Result<Document, Invalid> {
    let metadata = &tracked_mod.metadata;
    let created = metadata.creation_timestamp.as_ref();
    Document::new(
        &tracked_mod.namespace().unwrap_or_default(),
        &tracked_mod.name_any(),
        &tracked_mod.uid().unwrap_or_default(),
        metadata.generation.unwrap_or_default(),
        created.map(|time| time.0).unwrap_or_default(),
        tracked_mod.spec.clone(),
    )
    .map_err(|error| {
        Invalid::Spec(match error {
            DocumentError::Invalid(violations) => {
                let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
                violations.join("; ")
            }
            error => error.to_string(),
        })
    })
}

fn usable(
    database: &ReferencedDatabase,
    namespace: &str,
) -> Result<(Database, Readiness), Invalid> {
    let not = |reason, message| Readiness {
        ready: false,
        reason,
        message,
    };
    match database {
        ReferencedDatabase::None => Err(Invalid::NoDatabase(not(
            "NoDatabase",
            format!(
                "no database is named: give spec.database.clusterRef or spec.database.secretRef in namespace {namespace}, or `database` in the operator's configuration"
            ),
        ))),
        ReferencedDatabase::CloudNativePgMissing(name) => Err(Invalid::Database(not(
            "CloudNativePGMissing",
            format!(
                "the Cluster {name} can't be: this cluster doesn't have CloudNativePG. Install its operator (https://cloudnative-pg.io), or name a Secret in spec.database.secretRef"
            ),
        ))),
        ReferencedDatabase::ClusterMissing(name) => Err(Invalid::Database(not(
            "ClusterMissing",
            format!(
                "there is no Cluster {name} in namespace {namespace}: create it there, or name another one in spec.database"
            ),
        ))),
        ReferencedDatabase::Secret(name) => Ok((
            Database::Secret(name.clone()),
            Readiness {
                ready: true,
                reason: "SecretNamed",
                message: format!(
                    "runs use the Secret {name}; the operator itself reads no Secrets"
                ),
            },
        )),
        ReferencedDatabase::Cluster(cluster) => {
            let database = Database::Cluster {
                host: cluster.host.clone(),
                database: cluster.database.clone(),
                secret: cluster.secret.clone(),
                ca_secret: cluster.ca_secret.clone(),
            };
            let name = &cluster.name;
            let readiness = match &cluster.state {
                State::Ready => Readiness {
                    ready: true,
                    reason: "ClusterReady",
                    message: format!("the Cluster {name} takes writes at {}", cluster.host),
                },
                State::Hibernated => not(
                    "ClusterHibernated",
                    format!(
                        "the Cluster {name} is hibernated: set its annotation cnpg.io/hibernation to off"
                    ),
                ),
                State::FailingOver => not(
                    "ClusterFailingOver",
                    format!(
                        "the Cluster {name} is changing its primary; it takes writes again by itself"
                    ),
                ),
                State::Deleted => not(
                    "ClusterMissing",
                    format!(
                        "the Cluster {name} is being deleted: create it anew, or name another one in spec.database"
                    ),
                ),
                State::NotReady(said) if said.is_empty() => not(
                    "ClusterNotReady",
                    format!(
                        "the Cluster {name} has no instance yet; is the CloudNativePG operator running?"
                    ),
                ),
                State::NotReady(said) => not(
                    "ClusterNotReady",
                    format!("the Cluster {name} is not ready: {said}"),
                ),
            };
            Ok((database, readiness))
        }
    }
}
