//! `hapline serve` by its settings, without a HAProxy.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{hapline, printed, refused};

#[test]
fn without_anything_to_read_it_does_not_start() {
    let told = refused(hapline().args(["serve", "--udp", "", "--http", "127.0.0.1:0"]));
    assert_eq!(
        told,
        "hapline: there is nothing to read: no listener, and no file to follow\n\
         hint: give --udp, --tcp, --tls, --unix, --stdin or --follow\n"
    );
}

#[test]
fn others_may_ask_with_a_token_from_the_environment_and_not_without() {
    let open = ["serve", "--udp", "", "--stdin", "--http", "0.0.0.0:0"];
    let told = refused(hapline().args(open));
    assert!(
        told.starts_with(
            "hapline: HTTP on 0.0.0.0:0 would answer anyone who reaches it, and no token is set\n"
        ),
        "{told}"
    );
    let token = ("HAPLINE_HTTP_TOKEN", "0123456789abcdef0123");
    let output = hapline().args(open).env(token.0, token.1).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert!(!told.contains("no setting"), "{told}");
}

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let shown = printed(hapline().args([
        "serve",
        "--settings",
        "samples/hapline.toml",
        "--keep",
        "30d",
        "--show-config",
    ]));
    for line in [
        "udp = [\"127.0.0.1:5514\"]  # samples/hapline.toml:",
        "keep = \"30d\"  # --keep\n",
        "max_size = \"10GiB\"  # default\n",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
}

/// On SIGHUP targets and silences are read again, and of what else has changed it is said that it needs a restart.
#[test]
fn what_needs_a_restart_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hapline.toml");
    std::fs::write(&file, "[listen]\nudp = [\"127.0.0.1:0\"]\n").unwrap();
    let program = assert_cmd::cargo::cargo_bin("hapline");
    let mut daemon = std::process::Command::new(program)
        .args(["serve", "--settings"])
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(daemon.stderr.take().unwrap()).lines();
    let mut wait_for = |text: &str| {
        let found = said
            .by_ref()
            .map_while(Result::ok)
            .any(|line| line.contains(text));
        assert!(found, "{text}");
    };
    wait_for("listening on udp:127.0.0.1:");
    std::fs::write(
        &file,
        "[listen]\nudp = [\"127.0.0.1:0\"]\nbuffer = \"1MiB\"\n",
    )
    .unwrap();
    let id = Pid::from_raw(i32::try_from(daemon.id()).unwrap());
    kill(id, Signal::SIGHUP).unwrap();
    wait_for("hapline: listen.buffer has changed; a restart puts it in force");
    wait_for("hapline: who is told of incidents was read again");
    kill(id, Signal::SIGTERM).unwrap();
    assert!(daemon.wait().unwrap().success());
}
