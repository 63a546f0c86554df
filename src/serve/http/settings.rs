//! How the HTTP server is set.
//!
//! Enters: settings, as they were read. Leaves: the same, checked; and the token. Must not know: where they stand.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// Where the token is looked for when no file is named.
pub const TOKEN_VARIABLE: &str = "HAPLINE_HTTP_TOKEN";

/// Characters that a token has at least: as many as cannot be guessed.
const TOKEN: usize = 16;

/// Settings of the HTTP server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address to listen on; port 0: any that is free.
    pub address: SocketAddr,
    /// File that holds the bearer token; needed (here or in `HAPLINE_HTTP_TOKEN`) for any address that is not loopback.
    pub token_file: Option<PathBuf>,
    /// Names, besides `localhost` and addresses, under which it may be asked on loopback.
    pub hosts: Vec<String>,
    /// Connections at a time.
    pub connections: usize,
    /// Live feeds at a time.
    pub streams: usize,
    /// Time for the headers of a request, and between two requests; ms.
    pub header_timeout_ms: u64,
    /// Time for an answer; ms.
    pub request_timeout_ms: u64,
    /// Time in which a peer that does not read is waited for; ms.
    pub stall_timeout_ms: u64,
    /// Time between two comments in a feed that is silent; ms.
    pub heartbeat_ms: u64,
    /// Notices that a feed can be resumed from.
    pub ring: usize,
    /// Ingest lag up to which it is ready; ms.
    pub ready_lag_ms: u64,
    /// Age of what is shown up to which it is ready; ms.
    pub ready_age_ms: u64,
    /// Backends that have series of their own in `/metrics`; what is beyond is counted as `other`.
    pub metric_backends: usize,
    /// The same of servers.
    pub metric_servers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 9110)),
            token_file: None,
            hosts: Vec::new(),
            connections: 128,
            streams: 32,
            header_timeout_ms: 10_000,
            request_timeout_ms: 30_000,
            stall_timeout_ms: 30_000,
            heartbeat_ms: 15_000,
            ring: 256,
            ready_lag_ms: 10_000,
            ready_age_ms: 30_000,
            metric_backends: 256,
            metric_servers: 1_024,
        }
    }
}

/// Why there is no HTTP server.
#[derive(Debug, thiserror::Error)]
pub enum CannotServe {
    /// Anyone could ask.
    #[error("HTTP on {0} would answer anyone who reaches it, and no token is set")]
    Open(SocketAddr),
    /// The token's file cannot be read.
    #[error("the HTTP token cannot be read from {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It can be guessed, or cannot be sent.
    #[error(
        "the HTTP token from {0} is no good: it needs {TOKEN} or more visible ASCII characters, and no blanks"
    )]
    Weak(String),
    /// The address is not free, or not this machine's.
    #[error("cannot listen for HTTP on {address}: {error}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
}

impl CannotServe {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Open(address) => format!(
                "listen on 127.0.0.1:{}, or name a file that holds a token (openssl rand -hex 32), or set {TOKEN_VARIABLE}",
                address.port()
            ),
            Self::Unreadable { .. } => {
                "make it readable for the user that hapline runs as".to_owned()
            }
            Self::Weak(_) => "make one with: openssl rand -hex 32".to_owned(),
            Self::Bind { .. } => "ss -ltnp tells who listens there".to_owned(),
        }
    }
}

/// What a peer must know to be answered.
#[derive(Clone)]
pub struct Token(Vec<u8>);

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

impl Token {
    fn new(text: &str, from: &str) -> Result<Self, CannotServe> {
        let text = text.trim();
        let is_good = text.len() >= TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_good
            .then(|| Self(text.as_bytes().to_vec()))
            .ok_or_else(|| CannotServe::Weak(from.to_owned()))
    }

    /// Whether this is it. How long it takes tells at most how long the token is.
    pub fn is(&self, said: &[u8]) -> bool {
        self.0.ct_eq(said).into()
    }
}

impl Settings {
    /// The token: of the file, else of the environment. One that may be asked from afar must have one.
    ///
    /// # Errors
    /// When there must be one and is none, or it is no good.
    pub fn token(&self, environment: Option<&str>) -> Result<Option<Token>, CannotServe> {
        let token = match (&self.token_file, environment) {
            (Some(path), _) => Some(Token::new(&read(path)?, &path.display().to_string())?),
            (None, Some(text)) => Some(Token::new(text, TOKEN_VARIABLE)?),
            (None, None) => None,
        };
        match token {
            None if !self.is_loopback() => Err(CannotServe::Open(self.address)),
            token => Ok(token),
        }
    }

    /// It can be reached from this machine alone.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.address.ip())
    }

    pub(super) fn header_timeout(&self) -> Duration {
        Duration::from_millis(self.header_timeout_ms)
    }

    pub(super) fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    pub(super) fn stall_timeout(&self) -> Duration {
        Duration::from_millis(self.stall_timeout_ms)
    }

    pub(super) fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.heartbeat_ms)
    }
}

/// An address of this machine alone, also where IPv6 wraps it.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn read(path: &Path) -> Result<String, CannotServe> {
    std::fs::read_to_string(path).map_err(|error| CannotServe::Unreadable {
        path: path.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(address: &str) -> Settings {
        Settings {
            address: address.parse().unwrap(),
            ..Settings::default()
        }
    }

    #[test]
    fn who_can_be_reached_from_afar_needs_a_token() {
        let good = Some("0123456789abcdef");
        for (address, environment, expected) in [
            ("127.0.0.1:0", None, Ok(false)),
            ("[::1]:0", None, Ok(false)),
            ("[::ffff:127.0.0.1]:0", None, Ok(false)),
            ("127.0.0.1:0", good, Ok(true)),
            ("0.0.0.0:9110", good, Ok(true)),
            (
                "0.0.0.0:9110",
                None,
                Err("HTTP on 0.0.0.0:9110 would answer anyone who reaches it, and no token is set"),
            ),
            (
                "[::]:9110",
                None,
                Err("HTTP on [::]:9110 would answer anyone who reaches it, and no token is set"),
            ),
            (
                "127.0.0.1:0",
                Some("short"),
                Err(
                    "the HTTP token from HAPLINE_HTTP_TOKEN is no good: it needs 16 or more visible ASCII characters, \
                     and no blanks",
                ),
            ),
            (
                "0.0.0.0:1",
                Some("0123456789 abcdef"),
                Err(
                    "the HTTP token from HAPLINE_HTTP_TOKEN is no good: it needs 16 or more visible ASCII characters, \
                     and no blanks",
                ),
            ),
        ] {
            let token = on(address).token(environment);
            let told = token
                .map(|token| token.is_some())
                .map_err(|error| error.to_string());
            assert_eq!(told, expected.map_err(str::to_owned), "{address}");
        }
    }

    #[test]
    fn a_file_goes_before_the_environment_and_is_told_from_other_tokens() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "of-the-file-0123456789\n").unwrap();
        let settings = Settings {
            token_file: Some(file.path().to_owned()),
            ..on("0.0.0.0:1")
        };
        let token = settings.token(Some("of-the-environment")).unwrap().unwrap();
        for (said, expected) in [
            ("of-the-file-0123456789", true),
            ("of-the-file-0123456788", false),
            ("of-the-file-0123456789x", false),
            ("of-the-environment", false),
            ("", false),
        ] {
            assert_eq!(token.is(said.as_bytes()), expected, "{said}");
        }
        assert!(!format!("{token:?}").contains("file"), "it is not shown");
    }
}
