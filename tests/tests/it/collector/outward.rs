//! The program's way to the platforms: through a proxy, and past an authority of one's own.

use std::net::SocketAddr;
use std::sync::Arc;

use modstats_tests::Certificate;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// Listens on the loopback address with a certificate, and passes on what it decrypts.
async fn terminate_tls(certificate: &Certificate, target: SocketAddr) -> SocketAddr {
    let chain = CertificateDer::pem_file_iter(&certificate.certificate).unwrap();
    let chain: Vec<_> = chain.map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(&certificate.key).unwrap();
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that refuses the certificate is what one of the tests is about.
                let Ok(mut client) = acceptor.accept(client).await else {
                    return;
                };
                let mut server = TcpStream::connect(target).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}

fn address(simulator: &Simulator) -> SocketAddr {
    let url = simulator.modrinth_url();
    url.socket_addrs(|| None).unwrap()[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_is_trusted_where_it_is_named_and_nowhere_else() {
    let simulator = simulator().await;
    let ground = Ground::empty_postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::create(folder.path());
    let port = terminate_tls(&certificate, address(&simulator))
        .await
        .port();
    let url = format!("https://localhost:{port}/");
    let url = ("MODSTATS_MODRINTH_URL", url.as_str());

    let mut run = start(&ground, &simulator, folder.path(), "modrinth", &[url]);
    assert_eq!(run.wait(SHORT).await.code(), Some(75), "{}", run.output());
    let told = message(folder.path());
    assert_eq!(told["errors"][0]["reason"], "Unreachable", "{told}");
    assert_eq!(simulator.served().total(Platform::Modrinth), 0);

    let authority = certificate.authority.to_str().unwrap();
    let trusted = [url, ("MODSTATS_TRUSTED_CA", authority)];
    let mut run = start(&ground, &simulator, folder.path(), "modrinth", &trusted);
    assert!(run.wait(SHORT).await.success(), "{}", run.output());
    assert_eq!(message(folder.path())["outcome"], "complete");

    let empty = folder.path().join("empty.crt");
    std::fs::write(&empty, "").unwrap();
    let wrong = [url, ("MODSTATS_TRUSTED_CA", empty.to_str().unwrap())];
    let mut run = start(&ground, &simulator, folder.path(), "modrinth", &wrong);
    assert_eq!(run.wait(SHORT).await.code(), Some(78), "{}", run.output());
    let told = message(folder.path()).to_string();
    assert!(
        told.contains("empty.crt: it holds no certificate"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_asked_for_a_host_that_nobody_else_knows_and_for_none_that_is_left_out() {
    let simulator = simulator().await;
    let ground = Ground::empty_postgres().await;
    let folder = tempfile::tempdir().unwrap();
    // The simulator answers whatever host it is asked for, as a proxy does.
    let secret = "canary-word";
    let proxy = format!("http://me:{secret}@{}/", address(&simulator));
    let unknown = ("MODSTATS_MODRINTH_URL", "http://modrinth.invalid/");
    let proxy = ("HTTP_PROXY", proxy.as_str());

    let mut run = start(
        &ground,
        &simulator,
        folder.path(),
        "modrinth",
        &[unknown, proxy],
    );
    assert!(run.wait(SHORT).await.success(), "{}", run.output());
    assert_eq!(message(folder.path())["outcome"], "complete");

    let direct = [unknown, proxy, ("NO_PROXY", "modrinth.invalid")];
    let mut run = start(&ground, &simulator, folder.path(), "modrinth", &direct);
    assert_eq!(run.wait(SHORT).await.code(), Some(75), "{}", run.output());
    let told = message(folder.path());
    assert_eq!(told["errors"][0]["reason"], "Unreachable", "{told}");

    let closed = format!("http://me:{secret}@127.0.0.1:1/");
    let away = [unknown, ("HTTP_PROXY", closed.as_str())];
    let mut run = start(&ground, &simulator, folder.path(), "modrinth", &away);
    assert_eq!(run.wait(SHORT).await.code(), Some(75), "{}", run.output());
    let told = message(folder.path()).to_string() + &run.output();
    assert!(!told.contains(secret), "{told}");
}
