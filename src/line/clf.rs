//! `option httplog clf` and `option tcplog clf` (HAProxy manual 8.2.3; `log.c`, `clf_http_log_format`).
//!
//! Enters: a message. Leaves: a [`Traffic`], or `None` when it is no line of these.
//! Must not know: the configuration.
//!
//! Other programs' lines look the same up to the byte count; HAProxy's twenty fields behind it decide. Up to 1.6 the
//! date and two timers were other ones (`%T`, `%Tq`, `%Tt`) in the same places. The milliseconds on an HTTP line are the
//! accept date's and the date is the request's, so that the date stays as it is.

use super::Traffic;
use super::format::{Format, builtin};
use std::sync::LazyLock;

static FORMATS: LazyLock<[Format; 2]> = LazyLock::new(|| {
    [
        ("option tcplog clf", builtin::TCP_CLF),
        ("option httplog clf", builtin::HTTP_CLF),
    ]
    .map(|(name, text)| {
        Format::compile(name, text)
            .expect("HAProxy's own format")
            .with_more()
    })
});

/// Reads a CLF line.
pub(super) fn read(message: &[u8]) -> Option<(&'static Format, Traffic<'_>)> {
    if !begins(message) {
        return None;
    }
    FORMATS
        .iter()
        .find_map(|format| Some((format, format.read(message)?.traffic)))
}

/// Whether a message begins like a CLF line.
pub(super) fn begins(message: &[u8]) -> bool {
    let space = memchr::memchr(b' ', message);
    space.is_some_and(|space| message[space..].starts_with(b" - - ["))
}
