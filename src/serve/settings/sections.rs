//! The sections of the settings file: one plain struct each, with its defaults.
//!
//! Enters: TOML. Leaves: values with their units. Must not know: who listens, stores or serves by them.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::units::{Size, Span};
use crate::serve::listen;

/// `[listen]`: where syslog comes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// Addresses for datagrams.
    pub udp: Vec<SocketAddr>,
    /// Addresses for streams, framed by LF or by octet counts.
    pub tcp: Vec<SocketAddr>,
    /// Addresses for streams under TLS.
    pub tls: Vec<SocketAddr>,
    /// The chain of certificates for `tls`, PEM.
    pub tls_certificate: Option<PathBuf>,
    /// Its key, PEM.
    pub tls_key: Option<PathBuf>,
    /// Clients must show a certificate that one of these has signed, PEM.
    pub tls_client_ca: Option<PathBuf>,
    /// Paths of unix datagram sockets, such as `/run/hapline/log.sock`.
    pub unix: Vec<PathBuf>,
    /// Standard input is read, too.
    pub stdin: bool,
    /// Networks that may send; none given: all.
    pub allow: Vec<String>,
    /// Sockets for each UDP address; the kernel spreads senders over them.
    pub sockets: u16,
    /// Receive buffer of each UDP and unix socket.
    pub buffer: Size,
    /// The most streams that are open at once.
    pub max_connections: u32,
    /// A stream that sends nothing for so long is closed; 0: never.
    pub idle: Span,
}

impl Default for Listen {
    fn default() -> Self {
        let listen = listen::Settings::default();
        Self {
            udp: vec![SocketAddr::from(([127, 0, 0, 1], 5514))],
            tcp: Vec::new(),
            tls: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            tls_client_ca: None,
            unix: Vec::new(),
            stdin: false,
            allow: Vec::new(),
            sockets: listen.sockets,
            buffer: Size::of(listen.buffer as u64),
            max_connections: listen.connections,
            idle: Span::seconds(listen.idle),
        }
    }
}

/// `[follow]`: files that are read as they grow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Follow {
    /// Files, or globs of files.
    pub paths: Vec<String>,
    /// Where to begin with a file that was never followed.
    pub from: From,
}

/// Where a file is begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// At its first line, rotated predecessors before it.
    #[default]
    Start,
    /// Behind its last line.
    End,
}

/// `[store]`: what outlives a restart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// The database; none: all is in memory.
    pub path: Option<PathBuf>,
    /// How long history is kept.
    pub keep: Span,
    /// How long the seconds of requests are kept; of older ones only the minutes are.
    pub keep_seconds: Span,
    /// The most it may take on disk; what is oldest goes first.
    pub max_size: Size,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            path: None,
            keep: Span::days(90),
            keep_seconds: Span::days(2),
            max_size: Size::mib(10 << 10),
        }
    }
}

/// `[http]`: metrics, API and pages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Where to serve; none: nowhere.
    pub address: Option<SocketAddr>,
    /// Holds the bearer token that is asked for. Every address but loopback needs one.
    pub token_file: Option<PathBuf>,
    /// How people reach these pages, for links in alerts: `https://hapline.example.net`.
    pub external_url: Option<String>,
}

/// `[haproxy]`: what the lines do not say themselves, and what is told of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Haproxy {
    /// Files or folders of the configuration in force.
    pub config: Vec<PathBuf>,
    /// The `stats socket` of the running HAProxy: a path or `HOST:PORT`.
    pub stats_socket: Option<String>,
    /// Zone of times without one, such as `Europe/Paris`; none: the machine's.
    pub timezone: Option<String>,
    /// Formats that lines may have beside the known ones.
    pub log_formats: Vec<String>,
    /// Deployments and changes, one `TIME text` a line.
    pub events: Option<PathBuf>,
    /// Hides clients, query strings, cookies and captured headers.
    pub redact: bool,
}
