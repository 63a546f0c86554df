//! What SIGHUP puts in force, and what it only says.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;

use super::daemon::Daemon;
use super::{lines, needed, wait};

/// Time for what must come to come.
const LIMIT: Duration = Duration::from_secs(60);

/// What is said last of a reload that went well.
const DONE: &str = "haproxy.cfg was read again";

struct Files<'a>(&'a Path);

impl Files<'_> {
    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn settings(&self, connections: u64, rest: &str) {
        let text = format!(
            "[listen]\nmax_connections = {connections}\n{rest}\n[haproxy]\nconfig = [\"{}\"]\n",
            self.path("haproxy.cfg")
        );
        fs::write(self.path("hapline.toml"), text).unwrap();
    }

    /// The only server has this address.
    fn config(&self, address: &str) {
        let text = format!(
            "defaults\n  mode http\n  timeout client 5s\n  timeout connect 1s\n  timeout server 5s\n\
             frontend fe_www\n  bind :80\n  default_backend be_app\n\
             backend be_app\n  server app1 {address} check\n"
        );
        fs::write(self.path("haproxy.cfg"), text).unwrap();
    }

    /// A certificate that none before was; `None` where there is no openssl.
    fn certificate(&self) -> Option<String> {
        let openssl = needed::program("openssl", "openssl")?;
        let made = Command::new(openssl)
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            ])
            .args(["-subj", "/CN=localhost", "-keyout", &self.path("tls.key")])
            .args(["-out", &self.path("tls.pem")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        Some(fs::read_to_string(self.path("tls.pem")).unwrap())
    }

    fn daemon(&self, rest: &[&str]) -> Daemon {
        let settings = self.path("hapline.toml");
        Daemon::start(&[&["--settings", &settings, "--http", "127.0.0.1:0"], rest].concat())
    }
}

/// The certificate that a listener shows.
fn shown(address: SocketAddr) -> String {
    let shown = Command::new("openssl")
        .args(["s_client", "-connect", &address.to_string()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&shown.stdout).into_owned()
}

/// Sends lines until the daemon closes the connection, which tells that there was no room for it; `false` when it has
/// taken one.
fn is_refused(daemon: &Daemon, address: SocketAddr) -> (bool, TcpStream) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let before = daemon.requests();
    let refused = wait::until(LIMIT, "an answer or a count", || {
        let line = format!("<134>{}\n", lines::request(before + 1, 200));
        let sent = stream.write_all(line.as_bytes());
        let closed = sent.is_err() || matches!(stream.read(&mut [0; 8]), Ok(0));
        match closed {
            true => Some(true),
            false => (daemon.requests() > before).then_some(false),
        }
    });
    (refused, stream)
}

#[test]
fn limits_and_haproxy_cfg_are_put_in_force_and_a_wrong_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files(folder.path());
    files.settings(1, "");
    files.config("192.0.2.1:8080");
    let daemon = files.daemon(&["--tcp", "127.0.0.1:0"]);
    let address = daemon.address("tcp:");
    let (refused, mut first) = is_refused(&daemon, address);
    assert!(!refused, "{}", daemon.said());
    assert!(is_refused(&daemon, address).0, "there is room for one");

    files.settings(2, "sockets = 2");
    files.config("192.0.2.2:8080");
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for(DONE);
    daemon.wait_for("listen.sockets has changed; a restart puts it in force");
    assert!(!daemon.said().contains("listen.max_connections has changed"));
    assert!(!is_refused(&daemon, address).0, "there is room for two");
    first
        .write_all(format!("<134>{}\n", lines::down()).as_bytes())
        .unwrap();
    wait::until(LIMIT, "the incident", || {
        daemon
            .page("/api/v1/report")
            .1
            .contains("backend_down")
            .then_some(())
    });
    let (_, report) = daemon.page("/api/v1/report");
    assert!(
        report.contains("192.0.2.2") && !report.contains("192.0.2.1"),
        "{report}"
    );

    // Lines are read by the formats of the start; that is said.
    fs::write(
        files.path("haproxy.cfg"),
        "frontend fe\n  bind :80\n  mode http\n  log-format \"%ci:%cp [%tr] %ft %b/%s %ST %B new\"\n",
    )
    .unwrap();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("a log-format in haproxy.cfg has changed; a restart puts it in force");

    fs::remove_file(files.path("haproxy.cfg")).unwrap();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("haproxy.cfg: ");
    assert_eq!(daemon.page("/healthz").0, 200);
}

#[test]
fn certificates_are_read_again_and_a_bad_one_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files(folder.path());
    let Some(first) = files.certificate() else {
        return;
    };
    let (pem, key) = (files.path("tls.pem"), files.path("tls.key"));
    files.config("192.0.2.1:8080");
    files.settings(10, "");
    let daemon = files.daemon(&[
        "--tls",
        "127.0.0.1:0",
        "--tls-certificate",
        &pem,
        "--tls-key",
        &key,
    ]);
    let address = daemon.address("tls:");
    assert!(shown(address).contains(&first));

    let second = files.certificate().unwrap();
    assert!(shown(address).contains(&first), "nobody said so yet");
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("the certificate was read again");
    let now = shown(address);
    assert!(now.contains(&second) && !now.contains(&first));

    fs::write(&pem, "nothing").unwrap();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("the one before is still in use");
    assert!(shown(address).contains(&second));
}
