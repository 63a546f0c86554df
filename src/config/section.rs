//! Sections that are no proxies: `global`, `resolvers`, and all the others as they are.
//!
//! Enters: the words of their lines. Leaves: answers, HAProxy's defaults included. Must not know: proxies.

use super::body::Body;
use super::setting::Place;

/// A section such as `resolvers dns`, `peers`, `userlist`, `cache` or `ring`.
#[derive(Debug, Clone)]
pub struct Section {
    /// The word that begins it.
    pub kind: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// The line that begins it.
    pub at: Place,
    /// What it says.
    pub body: Body,
}

/// All `global` sections as one: the last line of a keyword counts (HAProxy manual 3).
#[derive(Debug, Clone, Default)]
pub struct Global {
    /// What they say.
    pub body: Body,
}

impl Global {
    /// `maxconn`: concurrent connections of the process; `None`: HAProxy computes it from the limit of file descriptors.
    pub fn maxconn(&self) -> Option<u32> {
        self.body.number("maxconn").filter(|limit| *limit > 0)
    }

    /// `ulimit-n`: file descriptors; `None`: HAProxy computes it from `maxconn`.
    pub fn ulimit_n(&self) -> Option<u32> {
        self.body.number("ulimit-n")
    }

    /// `maxconnrate`: new connections in a second, of the whole process; `None`: no limit.
    pub fn maxconnrate(&self) -> Option<u32> {
        self.body.number("maxconnrate").filter(|limit| *limit > 0)
    }

    /// `maxsessrate`: new sessions in a second, of the whole process; `None`: no limit.
    pub fn maxsessrate(&self) -> Option<u32> {
        self.body.number("maxsessrate").filter(|limit| *limit > 0)
    }

    /// `spread-checks`: percent of `inter` that the time of a check is moved at random; 0 where it is not set.
    pub fn spread_checks(&self) -> u32 {
        self.body.number("spread-checks").unwrap_or(0)
    }

    /// `nbthread`; `None`: as many as the process may use processors.
    pub fn nbthread(&self) -> Option<u32> {
        self.body.number("nbthread")
    }

    /// `hard-stop-after` in ms: an old process ends its sessions then; `None`: it waits for the last of them.
    pub fn hard_stop_after(&self) -> Option<u64> {
        self.body.time("hard-stop-after")
    }

    /// `tune.bufsize` in bytes: the longest headers of a message that can be read; 16384 where it is not set.
    pub fn bufsize(&self) -> u32 {
        self.body.number("tune.bufsize").unwrap_or(16_384)
    }
}

/// A `resolvers` section (HAProxy manual 5.3.2).
#[derive(Debug, Clone, Copy)]
pub struct Resolvers<'a>(&'a Section);

/// An answer of a name server, of which `hold` says how long the one before it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// `nx`: no such name.
    Nx,
    /// `obsolete`: a record is no longer among the answers.
    Obsolete,
    /// `other`: any other bad answer.
    Other,
    /// `refused`: the name server refuses.
    Refused,
    /// `timeout`: no answer.
    Timeout,
    /// `valid`: a good answer.
    Valid,
}

impl<'a> Resolvers<'a> {
    /// The section, if it is one of resolvers.
    pub fn of(section: &'a Section) -> Option<Self> {
        (section.kind == "resolvers").then_some(Self(section))
    }

    /// Its name, which a server's `resolvers` gives.
    pub fn name(&self) -> &'a str {
        &self.0.name
    }

    /// Milliseconds that an answer stays good after one of this kind; HAProxy's default where it is not set.
    pub fn hold(&self, hold: Hold) -> u64 {
        let (keyword, unset) = match hold {
            Hold::Nx => ("hold nx", 30_000),
            Hold::Obsolete => ("hold obsolete", 0),
            Hold::Other => ("hold other", 30_000),
            Hold::Refused => ("hold refused", 30_000),
            Hold::Timeout => ("hold timeout", 30_000),
            Hold::Valid => ("hold valid", 10_000),
        };
        self.0.body.time(keyword).unwrap_or(unset)
    }

    /// `timeout resolve` in ms: between two resolutions of a name; 1000 where it is not set.
    pub fn timeout_resolve(&self) -> u64 {
        self.0.body.time("timeout resolve").unwrap_or(1000)
    }

    /// `timeout retry` in ms: between two queries without a good answer; 1000 where it is not set.
    pub fn timeout_retry(&self) -> u64 {
        self.0.body.time("timeout retry").unwrap_or(1000)
    }

    /// `resolve_retries`: queries before it gives up; 3 where it is not set.
    pub fn resolve_retries(&self) -> u32 {
        self.0.body.number("resolve_retries").unwrap_or(3)
    }

    /// The `nameserver` lines: name, address and settings as written.
    pub fn nameservers(&self) -> impl Iterator<Item = &'a str> {
        let lines = self.0.body.lines("nameserver");
        lines.map(|line| line.value.as_str())
    }
}
