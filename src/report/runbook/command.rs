//! Command lines to paste: every word quoted for a shell, every name fit for HAProxy's runtime socket.
//!
//! Enters: words, which may come from a forged log. Leaves: one line of `sh`. Must not know: incidents.
//!
//! The runtime socket has a syntax of its own, in which `;` begins the next command: quoting for the shell does not
//! help there, so that only names that HAProxy itself would accept are put into it.

use crate::config::{Config, StatsSocket};
use crate::report::escape::shell;

/// Where Debian's package puts the runtime socket.
const DEBIAN: &str = "/run/haproxy/admin.sock";

/// Columns of `show stat` (management guide 9.1), counted from 1 as `cut` does; the names stand in its first row.
pub mod columns {
    /// `svname`, `status`, `check_status`, `check_code`, `check_duration`, `last_chk`.
    pub const CHECKS: &str = "2,18,37-39,57";
    /// `svname`, `status`, `check_status`, `last_chk`, `last_agt`.
    pub const AGENT: &str = "2,18,37,57-58";
    /// `svname`, `qcur`, `scur`, `slim`, `status`.
    pub const LOAD: &str = "2,3,5,7,18";
    /// `svname`, `qcur`, `scur`, `qtime`, `ctime`, `rtime`, `ttime`.
    pub const TIMES: &str = "2,3,5,59-62";
    /// `svname`, `econ`, `eresp`, `wretr`, `status`, `hrsp_4xx`, `hrsp_5xx`, `srv_abrt`.
    pub const ERRORS: &str = "2,14-16,18,43-44,51";
    /// `pxname`, `scur`, `slim`, `dreq`, `ereq`, `status`, `rate`, `cli_abrt`.
    pub const FRONTENDS: &str = "1,5,7,11,13,18,34,50";
}

/// One command of these words.
pub fn line(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| shell(word)).collect();
    words.join(" ")
}

/// `name`, if HAProxy takes it for the name of a proxy or server (manual 2.1, `invalid_char`).
pub fn name(name: &str) -> Option<&str> {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_fit)).then_some(name)
}

/// The runtime socket, as socat wants to hear of it.
#[derive(Debug, Clone)]
pub struct Socket(String);

impl Socket {
    /// The one of the configuration that may change most; else Debian's.
    pub fn of(config: Option<&Config>) -> Self {
        let mut sockets = config.map(Config::stats_sockets).unwrap_or_default();
        sockets.sort_by_key(|socket| !socket.is_admin);
        let known = sockets.iter().find_map(address);
        Self(known.unwrap_or_else(|| DEBIAN.to_owned()))
    }

    /// Sends `command`, or several with `; ` between them.
    pub fn send(&self, command: &str) -> String {
        format!("echo {} | socat stdio {}", shell(command), shell(&self.0))
    }
}

/// socat's address for a `stats socket`; none for those that are inherited.
fn address(socket: &StatsSocket) -> Option<String> {
    // Several addresses may stand in one line, with commas between them.
    let first = socket.address.split(',').next().unwrap_or_default();
    match first.split_once('@') {
        Some(("unix", path)) => Some(unix(path)),
        Some(("abns", name)) => Some(format!(
            "abstract-connect:{},unix-tightsocklen=0",
            escaped(name)
        )),
        Some(("ipv4" | "ipv6", rest)) => tcp(rest),
        Some(_) => None,
        None if first.starts_with('/') => Some(unix(first)),
        None => tcp(first),
    }
}

/// A path in HAProxy's own folder is relative to where HAProxy was started.
fn unix(path: &str) -> String {
    match path.contains('/') {
        true => escaped(path),
        false => format!("./{}", escaped(path)),
    }
}

fn tcp(address: &str) -> Option<String> {
    let (host, port) = address.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = match host {
        "" | "*" | "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        host => host,
    };
    let is_ipv6 = host.contains(':');
    let (host, port) = (escaped_host(host)?, port.parse::<u16>().ok()?);
    Some(match is_ipv6 {
        true => format!("tcp6:[{host}]:{port}"),
        false => format!("tcp:{host}:{port}"),
    })
}

fn escaped_host(host: &str) -> Option<&str> {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-%".contains(&byte);
    host.bytes().all(is_fit).then_some(host)
}

/// What means something to socat gets a backslash.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if ",:!\"'\\[](){}".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_as_socat_wants_them() {
        for (written, socat) in [
            ("/run/haproxy/admin.sock", "/run/haproxy/admin.sock"),
            ("unix@admin.sock", "./admin.sock"),
            ("unix@/run/a:b.sock", r"'/run/a\:b.sock'"),
            ("abns@ha", "'abstract-connect:ha,unix-tightsocklen=0'"),
            ("ipv4@127.0.0.1:9999", "tcp:127.0.0.1:9999"),
            ("*:9999", "tcp:127.0.0.1:9999"),
            ("ipv6@:::9999", "'tcp6:[::1]:9999'"),
            ("fd@3", "/run/haproxy/admin.sock"),
            ("x;y:1", "/run/haproxy/admin.sock"),
        ] {
            let text = format!("global\n  stats socket \"{written}\"\n");
            let config = Config::parse("haproxy.cfg", text.as_bytes()).unwrap();
            assert_eq!(
                Socket::of(Some(&config)).send("show info"),
                format!("echo 'show info' | socat stdio {socat}"),
                "{written}"
            );
        }
    }

    #[test]
    fn the_socket_that_may_change_things_comes_first() {
        let text = b"global\n  stats socket /a.sock\n  stats socket /b.sock level admin\n";
        let config = Config::parse("haproxy.cfg", text).unwrap();
        assert!(Socket::of(Some(&config)).send("x").ends_with(" /b.sock"));
    }

    #[test]
    fn names_that_haproxy_refuses_are_none() {
        assert_eq!(name("be_app-1.x:y"), Some("be_app-1.x:y"));
        for other in ["", "a b", "a;disable server b/c", "a\n", "$(x)", "é", "a/b"] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
