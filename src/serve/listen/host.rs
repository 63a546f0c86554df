//! Who sent a message, where the message does not say so.
//!
//! Enters: a message of a network sender. Leaves: the same as a line, with the sender's address as its host if its header has
//! none (RFC 3164, 4.3.2). Must not know: sockets.
//!
//! HAProxy writes no host name unless it is told to (`log-send-hostname`), so two load balancers that send to one port write
//! alike. Its `rfc3164` format writes `localhost` then, and its `rfc5424` format `-`.

use std::collections::HashMap;
use std::net::IpAddr;

use memchr::memchr_iter;

use crate::envelope;

/// Senders that are known at a time. Addresses can be forged.
const MOST: usize = 1_024;

/// Bytes of a stamp of RFC 3164, with the space behind it.
const STAMP: usize = 16;

/// The senders of a socket.
#[derive(Debug, Default)]
pub struct Senders {
    known: HashMap<IpAddr, Sender>,
    last: Option<(IpAddr, Sender)>,
}

impl Senders {
    /// What is known of one.
    pub fn of(&mut self, address: IpAddr) -> &mut Sender {
        let other = self.last.take_if(|(last, _)| *last != address);
        if let Some((before, sender)) = other {
            if self.known.len() >= MOST {
                self.known.clear();
            }
            self.known.insert(before, sender);
        }
        let known = &mut self.known;
        let new = || {
            let sender = known.remove(&address);
            (address, sender.unwrap_or_else(|| Sender::new(address)))
        };
        &mut self.last.get_or_insert_with(new).1
    }
}

/// One sender, and what its last header was like.
#[derive(Debug)]
pub struct Sender {
    /// Its address, as a host.
    host: Vec<u8>,
    is_this_machine: bool,
    /// What stood behind the stamp of its last header of RFC 3164, up to the message.
    tail: Vec<u8>,
    /// How many bytes of `tail` name a host; they are left out.
    named: usize,
    /// The address belongs there.
    is_lacking: bool,
}

impl Sender {
    /// One that nothing is known of.
    pub fn new(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let mut host = address.to_string();
        // What ends with a colon reads as a tag.
        if host.ends_with(':') {
            host.push('0');
        }
        Self {
            host: host.into_bytes(),
            is_this_machine: address.is_loopback(),
            tail: Vec::new(),
            named: 0,
            is_lacking: false,
        }
    }

    /// Adds its message to the lines.
    pub fn add_line(&mut self, message: &[u8], lines: &mut Vec<u8>) {
        if let Some(at) = self.like_before(message) {
            return match self.is_lacking {
                true => self.add(message, at, at + self.named, lines),
                false => push_line(message, lines),
            };
        }
        let place = envelope::place_of_host(message);
        let Some(place) = place else {
            return push_line(message, lines);
        };
        let is_lacking = match &message[place.clone()] {
            b"" | b"-" => true,
            b"localhost" => !self.is_this_machine,
            _ => false,
        };
        self.note(message, place.start, place.len(), is_lacking);
        match is_lacking {
            true => self.add(message, place.start, place.end, lines),
            false => push_line(message, lines),
        }
    }

    fn add(&self, message: &[u8], from: usize, to: usize, lines: &mut Vec<u8>) {
        lines.extend_from_slice(&message[..from]);
        lines.extend_from_slice(&self.host);
        if from == to {
            lines.push(b' ');
        }
        push_line(&message[to..], lines);
    }

    /// Where the host of a header like the last one stands, or would.
    #[inline]
    fn like_before(&self, message: &[u8]) -> Option<usize> {
        let at = behind_stamp(message)?;
        let is_like = !self.tail.is_empty() && message[at..].starts_with(&self.tail);
        is_like.then_some(at)
    }

    fn note(&mut self, message: &[u8], at: usize, named: usize, is_lacking: bool) {
        self.tail.clear();
        if behind_stamp(message) != Some(at) {
            return;
        }
        // Only what ends so says all that there is to know.
        let rest = &message[at..];
        let end = memchr::memmem::find(&rest[named..], b": ").map(|end| named + end + 2);
        if let Some(tail) = end.and_then(|end| rest.get(..end)) {
            self.tail.extend_from_slice(tail);
            (self.named, self.is_lacking) = (named, is_lacking);
        }
    }
}

/// Behind what looks like a stamp of RFC 3164 and its priority.
#[inline]
fn behind_stamp(message: &[u8]) -> Option<usize> {
    let start = match message.first()? {
        b'<' => 2 + message.get(1..5)?.iter().position(|byte| *byte == b'>')?,
        _ => 0,
    };
    let stamp: &[u8; STAMP] = message.get(start..)?.first_chunk()?;
    let is_stamp = stamp[0].is_ascii_uppercase()
        && [stamp[3], stamp[6], stamp[15]] == [b' '; 3]
        && [stamp[9], stamp[12]] == [b':'; 2];
    is_stamp.then_some(start + STAMP)
}

/// Adds a whole line. A newline within it would make two of one.
pub fn push_line(message: &[u8], lines: &mut Vec<u8>) {
    let start = lines.len();
    lines.extend_from_slice(message);
    let within = memchr_iter(b'\n', message);
    within.for_each(|at| lines[start + at] = b' ');
    lines.push(b'\n');
}

/// A message without what its transport ends it with.
#[inline]
pub fn trimmed(message: &[u8]) -> &[u8] {
    let end = message
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r' | 0));
    &message[..end.map_or(0, |last| last + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(address: &str, messages: &[&str]) -> Vec<String> {
        let mut sender = Sender::new(address.parse().unwrap());
        let mut line = |message: &&str| {
            let mut lines = Vec::new();
            sender.add_line(message.as_bytes(), &mut lines);
            String::from_utf8(lines).unwrap().trim_end().to_owned()
        };
        messages.iter().map(&mut line).collect()
    }

    /// What each header becomes, sent by 10.0.0.7.
    const SHAPES: [(&str, &str); 17] = [
        // HAProxy's formats: local, rfc3164 with and without a name of its own, rfc5424.
        (
            "<134>Feb  6 12:14:14 haproxy[14389]: m",
            "<134>Feb  6 12:14:14 10.0.0.7 haproxy[14389]: m",
        ),
        (
            "<134>Feb  6 12:14:14 localhost haproxy[14389]: m",
            "<134>Feb  6 12:14:14 10.0.0.7 haproxy[14389]: m",
        ),
        (
            "<134>Feb  6 12:14:14 lb1 haproxy[14389]: m",
            "<134>Feb  6 12:14:14 lb1 haproxy[14389]: m",
        ),
        (
            "<134>1 2026-02-06T12:14:14.655123+01:00 - haproxy 14389 - - m",
            "<134>1 2026-02-06T12:14:14.655123+01:00 10.0.0.7 haproxy 14389 - - m",
        ),
        (
            "<134>1 - - haproxy 14389 - - m",
            "<134>1 - 10.0.0.7 haproxy 14389 - - m",
        ),
        (
            "<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - - m",
            "<134>1 2026-02-06T12:14:14.655123+01:00 lb1 haproxy 14389 - - m",
        ),
        // Headers that hold no host, and none at all: priority, short, timed, iso, raw.
        ("<134>m", "<134>m"),
        ("<6>m", "<6>m"),
        (
            "<6>2026-02-06T12:14:14.655123+01:00 m",
            "<6>2026-02-06T12:14:14.655123+01:00 m",
        ),
        (
            "2026-02-06T12:14:14.655123+01:00 m",
            "2026-02-06T12:14:14.655123+01:00 m",
        ),
        (
            "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] fe",
            "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] fe",
        ),
        ("haproxy[14389]: m", "haproxy[14389]: m"),
        // Without a tag, nothing tells a host from the message.
        (
            "<134>Feb  6 12:14:14 Server a/b is DOWN",
            "<134>Feb  6 12:14:14 Server a/b is DOWN",
        ),
        // Other senders': no pid, no space, no colon; a fraction of a second.
        (
            "Feb  6 12:14:14 haproxy: m",
            "Feb  6 12:14:14 10.0.0.7 haproxy: m",
        ),
        (
            "<134>Feb 16 12:14:14 haproxy[7]:m",
            "<134>Feb 16 12:14:14 10.0.0.7 haproxy[7]:m",
        ),
        (
            "<134>Feb  6 12:14:14 haproxy[7] m",
            "<134>Feb  6 12:14:14 10.0.0.7 haproxy[7] m",
        ),
        (
            "<134>Feb  6 12:14:14.25 haproxy[7]: m",
            "<134>Feb  6 12:14:14.25 10.0.0.7 haproxy[7]: m",
        ),
    ];

    #[test]
    fn a_header_without_a_host_gets_the_senders_address() {
        for (sent, line) in SHAPES {
            assert_eq!(told("10.0.0.7", &[sent]), [line], "{sent}");
        }
    }

    #[test]
    fn the_header_before_changes_nothing() {
        for (first, first_line) in SHAPES {
            for (second, second_line) in SHAPES {
                assert_eq!(
                    told("10.0.0.7", &[first, second, second]),
                    [first_line, second_line, second_line],
                    "{second} after {first}"
                );
            }
        }
    }

    #[test]
    fn what_was_put_in_is_read_as_the_host() {
        for (address, host) in [
            ("10.0.0.7", "10.0.0.7"),
            ("::ffff:10.0.0.7", "10.0.0.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:db8::", "2001:db8::0"),
            ("::1", "::1"),
        ] {
            for (sent, _) in SHAPES {
                let before = envelope::peel(sent.as_bytes());
                let line = told(address, &[sent]).remove(0);
                let after = envelope::peel(line.as_bytes());
                assert_eq!(
                    (after.tag, after.pid, after.message),
                    (before.tag, before.pid, before.message),
                    "{line}"
                );
                if line != sent {
                    assert_eq!(after.host.escape_ascii().to_string(), host, "{line}");
                }
            }
        }
    }

    #[test]
    fn this_machine_may_be_called_localhost() {
        let sent = "<134>Feb  6 12:14:14 localhost haproxy[14389]: m";
        assert_eq!(told("127.0.0.1", &[sent]), [sent]);
    }

    #[test]
    fn senders_are_kept_apart_and_no_more_of_them_than_there_is_room_for() {
        let mut senders = Senders::default();
        for turn in 0..3 * MOST as u32 {
            let address = IpAddr::from((turn % 2_000).to_be_bytes());
            let mut lines = Vec::new();
            let message = b"<134>Feb  6 12:14:14 haproxy[7]: m";
            senders.of(address).add_line(message, &mut lines);
            let expected = format!("<134>Feb  6 12:14:14 {address} haproxy[7]: m\n");
            assert_eq!(String::from_utf8(lines).unwrap(), expected);
        }
        assert!(senders.known.len() <= MOST);
    }

    #[test]
    fn one_message_is_one_line() {
        let mut lines = Vec::new();
        push_line(b"a\nb\n\nc", &mut lines);
        assert_eq!(lines, b"a b  c\n");
        for end in ["", "\n", "\r\n", "\0", "\n\0", "\r\n\0\0"] {
            assert_eq!(trimmed(format!("m{end}").as_bytes()), b"m");
            assert_eq!(trimmed(end.as_bytes()), b"");
        }
    }
}
