//! Where a `stats socket` is.
//!
//! Enters: text as haproxy.cfg has it. Leaves: an address, and a connection to it. Must not know: what is said there.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A path.
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
}

impl Address {
    /// Reads `/run/haproxy/admin.sock`, `unix@PATH`, `HOST:PORT` or `tcp@HOST:PORT`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        const USE: &str = "use a path, unix@PATH, HOST:PORT or tcp@HOST:PORT";
        let has_port = |text: &str| {
            let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
            port.is_some_and(|(_, port)| port.parse::<u16>().is_ok())
        };
        let tcp = ["tcp@", "ipv4@", "ipv6@"];
        if let Some(path) = text.strip_prefix("unix@") {
            return match path {
                "" => Err(USE.to_owned()),
                path => Ok(Self::Unix(path.into())),
            };
        }
        if let Some(host) = tcp.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            return match has_port(host) {
                true => Ok(Self::Tcp(host.to_owned())),
                false => Err(USE.to_owned()),
            };
        }
        match text {
            "" => Err(USE.to_owned()),
            host if !host.contains('/') && has_port(host) => Ok(Self::Tcp(host.to_owned())),
            path => Ok(Self::Unix(path.into())),
        }
    }

    /// Connects within `limit`.
    pub(super) fn connect(&self, limit: Duration) -> io::Result<Socket> {
        match self {
            Self::Unix(path) => {
                let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
                socket.connect_timeout(&SockAddr::unix(path)?, limit)?;
                Ok(socket)
            }
            Self::Tcp(host) => {
                let mut failed = ErrorKind::AddrNotAvailable.into();
                for address in host.to_socket_addrs()? {
                    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
                    match socket.connect_timeout(&address.into(), limit) {
                        Ok(()) => return Ok(socket),
                        Err(error) => failed = error,
                    }
                }
                Err(failed)
            }
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Unix(path) => path.display().fmt(formatter),
            Self::Tcp(host) => formatter.write_str(host),
        }
    }
}
