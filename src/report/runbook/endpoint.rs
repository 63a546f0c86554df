//! Where a server is, and the commands that ask it without HAProxy in between.
//!
//! Enters: a server of the configuration, or only its name. Leaves: command lines. Must not know: incidents.
//! Where the configuration does not tell, a word in capitals stands for what a person has to fill in.

use std::net::IpAddr;

use super::command::line;
use crate::config::Server;

/// Seconds that a connection or an answer may take in a command.
const PATIENCE: &str = "5";

/// Where something listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A host, and a port.
    Tcp {
        /// Address or name.
        host: String,
        /// Port, or `PORT`.
        port: String,
    },
    /// A socket of this machine.
    Unix(String),
}

/// The host that a server is on, as far as its line says.
pub fn machine(server: &Server) -> Option<String> {
    let endpoint = Endpoint::read(&server.address)?;
    Some(endpoint.host_and_port().0.to_owned())
}

/// How HTTP is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Over TLS.
    pub tls: bool,
    /// `None`: GET.
    pub method: Option<String>,
    /// Path and query.
    pub path: String,
    /// In HTTP/1.0 and without `Host`, as checks that name none are.
    pub is_bare: bool,
    /// `Host` to name.
    pub host: Option<String>,
}

impl Endpoint {
    /// Of a server, as far as it is known; `label` names it where it is not.
    pub fn of(server: Option<&Server>, label: &str) -> Self {
        let known = server.and_then(|server| Self::read(&server.address));
        known.unwrap_or_else(|| Self::Tcp {
            host: format!("ADDRESS_OF_{label}"),
            port: "PORT".to_owned(),
        })
    }

    /// Where checks of a server go.
    pub fn of_checks(self, server: Option<&Server>) -> Self {
        let check = server.and_then(|server| server.check.as_ref());
        let (addr, at) = check.map_or((None, None), |check| {
            (check.addr.as_ref(), check.port.as_ref())
        });
        match (self, addr.and_then(|addr| Self::read(&addr.value))) {
            (_, Some(unix @ Self::Unix(_))) => unix,
            (Self::Unix(path), None) => Self::Unix(path),
            (own, other) => {
                let (host, port) = own.host_and_port();
                let (host, port) = (host.to_owned(), port.to_owned());
                let (host, port) = match other {
                    Some(Self::Tcp { host, port: other }) if other != "PORT" => (host, other),
                    Some(Self::Tcp { host, .. }) => (host, port),
                    _ => (host, port),
                };
                let port = at.map_or(port, |at| at.value.to_string());
                Self::Tcp { host, port }
            }
        }
    }

    /// An address as in a server line; `None` for one that only the running process knows.
    fn read(address: &str) -> Option<Self> {
        let address = match address.split_once('@') {
            Some(("unix", path)) => return Some(Self::Unix(path.to_owned())),
            Some(("ipv4" | "ipv6", rest)) => rest,
            Some(_) => return None,
            None if address.starts_with('/') => return Some(Self::Unix(address.to_owned())),
            None => address,
        };
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_port = |port: &str| is_digits(port) && port.parse::<u16>().is_ok();
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if is_port(port) => (host, port.to_owned()),
            // A port that is added to the client's (`:+100`), or none at all: the client's own.
            Some((host, port)) if port.is_empty() || port.starts_with(['+', '-']) => {
                (host, "PORT".to_owned())
            }
            _ => (address, "PORT".to_owned()),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-%".contains(&byte);
        let is_host = !host.is_empty() && !host.starts_with('-') && host.bytes().all(is_fit);
        is_host.then(|| Self::Tcp {
            host: host.to_owned(),
            port,
        })
    }

    fn host_and_port(&self) -> (&str, &str) {
        match self {
            Self::Tcp { host, port } => (host, port),
            Self::Unix(_) => ("localhost", ""),
        }
    }

    /// Its address, if it is one of IP.
    pub fn ip(&self) -> Option<&str> {
        let (host, _) = self.host_and_port();
        host.parse::<IpAddr>().is_ok().then_some(host)
    }

    /// Its name, if it has to be resolved.
    pub fn dns_name(&self) -> Option<&str> {
        match self {
            Self::Tcp { host, .. } if self.ip().is_none() && !host.starts_with("ADDRESS_OF_") => {
                Some(host)
            }
            _ => None,
        }
    }

    /// Opens a connection and closes it.
    pub fn connect(&self) -> String {
        match self {
            Self::Tcp { host, port } => line(&["nc", "-vz", "-w", "3", host, port]),
            Self::Unix(path) => line(&["nc", "-vzU", path]),
        }
    }

    /// The same, then what the network knows of the host, where it has an address.
    pub fn connect_and_ask_neighbours(&self) -> String {
        let connect = self.connect();
        match self.ip() {
            Some(ip) => format!("{connect}; {}", line(&["ip", "neigh", "show", "to", ip])),
            None => connect,
        }
    }

    /// On the server: who listens there, and how long its backlog is.
    pub fn listeners(&self) -> String {
        match self {
            Self::Tcp { port, .. } if port != "PORT" => {
                line(&["ss", "-ltnp", &format!("sport = :{port}")])
            }
            Self::Tcp { .. } => line(&["ss", "-ltnp"]),
            Self::Unix(path) => line(&["ss", "-lxp", "src", path]),
        }
    }

    /// Asks for its certificate.
    pub fn handshake(&self) -> String {
        let words = ["openssl", "s_client", "-brief"];
        let command = match self {
            Self::Tcp { host, port } => {
                let at = format!("{}:{port}", bracketed(host));
                line(&[&words[..], &["-connect", &at]].concat())
            }
            Self::Unix(path) => line(&[&words[..], &["-unix", path]].concat()),
        };
        format!("{command} </dev/null")
    }

    /// Asks over HTTP; prints the status and how long it took.
    pub fn status(&self, ask: &Ask) -> String {
        let shown = "%{http_code} after %{time_total} s\\n";
        self.curl(&["-sS", "-o", "/dev/null", "-w", shown], ask)
    }

    /// Asks over HTTP; prints both sides' headers.
    pub fn headers(&self, ask: &Ask) -> String {
        self.curl(&["-sv", "-o", "/dev/null"], ask)
    }

    fn curl(&self, options: &[&str], ask: &Ask) -> String {
        let mut words = vec!["curl"];
        words.extend(options);
        words.extend(["-m", PATIENCE]);
        if ask.tls {
            words.push("-k");
        }
        match ask.method.as_deref() {
            None | Some("GET") => {}
            Some("HEAD") => words.push("-I"),
            Some(method) => words.extend(["-X", method]),
        }
        if ask.is_bare {
            words.extend(["-0", "-H", "Host:"]);
        }
        let named = ask.host.as_ref().map(|host| format!("Host: {host}"));
        if let Some(named) = &named {
            words.extend(["-H", named]);
        }
        let at = match self {
            Self::Tcp { host, port } => format!("{}:{port}", bracketed(host)),
            Self::Unix(path) => {
                words.extend(["--unix-socket", path]);
                "localhost".to_owned()
            }
        };
        // curl would take these for a list of addresses.
        if ask.path.contains(['[', ']', '{', '}']) {
            words.push("-g");
        }
        let scheme = if ask.tls { "https" } else { "http" };
        let address = format!("{scheme}://{at}{}", ask.path);
        words.push(&address);
        line(&words)
    }
}

fn bracketed(host: &str) -> String {
    match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(address: &str) -> Option<String> {
        Endpoint::read(address).map(|endpoint| endpoint.connect())
    }

    #[test]
    fn addresses_of_server_lines() {
        for (address, command) in [
            ("10.0.0.1:80", Some("nc -vz -w 3 10.0.0.1 80")),
            ("app.internal:8080", Some("nc -vz -w 3 app.internal 8080")),
            ("[2001:db8::1]:80", Some("nc -vz -w 3 2001:db8::1 80")),
            ("ipv6@::1:80", Some("nc -vz -w 3 ::1 80")),
            ("10.0.0.1", Some("nc -vz -w 3 10.0.0.1 PORT")),
            ("10.0.0.1:", Some("nc -vz -w 3 10.0.0.1 PORT")),
            ("10.0.0.1:+100", Some("nc -vz -w 3 10.0.0.1 PORT")),
            ("unix@/run/a b", Some("nc -vzU '/run/a b'")),
            ("/run/app.sock", Some("nc -vzU /run/app.sock")),
            ("fd@3", None),
            ("-e:80", None),
            ("$(id):80", None),
            ("", None),
        ] {
            assert_eq!(connect(address).as_deref(), command, "{address}");
        }
    }

    #[test]
    fn requests_are_as_they_are_asked_for() {
        let endpoint = Endpoint::read("[::1]:80").unwrap();
        let ask = Ask {
            tls: true,
            method: Some("HEAD".into()),
            path: "/a{b}".into(),
            is_bare: false,
            host: Some("shop".into()),
        };
        assert_eq!(
            endpoint.headers(&ask),
            "curl -sv -o /dev/null -m 5 -k -I -H 'Host: shop' -g 'https://[::1]:80/a{b}'"
        );
        let unix = Endpoint::read("/run/app.sock").unwrap();
        let ask = Ask {
            path: "/ping".into(),
            is_bare: true,
            ..Ask::default()
        };
        assert_eq!(
            unix.headers(&ask),
            "curl -sv -o /dev/null -m 5 -0 -H Host: --unix-socket /run/app.sock http://localhost/ping"
        );
    }
}
