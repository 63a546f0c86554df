//! TLS.

use std::fs;
use std::path::PathBuf;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::*;

/// Files that were made for these tests; the authority's key is nowhere.
fn pem(name: &str) -> PathBuf {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve/listen/tests/pem");
    PathBuf::from(here).join(name)
}

fn tls() -> Settings {
    Settings {
        tls: loopback(),
        certificate: Some(pem("server.pem")),
        key: Some(pem("server.key")),
        ..Settings::default()
    }
}

/// A connection, with a certificate of its own or without.
fn connect(site: &Site, own: Option<&str>) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pem("ca.pem")).unwrap())
        .unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(name) => {
            let certificate = CertificateDer::from_pem_file(pem(&format!("{name}.pem"))).unwrap();
            let key = PrivateKeyDer::from_pem_file(pem(&format!("{name}.key"))).unwrap();
            builder
                .with_client_auth_cert(vec![certificate], key)
                .unwrap()
        }
    };
    let connector = TlsConnector::from(Arc::new(config));
    site.runtime.block_on(async {
        let stream = TcpStream::connect(site.address()).await?;
        let name = ServerName::try_from("localhost").unwrap();
        connector.connect(name, stream).await
    })
}

fn send(site: &Site, stream: &mut TlsStream<TcpStream>, text: &str) {
    let sent = async {
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
    };
    site.runtime.block_on(sent);
}

#[test]
fn lines_come_over_tls() {
    let mut site = Site::of(&tls());
    let mut stream = connect(&site, None).unwrap();
    send(&site, &mut stream, &log(3_000));
    site.wait(|site| site.count() == 3_000);
    assert_eq!(site.text(), log(3_000));
    // Without a farewell.
    drop(stream);
    site.wait(|site| site.intake().open.get() == 0);
    assert_eq!(site.intake().failed.get(), 0);
}

#[test]
fn who_does_not_speak_tls_is_counted() {
    let mut site = Site::of(&tls());
    let mut plain = std::net::TcpStream::connect(site.address()).unwrap();
    std::io::Write::write_all(&mut plain, b"<134>a\n").unwrap();
    site.wait(|site| site.intake().handshakes.get() == 1 && site.intake().open.get() == 0);
    assert_eq!(site.count(), 0);
}

#[test]
fn a_client_may_need_a_certificate() {
    let settings = Settings {
        client_ca: Some(pem("ca.pem")),
        ..tls()
    };
    let mut site = Site::of(&settings);
    // A client of TLS 1.3 learns only later that it was refused.
    let _refused = connect(&site, None);
    site.wait(|site| site.intake().handshakes.get() == 1);
    let mut stream = connect(&site, Some("client")).unwrap();
    send(&site, &mut stream, "<134>a\n");
    site.wait(|site| site.text() == "<134>a\n");
}

#[test]
fn certificates_can_be_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let copy = |from: &str, to: &str| {
        let to = directory.path().join(to);
        fs::copy(pem(from), &to).unwrap();
        to
    };
    let settings = Settings {
        certificate: Some(copy("server.pem", "own.pem")),
        key: Some(copy("server.key", "own.key")),
        ..tls()
    };
    let site = Site::of(&settings);
    let certificates = site.certificates.clone().unwrap();
    let shown = || {
        let stream = connect(&site, None).unwrap();
        let (_, connection) = stream.get_ref();
        connection.peer_certificates().unwrap()[0].to_vec()
    };
    let first = shown();
    copy("other.pem", "own.pem");
    let problem = certificates.reload().unwrap_err();
    assert!(problem.to_string().contains("own.pem: "), "{problem}");
    assert_eq!(shown(), first);
    copy("other.key", "own.key");
    certificates.reload().unwrap();
    assert_ne!(shown(), first);
}

#[test]
fn a_bad_file_is_named_with_what_it_must_hold() {
    let directory = tempfile::tempdir().unwrap();
    let damaged = directory.path().join("damaged.pem");
    let text = "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n";
    fs::write(&damaged, text).unwrap();
    let with = |certificate: PathBuf, key: PathBuf, client_ca: Option<PathBuf>| {
        let settings = Settings {
            certificate: Some(certificate),
            key: Some(key),
            client_ca,
            ..tls()
        };
        let problem = bind(&settings).unwrap_err();
        format!("{problem}\n{}", problem.hint())
    };
    let (cert, key) = (pem("server.pem"), pem("server.key"));
    let missing = PathBuf::from("/nowhere/x.pem");
    let cases = [
        (
            with(missing, key.clone(), None),
            ["/nowhere/x.pem: no such file", "check the path"],
        ),
        (
            with(key.clone(), key.clone(), None),
            ["holds no `-----BEGIN CERTIFICATE-----`", "PEM"],
        ),
        (
            with(cert.clone(), cert.clone(), None),
            ["holds no `-----BEGIN PRIVATE KEY-----`", "passphrase"],
        ),
        (
            with(damaged, key.clone(), None),
            ["damaged.pem: is no PEM file", "BEGIN CERTIFICATE"],
        ),
        (
            with(cert.clone(), pem("other.key"), None),
            ["server.pem: ", "other.key is the key of"],
        ),
        (
            with(cert, key.clone(), Some(key)),
            ["server.key: holds no", "PEM"],
        ),
    ];
    for (said, expected) in cases {
        for part in expected {
            assert!(said.contains(part), "{said}");
        }
    }
    let none = Settings {
        certificate: None,
        ..tls()
    };
    assert_eq!(
        bind(&none).unwrap_err().to_string(),
        "TLS needs a certificate"
    );
}
