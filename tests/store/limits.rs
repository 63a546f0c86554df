//! Room that ends, and rights that are missing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::child::Told;
use crate::kills::flushes_in;

/// A user without rights.
const NOBODY: u32 = 65_534;

#[test]
fn flushes_wait_while_there_is_no_room_and_are_caught_up() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("store.sqlite");
    // A limit on the size of files is a disk that is full for this process alone.
    let mut limited = Command::new("bash");
    limited.args([
        "-c",
        r#"trap "" XFSZ; ulimit -S -f 2000; exec "$@""#,
        "bash",
    ]);
    let program = std::env::current_exe().unwrap();
    let mut child = Told::begin(limited, &program, &store, 0);
    let degraded = loop {
        let told = child.next().unwrap();
        if told.starts_with("degraded ") {
            break told;
        }
    };
    assert!(degraded.contains("store.sqlite: "), "{degraded}");
    let before = flushes_in(&store);
    let unlimited = Command::new("prlimit")
        .args(["--fsize=unlimited", "--pid", &child.child.id().to_string()])
        .status()
        .unwrap();
    assert!(unlimited.success());
    let caught_up = loop {
        let told = child.next().unwrap();
        if let Some(nth) = told.strip_prefix("written ") {
            break nth.parse::<u64>().unwrap();
        }
    };
    child.kill();
    assert!(caught_up >= before, "it went on while nothing was written");
    assert!(flushes_in(&store) > caught_up);
}

#[test]
fn a_directory_without_rights_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let folder = directory.path().join("folder");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    let mut command = Command::new("env");
    // Root may write everywhere.
    if fs::write(folder.join("probe"), "").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        command.uid(NOBODY);
    }
    let store = folder.join("store.sqlite");
    let mut child = Told::begin(command, &program, &store, 0);
    assert_eq!(
        child.next().unwrap(),
        format!("refused store {}: permission denied", store.display())
    );
    child.child.wait().unwrap();
}
