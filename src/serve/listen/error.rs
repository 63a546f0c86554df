//! Why a listener cannot be bound, and what to try.
//!
//! Enters: an error of the system, and what was asked for. Leaves: a sentence, and a hint. Must not know: sockets.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;

use super::tls::BadPem;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum CannotListen {
    /// An address.
    #[error("cannot listen on {protocol} {address}: {error}")]
    Address {
        /// `udp`, `tcp` or `tls`.
        protocol: &'static str,
        /// As asked for.
        address: SocketAddr,
        /// The system's reason.
        error: io::Error,
    },
    /// A path of a unix socket.
    #[error("cannot listen on unix {}: {error}", path.display())]
    Path {
        /// As asked for.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// A file of a TLS listener.
    #[error(transparent)]
    Pem(#[from] BadPem),
    /// A TLS listener without a certificate.
    #[error("TLS needs a certificate")]
    NoCertificate,
    /// A socket of systemd's.
    #[error("cannot take over a socket of systemd's: {0}")]
    Handed(io::Error),
}

impl CannotListen {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Address {
                protocol,
                address,
                error,
            } => for_address(protocol, *address, error),
            Self::Path { path, error } => match error.kind() {
                ErrorKind::AddrInUse => {
                    "another process listens there: `ss -lxp` shows which; --unix takes another path"
                        .to_owned()
                }
                ErrorKind::AlreadyExists => "--unix takes another path".to_owned(),
                ErrorKind::NotFound => match path.parent() {
                    Some(directory) => format!("make its directory: {}", directory.display()),
                    None => "--unix takes another path".to_owned(),
                },
                _ => "the directory must be writable for this user; --unix takes another path"
                    .to_owned(),
            },
            Self::Pem(bad) => bad.hint().to_owned(),
            Self::NoCertificate => {
                "name one, and its key: --tls-cert FILE --tls-key FILE".to_owned()
            }
            Self::Handed(_) => "see the socket unit: systemctl cat UNIT.socket".to_owned(),
        }
    }
}

fn for_address(protocol: &str, address: SocketAddr, error: &io::Error) -> String {
    let port = address.port();
    match error.kind() {
        ErrorKind::AddrInUse => {
            let kind = if protocol == "udp" { 'u' } else { 't' };
            format!(
                "`ss -l{kind}np 'sport = :{port}'` shows what listens there; --{protocol} takes another address"
            )
        }
        ErrorKind::PermissionDenied => format!(
            "ports below 1024 need CAP_NET_BIND_SERVICE; --{protocol} takes another address"
        ),
        ErrorKind::AddrNotAvailable => {
            "`ip address` lists the addresses of this machine".to_owned()
        }
        _ => format!("--{protocol} takes another address"),
    }
}
