//! What things are called.

use modstats_store::model::{Platform, ProjectView, VersionView};

use crate::language::{Words, isolated};

pub fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Modrinth => "Modrinth",
        Platform::Curseforge => "CurseForge",
    }
}

/// What a mod is called: by its author, else by its resource.
pub fn title<'a>(display_name: Option<&'a str>, name: &'a str) -> &'a str {
    display_name
        .filter(|text| !text.trim().is_empty())
        .unwrap_or(name)
}

/// A project's name in its platform's own words, where it is known.
pub fn project_name(project: &ProjectView) -> &str {
    let name = project.name.as_ref().or(project.slug.as_ref());
    name.unwrap_or(&project.key.id)
}

/// A project's name with its platform.
pub fn name_of(project: &ProjectView) -> String {
    format!(
        "{} {}",
        platform_name(project.key.platform),
        shortened(project_name(project))
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
    let shown: Vec<_> = names.iter().take(MOST).map(|it| isolated(it)).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => words.with(
            "common-and-more",
            &[("first", shown.join(", ").into()), ("count", more.into())],
        ),
    }
}
