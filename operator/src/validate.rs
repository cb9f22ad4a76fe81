//! Step 2: one value that everything can be built from, or the reason why nothing can.

use kube::ResourceExt;
use modstats_crds::{Document, DocumentError, TrackedMod};
use tracing::instrument;

use crate::cluster::State;
use crate::dereference::ReferencedDatabase;

/// A TrackedMod that can be collected.
#[derive(Clone, Debug, PartialEq)]
pub struct Validated {
    pub document: Document,
    pub database: Database,
    /// Until it is ready there are schedules, but no first runs.
    pub readiness: Readiness,
    /// The hash of the annotation that asks for a collection at once.
    pub collect_now: Option<String>,
}

impl Validated {
    /// Whether a run outside the schedule may be made.
    pub fn may_run(&self) -> bool {
        self.readiness.prospect == Prospect::Ready && !self.document.spec.suspend
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

/// Whether a run would find its database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub prospect: Prospect,
    pub reason: &'static str,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    Ready,
    /// It may come by itself: somebody else makes it.
    Awaited,
    /// Only the user, or who configures the operator, can mend it.
    Unnamed,
}

/// A valid TrackedMod, with or without a database to build for.
#[derive(Clone, Debug, PartialEq)]
pub enum Validity {
    Collectable(Box<Validated>),
    /// Nothing can be built; what was built before stays as it is.
    WithoutDatabase(Box<Document>, Readiness),
}

impl Validity {
    pub fn document(&self) -> &Document {
        match self {
            Validity::Collectable(validated) => &validated.document,
            Validity::WithoutDatabase(document, _) => document,
        }
    }

    pub fn readiness(&self) -> &Readiness {
        match self {
            Validity::Collectable(validated) => &validated.readiness,
            Validity::WithoutDatabase(_, readiness) => readiness,
        }
    }
}

/// What is wrong with a spec, field by field. Only the user can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSpec(pub String);

#[instrument(skip_all)]
pub fn validate(
    tracked_mod: &TrackedMod,
    database: &ReferencedDatabase,
    collect_now: Option<String>,
) -> Result<Validity, InvalidSpec> {
    let document = document(tracked_mod)?;
    Ok(match usable(database, &document.namespace) {
        Ok((database, readiness)) => Validity::Collectable(Box::new(Validated {
            document,
            database,
            readiness,
            collect_now,
        })),
        Err(readiness) => Validity::WithoutDatabase(Box::new(document), readiness),
    })
}

fn document(tracked_mod: &TrackedMod) -> Result<Document, InvalidSpec> {
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
        InvalidSpec(match error {
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
) -> Result<(Database, Readiness), Readiness> {
    let not = |reason, message| Readiness {
        prospect: Prospect::Awaited,
        reason,
        message,
    };
    match database {
        ReferencedDatabase::None => Err(Readiness {
            prospect: Prospect::Unnamed,
            reason: "NoDatabase",
            message: format!(
                "no database is named: give spec.database.clusterRef or spec.database.secretRef in namespace {namespace}, or `database` in the operator's configuration"
            ),
        }),
        ReferencedDatabase::CloudNativePgMissing(name) => Err(not(
            "CloudNativePGMissing",
            format!(
                "the Cluster {name} can't be: this cluster doesn't have CloudNativePG. Install its operator (https://cloudnative-pg.io), or name a Secret in spec.database.secretRef"
            ),
        )),
        ReferencedDatabase::ClusterMissing(name) => Err(not(
            "ClusterMissing",
            format!(
                "there is no Cluster {name} in namespace {namespace}: create it there, or name another one in spec.database"
            ),
        )),
        ReferencedDatabase::Secret(name) => Ok((
            Database::Secret(name.clone()),
            Readiness {
                prospect: Prospect::Ready,
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
                    prospect: Prospect::Ready,
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
