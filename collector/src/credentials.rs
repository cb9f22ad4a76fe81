//! What only one platform may see.

use std::fmt;

use reqwest::header::HeaderValue;

#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub curseforge_key: Option<ApiKey>,
}

/// An API key. Nothing prints it, and as a header it is marked as sensitive.
#[derive(Clone)]
pub struct ApiKey(HeaderValue);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    #[error("it is empty")]
    Empty,
    #[error(
        "it holds a character that no key has, such as a line break; give the key alone, on one line"
    )]
    Character,
}

impl ApiKey {
    /// Takes a key as it is (keys hold `$`), without white space around it.
    pub fn new(key: &str) -> Result<ApiKey, ApiKeyError> {
        let key = key.trim();
        if key.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiKeyError::Character);
        }
        let mut value = HeaderValue::from_str(key).map_err(|_| ApiKeyError::Character)?;
        value.set_sensitive(true);
        Ok(ApiKey(value))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_as_it_is_and_never_shown() {
        let key = ApiKey::new("$2a$10$abcDEF./x\n").unwrap();
        assert_eq!(key.header().to_str().unwrap(), "$2a$10$abcDEF./x");
        assert_eq!(format!("{key:?} {:?}", key.header()), "ApiKey(…) Sensitive");
        assert_eq!(ApiKey::new(" \n").unwrap_err(), ApiKeyError::Empty);
        assert_eq!(ApiKey::new("one\ntwo").unwrap_err(), ApiKeyError::Character);
        assert_eq!(ApiKey::new("clé").unwrap_err(), ApiKeyError::Character);
    }
}
