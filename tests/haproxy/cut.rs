//! Long requests behind a `log` line with a `len`.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command};

use super::proxy::{free_address, installed, run, wait_for_service};
use super::tee::Tee;

/// Requests with a long URL.
const LONG: usize = 6;

/// A process that is killed when the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for an URL of so many bytes.
fn get(address: SocketAddr, bytes: usize) {
    let mut connection = TcpStream::connect(address).unwrap();
    let url = "x".repeat(bytes);
    write!(connection, "GET /{url} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}

/// HAProxy answers itself, and logs once with `len 200` and once without.
fn logs(folder: &Path) -> Option<()> {
    let program = installed()?;
    let [short, long] = ["short.log", "long.log"].map(|name| Tee::start(&folder.join(name)));
    let address = free_address();
    let config = format!(
        "global
    log {} len 200 local0
    log {} local0
defaults
    mode http
    log global
    option httplog
    timeout client 5s
frontend fe_www
    bind {address}
    http-request return status 200
",
        short.address(),
        long.address()
    );
    std::fs::write(folder.join("haproxy.cfg"), config).unwrap();
    let _haproxy = Running(run(&program, folder, &[], &[]));
    wait_for_service(address);
    for number in 0..LONG {
        get(address, 10);
        get(address, 3_000 + number);
    }
    short.settled();
    long.settled();
    Some(())
}

fn report(folder: &Path, log: &str, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .current_dir(folder)
        .args(["report", log, "--timezone", "UTC"])
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_length_that_cut_requests_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let Some(()) = logs(folder.path()) else {
        return;
    };
    let config = ["--config", "haproxy.cfg"];
    let short = report(folder.path(), "short.log", &config);
    let line = "len 200 local0` (haproxy.cfg:2) a larger `len`";
    assert!(
        short.contains("at 200 bytes: give `log 127.0.0.1:"),
        "{short}"
    );
    assert!(short.contains(line), "{short}");
    let cut = format!("{LONG} lines are cut, most of them at 1,024 bytes: give ");
    for (more, line) in [
        (&config[..], "local0` (haproxy.cfg:3) a larger `len`"),
        (&[], "the `log` line of haproxy.cfg a larger `len`"),
    ] {
        let long = report(folder.path(), "long.log", more);
        assert!(long.contains(&cut) && long.contains(line), "{long}");
    }
}
