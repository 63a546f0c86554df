//! How clients stay with their server: `cookie`, `force-persist` (HAProxy manual 4.2).
//!
//! Enters: the words of the lines. Leaves: a [`Persistence`]. Must not know: servers.

use super::proxy::Proxy;

/// What HAProxy does with the cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CookieMode {
    /// None of the three: the application sets the cookie, HAProxy only reads it.
    Passive,
    /// `rewrite`: HAProxy writes the server's name into the application's cookie.
    Rewrite,
    /// `insert`: HAProxy sets a cookie of its own.
    Insert,
    /// `prefix`: HAProxy writes the server's name before the application's value.
    Prefix,
}

/// A `cookie` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persistence {
    /// The cookie's name.
    pub name: String,
    /// What HAProxy does with it.
    pub mode: CookieMode,
    /// Words behind the name that have no value: `indirect`, `nocache`, `postonly`, `preserve`, `httponly`, `secure`,
    /// `dynamic`.
    pub flags: Vec<String>,
    /// `maxidle`, as written: how long a cookie lives unused.
    pub maxidle: Option<String>,
    /// `maxlife`, as written: how long a cookie lives.
    pub maxlife: Option<String>,
}

impl Proxy {
    /// How clients stay with their server; `None`: without a `cookie`, or not known.
    pub fn persistence(&self) -> Option<Persistence> {
        let text = self.body().text("cookie").filter(|_| self.is_backend())?;
        let mut words = text.split(' ');
        let mut persistence = Persistence {
            name: words.next()?.to_owned(),
            mode: CookieMode::Passive,
            flags: Vec::new(),
            maxidle: None,
            maxlife: None,
        };
        while let Some(word) = words.next() {
            match word {
                "rewrite" => persistence.mode = CookieMode::Rewrite,
                "insert" => persistence.mode = CookieMode::Insert,
                "prefix" => persistence.mode = CookieMode::Prefix,
                "maxidle" => persistence.maxidle = words.next().map(str::to_owned),
                "maxlife" => persistence.maxlife = words.next().map(str::to_owned),
                "domain" | "attr" => {
                    words.next();
                }
                flag => persistence.flags.push(flag.to_owned()),
            }
        }
        Some(persistence)
    }

    /// The `force-persist` rules: when a cookie leads to a server even though that is down.
    pub fn force_persist(&self) -> impl Iterator<Item = &str> {
        let lines = self.body().lines("force-persist");
        lines.map(|line| line.value.as_str())
    }
}
