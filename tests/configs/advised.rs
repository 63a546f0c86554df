//! The patch of `hapline advise` for every recorded log: `patch` applies it, and HAProxy takes it.

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;

use super::root;
use super::tools::{apply, haproxy_refuses, has_haproxy, has_patch};

/// What `hapline advise --patch` prints for a log, in the folder where its `haproxy.cfg` lies.
fn patch_of(folder: &Path, log: &Path) -> Vec<u8> {
    let mut hapline = Command::cargo_bin("hapline").unwrap();
    let hapline = hapline.current_dir(folder).args([
        "advise",
        "--patch",
        "--config",
        "haproxy.cfg",
        "--timezone",
        "UTC",
    ]);
    let output = hapline.arg(log).output().unwrap();
    assert!(output.status.success(), "{}: {output:?}", log.display());
    output.stdout
}

#[test]
fn every_patch_that_is_advised_applies_and_is_taken() {
    if !has_patch() {
        return;
    }
    let mut patched = 0;
    for recording in fs::read_dir(root("tests/recordings")).unwrap() {
        let recording = recording.unwrap().path();
        let folder = tempfile::tempdir().unwrap();
        let (before, file) = (
            recording.join("haproxy.cfg"),
            folder.path().join("haproxy.cfg"),
        );
        fs::copy(&before, &file).unwrap();
        let diff = patch_of(folder.path(), &recording.join("haproxy.log.gz"));
        if diff.is_empty() {
            continue;
        }
        let was_taken = has_haproxy() && haproxy_refuses(folder.path(), &file).is_none();
        apply(folder.path(), &diff);
        let name = recording.display();
        assert_ne!(fs::read(&before).unwrap(), fs::read(&file).unwrap());
        if was_taken {
            let refused = haproxy_refuses(folder.path(), &file);
            assert_eq!(refused, None, "{name}: {}", String::from_utf8_lossy(&diff));
        }
        patched += 1;
    }
    assert!(patched >= 8, "{patched} patches were advised");
}
