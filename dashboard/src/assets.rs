//! Files that pages link to, under names that change with their content.

use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

#[derive(Clone, Debug)]
pub struct Asset {
    /// `modstats-<hash>.css`
    pub file: String,
    pub content_type: &'static str,
    pub body: Bytes,
}

#[derive(Clone, Debug)]
pub struct Assets {
    pub stylesheet: Asset,
    pub logo: Asset,
}

impl Assets {
    pub fn new() -> Option<Assets> {
        Some(Assets {
            stylesheet: Asset::new("modstats", "css", "text/css; charset=utf-8")?,
            logo: Asset::new("logo", "svg", "image/svg+xml")?,
        })
    }

    /// By the last segment of its address.
    pub fn find(&self, name: &str) -> Option<&Asset> {
        [&self.stylesheet, &self.logo]
            .into_iter()
            .find(|asset| asset.file == name)
    }
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str) -> Option<Asset> {
        let EmbeddedFile { data, metadata } = Files::get(&format!("{stem}.{extension}"))?;
        let hash: String = metadata.sha256_hash()[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(Asset {
            file: format!("{stem}-{hash}.{extension}"),
            content_type,
            body: Bytes::from(data.into_owned()),
        })
    }
}
