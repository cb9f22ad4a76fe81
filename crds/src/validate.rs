//! The verdict on a TrackedMod: the schema's limits and CEL rules over again, and what those can't
//! see (the calendar, the time zone database). Each violation names its field, the value, and what
//! to do.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use crate::cron::{self, Schedule};
use crate::tracked_mod::{
    CurseforgeModpacks, CurseforgeSpec, DatabaseSpec, ModpacksSpec, ModrinthSpec, TrackedMod,
    TrackedModSpec,
};

const MAX_PROJECTS: usize = 50;
const MAX_CURSEFORGE_PACKS: usize = 1000;
const MAX_DISPLAY_NAME: usize = 100;
const MAX_SCHEDULE: usize = 100;
const MAX_TIME_ZONE: usize = 64;
const MAX_DNS_LABEL: usize = 63;
const MAX_DNS_SUBDOMAIN: usize = 253;
const MAX_SECRET_KEY: usize = 253;

/// One thing that a user must change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, like `spec.modrinth.projects[3]`.
    pub field: String,
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// All violations of a TrackedMod, in the order of its fields.
pub fn validate(tracked_mod: &TrackedMod) -> Result<(), Vec<Violation>> {
    let mut verdict = Verdict(Vec::new());
    verdict.metadata(tracked_mod);
    verdict.spec(&tracked_mod.spec);
    if verdict.0.is_empty() {
        Ok(())
    } else {
        Err(verdict.0)
    }
}

struct Verdict(Vec<Violation>);

impl Verdict {
    fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Violation {
            field: field.into(),
            message: message.into(),
        });
    }

    fn metadata(&mut self, tracked_mod: &TrackedMod) {
        match &tracked_mod.metadata.name {
            Some(name) => self.dns_label("metadata.name", name),
            None => self.refuse("metadata.name", "is missing: give the TrackedMod a name"),
        }
        if let Some(namespace) = &tracked_mod.metadata.namespace {
            self.dns_label("metadata.namespace", namespace);
        }
    }

    fn spec(&mut self, spec: &TrackedModSpec) {
        if spec.modrinth.is_none() && spec.curseforge.is_none() {
            self.refuse(
                "spec",
                "names no project: give modrinth.projects or curseforge.projects",
            );
        }
        if let Some(name) = &spec.display_name {
            self.display_name(name);
        }
        if let Some(modrinth) = &spec.modrinth {
            self.modrinth(modrinth);
        }
        if let Some(curseforge) = &spec.curseforge {
            self.curseforge(curseforge);
        }
        if let Some(modpacks) = &spec.modpacks {
            self.modpacks(modpacks, spec.curseforge.is_some());
        }
        if let Some(schedule) = &spec.schedule {
            self.schedule("spec.schedule", schedule);
        }
        self.time_zone(&spec.time_zone);
        if let Some(database) = &spec.database {
            self.database(database);
        }
    }

    fn display_name(&mut self, name: &str) {
        let field = "spec.displayName";
        if name.is_empty() {
            self.refuse(
                field,
                "is empty: leave it out to show the TrackedMod's name",
            );
        }
        self.length(field, name, MAX_DISPLAY_NAME);
        if name.chars().any(char::is_control) {
            self.refuse(
                field,
                format!("{} has a control character: take it out", quoted(name)),
            );
        }
    }

    fn modrinth(&mut self, modrinth: &ModrinthSpec) {
        let field = "spec.modrinth.projects";
        self.list(field, &modrinth.projects, 1, MAX_PROJECTS);
        for (index, project) in modrinth.projects.iter().enumerate() {
            if !is_modrinth_project(project) {
                self.refuse(format!("{field}[{index}]"), no_modrinth_project(project));
            }
        }
    }

    fn curseforge(&mut self, curseforge: &CurseforgeSpec) {
        let field = "spec.curseforge.projects";
        self.list(field, &curseforge.projects, 1, MAX_PROJECTS);
        self.curseforge_ids(field, &curseforge.projects);

        let secret = &curseforge.api_key_secret_ref;
        self.dns_subdomain("spec.curseforge.apiKeySecretRef.name", &secret.name);
        let field = "spec.curseforge.apiKeySecretRef.key";
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if secret.key.is_empty() || secret.key.starts_with('.') || !secret.key.chars().all(allowed)
        {
            self.refuse(
                field,
                format!(
                    "{} is no key of a Secret: use letters, digits, - _ and ., not beginning with .",
                    quoted(&secret.key)
                ),
            );
        }
        self.length(field, &secret.key, MAX_SECRET_KEY);
    }

    fn modpacks(&mut self, modpacks: &ModpacksSpec, has_curseforge: bool) {
        if modpacks.curseforge == CurseforgeModpacks::Website && !has_curseforge {
            self.refuse(
                "spec.modpacks.curseforge",
                "Website asks for the packs of curseforge.projects, and there are none: give spec.curseforge, or set this to Disabled",
            );
        }
        let field = "spec.modpacks.curseforgeIds";
        if !modpacks.curseforge_ids.is_empty() && !has_curseforge {
            self.refuse(
                field,
                "packs on CurseForge are read with the key of spec.curseforge, and there is none: give spec.curseforge, or leave this out",
            );
        }
        self.list(field, &modpacks.curseforge_ids, 0, MAX_CURSEFORGE_PACKS);
        self.curseforge_ids(field, &modpacks.curseforge_ids);
        if let Some(schedule) = &modpacks.schedule {
            self.schedule("spec.modpacks.schedule", schedule);
        }
    }

    fn database(&mut self, database: &DatabaseSpec) {
        if database.cluster_ref.is_some() == database.secret_ref.is_some() {
            self.refuse(
                "spec.database",
                "give exactly one of clusterRef and secretRef",
            );
        }
        if let Some(cluster) = &database.cluster_ref {
            self.dns_label("spec.database.clusterRef.name", &cluster.name);
        }
        if let Some(secret) = &database.secret_ref {
            self.dns_subdomain("spec.database.secretRef.name", &secret.name);
        }
    }

    fn schedule(&mut self, field: &str, text: &str) {
        if !self.length(field, text, MAX_SCHEDULE) {
            return;
        }
        if let Err(error) = Schedule::parse(text) {
            self.refuse(field, format!("{}: {error}", quoted(text)));
        }
    }

    fn time_zone(&mut self, name: &str) {
        let field = "spec.timeZone";
        if !self.length(field, name, MAX_TIME_ZONE) {
            return;
        }
        if let Err(error) = cron::time_zone(name) {
            self.refuse(field, error.to_string());
        }
    }

    fn list<T: Eq + Hash + fmt::Debug>(
        &mut self,
        field: &str,
        items: &[T],
        least: usize,
        most: usize,
    ) {
        if items.len() < least {
            self.refuse(field, "is empty: name at least one project");
        }
        if items.len() > most {
            let found = items.len();
            self.refuse(
                field,
                format!(
                    "has {found} entries, at most {most} fit: spread them over several TrackedMods"
                ),
            );
        }
        let mut seen = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            if !seen.insert(item) {
                self.refuse(
                    format!("{field}[{index}]"),
                    format!("{item:?} stands here twice: take one out"),
                );
            }
        }
    }

    fn curseforge_ids(&mut self, field: &str, ids: &[i64]) {
        for (index, id) in ids.iter().enumerate() {
            if !(1..=i64::from(i32::MAX)).contains(id) {
                self.refuse(
                    format!("{field}[{index}]"),
                    format!(
                        "{id} is no project id of CurseForge: ids go from 1 to {}",
                        i32::MAX
                    ),
                );
            }
        }
    }

    /// Whether a text is short enough.
    fn length(&mut self, field: &str, text: &str, most: usize) -> bool {
        let found = text.chars().count();
        if found > most {
            self.refuse(
                field,
                format!(
                    "{} has {found} characters, at most {most} fit: shorten it",
                    quoted(text)
                ),
            );
        }
        found <= most
    }

    fn dns_label(&mut self, field: &str, name: &str) {
        if !is_dns_label(name) || name.len() > MAX_DNS_LABEL {
            self.refuse(
                field,
                format!(
                    "{} is no DNS label: use at most {MAX_DNS_LABEL} of a-z, 0-9 and -, beginning and ending with a letter or digit",
                    quoted(name)
                ),
            );
        }
    }

    fn dns_subdomain(&mut self, field: &str, name: &str) {
        if !name.split('.').all(is_dns_label) || name.len() > MAX_DNS_SUBDOMAIN {
            self.refuse(
                field,
                format!(
                    "{} is no name of an object: use at most {MAX_DNS_SUBDOMAIN} of a-z, 0-9, - and ., each part beginning and ending with a letter or digit",
                    quoted(name)
                ),
            );
        }
    }
}

fn is_dns_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

fn is_modrinth_project(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!@$()`.+,_-".contains(c);
    (3..=64).contains(&text.len()) && text.chars().all(allowed)
}

/// People copy addresses: the slug is then the part that follows the kind of project.
fn no_modrinth_project(text: &str) -> String {
    let parts: Vec<&str> = text.split(['/', '?', '#']).collect();
    let address = parts.iter().position(|part| part.ends_with("modrinth.com"));
    match address.and_then(|host| parts.get(host + 2)) {
        Some(slug) if is_modrinth_project(slug) => {
            format!("{} is an address: write `{slug}`", quoted(text))
        }
        _ => format!(
            "{} is neither an id nor a slug of Modrinth: use 3 to 64 of A-Z a-z 0-9 ! @ $ ( ) ` . + , _ -",
            quoted(text)
        ),
    }
}

/// A value as it is shown: quoted, escaped, and cut where nobody would read on.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}
