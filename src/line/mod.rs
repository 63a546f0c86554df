//! Reads one HAProxy message.
//!
//! Enters: a message without its envelope, as bytes. Leaves: a [`Reading`] that borrows from it.
//! Must not know: files, offsets, zones, the configuration, or what a failure is.
//! Never fails: what cannot be read is [`Reading::Unparsed`], with the reason.
//!
//! Clients and servers write parts of a traffic line (URL, cookies, captures, SNI). Every form is therefore known by
//! its very first bytes, which HAProxy writes itself; no text is ever looked for in the middle of a message. Only the
//! user's own formats ([`mod@format`]) may leave no other way.

mod address;
mod built_in;
mod check;
mod clf;
mod cursor;
pub mod dropped;
pub(crate) mod escapes;
pub mod event;
mod fields;
pub mod format;
mod http;
pub mod logged;
mod phrase;
mod process;
mod proxy;
mod quick;
pub mod reader;
mod route;
mod search;
mod server;
mod state;
pub mod told;
pub mod traffic;
mod written;

pub use built_in::Line;
pub use event::{Event, ProcessEvent, ProxyEvent, ServerChange, ServerEvent, Why};
pub use format::{Extra, Format, FormatError};
pub use logged::{Clock, FieldSet};
pub use reader::{Layout, Reader};
pub use route::MOST as ROUTES;
pub use told::{Fact, Facts};
pub use traffic::{Mode, Timers, Traffic};

use crate::time::civil::LogDates;
use route::Routes;

/// What one message turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading<'a> {
    /// A request, a TCP session, or a connection that died before it became one.
    Traffic(Traffic<'a>),
    /// Something HAProxy says about a server, a proxy or itself.
    Event(Event<'a>),
    /// The message came from HAProxy (or looks like it), and could not be read.
    Unparsed(Problem),
    /// The message is another program's.
    Foreign,
}

impl<'a> Reading<'a> {
    /// Room for a traffic line, whatever it holds.
    #[inline]
    pub(crate) fn room(&mut self) -> &mut Traffic<'a> {
        if !matches!(self, Self::Traffic(_)) {
            *self = Self::Traffic(Traffic::beginning(b"", 0));
        }
        match self {
            Self::Traffic(traffic) => traffic,
            _ => unreachable!("it was made above"),
        }
    }
}

/// Why a message could not be read; a closed list, so that it can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Problem {
    /// Nothing but white space.
    Empty,
    /// It begins like a traffic line and ends within the fields that every such line has (queues included).
    Truncated,
    /// It begins like a traffic line, and a field is not what it must be.
    Malformed,
    /// It is HAProxy's (by its tag or its level), and no known message begins like this.
    UnknownMessage,
}

/// Reads one message.
///
/// The content decides first, as `log-tag` may be anything. `from_haproxy` says whether the wrapping speaks for
/// HAProxy ([`is_haproxy_tag`]): without that, a text that no HAProxy version writes is [`Reading::Foreign`], and so is
/// what a HAProxy process says of itself, because service managers say much the same of it.
pub fn read(message: &[u8], from_haproxy: bool) -> Reading<'_> {
    read_with(message, from_haproxy, &mut Before::default(), |_| None)
}

/// What is known from the lines before: the next one is read faster for it, and no other way.
#[derive(Debug, Clone, Default)]
pub struct Before {
    dates: LogDates,
    routes: Routes,
}

impl Before {
    /// Whether another route finds a number.
    pub(crate) fn has_room(&self) -> bool {
        self.routes.has_room()
    }
}

/// Reads one message; `custom` is asked between HAProxy's own traffic lines and its other messages.
///
/// A line of a built-in shape that its own reader refuses may still be one of the user's.
fn read_with<'a>(
    message: &'a [u8],
    from_haproxy: bool,
    before: &mut Before,
    custom: impl FnOnce(&'a [u8]) -> Option<Traffic<'a>>,
) -> Reading<'a> {
    let message = message.trim_ascii_start();
    if message.is_empty() {
        return Reading::Unparsed(Problem::Empty);
    }
    let built_in = built_in::read(message, &mut before.dates);
    if let Some(Ok(traffic)) = built_in {
        return Reading::Traffic(traffic);
    }
    if let Some(traffic) = custom(message) {
        return Reading::Traffic(traffic);
    }
    if let Some(Err(problem)) = built_in {
        return Reading::Unparsed(problem);
    }
    if let Some(event) = event::read(message, from_haproxy) {
        return Reading::Event(event);
    }
    if from_haproxy {
        Reading::Unparsed(Problem::UnknownMessage)
    } else {
        Reading::Foreign
    }
}

/// A traffic line of a built-in format as far as it can be read, for printing; `None` when it begins like none.
pub fn line(message: &[u8]) -> Option<Line<'_>> {
    built_in::line(message.trim_ascii_start())
}

/// Whether an envelope's tag, or the lack of one, lets its message be HAProxy's; `stderr` is HAProxy's own prefix.
pub fn is_haproxy_tag(tag: &[u8], stderr: bool) -> bool {
    // The second is the name of HAProxy Technologies' enterprise packages (`hapee-2.8-lb`).
    const NAMES: [&[u8]; 2] = [b"haproxy", b"hapee"];
    stderr
        || tag.is_empty()
        || tag == NAMES[0]
        || NAMES.iter().any(|name| {
            tag.windows(name.len())
                .any(|part| part.eq_ignore_ascii_case(name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_speak_for_haproxy() {
        for tag in [
            "",
            "haproxy",
            "HAProxy",
            "docker/haproxy-edge",
            "hapee-2.8-lb",
        ] {
            assert!(is_haproxy_tag(tag.as_bytes(), false), "{tag}");
        }
        for tag in ["sshd", "systemd", "CRON", "hap", "proxy"] {
            assert!(!is_haproxy_tag(tag.as_bytes(), false), "{tag}");
            assert!(is_haproxy_tag(tag.as_bytes(), true), "{tag}");
        }
    }

    #[test]
    fn the_wrapping_decides_where_the_content_does_not() {
        let unknown = b"Started Session 4 of user root.";
        assert_eq!(read(unknown, false), Reading::Foreign);
        assert_eq!(
            read(unknown, true),
            Reading::Unparsed(Problem::UnknownMessage)
        );
        let systemd = b"Reloading HAProxy Load Balancer...";
        assert_eq!(read(systemd, false), Reading::Foreign);
        let server = b"Server app/web1 is DOWN.";
        assert!(matches!(
            read(server, false),
            Reading::Event(Event::Server(_))
        ));
    }

    #[test]
    fn white_space_is_empty() {
        assert_eq!(read(b"", false), Reading::Unparsed(Problem::Empty));
        assert_eq!(read(b" \t\r\n", true), Reading::Unparsed(Problem::Empty));
    }
}
