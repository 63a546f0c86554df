//! Certificates of a TLS listener.
//!
//! Enters: PEM files. Leaves: what a handshake needs, or what is wrong with which file. Must not know: connections.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// The files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The listener's certificate, and those between it and its authority's.
    pub certificate: PathBuf,
    /// Its private key; may be the same file.
    pub key: PathBuf,
    /// Authorities of clients, who must have a certificate then.
    pub client_ca: Option<PathBuf>,
}

/// Certificates in use, which can be read again while they are.
pub struct Certificates {
    files: Files,
    acceptor: RwLock<TlsAcceptor>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.debug_struct("Certificates")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

/// A file that does not hold what it must.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct BadPem {
    path: PathBuf,
    problem: String,
    hint: String,
}

impl BadPem {
    fn new(path: &Path, problem: impl fmt::Display, hint: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            problem: problem.to_string(),
            hint: hint.into(),
        }
    }

    /// What to try.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl Certificates {
    /// Reads them.
    ///
    /// # Errors
    /// When a file is missing, holds something else, or does not fit the other one.
    pub fn read(files: Files) -> Result<Self, BadPem> {
        let acceptor = RwLock::new(acceptor(&files)?);
        Ok(Self { files, acceptor })
    }

    /// Reads them again, for handshakes to come.
    ///
    /// # Errors
    /// As [`read`](Self::read); those in use stay so.
    pub fn reload(&self) -> Result<(), BadPem> {
        let fresh = acceptor(&self.files)?;
        *self
            .acceptor
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// For one handshake.
    pub fn acceptor(&self) -> TlsAcceptor {
        let acceptor = self.acceptor.read();
        acceptor.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn acceptor(files: &Files) -> Result<TlsAcceptor, BadPem> {
    let chain = certificates(&files.certificate)?;
    let key = key(&files.key)?;
    let provider = Arc::new(ring::default_provider());
    let unfit = |error| BadPem::new(&files.certificate, error, "check what it is made for");
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(unfit)?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                let unfit = |error| BadPem::new(path, error, "name an authority's certificate");
                roots.add(certificate).map_err(unfit)?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            let unfit = |error| BadPem::new(path, error, "name an authority's certificate");
            builder.with_client_cert_verifier(verifier.map_err(unfit)?)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|error| {
        let hint = format!(
            "its first certificate must be the one that {} is the key of",
            files.key.display()
        );
        BadPem::new(&files.certificate, error, hint)
    })?;
    // Whoever only sends reads none, and what is not read when it closes makes the kernel throw away what it sent last.
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config).into())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadPem> {
    let expected = "-----BEGIN CERTIFICATE-----";
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let found: Vec<_> = found.map_err(|error| bad(path, &error, expected))?;
    match found.is_empty() {
        true => Err(bad(path, &pem::Error::NoItemsFound, expected)),
        false => Ok(found),
    }
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, BadPem> {
    let expected = "-----BEGIN PRIVATE KEY-----";
    PrivateKeyDer::from_pem_file(path).map_err(|error| bad(path, &error, expected))
}

fn bad(path: &Path, error: &pem::Error, expected: &str) -> BadPem {
    let encrypted =
        "a key with a passphrase must be decrypted first: openssl pkey -in KEY -out PLAIN";
    match error {
        pem::Error::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            BadPem::new(path, "no such file", "check the path")
        }
        pem::Error::Io(error) => BadPem::new(path, error, "it must be readable for this user"),
        pem::Error::NoItemsFound => BadPem::new(
            path,
            format!("holds no `{expected}`"),
            match expected.contains("KEY") {
                true => encrypted.to_owned(),
                false => "it must be in PEM form: openssl x509 -inform der -in FILE".to_owned(),
            },
        ),
        damaged => BadPem::new(
            path,
            format!("is no PEM file ({damaged})"),
            format!("it must hold `{expected}`, as openssl writes it"),
        ),
    }
}
