//! Names of files, with `*`, `?` and `[…]`.
//!
//! Enters: a pattern as a person writes it. Leaves: the files that there are. Must not know: what is in them.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// The files that a pattern names, in the order of their names. A pattern without `*`, `?` and `[` is the name of a file,
/// which need not be there.
pub fn expand(pattern: &Path) -> Vec<PathBuf> {
    if !is_pattern(pattern.as_os_str()) {
        return vec![pattern.to_owned()];
    }
    let mut found = vec![PathBuf::new()];
    for component in pattern.components() {
        found = match component {
            Component::Normal(name) if is_pattern(name) => found
                .iter()
                .flat_map(|directory| matching(directory, name))
                .collect(),
            fixed => found.iter().map(|path| path.join(fixed)).collect(),
        };
    }
    found.retain(|path| path.is_file());
    found.sort();
    found
}

/// Whether a pattern names a path.
pub fn names(pattern: &Path, path: &Path) -> bool {
    let (mut patterns, mut parts) = (pattern.components(), path.components());
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) => {
                let (pattern, part) = (pattern.as_os_str(), part.as_os_str());
                let is_it = match is_pattern(pattern) {
                    true => is_named(pattern.as_bytes(), part.as_bytes()),
                    false => pattern == part,
                };
                if !is_it {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

fn is_pattern(text: &OsStr) -> bool {
    let text = text.as_bytes();
    text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

fn matching(directory: &Path, name: &OsStr) -> Vec<PathBuf> {
    let listed = match directory.as_os_str().is_empty() {
        true => Path::new("."),
        false => directory,
    };
    // A directory that cannot be read has no files for us.
    let entries = fs::read_dir(listed).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names
        .filter(|found| is_named(name.as_bytes(), found.as_bytes()))
        .map(|found| directory.join(found))
        .collect()
}

/// Whether a name is one of a pattern's. What begins with a dot is hidden from `*` and `?`.
fn is_named(pattern: &[u8], name: &[u8]) -> bool {
    if name.first() == Some(&b'.') && pattern.first() != Some(&b'.') {
        return false;
    }
    let (mut at, mut from) = (0, 0);
    // Where the last `*` stands, and how far the name was then.
    let mut star = None;
    while from < name.len() {
        let one = pattern.get(at).and_then(|byte| match byte {
            b'*' => None,
            b'?' => Some((at + 1, true)),
            b'[' => Some(class(pattern, at, name[from])),
            byte => Some((at + 1, *byte == name[from])),
        });
        match one {
            Some((next, true)) => (at, from) = (next, from + 1),
            _ if pattern.get(at) == Some(&b'*') => {
                star = Some((at, from));
                at += 1;
            }
            _ => {
                let Some((before, reached)) = star else {
                    return false;
                };
                star = Some((before, reached + 1));
                (at, from) = (before + 1, reached + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// `[abc]`, `[a-z]`, `[!a-z]`: where the pattern goes on, and whether a byte is in it. What is not closed is a bracket.
fn class(pattern: &[u8], at: usize, byte: u8) -> (usize, bool) {
    let inner = &pattern[at + 1..];
    let is_not = matches!(inner.first(), Some(b'!' | b'^'));
    let inner = &inner[usize::from(is_not)..];
    let Some(end) = inner.iter().skip(1).position(|byte| *byte == b']') else {
        return (at + 1, byte == b'[');
    };
    let mut members = &inner[..=end];
    let mut is_in = false;
    while let [first, rest @ ..] = members {
        match rest {
            [b'-', last, after @ ..] => {
                is_in |= (*first..=*last).contains(&byte);
                members = after;
            }
            _ => {
                is_in |= *first == byte;
                members = rest;
            }
        }
    }
    (at + 1 + usize::from(is_not) + end + 2, is_in != is_not)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_what_a_shell_says() {
        let cases = [
            ("haproxy*.log", "haproxy.log", true),
            ("haproxy*.log", "haproxy-admin.log", true),
            ("haproxy*.log", "haproxy.log.1", false),
            ("*", ".hidden", false),
            (".*", ".hidden", true),
            ("lb?.log", "lb1.log", true),
            ("lb?.log", "lb12.log", false),
            ("lb[1-3].log", "lb2.log", true),
            ("lb[!1-3].log", "lb2.log", false),
            ("lb[!1-3].log", "lb7.log", true),
            ("lb[]x].log", "lb].log", true),
            ("lb[.log", "lb[.log", true),
            ("*a*b*", "xxaxxaxxbxx", true),
            ("*a*b", "xxaxxbxxa", false),
        ];
        for (pattern, name, expected) in cases {
            let is_it = is_named(pattern.as_bytes(), name.as_bytes());
            assert_eq!(is_it, expected, "{pattern} {name}");
        }
    }

    #[test]
    fn files_are_found_in_the_order_of_their_names() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["b/x.log", "a/y.log", "a/x.log", "a/x.txt", "c.log"] {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let pattern = directory.path().join("*/*.log");
        let found = expand(&pattern);
        let expected = ["a/x.log", "a/y.log", "b/x.log"];
        assert_eq!(found, expected.map(|name| directory.path().join(name)));
        assert!(found.iter().all(|path| names(&pattern, path)));
        let missing = directory.path().join("missing.log");
        assert_eq!(expand(&missing), [missing]);
    }
}
