//! What to listen on.
//!
//! Enters: values as a configuration names them. Leaves: the same. Must not know: sockets.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Listeners, and what they take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Addresses for syslog datagrams.
    pub udp: Vec<SocketAddr>,
    /// Sockets for each of them, each with a thread; the kernel spreads senders over them.
    pub sockets: usize,
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
    /// Who may write to them: permissions of their files, in octal.
    pub unix_mode: Mode,
    /// Read standard input.
    pub stdin: bool,
    /// Networks that may send over UDP, TCP and TLS; all where there are none.
    pub allow: Vec<IpNet>,
    /// Connections that one address may have open, of all senders.
    pub connections: u64,
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
            unix_mode: Mode(0o666),
            stdin: false,
            allow: Vec::new(),
            connections: 10_000,
            idle: 3_600,
        }
    }
}

/// Permissions of a file, written in octal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mode(pub u32);

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mode = u32::from_str_radix(text, 8).ok();
        let mode = mode.filter(|mode| *mode <= 0o777);
        mode.map(Self)
            .ok_or_else(|| format!("`{text}` is no mode in octal, such as 0660"))
    }
}

impl TryFrom<String> for Mode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{:04o}", self.0)
    }
}

impl From<Mode> for String {
    fn from(mode: Mode) -> Self {
        mode.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_they_are_read() {
        let written = r#"
            udp = ["127.0.0.1:5514", "[::1]:5514"]
            unix = ["/run/hapline.sock"]
            unix_mode = "0660"
            allow = ["10.0.0.0/8"]
        "#;
        let settings: Settings = toml::from_str(written).unwrap();
        assert_eq!(settings.unix_mode, Mode(0o660));
        assert_eq!(settings.sockets, 1);
        let again = toml::to_string(&settings).unwrap();
        assert_eq!(toml::from_str::<Settings>(&again).unwrap(), settings);
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        for wrong in [
            "unix_mode = \"8\"",
            "unix_mode = \"01777\"",
            "allow = [\"10.0.0.0/40\"]",
            "upd = []",
        ] {
            assert!(toml::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }
}
