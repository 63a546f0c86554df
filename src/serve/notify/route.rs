//! Which incidents a target is told of, and when it is silent.
//!
//! Enters: a severity and the names an incident goes by. Leaves: yes or no. Must not know: what is told.

use crate::serve::settings::{Silence, Target};
use crate::words::cause::Severity;

/// How much a severity is worth waking somebody: what the log cannot tell may be anything, planned work is known.
pub(super) fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Outage => 5,
        Severity::Degraded => 4,
        Severity::Unknown => 3,
        Severity::Capacity => 2,
        Severity::Client => 1,
        Severity::Planned => 0,
    }
}

/// Names of backends as globs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Globs {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Globs {
    pub(super) fn new(patterns: &[String]) -> Self {
        let mut globs = Self::default();
        for pattern in patterns {
            match pattern.strip_prefix('!') {
                Some(unwanted) => globs.unwanted.push(unwanted.to_owned()),
                None => globs.wanted.push(pattern.clone()),
            }
        }
        globs
    }

    /// Nothing is left out.
    fn takes_all(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// One of these names is wanted.
    fn takes(&self, names: &[String]) -> bool {
        names.iter().any(|name| {
            let fits = |pattern: &String| matches(pattern.as_bytes(), name.as_bytes());
            !self.unwanted.iter().any(fits)
                && (self.wanted.is_empty() || self.wanted.iter().any(fits))
        })
    }
}

/// Which incidents one target is told of.
#[derive(Debug, Clone)]
pub(super) struct Route {
    least: u8,
    backends: Globs,
}

impl Route {
    pub(super) fn new(target: &Target) -> Self {
        Self {
            least: rank(target.min_severity),
            backends: Globs::new(&target.backends),
        }
    }

    /// An incident of all HAProxy has no name, and goes to everybody.
    pub(super) fn takes(&self, severity: Severity, names: &[String]) -> bool {
        let is_known = names.is_empty() || self.backends.takes_all() || self.backends.takes(names);
        rank(severity) >= self.least && is_known
    }
}

/// Silences, for one target.
#[derive(Debug, Clone, Default)]
pub(super) struct Silences {
    /// Until when (ms since 1970 UTC), and of which.
    parts: Vec<(i64, Globs)>,
}

impl Silences {
    pub(super) fn of(target: &str, silences: &[Silence]) -> Self {
        let is_meant = |silence: &&Silence| {
            silence.targets.is_empty() || silence.targets.iter().any(|name| name == target)
        };
        let parts = silences.iter().filter(is_meant);
        let part = |silence: &Silence| (silence.until.millis(), Globs::new(&silence.backends));
        Self {
            parts: parts.map(part).collect(),
        }
    }

    /// Nothing is told of it now. An incident of all HAProxy is only silenced with all backends.
    pub(super) fn cover(&self, names: &[String], now: i64) -> bool {
        self.parts
            .iter()
            .any(|(until, globs)| now < *until && (globs.takes_all() || globs.takes(names)))
    }
}

/// `*` stands for any bytes, `?` for one. Time is at most the product of the lengths.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Behind the last star, and where its bytes end.
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, from));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((behind, taken)) = star else {
                    return false;
                };
                star = Some((behind, taken + 1));
                (at, from) = (behind, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn globs() {
        for (pattern, name, fits) in [
            ("api", "api", true),
            ("api", "api2", false),
            ("api*", "api", true),
            ("*", "", true),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false),
            ("*ab", "aab", true),
            ("?b", "ab", true),
            ("?b", "b", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), name.as_bytes()),
                fits,
                "{pattern} {name}"
            );
        }
        let many = "a*".repeat(40) + "b";
        assert!(!matches(many.as_bytes(), "a".repeat(4000).as_bytes()));
    }

    #[test]
    fn backends_and_what_has_none() {
        for (globs, of, takes) in [
            ("", "api", true),
            ("api*", "api_v2", true),
            ("api*", "web", false),
            ("!web", "api", true),
            ("!web", "web", false),
            ("api* !api-test", "api-test", false),
            ("api*", "fe_www api_v2", true),
            ("api*", "", true),
        ] {
            let route = Route {
                least: rank(Severity::Degraded),
                backends: Globs::new(&names(globs)),
            };
            assert_eq!(
                route.takes(Severity::Outage, &names(of)),
                takes,
                "{globs} {of}"
            );
            assert!(!route.takes(Severity::Capacity, &names(of)));
        }
    }

    #[test]
    fn a_silence_has_an_end_and_may_have_names() {
        let silence = |backends: &str, targets: &str| Silence {
            until: "1970-01-01T00:00:10Z".to_owned().try_into().unwrap(),
            backends: names(backends),
            targets: names(targets),
            comment: None,
        };
        for (silence, of, now, covers) in [
            (silence("", ""), "api", 9_999, true),
            (silence("", ""), "api", 10_000, false),
            (silence("", ""), "", 0, true),
            (silence("api", ""), "api", 0, true),
            (silence("api", ""), "web", 0, false),
            (silence("api", ""), "", 0, false),
            (silence("", "pager"), "api", 0, true),
            (silence("", "mail"), "api", 0, false),
        ] {
            let silences = Silences::of("pager", std::slice::from_ref(&silence));
            assert_eq!(silences.cover(&names(of), now), covers, "{silence:?} {of}");
        }
    }
}
