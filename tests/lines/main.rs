//! What every known form of a line is read as, and what no line may do.

mod again;
mod configured;
mod encodings;
mod envelopes;
mod examples;
mod formats;
mod hostile;
mod kinds;
mod layouts;
mod messages;
mod printed;
mod readers;
mod refused;
mod servers;
mod traffic;
mod wrapping;

use hapline::envelope::peel;
use hapline::line::{Reading, is_haproxy_tag, read};

/// Reads a whole line as the program does.
fn reading(line: &[u8]) -> Reading<'_> {
    let envelope = peel(line);
    read(
        envelope.message,
        is_haproxy_tag(envelope.tag, envelope.is_stderr()),
    )
}
