//! Targets under TLS, with a certificate that only `ca_file` trusts.

use std::io::BufReader;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hapline::report::feed::Transition;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::fixture::{NOW, notice, notifier, target};
use super::needed;
use super::server::Server;

/// A certificate of its own for localhost. Where openssl is missing, that is said, and with `CI=true` it fails.
fn certificate(folder: &Path, name: &str) -> Option<()> {
    let openssl = needed::program("openssl", "openssl")?;
    let made = Command::new(openssl)
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join(format!("{name}.key")))
        .arg("-out")
        .arg(folder.join(format!("{name}.pem")))
        .output();
    let made = made.expect("it runs");
    assert!(made.status.success(), "{made:?}");
    Some(())
}

fn start(folder: &Path) -> Server {
    let chain = CertificateDer::pem_file_iter(folder.join("own.pem")).unwrap();
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("own.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::bare(listener.local_addr().unwrap());
    let kept = server.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let session = ServerConnection::new(config.clone()).unwrap();
            let stream = StreamOwned::new(session, stream.unwrap());
            kept.serve(&mut BufReader::new(stream), &[]);
        }
    });
    server
}

#[test]
fn only_the_certificates_of_the_file_are_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["own", "other"] {
        if certificate(folder, name).is_none() {
            return;
        }
    }
    let server = start(folder);
    let url = format!("https://localhost:{}/hook", server.address.port());
    let tell = |name: &str| {
        let ca = folder.join(format!("{name}.pem"));
        let rest = format!("url = \"{url}\"\nca_file = \"{}\"", ca.display());
        let mut notifier = notifier(&target("webhook", &rest), None);
        notifier.notice(&notice("i-1", Transition::Opened), NOW);
        notifier.stop(Duration::from_secs(10));
        notifier.standings()[0].counts
    };
    assert_eq!((tell("other").retried, server.so_far().len()), (1, 0));
    assert_eq!((tell("own").sent, server.so_far().len()), (1, 1));
}
