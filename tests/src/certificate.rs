use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// A certificate for this machine, and the authority that signed it; PEM files.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Certificate {
    /// A new authority and a new certificate for `localhost` and `127.0.0.1`, in `folder`.
    pub fn create(folder: &Path) -> Self {
        let key = || KeyPair::generate().expect("the system has random numbers");
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority
            .distinguished_name
            .push(DnType::CommonName, "modstats tests");
        let authority =
            CertifiedIssuer::self_signed(authority, key()).expect("the parameters are valid");
        let server_key = key();
        let server = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])
            .expect("the names are valid")
            .signed_by(&server_key, &authority)
            .expect("the parameters are valid");

        let write = |name: &str, mode: u32, pem: String| {
            let path = folder.join(name);
            fs::write(&path, pem)
                .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(mode)))
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            path
        };
        Self {
            authority: write("ca.crt", 0o644, authority.pem()),
            certificate: write("server.crt", 0o644, server.pem()),
            key: write("server.key", 0o600, server_key.serialize_pem()),
        }
    }
}
