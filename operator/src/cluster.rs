//! A CloudNativePG Cluster, as far as collectors need it.

use kube::api::{ApiResource, DynamicObject};
use kube::core::GroupVersionKind;
use serde::Deserialize;

const HIBERNATION: &str = "cnpg.io/hibernation";
const DEFAULT_DATABASE: &str = "app";

pub fn resource() -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk(
        "postgresql.cnpg.io",
        "v1",
        "Cluster",
    ))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub name: String,
    /// The Service that leads to the instance which takes writes.
    pub host: String,
    pub database: String,
    /// Holds `username` and `password`.
    pub secret: String,
    /// Holds `ca.crt`, and the authority's key, which nobody else may see.
    pub ca_secret: String,
    pub state: State,
}

/// Whether it can be written to, as far as its status tells. The condition Ready is none to go
/// by: it is false while a replica is made, although writes are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Ready,
    Hibernated,
    /// No instance takes writes until the new primary does.
    FailingOver,
    /// It goes away, and its data with it.
    Deleted,
    /// In CloudNativePG's own words.
    NotReady(String),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    bootstrap: Bootstrap,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Bootstrap {
    initdb: Option<Owner>,
    recovery: Option<Owner>,
    pg_basebackup: Option<Owner>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Owner {
    database: Option<String>,
    secret: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    phase: Option<String>,
    phase_reason: Option<String>,
    ready_instances: i64,
    current_primary: Option<String>,
    target_primary: Option<String>,
    write_service: Option<String>,
    certificates: Certificates,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Certificates {
    #[serde(rename = "serverCASecret")]
    server_ca_secret: Option<String>,
}

impl Cluster {
    /// Reads the parts that are known; the rest of the object is CloudNativePG's own business.
    pub fn read(object: &DynamicObject) -> Result<Cluster, serde_json::Error> {
        let name = object.metadata.name.clone().unwrap_or_default();
        let spec: Spec = part(object, "spec")?;
        let status: Status = part(object, "status")?;
        let bootstrap = spec.bootstrap;
        let owner = bootstrap
            .initdb
            .or(bootstrap.recovery)
            .or(bootstrap.pg_basebackup)
            .unwrap_or_default();
        let annotations = object.metadata.annotations.as_ref();
        let hibernated = annotations
            .and_then(|it| it.get(HIBERNATION))
            .is_some_and(|value| value == "on");
        let primary = status.current_primary;
        // An old version doesn't state the target; "pending" is one that isn't chosen yet.
        let moves = status.target_primary.is_some() && status.target_primary != primary;
        let state = if object.metadata.deletion_timestamp.is_some() {
            State::Deleted
        } else if hibernated {
            State::Hibernated
        } else if primary.is_some() && moves {
            State::FailingOver
        } else if status.ready_instances > 0 && primary.is_some() {
            State::Ready
        } else {
            let said = [status.phase, status.phase_reason];
            let said: Vec<String> = said
                .into_iter()
                .flatten()
                .filter(|it| !it.is_empty())
                .collect();
            State::NotReady(said.join(": "))
        };
        Ok(Cluster {
            host: status.write_service.unwrap_or_else(|| format!("{name}-rw")),
            database: owner
                .database
                .unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
            secret: owner
                .secret
                .map_or_else(|| format!("{name}-app"), |secret| secret.name),
            ca_secret: status
                .certificates
                .server_ca_secret
                .unwrap_or_else(|| format!("{name}-ca")),
            state,
            name,
        })
    }
}

fn part<T: Default + for<'de> Deserialize<'de>>(
    object: &DynamicObject,
    name: &str,
) -> Result<T, serde_json::Error> {
    match object.data.get(name) {
        Some(value) if !value.is_null() => T::deserialize(value),
        _ => Ok(T::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(annotations: Value, spec: Value, status: Value) -> Cluster {
        let object = serde_json::from_value(json!({
            "apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster",
            "metadata": {"name": "db", "annotations": annotations}, "spec": spec, "status": status,
        }));
        Cluster::read(&object.unwrap()).unwrap()
    }

    #[test]
    fn a_new_cluster_has_the_names_that_cloudnativepg_will_give() {
        let cluster = read(json!({}), json!({"instances": 1}), Value::Null);
        assert_eq!(
            cluster,
            Cluster {
                name: "db".to_owned(),
                host: "db-rw".to_owned(),
                database: "app".to_owned(),
                secret: "db-app".to_owned(),
                ca_secret: "db-ca".to_owned(),
                state: State::NotReady(String::new()),
            }
        );
    }

    #[test]
    fn what_the_cluster_states_is_used() {
        let owner = json!({"database": "mods", "owner": "me", "secret": {"name": "mine"}});
        for bootstrap in ["initdb", "recovery", "pg_basebackup"] {
            let cluster = read(
                json!({}),
                json!({"bootstrap": {bootstrap: owner}}),
                json!({
                    "readyInstances": 1, "currentPrimary": "db-1", "writeService": "db-write",
                    "certificates": {"serverCASecret": "own-ca"}, "phase": "Upgrading cluster",
                }),
            );
            let names = [
                &cluster.host,
                &cluster.database,
                &cluster.secret,
                &cluster.ca_secret,
            ];
            assert_eq!(names, ["db-write", "mods", "mine", "own-ca"]);
            assert_eq!(cluster.state, State::Ready);
        }
    }

    #[test]
    fn a_hibernated_cluster_is_not_ready_although_it_looks_healthy() {
        let status = json!({"phase": "Cluster in healthy state", "readyInstances": 1, "currentPrimary": "db-1"});
        let cluster = read(json!({"cnpg.io/hibernation": "on"}), json!({}), status);
        assert_eq!(cluster.state, State::Hibernated);
        let status =
            json!({"phase": "Setting up primary", "phaseReason": "Creating primary instance db-1"});
        let cluster = read(json!({}), json!({}), status);
        let said = "Setting up primary: Creating primary instance db-1";
        assert_eq!(cluster.state, State::NotReady(said.to_owned()));
    }

    #[test]
    fn a_cluster_that_changes_its_primary_or_goes_away_takes_no_writes() {
        let status = |target: &str| json!({"readyInstances": 1, "currentPrimary": "db-1", "targetPrimary": target});
        let state = |target: &str| read(json!({}), json!({}), status(target)).state;
        assert_eq!(state("db-1"), State::Ready);
        assert_eq!(state("pending"), State::FailingOver);
        assert_eq!(state("db-2"), State::FailingOver);
        let first =
            json!({"readyInstances": 0, "targetPrimary": "db-1", "phase": "Setting up primary"});
        let cluster = read(json!({}), json!({}), first);
        assert_eq!(
            cluster.state,
            State::NotReady("Setting up primary".to_owned())
        );
        let object = serde_json::from_value(json!({
            "apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster",
            "metadata": {"name": "db", "deletionTimestamp": "2026-01-29T10:00:00Z"}, "status": status("db-1"),
        }));
        assert_eq!(
            Cluster::read(&object.unwrap()).unwrap().state,
            State::Deleted
        );
    }
}
