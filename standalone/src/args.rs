//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use modstats_dashboard::BasePath;

/// Records how your Minecraft mods are used on Modrinth and CurseForge, for years.
///
/// Both platforms show only today's counters: history exists only where somebody keeps it. This
/// program keeps it in one SQLite file and shows it on a local web page.
#[derive(Debug, Parser)]
#[command(name = "modstats", version, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show everything with sample data: no network, no account, no key.
    ///
    /// Simulated platforms run on this machine; the collector first gathers the past days in a
    /// time lapse, and then goes on in real time.
    Demo(DemoArguments),
    /// Track the mods of TrackedMod files and serve the dashboard.
    ///
    /// Collects at once and then on each TrackedMod's schedule, until interrupted.
    Serve(Box<ServeArguments>),
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Where to keep the sample data; a new file. Without it: a temporary one
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// The address of the dashboard; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7878")]
    pub listen: String,
    /// Where the dashboard lies on its host, such as /stats, if it doesn't have one for itself
    #[arg(
        long,
        value_name = "PATH",
        env = "MODSTATS_BASE_PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub base_path: BasePath,
    /// How many days to collect before today
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=730))]
    pub days: u16,
}

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// A file of TrackedMods, the same that a cluster takes; may be given several times
    #[arg(short, long = "file", value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The history; made if it doesn't exist
    #[arg(long, value_name = "FILE", default_value = "modstats.db")]
    pub db: PathBuf,
    /// The address of the dashboard; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7878")]
    pub listen: String,
    /// Where the dashboard lies on its host, such as /stats, if it doesn't have one for itself
    #[arg(
        long,
        value_name = "PATH",
        env = "MODSTATS_BASE_PATH",
        default_value = "",
        hide_default_value = true
    )]
    pub base_path: BasePath,
    /// Where `apiKeySecretRef: {name, key}` is read: the file DIR/<name>/<key>. Without it, or
    /// without that file: MODSTATS_CURSEFORGE_API_KEY
    #[arg(long, value_name = "DIR")]
    pub secrets_dir: Option<PathBuf>,
    /// Another address of Modrinth's API
    #[arg(long, value_name = "URL", hide = true, env = "MODSTATS_MODRINTH_URL")]
    pub modrinth_url: Option<url::Url>,
    /// Another address of CurseForge's API
    #[arg(long, value_name = "URL", hide = true, env = "MODSTATS_CURSEFORGE_URL")]
    pub curseforge_url: Option<url::Url>,
    /// Another address of CurseForge's website
    #[arg(
        long,
        value_name = "URL",
        hide = true,
        env = "MODSTATS_CURSEFORGE_WEBSITE_URL"
    )]
    pub curseforge_website_url: Option<url::Url>,
}
