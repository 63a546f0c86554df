//! The samples are taken by the programs they are for.
//!
//! Where such a program is not installed, that is said and its test skipped; with `CI=true` it fails, but for those of
//! systemd and logrotate, which a container has no use for.

#[path = "../needed/mod.rs"]
mod needed;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
}

/// Runs a program of Debian; none where it is not installed.
fn run(program: &str, is_needed: bool, arguments: &[&str]) -> Option<Output> {
    let found = ["/usr/sbin", "/usr/bin", "/bin"].iter().find_map(|folder| {
        let path = Path::new(folder).join(program);
        path.exists().then_some(path)
    });
    let Some(path) = found else {
        match is_needed {
            true => needed::missing(program, "install it"),
            false => needed::skipped(program, "install it"),
        }
        return None;
    };
    Some(Command::new(path).args(arguments).output().unwrap())
}

/// What it printed.
fn printed(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

#[test]
fn haproxy_takes_the_configuration() {
    let path = sample("logging.cfg");
    let arguments = ["-c", "-f", path.to_str().unwrap()];
    let Some(checked) = run("haproxy", true, &arguments) else {
        return;
    };
    let said = printed(&checked);
    assert!(checked.status.success(), "{said}");
    assert!(!said.contains("WARNING"), "{said}");
}

#[test]
fn rsyslog_takes_its_files() {
    for name in ["rsyslog.conf", "rsyslog-tcp.conf", "rsyslog-tls.conf"] {
        // The certificates are the reader's own.
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(sample(name)).unwrap();
        let certificates = ["hapline-ca.pem", "this-host.pem", "this-host.key"];
        let text = certificates.iter().fold(text, |text, file| {
            let own = folder.path().join(file);
            fs::write(&own, "").unwrap();
            text.replace(&format!("/etc/rsyslog.d/{file}"), own.to_str().unwrap())
        });
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let arguments = ["-N1", "-f", path.to_str().unwrap()];
        let Some(checked) = run("rsyslogd", true, &arguments) else {
            return;
        };
        let said = printed(&checked);
        assert!(checked.status.success(), "{said}");
        assert!(!said.contains("error"), "{said}");
    }
}

#[test]
fn systemd_takes_the_units_and_finds_the_service_shut_off() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_hapline");
    for name in ["hapline.service", "hapline.socket"] {
        let text = fs::read_to_string(sample(name)).unwrap();
        let text = text.replace("/usr/bin/hapline", program);
        fs::write(folder.path().join(name), text).unwrap();
    }
    let [service, socket] =
        ["hapline.service", "hapline.socket"].map(|name| folder.path().join(name));
    let [service, socket] = [&service, &socket].map(|path| path.to_str().unwrap());
    let Some(verified) = run(
        "systemd-analyze",
        false,
        &["verify", "--man=no", socket, service],
    ) else {
        return;
    };
    let said = printed(&verified);
    assert!(verified.status.success() && said.is_empty(), "{said}");
    // Tenths of ten, the lower the better.
    let arguments = ["security", "--offline=true", "--threshold=20", service];
    let judged = run("systemd-analyze", false, &arguments).unwrap();
    assert!(judged.status.success(), "{}", printed(&judged));
}

#[test]
fn logrotate_takes_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("haproxy.log");
    fs::write(&log, "x\n").unwrap();
    let text = fs::read_to_string(sample("logrotate.conf")).unwrap();
    let text = text.replace("/var/log/haproxy.log", log.to_str().unwrap());
    let path = folder.path().join("logrotate.conf");
    fs::write(&path, text).unwrap();
    let state = folder.path().join("state");
    let arguments = [
        "-d",
        "-f",
        "-s",
        state.to_str().unwrap(),
        path.to_str().unwrap(),
    ];
    let Some(checked) = run("logrotate", false, &arguments) else {
        return;
    };
    let said = printed(&checked);
    assert!(checked.status.success(), "{said}");
    assert!(
        said.contains("renaming") && !said.contains("error"),
        "{said}"
    );
}
