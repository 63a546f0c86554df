//! Configurations of every shape: read, printed, changed, and shown to the real HAProxy.
//!
//! `accepted` has files that HAProxy 2.6 accepts, `newer` those for other versions, `several` a folder read as a whole.
//! Without HAProxy or `patch`, what needs them is skipped, and that is said; with `CI=true` it fails.

mod advised;
mod beside_haproxy;
mod changes;
mod edits;
mod facts;
mod generated;
mod mutations;
#[path = "../needed/mod.rs"]
mod needed;
mod persistence;
mod reading;
mod tools;
mod values;

use std::path::{Path, PathBuf};

/// Where a file of the repository stands.
fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The `*.cfg` of a folder and of those in it, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "cfg") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// All configurations of the repository.
fn all_files() -> Vec<PathBuf> {
    let all: Vec<PathBuf> = [
        files("tests/configs"),
        files("tests/recordings"),
        files("samples"),
    ]
    .concat();
    all.into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name != ".hidden.cfg"))
        .collect()
}
