//! The advice as changes of the configuration.
//!
//! Enters: a [`Patch`]. Leaves: the lines that change, and what is not among them. Must not know: how files are changed.
//!
//! Lines around them stay away: a page is passed on, and they may hold secrets.

use crate::report::patch::Patch;

/// See the module.
pub(super) struct Changes {
    /// Classes and lines.
    pub(super) lines: Vec<(&'static str, String)>,
    pub(super) apply: String,
    pub(super) refused: Vec<String>,
}

impl Changes {
    /// Nothing where there is nothing to tell.
    pub(super) fn new(patch: &Patch) -> Option<Self> {
        let diff = String::from_utf8_lossy(&patch.diff);
        let kind = |line: &str| {
            Some(match line.as_bytes().first()? {
                b'+' if line.starts_with("+++") => "file",
                b'-' if line.starts_with("---") => "file",
                b'@' => "place",
                b'+' => "add",
                b'-' => "del",
                _ => return None,
            })
        };
        let lines = diff.lines();
        let lines: Vec<_> = lines
            .filter_map(|line| Some((kind(line)?, line.to_owned())))
            .collect();
        let is_empty = lines.is_empty() && patch.refused.is_empty();
        (!is_empty).then(|| Self {
            lines,
            apply: patch.apply.clone(),
            refused: patch.refused.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_around_a_change_are_not_told() {
        let diff = "--- haproxy.cfg\n+++ haproxy.cfg\n@@ -1,3 +1,3 @@\n stats auth admin:secret\n-    retries 0\n+    retries 3\n";
        let patch = Patch {
            diff: diff.into(),
            apply: "patch -p0".into(),
            refused: Vec::new(),
        };
        let changes = Changes::new(&patch).expect("changes");
        let kinds: Vec<&str> = changes.lines.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ["file", "file", "place", "del", "add"]);
        assert!(
            !changes
                .lines
                .iter()
                .any(|(_, line)| line.contains("secret"))
        );
        let nothing = Patch {
            diff: Vec::new(),
            refused: Vec::new(),
            ..patch
        };
        assert!(Changes::new(&nothing).is_none());
    }
}
