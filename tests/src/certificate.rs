use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

/// An authority of the tests' own, which signs certificates into a folder; PEM files.
pub struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate, its key, and the authority that signed it; PEM files.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn create(folder: &Path) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "modstats tests");
        let issuer =
            CertifiedIssuer::self_signed(params, new_key()).expect("the parameters are valid");
        write(&folder.join("ca.crt"), 0o644, &issuer.pem());
        Self {
            folder: folder.to_owned(),
            issuer,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// For a server with these host names and addresses: `<name>.crt` and `<name>.key`.
    pub fn server(&self, name: &str, hosts: &[&str]) -> Certificate {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(hosts).expect("the names are valid");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.sign(name, params)
    }

    /// For a client that Kubernetes knows by `user`, a member of `group`.
    pub fn client(&self, name: &str, user: &str, group: Option<&str>) -> Certificate {
        let mut params = CertificateParams::default();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.distinguished_name.push(DnType::CommonName, user);
        if let Some(group) = group {
            params
                .distinguished_name
                .push(DnType::OrganizationName, group);
        }
        self.sign(name, params)
    }

    fn sign(&self, name: &str, mut params: CertificateParams) -> Certificate {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = new_key();
        let signed = params
            .signed_by(&key, &self.issuer)
            .expect("the parameters are valid");
        let path = |extension: &str| self.folder.join(format!("{name}.{extension}"));
        write(&path("crt"), 0o644, &signed.pem());
        write(&path("key"), 0o600, &key.serialize_pem());
        Certificate {
            authority: self.path(),
            certificate: path("crt"),
            key: path("key"),
        }
    }
}

impl Certificate {
    /// A new authority and a new certificate for `localhost` and `127.0.0.1`, in `folder`.
    pub fn create(folder: &Path) -> Self {
        Authority::create(folder).server("server", &["localhost", "127.0.0.1"])
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("the system has random numbers")
}

fn write(path: &Path, mode: u32, pem: &str) {
    fs::write(path, pem)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode)))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
