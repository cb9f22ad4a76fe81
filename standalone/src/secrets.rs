//! API keys, read anew for every run, so that a changed one counts from the next run on.

use std::path::PathBuf;

use modstats_collector::{ApiKey, Credentials};
use modstats_crds::{Document, Source};

const VARIABLE: &str = "MODSTATS_CURSEFORGE_API_KEY";

#[derive(Clone, Debug)]
pub enum Secrets {
    /// `apiKeySecretRef` in a folder, then the environment.
    Given { folder: Option<PathBuf> },
    /// The key of the simulated CurseForge.
    Sample(String),
}

impl Secrets {
    /// The credentials of one run, or what is wrong with the key. A run without a key reports by
    /// itself that it needs one.
    pub fn credentials(
        &self,
        document: &Document,
        source: Source,
    ) -> (Credentials, Option<String>) {
        let asks = match source {
            Source::Modrinth => false,
            Source::Curseforge => true,
            Source::Modpacks => document.spec.asks_curseforge_for_modpacks(),
        };
        let found = match self {
            _ if !asks => return (Credentials::default(), None),
            Secrets::Given { folder } => given(document, folder.as_ref()),
            Secrets::Sample(key) => parse("the sample key", key),
        };
        match found {
            Ok(key) => (
                Credentials {
                    curseforge_key: Some(key),
                },
                None,
            ),
            Err(problem) => (Credentials::default(), Some(problem)),
        }
    }
}

fn given(document: &Document, folder: Option<&PathBuf>) -> Result<ApiKey, String> {
    let reference = document
        .spec
        .curseforge
        .as_ref()
        .map(|spec| &spec.api_key_secret_ref);
    let file = folder
        .zip(reference)
        .map(|(folder, it)| folder.join(&it.name).join(&it.key));
    if let Some(path) = file.as_ref().filter(|path| path.exists()) {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read the key file {}: {error}", path.display()))?;
        return parse(&path.display().to_string(), &text);
    }
    match (std::env::var(VARIABLE), file) {
        (Ok(key), _) => parse(VARIABLE, &key),
        (Err(_), Some(path)) => Err(format!(
            "there is no CurseForge API key: put it into {} or into {VARIABLE}",
            path.display()
        )),
        (Err(_), None) => Err(format!(
            "there is no CurseForge API key: put it into {VARIABLE}, or give --secrets-dir DIR and put it into the file of apiKeySecretRef there"
        )),
    }
}

fn parse(place: &str, key: &str) -> Result<ApiKey, String> {
    ApiKey::new(key)
        .map_err(|error| format!("the CurseForge API key in {place} is unusable: {error}"))
}
