//! What requests asked for: those that were well, and those that a timeout of their server cut.
//!
//! Enters: the samples of minutes. Leaves: by backend the shares of groups of URLs. Must not know: incidents.
//!
//! A group is the first two segments of a path, with `*` for what stands for one thing among many (numbers, ids).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rollup::Name;
use crate::rollup::seal::{Minute, VictimRow};
use crate::rollup::victims::Victim;
use crate::words::termination::Symptom;

/// Backends that are kept; more are forged.
const BACKENDS: usize = 1_024;

/// Groups of a backend that are kept; a path that is met later counts among all.
const GROUPS: usize = 256;

/// Segments of a group.
const SEGMENTS: usize = 2;

/// Bytes of a segment, with a digit among them, that no person wrote.
const TOKEN: usize = 16;

/// Requests of a backend that were drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// How many.
    pub sampled: u64,
    /// How many they stand for.
    of: f64,
    groups: BTreeMap<Name, f64>,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Urls(BTreeMap<Name, [Drawn; 2]>);

impl Urls {
    /// Takes in the samples of a minute.
    pub fn add(&mut self, minute: &Minute) {
        for row in &minute.victims {
            let Some(at) = place(row) else {
                continue;
            };
            if self.0.len() < BACKENDS || self.0.contains_key(&row.backend) {
                self.0.entry(row.backend.clone()).or_default()[at].add(row);
            }
        }
    }

    /// Those that were well, and those that were cut.
    pub fn of(&self, backend: &Name) -> Option<&[Drawn; 2]> {
        self.0.get(backend)
    }
}

/// Whether a sample tells what was asked for.
pub fn counts(row: &VictimRow) -> bool {
    place(row).is_some()
}

/// Where a sample is counted: that of requests that were well, or that of those that were cut.
fn place(row: &VictimRow) -> Option<usize> {
    match row.symptom {
        None => Some(0),
        Some(Symptom::ServerTimeout) => Some(1),
        Some(_) => None,
    }
}

impl Drawn {
    fn add(&mut self, row: &VictimRow) {
        let sample = &row.victims.sample;
        let kept = sample.iter().count() as u64;
        let weight = sample.seen() as f64 / kept.max(1) as f64;
        for victim in sample.iter() {
            let Some(group) = group(victim) else {
                continue;
            };
            self.sampled += 1;
            self.of += weight;
            let group = group.into_boxed_slice().into();
            if self.groups.len() < GROUPS || self.groups.contains_key(&group) {
                *self.groups.entry(group).or_default() += weight;
            }
        }
    }

    /// The largest group.
    pub fn most(&self) -> Option<&Name> {
        let mut groups = self.groups.iter();
        let first = groups.next()?;
        let most = groups.fold(
            first,
            |most, group| if group.1 > most.1 { group } else { most },
        );
        Some(most.0)
    }

    /// The share of a group, and its 90 % interval (Wilson 1927), each 0 to 1.
    pub fn share(&self, group: &Name) -> (f64, f64, f64) {
        const Z: f64 = 1.645;
        let n = self.sampled.max(1) as f64;
        let its = self.groups.get(group).copied().unwrap_or(0.0);
        let share = its / self.of.max(1.0);
        let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let spread = share * (1.0 - share) / n + Z * Z / (4.0 * n * n);
        let half = Z * spread.sqrt() / (1.0 + Z * Z / n);
        (share, (middle - half).max(0.0), (middle + half).min(1.0))
    }
}

/// `/api/users/*` of `GET /api/users/42/cart?x=1 HTTP/1.1` begins with `/api/users`; `None` where it is no such line.
fn group(victim: &Victim) -> Option<Vec<u8>> {
    kind(path(victim)?, SEGMENTS)
}

/// `/users/*/cart` of `GET https://example.org/users/42/cart?x=1 HTTP/2.0`; what is no path as it stands there.
pub fn whole(victim: &Victim) -> Option<Vec<u8>> {
    let path = path(victim)?;
    Some(kind(path, usize::MAX).unwrap_or_else(|| path.to_vec()))
}

/// What is asked for, without host, query and what clients put behind it.
fn path(victim: &Victim) -> Option<&[u8]> {
    let url = victim.request().split(|byte| *byte == b' ').nth(1)?;
    // HTTP/2 has the host before it.
    let path = match memchr::memmem::find(url, b"://") {
        Some(at) => {
            let rest = &url[at + 3..];
            &rest[memchr::memchr(b'/', rest)?..]
        }
        None => url,
    };
    path.split(|byte| matches!(byte, b'?' | b'#' | b';')).next()
}

/// The first segments of a path, with `*` in the place of ids.
fn kind(path: &[u8], segments: usize) -> Option<Vec<u8>> {
    let mut kind = Vec::new();
    for segment in path
        .strip_prefix(b"/")?
        .split(|byte| *byte == b'/')
        .take(segments)
    {
        kind.push(b'/');
        kind.extend_from_slice(if is_id(segment) { b"*" } else { segment });
    }
    Some(kind)
}

/// It stands for one thing among many: a number, a hexadecimal id, a long token.
fn is_id(segment: &[u8]) -> bool {
    let has_digit = segment.iter().any(u8::is_ascii_digit);
    let is_hex = segment
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    has_digit && (is_hex || segment.len() >= TOKEN)
}

#[cfg(test)]
mod tests {
    use super::{Drawn, group, whole};
    use crate::rollup::victims::Victim;

    fn of(request: &str) -> Option<String> {
        let victim = Victim::new(b"f", b"c", request.as_bytes());
        group(&victim).map(|group| String::from_utf8(group).expect("it is text"))
    }

    #[test]
    fn urls_of_one_kind_are_one_group() {
        for (request, wanted) in [
            ("GET / HTTP/1.1", Some("/")),
            ("GET /cart?id=3 HTTP/1.1", Some("/cart")),
            ("POST /api/v1/users/42 HTTP/1.1", Some("/api/v1")),
            ("GET /users/42/orders HTTP/1.1", Some("/users/*")),
            ("GET /doc/3f2a9c-11 HTTP/1.1", Some("/doc/*")),
            ("GET /t/abcdefghijklmnopq7/x HTTP/1.1", Some("/t/*")),
            ("GET https://example.org/a/b/c HTTP/2.0", Some("/a/b")),
            ("GET https://example.org HTTP/2.0", None),
            ("OPTIONS * HTTP/1.1", None),
            ("<BADREQ>", None),
        ] {
            assert_eq!(of(request).as_deref(), wanted, "{request}");
        }
    }

    #[test]
    fn a_whole_path_keeps_all_but_ids() {
        for (request, wanted) in [
            (
                "GET /api/v1/users/42/orders?x=1 HTTP/1.1",
                "/api/v1/users/*/orders",
            ),
            ("GET https://example.org/a/b/7 HTTP/2.0", "/a/b/*"),
            ("GET /static/app.3.js HTTP/1.1", "/static/app.3.js"),
            ("OPTIONS * HTTP/1.1", "*"),
        ] {
            let victim = Victim::new(b"f", b"c", request.as_bytes());
            assert_eq!(
                whole(&victim).as_deref(),
                Some(wanted.as_bytes()),
                "{request}"
            );
        }
    }

    #[test]
    fn a_share_has_an_error() {
        let group = b"/a"[..].into();
        let drawn = Drawn {
            sampled: 20,
            of: 200.0,
            groups: [(b"/a"[..].into(), 100.0)].into(),
        };
        let (share, low, high) = drawn.share(&group);
        assert_eq!(share, 0.5);
        assert!(
            (0.32..0.34).contains(&low) && (0.66..0.68).contains(&high),
            "{low} {high}"
        );
        assert_eq!(drawn.most(), Some(&group));
        assert_eq!(Drawn::default().share(&group).0, 0.0);
    }
}
