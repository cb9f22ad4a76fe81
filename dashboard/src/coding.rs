//! Codings of what is sent: which ones a client reads, and text that is kept in one.

use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::header::{self, HeaderMap};

/// Text, packed by what all browsers read.
#[derive(Clone, Debug)]
pub struct Packed(Bytes);

impl Packed {
    pub const CODING: &str = "gzip";

    pub fn new(text: &str) -> Packed {
        let mut packed = Vec::new();
        let mut encoder = GzEncoder::new(&mut packed, Compression::default());
        // A vector takes whatever is written.
        let _ = encoder.write_all(text.as_bytes());
        let _ = encoder.finish();
        Packed(packed.into())
    }

    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// For whoever doesn't read it packed.
    pub fn unpack(&self) -> String {
        let mut text = String::new();
        // It was packed here.
        let _ = GzDecoder::new(&*self.0).read_to_string(&mut text);
        text
    }
}

/// Whether the client reads a coding: it names it, or everything, and not with `q=0`.
pub fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let weight = |wanted: &str| {
        request
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .find_map(|part| {
                let (name, parameter) = part.split_once(';').unwrap_or((part, ""));
                let is_wanted = name.trim().eq_ignore_ascii_case(wanted);
                let weight = parameter.trim().strip_prefix("q=").unwrap_or("1");
                is_wanted.then(|| weight.trim().parse().unwrap_or(0.0))
            })
    };
    weight(coding)
        .or_else(|| weight("*"))
        .is_some_and(|weight: f32| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_out_as_it_went_in_and_is_small_meanwhile() {
        let text = "<li>½ 1 234 ↗</li>\n".repeat(1_000);
        let packed = Packed::new(&text);
        assert_eq!(packed.unpack(), text);
        assert!(packed.bytes().len() < text.len() / 50);
    }
}
