//! What a test needs of rsyslog.

use std::path::{Path, PathBuf};

use super::needed;

/// A module of rsyslog.
pub fn module(name: &str, package: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
    let folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
    let found = folders
        .chain([Path::new("/usr/lib").to_owned()])
        .map(|folder| folder.join("rsyslog").join(name))
        .find(|module| module.is_file());
    if found.is_none() {
        needed::missing(name, &format!("apt-get install {package}"));
    }
    found
}
