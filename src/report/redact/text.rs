//! Addresses and query strings in text of any kind.
//!
//! Enters: text. Leaves: the same without them. Must not know: whose text it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// What may stand behind a word and is no part of it.
const CLOSING: [char; 11] = ['\'', '"', ')', ']', '}', '>', ',', '.', ';', ':', '!'];

/// Every word without what follows its `?`; a question mark at the end of a sentence stays.
pub fn without_queries(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    words.map(without_query).collect()
}

fn without_query(word: &str) -> String {
    let Some((before, query)) = word.split_once('?') else {
        return word.to_owned();
    };
    let end = query.trim_end().trim_end_matches(CLOSING).len();
    let hidden = if end > 0 { "…" } else { "" };
    format!("{before}?{hidden}{}", &query[end..])
}

/// A request line or a URI, in which blanks may stand: all behind its first `?` but the version.
pub fn request_without_query(request: &str) -> String {
    let Some((before, query)) = request.split_once('?') else {
        return request.to_owned();
    };
    let version = query.rfind(" HTTP/").map_or("", |at| &query[at..]);
    let version = if version.trim_start().contains(' ') {
        ""
    } else {
        version
    };
    format!("{before}?…{version}")
}

/// A command of a shell up to its first query string, with its quotes closed.
pub fn command_without_query(command: &str) -> String {
    let begins_one = |rest: &str| {
        rest.starts_with(|char: char| !char.is_whitespace() && !CLOSING.contains(&char))
    };
    let mut marks = command.match_indices('?');
    match marks.find(|(at, _)| begins_one(&command[at + 1..])) {
        Some((at, _)) => {
            let before = &command[..at];
            let is_open = before.matches('\'').count() % 2 == 1;
            format!("{before}?…{}", if is_open { "'" } else { "" })
        }
        None => command.to_owned(),
    }
}

/// The address that a client goes by, without the port behind it; any other text as it is.
pub fn client_address(client: &str) -> String {
    // HAProxy puts no brackets around IPv6, so that only the last colon parts it from its port.
    let (address, port) = client.rsplit_once(':').unwrap_or((client, ""));
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = |text: &str| text.parse::<IpAddr>().ok();
    let found = parsed(address)
        .filter(|_| is_port)
        .or_else(|| parsed(client));
    match found {
        Some(IpAddr::V6(address)) => canonical(address).to_string(),
        Some(address) => address.to_string(),
        None if is_port => address.to_owned(),
        None => client.to_owned(),
    }
}

/// The addresses in a text.
pub fn addresses(text: &str) -> impl Iterator<Item = IpAddr> {
    found(text).map(|(_, address)| address)
}

/// The text with the addresses, and ports behind them, for which there is another word.
pub fn replaced(text: &str, mut word: impl FnMut(IpAddr) -> Option<String>) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    for (at, address) in found(text) {
        if let Some(word) = word(address) {
            shown.push_str(&text[from..at.start]);
            shown.push_str(&word);
            from = at.end;
        }
    }
    shown.push_str(&text[from..]);
    shown
}

/// Addresses and where they stand, brackets and port included.
fn found(text: &str) -> impl Iterator<Item = (Range<usize>, IpAddr)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at + text[at..].find(is_part)?;
            let length = text[start..].find(|char| !is_part(char));
            let end = length.map_or(text.len(), |length| start + length);
            at = end;
            let run = text[start..end].trim_end_matches(['.', ':']);
            if let Some((inside, address)) = in_run(run) {
                at = start + inside.end;
                return Some((start + inside.start..at, address));
            }
        }
        None
    })
}

fn is_part(char: char) -> bool {
    char.is_ascii_hexdigit() || matches!(char, '.' | ':')
}

/// The address in a run of digits, points and colons. Letters may stand right before one of IPv4.
fn in_run(run: &str) -> Option<(Range<usize>, IpAddr)> {
    let has_digit_or_letter = run.contains(|char: char| char.is_ascii_hexdigit());
    if let Some(address) = run.parse::<Ipv6Addr>().ok().filter(|_| has_digit_or_letter) {
        return Some((0..run.len(), canonical(address)));
    }
    let is_dotted = |char: char| char.is_ascii_digit() || char == '.';
    let mut at = 0;
    for piece in run.split(|char| !is_dotted(char)) {
        let trimmed = piece.trim_start_matches('.');
        let start = at + piece.len() - trimmed.len();
        at += piece.len() + 1;
        let trimmed = trimmed.trim_end_matches('.');
        if let Ok(address) = trimmed.parse::<Ipv4Addr>() {
            let end = start + trimmed.len();
            return Some((start..end + port(&run[end..]), address.into()));
        }
    }
    None
}

/// Bytes of the port at the start of `text`.
fn port(text: &str) -> usize {
    let digits = text.strip_prefix(':').unwrap_or_default();
    let length = digits
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(digits.len());
    if length == 0 { 0 } else { length + 1 }
}

/// `::ffff:10.0.0.1` is the client that `10.0.0.1` is.
fn canonical(address: Ipv6Addr) -> IpAddr {
    address
        .to_ipv4_mapped()
        .map_or(IpAddr::V6(address), IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str) -> String {
        replaced(text, |_| Some("X".to_owned()))
    }

    #[test]
    fn addresses_in_all_their_shapes() {
        for (text, expected) in [
            ("10.0.0.1", "X"),
            ("from 10.0.0.1:80, then", "from X, then"),
            ("ip10.0.0.1.", "ipX."),
            ("10.0.0.1/24", "X/24"),
            ("2001:db8::7", "X"),
            ("[2001:db8::7]:443", "[X]:443"),
            ("::ffff:10.0.0.1", "X"),
            (
                "at 09:12:01.6, 1.2.3 and 300.1.1.1",
                "at 09:12:01.6, 1.2.3 and 300.1.1.1",
            ),
            (":: a:b dead beef", ":: a:b dead beef"),
            ("é10.0.0.1é", "éXé"),
        ] {
            assert_eq!(marked(text), expected, "{text}");
        }
    }

    #[test]
    fn ports_of_clients_are_taken_off() {
        for (client, expected) in [
            ("10.0.0.1:80", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.1:80", "10.0.0.1"),
            ("2001:db8::7:443", "2001:db8::7"),
            ("fe80::1", "fe80::1"),
            ("unix:1", "unix"),
            ("-", "-"),
        ] {
            assert_eq!(client_address(client), expected, "{client}");
        }
    }

    #[test]
    fn queries_and_question_marks() {
        for (text, expected) in [
            ("GET /a?b=c HTTP/1.1", "GET /a?… HTTP/1.1"),
            ("is it there? (really?)", "is it there? (really?)"),
            ("see \"/a?b\", then", "see \"/a?…\", then"),
            ("/a?b?c", "/a?…"),
        ] {
            assert_eq!(without_queries(text), expected);
        }
        for (request, expected) in [
            ("GET /a?b c HTTP/1.1", "GET /a?… HTTP/1.1"),
            ("GET /a?b HTTP/1.1 c", "GET /a?…"),
            ("/a?b", "/a?…"),
            ("GET / HTTP/1.1", "GET / HTTP/1.1"),
        ] {
            assert_eq!(request_without_query(request), expected);
        }
        assert_eq!(command_without_query("curl '/a?b' | less"), "curl '/a?…'");
        assert_eq!(command_without_query("test $? && x"), "test $? && x");
    }

    proptest! {
        #[test]
        fn no_address_is_left(before in "\\PC{0,9}", bytes: [u8; 4], after in "\\PC{0,9}") {
            let address = std::net::Ipv4Addr::from(bytes).to_string();
            // Digits and points that touch it make it another number.
            let edge = |char: char| !char.is_ascii_hexdigit() && !matches!(char, '.' | ':');
            prop_assume!(before.chars().next_back().is_none_or(edge) && after.chars().next().is_none_or(edge));
            let text = [before.as_str(), &address, &after].concat();
            prop_assert!(!marked(&text).contains(&address));
        }
    }
}
