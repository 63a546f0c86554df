//! What nobody may read: tokens, and addresses that are as good as one.
//!
//! Enters: a file, or a variable of the environment. Leaves: text for the one who needs it. Must not know: what it opens.
//! It is never printed: not by `Debug`, and not within the words of others.

use std::fmt;
use std::io;
use std::path::Path;

/// See the module.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Shorter ones stand in too many texts by chance.
const SHORTEST: usize = 4;

impl Secret {
    /// The first line of a file.
    ///
    /// # Errors
    /// When it cannot be read, or has none.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let line = text.lines().next().unwrap_or_default().trim();
        match line {
            "" => Err(io::Error::other("its first line is empty")),
            line => Ok(Self(line.to_owned())),
        }
    }

    /// Text that came another way.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// For the one who needs it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` without it, or any longer part of it behind its host.
    pub(super) fn hide(&self, text: &str) -> String {
        let parts = self.0.split(['/', '?', '#', '@', '&', '=']);
        let parts = parts.filter(|part| part.len() >= 2 * SHORTEST);
        let mut shown = text.to_owned();
        if self.0.len() >= SHORTEST {
            shown = shown.replace(&self.0, "…");
        }
        for part in parts {
            shown = shown.replace(part, "…");
        }
        shown
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_it() {
        let secret = Secret::new("https://hooks.example.net/services/T0001/B0002/s3cr3t-s3cr3t\n");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let said = "https://hooks.example.net/services/T0001/B0002/s3cr3t-s3cr3t: no host";
        assert_eq!(secret.hide(said), "…: no host");
        assert_eq!(secret.hide("no team s3cr3t-s3cr3t here"), "no team … here");
    }

    #[test]
    fn the_first_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "  abc \r\nold\n").unwrap();
        assert_eq!(Secret::from_file(&path).unwrap().reveal(), "abc");
        std::fs::write(&path, "\n").unwrap();
        assert!(Secret::from_file(&path).is_err());
    }
}
