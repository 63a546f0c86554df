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
pub fn is_refused(daemon: &Daemon, address: SocketAddr) -> (bool, TcpStream) {
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

    fs::remove_file(files.path("haproxy.cfg")).unwrap();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("haproxy.cfg: ");
    assert_eq!(daemon.page("/healthz").0, 200);
}

/// A configuration with a log-format that ends in this word.
fn with_format(files: &Files, word: &str) {
    let text = format!(
        "defaults\n  mode http\n  log-format \"%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B {word}\"\n\
         frontend fe_www\n  bind :80\n  default_backend be_app\nbackend be_app\n  server app1 192.0.2.1:80\n"
    );
    fs::write(files.path("haproxy.cfg"), text).unwrap();
}

/// How many lines were understood as requests, and how many were not.
fn understood(daemon: &Daemon) -> (u64, u64) {
    let report: serde_json::Value = serde_json::from_str(&daemon.page("/api/v1/report").1).unwrap();
    let count = |name: &str| report["coverage"][name].as_u64().unwrap();
    (count("traffic"), count("lines") - count("traffic"))
}

#[test]
fn a_new_log_format_is_read_from_now_on_and_the_one_before_still_is() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files(folder.path());
    files.settings(10, "");
    with_format(&files, "one");
    let store = files.path("h.db");
    let mut daemon = files.daemon(&["--tcp", "127.0.0.1:0", "--store", &store]);
    let mut stream = TcpStream::connect(daemon.address("tcp:")).unwrap();
    let mut port = 1_024;
    let mut say = |word: &str| {
        port += 1;
        let date = jiff::Timestamp::now().strftime("%d/%b/%Y:%H:%M:%S%.3f");
        writeln!(
            stream,
            "<134>haproxy[7]: 10.0.0.9:{port} [{date}] fe_www be_app/app1 0/0/1/7/8 200 512 {word}"
        )
        .unwrap();
    };
    let wait_for = |daemon: &Daemon, expected: (u64, u64)| {
        wait::until(LIMIT, "lines to be read", || {
            (understood(daemon) == expected).then_some(())
        });
    };
    (0..5).for_each(|_| say("one"));
    say("two");
    wait_for(&daemon, (5, 1));

    with_format(&files, "two");
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("log-formats were read again");
    (0..5).for_each(|_| say("two"));
    (0..3).for_each(|_| say("one"));
    wait_for(&daemon, (13, 1));
    assert!(!daemon.said().contains("restart"), "{}", daemon.said());

    // The next one takes the place of the one before it.
    with_format(&files, "three");
    let before = daemon.said().matches("log-formats were").count();
    daemon.signal(Signal::SIGHUP);
    wait::until(LIMIT, "the reload", || {
        (daemon.said().matches("log-formats were").count() > before).then_some(())
    });
    for word in ["three", "two", "one"] {
        say(word);
    }
    wait_for(&daemon, (15, 2));
    daemon.stop();
    let kept = super::report::of_store(Path::new(&store));
    assert_eq!(kept["coverage"]["traffic"], 15);
    assert_eq!(kept["coverage"]["lines"], 17);
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
