//! Asks a running HAProxy, through its `stats socket`, how its servers are.
//!
//! Enters: where the socket is. Leaves: each server's state at this moment, or why there is no answer.
//! Must not know: logs, or what went wrong before.
//!
//! Two commands, `show info` and `show stat`, which change nothing. The answer is taken for a stranger's: bounded in size and time.

mod address;
mod info;
mod stat;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use socket2::Socket;

pub use address::Address;
pub use info::Process;
pub use stat::{Server, Sessions};

use stat::Stat;

/// An answer must be there, whole, within this time.
const PATIENCE: Duration = Duration::from_secs(3);

/// Bytes of an answer; the largest installations have some 100,000 servers of 500 bytes.
const LONGEST: u64 = 64 << 20;

/// The process; and all backends (2) and servers (4) of all proxies (-1), whichever their number.
const COMMAND: &[u8] = b"show info;show stat -1 6 -1\n";

/// What begins the answer to the second one.
const STAT: &str = "# pxname";

/// Why there is no answer.
#[derive(Debug)]
pub struct CannotAsk {
    address: String,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    /// It could not be connected to, or broke.
    Io(io::Error),
    /// Nothing, or not all, came in time.
    Slow,
    /// HAProxy says that this socket may not ask.
    Forbidden,
    /// The beginning of something else.
    Other(String),
    /// Without the empty line that ends an answer.
    Cut,
    /// More than [`LONGEST`].
    TooLong,
}

/// What HAProxy answered.
#[derive(Debug)]
pub struct Answer {
    /// How it was reached.
    pub socket: String,
    /// When; s since 1970 UTC.
    pub at: i64,
    /// The process; `None` where it does not say.
    pub process: Option<Process>,
    /// Its servers.
    pub servers: Vec<Server>,
    /// Active and backup servers that are usable, by backend.
    pub usable: BTreeMap<String, (u32, u32)>,
}

/// Asks for the state of all servers.
///
/// # Errors
/// When there is no answer within a few seconds, or it is not HAProxy's.
pub fn ask(address: &Address) -> Result<Answer, CannotAsk> {
    let (process, Stat { servers, usable }) = answers(address)?;
    Ok(Answer {
        process,
        servers,
        usable,
        socket: address.to_string(),
        at: jiff::Timestamp::now().as_second(),
    })
}

fn answers(address: &Address) -> Result<(Option<Process>, Stat), CannotAsk> {
    let failed = |problem| CannotAsk {
        address: address.to_string(),
        problem,
    };
    let answer = talk(address).map_err(|error| {
        failed(match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Problem::Slow,
            _ => Problem::Io(error),
        })
    })?;
    if answer.len() as u64 > LONGEST {
        return Err(failed(Problem::TooLong));
    }
    let text = String::from_utf8_lossy(&answer);
    let (info, stat) = text.split_at(text.find(STAT).unwrap_or(0));
    let stat = stat::read(stat).ok_or_else(|| failed(Problem::of(&text)))?;
    match text.ends_with("\n\n") {
        true => Ok((info::process(info), stat)),
        false => Err(failed(Problem::Cut)),
    }
}

/// Says the command, and gives what is answered until the other side closes.
fn talk(address: &Address) -> io::Result<Vec<u8>> {
    let end = Instant::now() + PATIENCE;
    let mut socket = address.connect(PATIENCE)?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.write_all(COMMAND)?;
    let mut answer = Vec::new();
    Until { socket, end }
        .take(LONGEST + 1)
        .read_to_end(&mut answer)?;
    Ok(answer)
}

/// A socket that is read until a moment, however often something comes.
struct Until {
    socket: Socket,
    end: Instant,
}

impl Read for Until {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        self.socket.read(buffer)
    }
}

impl Problem {
    /// What an answer means that is no statistics.
    fn of(answer: &str) -> Self {
        let first = answer.lines().find(|line| !line.trim().is_empty());
        let first = first.unwrap_or_default();
        if first.starts_with("Permission denied") {
            return Self::Forbidden;
        }
        Self::Other(first.chars().take(60).collect())
    }
}

impl fmt::Display for CannotAsk {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}: ", self.address)?;
        match &self.problem {
            Problem::Io(error) if error.kind() == ErrorKind::NotFound => {
                formatter.write_str("there is no such socket")
            }
            Problem::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
                formatter.write_str("nothing listens there")
            }
            Problem::Io(error) if error.kind() == ErrorKind::PermissionDenied => {
                formatter.write_str("this user may not use the socket")
            }
            Problem::Io(error) => write!(formatter, "cannot ask HAProxy: {error}"),
            Problem::Slow => write!(formatter, "no whole answer within {} s", PATIENCE.as_secs()),
            Problem::Forbidden => formatter.write_str("HAProxy permits no such question here"),
            Problem::Other(first) if first.is_empty() => formatter.write_str("an empty answer"),
            Problem::Other(first) => write!(formatter, "this is no answer of HAProxy's: {first}"),
            Problem::Cut => formatter.write_str("the answer was cut off"),
            Problem::TooLong => {
                write!(formatter, "an answer of more than {} MiB", LONGEST >> 20)
            }
        }
    }
}

impl std::error::Error for CannotAsk {}

impl CannotAsk {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match &self.problem {
            Problem::Io(error) => match error.kind() {
                ErrorKind::NotFound => {
                    "name the path of `stats socket` in haproxy.cfg, often /run/haproxy/admin.sock"
                }
                ErrorKind::PermissionDenied => {
                    "run it as a user that may, or set `stats socket PATH group GROUP mode 660 level operator` in \
                     haproxy.cfg"
                }
                _ => "is this HAProxy running, and is this its `stats socket`?",
            },
            Problem::Slow | Problem::Cut => {
                "is this HAProxy running, and is this its `stats socket`?"
            }
            Problem::Forbidden => "set `stats socket … level operator` in haproxy.cfg",
            Problem::Other(_) | Problem::TooLong => {
                "name a `stats socket` of a HAProxy; the socket of its master process is another one"
            }
        }
    }
}

#[cfg(test)]
mod tests;
