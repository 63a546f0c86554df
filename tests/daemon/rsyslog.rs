//! rsyslog forwards what HAProxy logs, as the samples have it.

use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::daemon::Daemon;
use super::haproxy::Running;
use super::lines;
use super::needed;
use super::report;
use super::wait;

/// Lines that are logged.
const SENT: u64 = 400;

/// The certificates of a test: an authority's and one for 127.0.0.1 and `hapline.test`.
fn certificates(folder: &Path) {
    let script = "
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem \
            -addext basicConstraints=critical,CA:TRUE
        openssl req -newkey rsa:2048 -nodes -subj /CN=hapline.test -keyout own.key -out own.csr
        printf 'subjectAltName=DNS:hapline.test\\nbasicConstraints=CA:FALSE\\n' >own.ext
        openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile own.ext -out own.pem";
    let made = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .output();
    let made = made.unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// Starts rsyslog on a socket of its own, which forwards as this action says.
fn start(folder: &Path, global: &str, action: &str) -> Option<Running> {
    let program = needed::program("rsyslogd", "rsyslog")?;
    let config = format!(
        "global(workDirectory=\"{0}\" {global})
module(load=\"imuxsock\" SysSock.Use=\"off\")
input(type=\"imuxsock\" socket=\"{0}/dev-log\" createPath=\"on\" useSpecialParser=\"off\" parseHostname=\"on\" rateLimit.Interval=\"0\")
if $programname startswith \"haproxy\" then {{
    action(type=\"omfwd\" template=\"RSYSLOG_ForwardFormat\" {action})
}}
",
        folder.display()
    );
    let file = folder.join("rsyslog.conf");
    std::fs::write(&file, config).unwrap();
    let process = Command::new(program)
        .args(["-n", "-f"])
        .arg(&file)
        .arg("-i")
        .arg(folder.join("rsyslogd.pid"))
        .env("TZ", "UTC")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Some(Running(process.unwrap()))
}

/// Logs as HAProxy does.
fn log(folder: &Path) {
    let socket = UnixDatagram::unbound().unwrap();
    let path = folder.join("dev-log");
    wait::until(Duration::from_secs(10), "rsyslog", || {
        socket.connect(&path).ok()
    });
    for number in 0..SENT {
        let line = lines::datagram(&lines::request(number, 200));
        socket.send(line.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_micros(200));
    }
    socket
        .send(lines::datagram(&lines::down()).as_bytes())
        .unwrap();
}

/// Each line comes over, and is read.
fn forwards(folder: &Path, listen: &[&str], what: &str, global: &str, action: &str) {
    let store = folder.join("h.db");
    let more = ["--http", "127.0.0.1:0", "--store", store.to_str().unwrap()];
    let mut daemon = Daemon::start(&[listen, &more].concat());
    let address: SocketAddr = daemon.address(what);
    let target = format!("target=\"127.0.0.1\" port=\"{}\" {action}", address.port());
    let Some(_rsyslog) = start(folder, global, &target) else {
        return;
    };
    log(folder);
    daemon.wait_for_requests(SENT);
    daemon.stop();
    let told = report::of_store(&store);
    let coverage = &told["coverage"];
    assert_eq!(coverage["lines"], SENT + 1, "{coverage}");
    assert_eq!(coverage["traffic"], SENT, "{coverage}");
    assert_eq!(coverage["state"], 1, "{coverage}");
    assert_eq!(told["incidents"][0]["kind"], "backend_down");
    assert_eq!(told["totals"]["requests"], SENT);
}

fn forwards_plainly(listen: &str, what: &str, action: &str) {
    let folder = tempfile::tempdir().unwrap();
    forwards(folder.path(), &[listen, "127.0.0.1:0"], what, "", action);
}

#[test]
fn by_datagrams() {
    forwards_plainly("--udp", "udp:", "protocol=\"udp\"");
}

#[test]
fn over_tcp_with_counted_lines() {
    forwards_plainly(
        "--tcp",
        "tcp:",
        "protocol=\"tcp\" tcp_framing=\"octet-counted\"",
    );
}

#[test]
fn over_tcp_with_lines() {
    forwards_plainly(
        "--tcp",
        "tcp:",
        "protocol=\"tcp\" tcp_framing=\"traditional\"",
    );
}

#[test]
fn over_tls() {
    if needed::program("openssl", "openssl").is_none()
        || module("lmnsd_gtls.so", "rsyslog-gnutls").is_none()
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    certificates(folder);
    let [ca, own, key] =
        ["ca.pem", "own.pem", "own.key"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    let listen = [
        "--tls",
        "127.0.0.1:0",
        "--tls-certificate",
        &own,
        "--tls-key",
        &key,
        "--tls-client-ca",
        &ca,
    ];
    let global = format!(
        "defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{ca}\" \
         defaultNetstreamDriverCertFile=\"{own}\" defaultNetstreamDriverKeyFile=\"{key}\""
    );
    let action = "protocol=\"tcp\" tcp_framing=\"octet-counted\" streamDriver=\"gtls\" streamDriverMode=\"1\" \
                  streamDriverAuthMode=\"x509/name\" streamDriverPermittedPeers=\"hapline.test\"";
    forwards(folder, &listen, "tls:", &global, action);
}

/// A module of rsyslog.
pub fn module(name: &str, package: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
    let folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
    let found = folders
        .chain([Path::new("/usr/lib").to_owned()])
        .map(|folder| folder.join("rsyslog").join(name))
        .find(|module| module.is_file());
    if found.is_none() {
        needed::missing(name, &format!("apt-get install {package}"));
    }
    found
}
