//! Configuration keywords that leave traces in a log (HAProxy manual 3, 4.2, 5.2 and 5.3).
//!
//! Enters: nothing. Leaves: one row a keyword, with what holds when it is not set and what it does not do.
//! Must not know: any particular configuration.

mod balancing;
mod checks;
mod logging;
mod proxies;
mod resolution;
mod servers;
mod timeouts;

/// One keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyword {
    /// As in haproxy.cfg, without arguments.
    pub name: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Its unit, its default, and what holds when it is not set.
    pub unset: &'static str,
    /// Keywords whose value is used when it is not set, in this order.
    pub fallback: &'static [&'static str],
    /// Words of a log in which it shows: states, check codes, fields.
    pub shows_as: &'static [&'static str],
    /// What it is taken for, and does not do.
    pub does_not: &'static str,
    /// Where the manual describes it.
    pub source: &'static str,
}

/// Every known keyword; a new row goes into the file of its kind.
pub fn keywords() -> impl Iterator<Item = &'static Keyword> {
    [
        timeouts::ROWS,
        servers::ROWS,
        balancing::ROWS,
        checks::ROWS,
        resolution::ROWS,
        proxies::ROWS,
        logging::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// The keyword that a person means by this: written exactly so, or an option without the word, such as `redispatch`.
pub fn keyword_meant(word: &str) -> Option<&'static Keyword> {
    let is_option = |row: &&Keyword| row.name.strip_prefix("option ") == Some(word);
    keyword(word)
        .or_else(|| keywords().find(is_option))
        .or_else(|| keyword(new_name(word)?))
}

/// The keyword of a line of haproxy.cfg with its arguments, such as `timeout server 30s`; the longest that fits.
pub fn keyword_of_line(line: &str) -> Option<&'static Keyword> {
    let line = line.strip_prefix("no ").unwrap_or(line);
    keywords()
        .filter(|row| {
            line.strip_prefix(row.name)
                .is_some_and(|rest| rest.starts_with(' ') || rest.is_empty())
        })
        .max_by_key(|row| row.name.len())
}

/// What took the place of a keyword that old versions had (until 2.0).
fn new_name(word: &str) -> Option<&'static str> {
    match word {
        "contimeout" => Some("timeout connect"),
        "clitimeout" => Some("timeout client"),
        "srvtimeout" => Some("timeout server"),
        "redisp" => Some("option redispatch"),
        _ => None,
    }
}

/// The keyword written exactly like this, such as `timeout server`.
pub fn keyword(name: &str) -> Option<&'static Keyword> {
    keywords().find(|keyword| keyword.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keyword_stands_once_and_falls_back_on_known_ones() {
        for row in keywords() {
            assert_eq!(keyword(row.name), Some(row), "{} twice", row.name);
            for other in row.fallback {
                assert!(
                    keyword(other).is_some(),
                    "{} falls back on {other}",
                    row.name
                );
                assert!(
                    row.unset.contains(other),
                    "{}: `unset` must say {other}",
                    row.name
                );
            }
            assert!(!row.does_not.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn fallbacks_are_those_of_the_manual() {
        for (name, expected) in [
            ("timeout queue", &["timeout connect"][..]),
            ("timeout tarpit", &["timeout connect"]),
            ("timeout http-request", &["timeout client"]),
            (
                "timeout http-keep-alive",
                &["timeout http-request", "timeout client"],
            ),
            ("timeout check", &["inter"]),
            ("timeout tunnel", &["timeout client", "timeout server"]),
            ("timeout connect", &[]),
            ("timeout client", &[]),
            ("timeout server", &[]),
            ("fastinter", &["inter"]),
        ] {
            assert_eq!(keyword(name).unwrap().fallback, expected, "{name}");
        }
    }
}
