//! What things are called in remarks and legends.

use modstats_store::model::{Platform, ProjectView, VersionView};

use crate::language::Words;

pub fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Modrinth => "Modrinth",
        Platform::Curseforge => "CurseForge",
    }
}

/// A project's name with its platform, in the platform's own words where it is known.
pub fn name_of(project: &ProjectView) -> String {
    let name = project
        .name
        .as_deref()
        .or(project.slug.as_deref())
        .unwrap_or(&project.key.id);
    format!(
        "{} {}",
        platform_name(project.key.platform),
        shortened(name)
    )
}

/// What people call a version: its number, or its name where it has none.
pub fn version_name(version: &VersionView) -> String {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let name = filled(&version.number).or_else(|| filled(&version.name));
    shortened(&name.unwrap_or_else(|| version.platform_id.clone()))
}

pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub(super) fn listed(names: &[String], words: &Words) -> String {
    const MOST: usize = 6;
    match names.len() {
        0..=MOST => names.join(", "),
        more => words.with(
            "common-and-more",
            &[
                ("first", names[..MOST].join(", ").into()),
                ("count", (more - MOST).into()),
            ],
        ),
    }
}
