//! Reads one HAProxy message.
//!
//! Enters: a message without its envelope, as bytes. Leaves: a [`Reading`] that borrows from it.
//! Must not know: files, offsets, zones, the configuration, or what a failure is.
//! Never fails: what cannot be read is [`Reading::Unparsed`], with the reason.

pub mod event;
pub mod traffic;

pub use event::{Event, ProcessEvent, ProxyEvent, ServerChange, ServerEvent, Why};
pub use traffic::{Mode, Timers, Traffic};

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

/// Why a message could not be read; a closed list, so that it can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Problem {
    /// Nothing but white space.
    Empty,
    /// It begins like a traffic line and ends before its time and place are complete.
    Truncated,
    /// It begins like a traffic line, and a field is not what it must be.
    Malformed,
    /// It is HAProxy's (by its tag or its level), and no known message begins like this.
    UnknownMessage,
}
