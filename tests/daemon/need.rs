//! Programs that a test needs, which need not be installed.

use std::io::Write;
use std::path::{Path, PathBuf};

/// A program; where it is not installed, that is said and the test is skipped.
pub fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file());
    said(found, name, package)
}

/// A module of rsyslog.
pub fn module(name: &str, package: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
    let folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
    let found = folders
        .chain([Path::new("/usr/lib").to_owned()])
        .map(|folder| folder.join("rsyslog").join(name))
        .find(|module| module.is_file());
    said(found, name, package)
}

fn said(found: Option<PathBuf>, name: &str, package: &str) -> Option<PathBuf> {
    if found.is_none() {
        let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "{name} is missing: apt-get install {package}");
        // Not eprintln!, which the test harness swallows.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: a test needs {name}, install {package}"
        );
    }
    found
}
