//! What a test needs and a machine may lack.
//!
//! Where something is missing, that is said and its test is skipped; with `CI=true` it fails.
#![allow(dead_code, reason = "each crate of tests needs its own part")]

use std::io::Write;
use std::path::PathBuf;

/// A program on the way of a shell, or of root's.
pub fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// The same of a package; none where it is not installed, and its test is to be skipped.
pub fn program(name: &str, package: &str) -> Option<PathBuf> {
    let program = found(name);
    if program.is_none() {
        missing(name, &format!("apt-get install {package}"));
    }
    program
}

/// Says what is missing, and what brings it.
pub fn missing(what: &str, remedy: &str) {
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!in_ci, "{what} is missing: {remedy}");
    skipped(what, remedy);
}

/// The same of what not every machine has to have.
pub fn skipped(what: &str, remedy: &str) {
    // Not eprintln!, which the test harness swallows.
    let _ = writeln!(std::io::stderr(), "SKIPPED: a test needs {what}: {remedy}");
}
