//! What to listen on, and what holds unless something else is said.
//!
//! Enters: values. Leaves: the same. Must not know: sockets, or how the values are written.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

/// Listeners, and what they take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Addresses for syslog datagrams.
    pub udp: Vec<SocketAddr>,
    /// Sockets for each of them, each with a thread; the kernel spreads senders over them.
    pub sockets: u16,
    /// Bytes of receive buffer to ask for, for each socket. A datagram takes about 1,200 of them.
    pub buffer: usize,
    /// Addresses for syslog over TCP, counted or in lines.
    pub tcp: Vec<SocketAddr>,
    /// The same over TLS.
    pub tls: Vec<SocketAddr>,
    /// PEM file of the TLS certificate, and those between it and its authority's.
    pub certificate: Option<PathBuf>,
    /// PEM file of its private key; the certificate's file where it is not set.
    pub key: Option<PathBuf>,
    /// PEM file of the authorities of TLS clients, who must have a certificate then.
    pub client_ca: Option<PathBuf>,
    /// Paths of unix datagram sockets.
    pub unix: Vec<PathBuf>,
    /// Read standard input.
    pub stdin: bool,
    /// Networks that may send over UDP, TCP and TLS; all where there are none.
    pub allow: Vec<IpNet>,
    /// Connections that one address may have open, of all senders.
    pub connections: u32,
    /// Seconds without a message after which a connection is closed; 0: never.
    pub idle: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            udp: Vec::new(),
            sockets: 1,
            buffer: 32 << 20,
            tcp: Vec::new(),
            tls: Vec::new(),
            certificate: None,
            key: None,
            client_ca: None,
            unix: Vec::new(),
            stdin: false,
            allow: Vec::new(),
            connections: 1_000,
            idle: 0,
        }
    }
}
