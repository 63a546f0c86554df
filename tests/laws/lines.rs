//! HAProxy's lines, written at an instant as a process in a zone would.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What stands before a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// `Feb  6 12:14:14 lb1 haproxy[77]: `, without a year.
    Traditional,
    /// `2026-02-06T12:14:14+01:00 lb1 haproxy[77]: `
    Rfc3339,
    /// Nothing: what HAProxy prints on stdout.
    Bare,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A request that ended well, of this client.
    Good(u8),
    /// A request that no server answered.
    Failed(&'static str, u16),
    /// A TCP session of this many ms.
    Session(u16),
    /// A handshake that failed.
    Handshake,
    /// A server goes down or comes up.
    State(&'static str, bool),
    /// A logged health check.
    Check,
    /// A backend has lost its last server.
    NoServer,
    /// A proxy stops.
    Stopped,
    /// Printed on stderr until 2.3, with the day of the year.
    StderrDated(&'static str),
    /// Printed on stderr since 2.4, without a time.
    Stderr(&'static str),
    /// Another program's line.
    Foreign,
    /// A request of which the line holds this many bytes.
    Cut(usize),
    /// A request with an URL of this many bytes.
    Long(usize),
    /// Bytes that say nothing.
    Garbage(Vec<u8>),
}

/// A server goes down, as a message.
pub fn down(server: &str) -> String {
    format!(
        "Server app/{server} is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", \
         check duration: 0ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
    )
}

/// A server comes up, as a message.
pub fn up(server: &str) -> String {
    format!(
        "Server app/{server} is UP, reason: Layer7 check passed, code: 200, check duration: 2ms. \
         2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
    )
}

/// A clock on the wall of a zone.
#[derive(Debug, Clone)]
pub struct Wall(TimeZone);

impl Wall {
    /// Of the zone with this IANA name.
    pub fn of(zone: &str) -> Self {
        Self(TimeZone::get(zone).expect("a zone"))
    }

    fn format(&self, second: i64, format: &str) -> String {
        let at = Timestamp::from_second(second).expect("a time");
        at.to_zoned(self.0.clone()).strftime(format).to_string()
    }

    /// A line written at this second (since 1970 UTC), without its newline.
    /// Its client's port is `port`.
    pub fn line(&self, second: i64, header: Header, what: &What, port: u16) -> Vec<u8> {
        let mut line = match what {
            What::Garbage(_) | What::StderrDated(_) | What::Stderr(_) => String::new(),
            What::Foreign => self.header(second, header, "sshd"),
            _ => self.header(second, header, "haproxy"),
        }
        .into_bytes();
        line.extend_from_slice(&self.message(second, what, port));
        match what {
            What::Cut(bytes) => line.truncate(*bytes),
            What::StderrDated(message) => {
                let day = self.format(second, "%j").parse::<u32>().expect("a day") - 1;
                let time = self.format(second, "%H%M%S");
                line = format!("[WARNING] {day:03}/{time} (77) : {message}").into_bytes();
            }
            _ => {}
        }
        line
    }

    fn header(&self, second: i64, header: Header, tag: &str) -> String {
        match header {
            Header::Traditional => self.format(second, &format!("%b %e %H:%M:%S lb1 {tag}[77]: ")),
            Header::Rfc3339 => {
                self.format(second, &format!("%Y-%m-%dT%H:%M:%S%:z lb1 {tag}[77]: "))
            }
            Header::Bare => String::new(),
        }
    }

    fn message(&self, second: i64, what: &What, port: u16) -> Vec<u8> {
        // Failures of one moment are the same.
        let ms = if let What::Failed(_, took) = what {
            took % 1_000
        } else {
            120
        };
        let date = self.format(second, &format!("%d/%b/%Y:%H:%M:%S.{ms:03}"));
        let request = |client: &str, server: &str, fields: &str, url: &str| {
            format!(
                "{client}:{port} [{date}] www app/{server} {fields} 9/9/4/2/0 0/0 \"GET {url} HTTP/1.1\""
            )
        };
        match what {
            What::Good(client) => request(
                &format!("10.0.0.{client}"),
                "web2",
                "0/0/1/20/21 200 512 - - ----",
                "/",
            ),
            What::Failed(server, took) => request(
                "10.0.0.9",
                server,
                &format!("0/0/-1/-1/{took} 503 217 - - SC--"),
                "/buy",
            ),
            What::Session(took) => {
                format!("10.0.0.7:{port} [{date}] db db/pg1 0/1/{took} 900 -- 1/1/1/1/0 0/0")
            }
            What::Handshake => format!("10.0.0.8:{port} [{date}] www/1: SSL handshake failure"),
            What::State(server, true) => up(server),
            What::State(server, false) => down(server),
            What::Check => "Health check for server app/web1 failed, reason: Layer4 timeout, check duration: 2001ms, \
                            status: 2/3 UP."
                .to_owned(),
            What::NoServer => "backend app has no server available!".to_owned(),
            What::Stopped => "Proxy app stopped (cumulated conns: FE: 0, BE: 3).".to_owned(),
            What::StderrDated(_) => String::new(),
            What::Stderr(message) => format!("[WARNING]  (77) : {message}"),
            What::Foreign => "Accepted publickey for root from 10.0.0.1 port 22".to_owned(),
            What::Cut(_) => request("10.0.0.6", "web2", "0/0/1/20/21 200 512 - - ----", "/cut"),
            What::Long(bytes) => request(
                "10.0.0.5",
                "web2",
                "0/0/1/20/21 200 512 - - ----",
                &"x".repeat(*bytes),
            ),
            What::Garbage(bytes) => return bytes.clone(),
        }
        .into_bytes()
    }
}

/// What runs a container, and keeps what it prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// `2026-02-06T11:14:14.5Z stdout F …`
    Cri,
    /// `{"log":"…\n","stream":"stdout","time":"2026-02-06T11:14:14.5Z"}`
    Docker,
}

impl Runtime {
    /// A part of what was printed in a second, with the newline of the log; `last` if the printed line ends with it.
    pub fn line(self, second: i64, stderr: bool, text: &[u8], last: bool) -> Vec<u8> {
        let at = Timestamp::from_second(second).expect("a time");
        let at = at.strftime("%Y-%m-%dT%H:%M:%S.5Z").to_string();
        let output = if stderr { "stderr" } else { "stdout" };
        match self {
            Self::Cri => {
                let flag = if last { 'F' } else { 'P' };
                let header = format!("{at} {output} {flag} ");
                [header.as_bytes(), text, b"\n"].concat()
            }
            Self::Docker => {
                let text = String::from_utf8_lossy(text) + if last { "\n" } else { "" };
                let text = serde_json::to_string(&text).expect("JSON");
                format!("{{\"log\":{text},\"stream\":\"{output}\",\"time\":\"{at}\"}}\n")
                    .into_bytes()
            }
        }
    }
}
