//! The real HAProxy, and `patch`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::needed;

/// The path of a program that is there.
pub fn program(program: &str) -> PathBuf {
    needed::found(program).unwrap()
}

/// Whether a program is there; where it is not, that is said once, and fails with `CI=true`.
fn has(program: &'static str, seen: &'static OnceLock<bool>) -> bool {
    *seen.get_or_init(|| needed::program(program, program).is_some())
}

pub fn has_haproxy() -> bool {
    static SEEN: OnceLock<bool> = OnceLock::new();
    has("haproxy", &SEEN)
}

pub fn has_patch() -> bool {
    static SEEN: OnceLock<bool> = OnceLock::new();
    has("patch", &SEEN)
}

/// What `haproxy -c` says against a file or a folder, asked in `folder`; `None`: it accepts it.
pub fn haproxy_refuses(folder: &Path, path: &Path) -> Option<String> {
    let output = Command::new(program("haproxy"))
        .args(["-c", "-f"])
        .arg(path)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // Without a listener it is fine and would not start.
    let is_fine = output.status.success() || said.contains("has no error but will not start");
    (!is_fine).then_some(said)
}

/// Applies a diff in a folder.
pub fn apply(folder: &Path, diff: &[u8]) {
    let mut patch = Command::new("patch")
        .args(["-p0", "--fuzz=0", "--no-backup-if-mismatch"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    patch.stdin.take().unwrap().write_all(diff).unwrap();
    let output = patch.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let is_plain =
        output.status.success() && !said.contains("offset") && !said.contains("Stripping");
    assert!(is_plain, "{said}\n{}", String::from_utf8_lossy(diff));
}
