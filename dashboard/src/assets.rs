//! Files that pages link to, under names that change with their content.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};
use warp::reply::Response as Reply;

use crate::coding::accepts;
use crate::reply::{body_of, is_known};

/// The style sheet and the script are made from `web/`, and compressed there.
#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

#[derive(Clone, Debug)]
pub struct Asset {
    /// The last segment of its address: `modstats-<hash>.css`.
    pub file: String,
    content_type: &'static str,
    hash: String,
    plain: Bytes,
    /// The best first.
    encoded: Vec<(&'static str, Bytes)>,
}

#[derive(Clone, Debug)]
pub struct Assets {
    pub stylesheet: Asset,
    pub script: Asset,
    pub logo: Asset,
    /// What the script imports later, by names that have their hash already.
    chunks: Vec<Asset>,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

impl Assets {
    pub fn new() -> Option<Assets> {
        let hashed = |stem: &str, extension: &str, content_type| {
            let asset = Asset::new(&format!("{stem}.{extension}"), content_type)?;
            let file = format!("{stem}-{}.{extension}", asset.hash);
            Some(Asset { file, ..asset })
        };
        Some(Assets {
            stylesheet: hashed("modstats", "css", "text/css; charset=utf-8")?,
            script: hashed("modstats", "js", SCRIPT)?,
            logo: hashed("logo", "svg", "image/svg+xml")?,
            chunks: Files::iter()
                .filter(|path| path.starts_with("chunk-") && path.ends_with(".js"))
                .filter_map(|path| Asset::new(&path, SCRIPT))
                .collect(),
        })
    }

    pub fn find(&self, file: &str) -> Option<&Asset> {
        [&self.stylesheet, &self.script, &self.logo]
            .into_iter()
            .chain(&self.chunks)
            .find(|asset| asset.file == file)
    }
}

impl Asset {
    fn new(path: &str, content_type: &'static str) -> Option<Asset> {
        let EmbeddedFile { data, metadata } = Files::get(path)?;
        let hash = metadata.sha256_hash()[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let encoded = [("br", "br"), ("gzip", "gz")]
            .into_iter()
            .filter_map(|(coding, ending)| {
                let file = Files::get(&format!("{path}.{ending}"))?;
                Some((coding, Bytes::from(file.data.into_owned())))
            })
            .collect();
        Some(Asset {
            file: path.to_owned(),
            content_type,
            hash,
            plain: Bytes::from(data.into_owned()),
            encoded,
        })
    }

    /// In the best coding that the client reads.
    pub fn reply(&self, request: &HeaderMap) -> Reply {
        let encoded = self
            .encoded
            .iter()
            .find(|(coding, _)| accepts(request, coding));
        let (etag, body) = match encoded {
            Some((coding, body)) => (format!("\"{}-{coding}\"", self.hash), body),
            None => (format!("\"{}\"", self.hash), &self.plain),
        };
        let mut reply = match is_known(request, &etag) {
            true => {
                let mut reply = Response::new(Bytes::new().into());
                *reply.status_mut() = StatusCode::NOT_MODIFIED;
                reply
            }
            false => body_of(self.content_type, body.clone()),
        };
        let headers = reply.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        if let Some((coding, _)) = encoded {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn coding_of(accepted: &'static str) -> Option<String> {
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        let reply = Assets::new().unwrap().script.reply(&request);
        let coding = reply.headers().get(header::CONTENT_ENCODING)?;
        Some(coding.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_client_gets_the_best_coding_that_it_reads() {
        for (accepted, coding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("GZIP;q=0.5, br;q=0", Some("gzip")),
            ("*", Some("br")),
            ("br;q=0, *", Some("gzip")),
            ("br;q=0.0, *;q=0", None),
            ("deflate", None),
            ("br;q=", None),
            ("", None),
        ] {
            assert_eq!(coding_of(accepted).as_deref(), coding, "{accepted:?}");
        }
    }

    #[test]
    fn codings_have_tags_of_their_own() {
        let assets = Assets::new().unwrap();
        let mut request = HeaderMap::new();
        let plain = assets.stylesheet.reply(&request);
        let etag = plain.headers()[header::ETAG].clone();
        request.insert(header::IF_NONE_MATCH, etag);
        let again = assets.stylesheet.reply(&request);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let packed = assets.stylesheet.reply(&request);
        assert_eq!(packed.status(), StatusCode::OK);
        assert_eq!(packed.headers()[header::VARY], "accept-encoding");
    }

    #[test]
    fn what_the_script_imports_is_there() {
        let assets = Assets::new().unwrap();
        let script = String::from_utf8(assets.script.plain.to_vec()).unwrap();
        let imported: Vec<&str> = script
            .split("import(\"./")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(imported.len(), 1, "{imported:?}");
        assert_eq!(imported.len(), assets.chunks.len(), "{imported:?}");
        for file in imported {
            let chunk = assets.find(file).unwrap();
            assert_eq!((chunk.content_type, chunk.encoded.len()), (SCRIPT, 2));
        }
    }
}
