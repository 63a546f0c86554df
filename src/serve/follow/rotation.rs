//! Names of rotated logs, as logrotate gives them.
//!
//! Enters: the name of a log, and another one. Leaves: whether the other one is that of an older generation, and how old.
//! Must not know: files.
//!
//! `haproxy.log.1`, `haproxy.log.2.gz`; `haproxy.log-20261122` (`dateext`), with an hour too; `haproxy-20261122.log`,
//! `haproxy.1.log` (`extension .log`).

/// How old a generation is by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// The greater, the older.
    Number(u32),
    /// The greater, the younger.
    Date(String),
}

/// What a packed log's name ends with.
const PACKED: [&str; 4] = [".gz", ".zst", ".xz", ".bz2"];

/// Digits of a date at least: year, month and day, two of each.
const DATE: usize = 6;

/// How old `other` is, if it is an older generation of `log`.
pub fn age(log: &str, other: &str) -> Option<Age> {
    let plain = PACKED.iter().find_map(|end| other.strip_suffix(end));
    let plain = plain.unwrap_or(other);
    let behind = plain.strip_prefix(log).and_then(age_of);
    behind.or_else(|| {
        let (stem, extension) = log.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())?;
        let between = plain.strip_suffix(extension)?.strip_suffix('.')?;
        age_of(between.strip_prefix(stem)?)
    })
}

/// `.1`, `-20261122`, `-2026-11-22T14:00`
fn age_of(text: &str) -> Option<Age> {
    let rest = text.strip_prefix(['.', '-'])?;
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    if digits == rest.len() && digits < DATE && text.starts_with('.') {
        return rest.parse().ok().map(Age::Number);
    }
    let is_date = |byte: u8| byte.is_ascii_digit() || b"-_:.TZ+".contains(&byte);
    let begins = rest.starts_with(|first: char| first.is_ascii_digit());
    (begins && digits >= DATE && rest.bytes().all(is_date)).then(|| Age::Date(rest.to_owned()))
}

/// Names of which this one may be an older generation.
pub fn younger(name: &str) -> Vec<String> {
    let plain = PACKED.iter().find_map(|end| name.strip_suffix(end));
    let plain = plain.unwrap_or(name);
    let extension = plain.rsplit_once('.').map(|(_, extension)| extension);
    let cuts = plain.match_indices(['.', '-']).map(|(at, _)| &plain[..at]);
    let mut names: Vec<String> = cuts
        .filter(|stem| !stem.is_empty())
        .flat_map(|stem| {
            let with_extension = extension.map(|extension| format!("{stem}.{extension}"));
            [Some(stem.to_owned()), with_extension]
        })
        .flatten()
        .collect();
    names.retain(|log| age(log, name).is_some());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_how_old_a_log_is() {
        let date = |text: &str| Some(Age::Date(text.to_owned()));
        let cases = [
            ("haproxy.log.1", Some(Age::Number(1))),
            ("haproxy.log.12.gz", Some(Age::Number(12))),
            ("haproxy.log.2.zst", Some(Age::Number(2))),
            ("haproxy.log-20261122", date("20261122")),
            ("haproxy.log-20261122.xz", date("20261122")),
            ("haproxy.log-2026112214.bz2", date("2026112214")),
            ("haproxy.log.2026-11-22", date("2026-11-22")),
            ("haproxy-20261122.log.gz", date("20261122")),
            ("haproxy-20261122-1400.log", date("20261122-1400")),
            ("haproxy.1.log", Some(Age::Number(1))),
            ("haproxy.log", None),
            ("haproxy.log.gz", None),
            ("haproxy.log.old", None),
            ("haproxy.log.tmp1", None),
            ("haproxy-1.log", None),
            ("haproxy-admin.log", None),
            ("haproxy-admin.log.1", None),
            ("haproxy.log.1.2", None),
            ("haproxy2.log", None),
        ];
        for (name, expected) in cases {
            assert_eq!(age("haproxy.log", name), expected, "{name}");
            let is_older = younger(name).contains(&"haproxy.log".to_owned());
            assert_eq!(is_older, expected.is_some(), "{name}");
        }
        assert_eq!(age("haproxy", "haproxy.1"), Some(Age::Number(1)));
        assert_eq!(age(".log", ".log.1"), Some(Age::Number(1)));
    }
}
