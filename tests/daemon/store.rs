//! A store that cannot be used: that is said and shown, lines are taken in all the same, and nothing is destroyed.

use std::fs;
use std::io::Write;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::Value;

use super::daemon::Daemon;
use super::lines;
use super::needed;
use super::report;
use super::wait;

/// Lines that are sent.
const SENT: u64 = 50;

fn arguments(store: &Path) -> [&str; 6] {
    let store = store.to_str().unwrap();
    [
        "--udp",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--store",
        store,
    ]
}

fn daemon(store: &Path) -> Daemon {
    Daemon::start(&arguments(store))
}

/// A store with some lines, closed.
fn make(store: &Path) {
    let mut daemon = daemon(store);
    takes_lines(&daemon);
    daemon.stop();
}

/// Lines that are sent now are counted.
fn takes_lines(daemon: &Daemon) {
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (address, before) = (daemon.address("udp:"), daemon.requests());
    for number in 0..SENT {
        let line = lines::datagram(&lines::request(number, 200));
        sender.send_to(line.as_bytes(), address).unwrap();
    }
    daemon.wait_for_requests(before + SENT);
}

/// It says so on standard error and on `/readyz`, and takes lines in.
fn goes_on_without(daemon: &Daemon, why: &str) {
    daemon.wait_for(why);
    daemon.wait_for("nothing is stored: everything is in memory, until a restart");
    takes_lines(daemon);
    let store = daemon.readiness_of_store();
    assert_eq!(store["ok"], false, "{store}");
    assert!(store["detail"].as_str().unwrap().contains(why), "{store}");
    assert_eq!(daemon.page("/readyz").0, 503);
    assert_eq!(daemon.page("/healthz").0, 200);
}

#[test]
fn one_that_another_hapline_writes_stays_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    let mut first = daemon(&store);
    takes_lines(&first);
    let mut second = daemon(&store);
    goes_on_without(&second, "in use by another hapline (process ");
    second.stop();
    assert_eq!(first.readiness_of_store()["ok"], true);
    first.stop();
    assert_eq!(report::of_store(&store)["coverage"]["lines"], SENT);
}

#[test]
fn one_of_a_newer_hapline_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    make(&store);
    let database = rusqlite::Connection::open(&store).unwrap();
    database.pragma_update(None, "user_version", 4_711).unwrap();
    database.close().unwrap();
    let before = fs::read(&store).unwrap();
    let mut daemon = daemon(&store);
    goes_on_without(&daemon, "its format is 4711, and this hapline knows up to ");
    daemon.stop();
    assert!(fs::read(&store).unwrap() == before, "it was changed");
}

#[test]
fn a_file_of_something_else_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    let text = "dear diary\n".repeat(1_000);
    fs::write(&store, &text).unwrap();
    let mut daemon = daemon(&store);
    goes_on_without(&daemon, "not a hapline store, nor any other database");
    daemon.stop();
    assert_eq!(fs::read_to_string(&store).unwrap(), text);
}

/// What is damaged is kept beside the new one.
#[test]
fn a_damaged_one_is_set_aside_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    make(&store);
    let mut damaged = fs::read(&store).unwrap();
    damaged[..4_096].fill(0xa5);
    fs::write(&store, &damaged).unwrap();
    let mut daemon = daemon(&store);
    daemon.wait_for(".corrupt-");
    takes_lines(&daemon);
    daemon.stop();
    let names = fs::read_dir(folder.path()).unwrap();
    let aside = names
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().contains(".corrupt-"));
    assert!(fs::read(aside.unwrap()).unwrap() == damaged);
    assert_eq!(report::of_store(&store)["coverage"]["lines"], SENT);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("none/h.db");
    let mut daemon = daemon(&store);
    goes_on_without(&daemon, "there is no directory ");
    daemon.stop();
    assert!(!store.exists());
}

/// A daemon in a file system of its own, in which this was run before; none where that is not allowed.
fn within(script: &str, folder: &Path, store: &Path) -> Option<Daemon> {
    let mount = Command::new("unshare")
        .args(["-m", "sh", "-ec", script, "sh"])
        .arg(folder)
        .arg("true")
        .output();
    if !mount.is_ok_and(|output| output.status.success()) {
        needed::skipped(
            "a file system that is full or read-only",
            "run the tests as root",
        );
        return None;
    }
    let before = ["unshare", "-m", "sh", "-ec", script, "sh"];
    let before = before.into_iter().chain([folder.to_str().unwrap()]);
    Some(Daemon::start_by(
        &before.collect::<Vec<_>>(),
        &arguments(store),
    ))
}

#[test]
fn a_file_system_for_reading_is_named_and_the_store_on_it_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    make(&store);
    let before = fs::read(&store).unwrap();
    let mount = r#"mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; exec "$@""#;
    let Some(mut daemon) = within(mount, folder.path(), &store) else {
        return;
    };
    goes_on_without(&daemon, "the file system is read-only");
    daemon.stop();
    assert!(fs::read(&store).unwrap() == before, "it was changed");
}

/// What does not fit waits in memory, that is shown, and it is written once there is room.
#[test]
fn a_full_disk_is_named_and_what_waits_is_written_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    let mount = r#"mount -t tmpfs -o size=2m none "$1"; shift; exec "$@""#;
    let Some(mut daemon) = within(mount, folder.path(), &store) else {
        return;
    };
    takes_lines(&daemon);
    let seen = daemon.root().join(folder.path().strip_prefix("/").unwrap());
    let other = seen.join("other");
    let mut filler = fs::File::create(&other).unwrap();
    while filler.write_all(&[0; 4_096]).is_ok() {}
    drop(filler);
    let is_degraded = |daemon: &Daemon| {
        let told = daemon.readiness_of_store();
        let detail = told["detail"].as_str().unwrap();
        told["ok"] == false && detail.contains("no space left on the disk")
    };
    let mut rounds = 1;
    wait::until(Duration::from_secs(15), "a full disk to be found", || {
        rounds += 1;
        takes_lines(&daemon);
        is_degraded(&daemon).then_some(())
    });
    daemon.wait_for("no space left on the disk");
    fs::remove_file(&other).unwrap();
    daemon.wait_for(": written again after ");
    wait::until(Duration::from_secs(10), "a store in order", || {
        (daemon.readiness_of_store()["ok"] == true).then_some(())
    });
    wait::until(Duration::from_secs(10), "all lines in the store", || {
        let kept = copied(&daemon, &seen)?;
        (kept["coverage"]["lines"] == rounds * SENT).then_some(())
    });
    daemon.stop();
}

/// What a store is told to have, whose file system goes with its daemon.
fn copied(daemon: &Daemon, folder: &Path) -> Option<Value> {
    let copies = tempfile::tempdir().unwrap();
    daemon.signal(Signal::SIGSTOP);
    for name in ["h.db", "h.db-wal"] {
        fs::copy(folder.join(name), copies.path().join(name)).unwrap();
    }
    daemon.signal(Signal::SIGCONT);
    report::try_store(&copies.path().join("h.db"))
}

#[test]
fn an_idle_one_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("h.db");
    let daemon = daemon(&store);
    takes_lines(&daemon);
    report::wait_for_lines(&store, SENT);
    let database = rusqlite::Connection::open(&store).unwrap();
    let version = || -> i64 {
        let version = database.query_row("PRAGMA data_version", [], |row| row.get(0));
        version.unwrap()
    };
    let still = Duration::from_secs(4);
    wait::until(4 * still, "a pause in which nothing is written", || {
        let before = version();
        std::thread::sleep(still);
        (version() == before).then_some(())
    });
}
