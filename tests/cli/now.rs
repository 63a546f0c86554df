//! `--stats-socket`: whether it is over now.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Output;
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

use super::{hapline, printed};

/// A server that goes DOWN, and no more of it.
const LOG: &str = "2026-11-20T09:46:12Z lb1 haproxy[7]: Server app/web2 is DOWN, reason: Layer4 timeout, check duration: \
                   2001ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.\n";

/// As HAProxy answers `show stat`, of the columns that matter.
fn stat(web2: &str) -> String {
    format!(
        "# pxname,svname,qcur,status,lastchg,type,\napp,web1,0,UP,7000,2,\napp,web2,0,{web2},2,\nother,web2,0,DOWN,9,2,\n\n"
    )
}

/// A folder with the log, and a socket in it that gives this answer to each who asks.
fn site(answer: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("haproxy.log"), LOG).unwrap();
    let path = folder.path().join("admin.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let answer = answer.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 64]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (folder, path)
}

fn run(folder: &TempDir, socket: &str, format: &str) -> Output {
    hapline()
        .args([
            "report",
            "--timezone",
            "UTC",
            "--stats-socket",
            socket,
            "--format",
            format,
        ])
        .arg(folder.path().join("haproxy.log"))
        .output()
        .unwrap()
}

/// Standard output of a run with nothing to say beside it.
fn told(answer: &str, format: &str) -> String {
    let (folder, socket) = site(answer);
    let run = run(&folder, socket.to_str().unwrap(), format);
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert_eq!(run.status.code(), Some(0));
    String::from_utf8(run.stdout).unwrap()
}

fn document(answer: &str) -> Value {
    serde_json::from_str(&told(answer, "json")).unwrap()
}

#[test]
fn what_had_no_end_is_over_or_goes_on() {
    for (web2, is_up, over) in [
        ("UP,184", true, true),
        ("UP 1/3,184", true, true),
        ("no check,184", true, true),
        ("DOWN,184", false, false),
        ("MAINT (via app/web1),184", false, false),
    ] {
        let document = document(&stat(web2));
        let incident = &document["incidents"][0];
        assert_eq!(incident["end"], Value::Null);
        assert_eq!(incident["now"]["over"], over, "{web2}");
        let servers = incident["now"]["servers"].as_array().unwrap();
        assert_eq!(servers.len(), 1);
        assert_eq!(servers[0]["name"], "web2");
        assert_eq!(servers[0]["state"], web2.strip_suffix(",184").unwrap());
        assert_eq!(servers[0]["is_up"], is_up);
        assert_eq!(document["now"]["over"], over);
        assert_eq!(document["now"]["up"], 1 + u64::from(is_up));
        let seconds = |time: &Value| {
            time.as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .unwrap()
                .as_second()
        };
        let (asked, since) = (
            seconds(&document["now"]["time"]),
            seconds(&servers[0]["since"]),
        );
        assert_eq!(asked - since, 184);
    }
}

#[test]
fn people_read_it_in_the_head_and_at_the_incident() {
    // Where a line ends depends on how long the name of the folder is.
    let text = |web2: &str| {
        let text = told(&stat(web2), "text");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let over = text("UP,184");
    assert!(
        over.contains(
            "2 of 3 servers in service; other/web2 DOWN for 9 s; what had no end in the log is over"
        ),
        "{over}"
    );
    assert!(
        over.contains("HAProxy says now: web2 UP for 3 m 04 s, so it is over."),
        "{over}"
    );
    assert!(over.contains("since 09:46:12, no end in the log"), "{over}");
    let open = text("DOWN,184");
    assert!(
        open.contains("HAProxy says now: web2 DOWN for 3 m 04 s, so it still goes on."),
        "{open}"
    );
    assert!(open.contains("since 09:46:12, still going on"), "{open}");
    let markdown = told(&stat("UP,184"), "markdown");
    assert!(
        markdown.contains("| **Now** | HAProxy says now: web2 UP for 3 m 04 s, so it is over |"),
        "{markdown}"
    );
}

/// A server that this HAProxy does not have is not said to be anything.
#[test]
fn another_haproxy_knows_nothing_of_it() {
    let document = document("# pxname,svname,status,lastchg,type,\nmail,mx1,UP,5,2,\n\n");
    assert_eq!(
        document["incidents"][0]["now"]["servers"],
        serde_json::json!([])
    );
    assert_eq!(document["incidents"][0]["now"]["over"], Value::Null);
    assert_eq!(document["now"]["over"], Value::Null);
}

#[test]
fn states_are_a_strangers_text() {
    let text = told(&stat("\u{1b}[2J<b>,184"), "text");
    assert!(
        text.contains("web2 \\x1b[2J<b>") && !text.contains('\u{1b}'),
        "{text}"
    );
}

/// The report is printed all the same.
#[test]
fn no_answer_is_an_error_beside_the_report() {
    for (answer, said, hint) in [
        (
            "Permission denied\n",
            "HAProxy permits no such question here",
            "hint: set `stats socket … level operator`",
        ),
        (
            "Unknown command\n",
            "this is no answer of HAProxy's: Unknown command",
            "hint: name a `stats socket`",
        ),
        ("", "an empty answer", "hint: name a `stats socket`"),
    ] {
        let (folder, socket) = site(answer);
        let socket = socket.to_str().unwrap();
        let run = run(&folder, socket, "json");
        let error = String::from_utf8_lossy(&run.stderr);
        assert!(
            error.starts_with(&format!("hapline: {socket}: {said}\n{hint}")),
            "{error}"
        );
        assert_eq!(run.status.code(), Some(2));
        let document: Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(document["now"], Value::Null);
        assert_eq!(document["incidents"][0]["now"], Value::Null);
    }
    let (folder, _socket) = site("");
    let run = run(&folder, "/no/such.sock", "text");
    let error = String::from_utf8_lossy(&run.stderr);
    assert!(
        error.starts_with("hapline: /no/such.sock: there is no such socket\nhint: "),
        "{error}"
    );
    assert!(String::from_utf8_lossy(&run.stdout).contains("app lost web2"));
}

#[test]
fn a_port_is_asked_like_a_path() {
    let (folder, _socket) = site("");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served: JoinHandle<()> = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 64]);
        stream.write_all(stat("UP,5").as_bytes()).unwrap();
    });
    let run = run(&folder, &address, "json");
    served.join().unwrap();
    let document: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(document["now"]["socket"], address.as_str());
    assert_eq!(document["incidents"][0]["now"]["over"], true);
}

#[test]
fn a_feed_asks_at_its_end() {
    let (_folder, socket) = site(&stat("UP,184"));
    let live = printed(
        hapline()
            .args([
                "--timezone",
                "UTC",
                "--stats-socket",
                socket.to_str().unwrap(),
            ])
            .write_stdin(LOG),
    );
    assert!(
        live.contains("HAProxy says now: web2 UP for 3 m 04 s, so it is over."),
        "{live}"
    );
    let run = hapline()
        .args(["--timezone", "UTC", "--stats-socket", "/no/such.sock"])
        .write_stdin(LOG)
        .assert()
        .code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stdout).contains("app lost web2"));
}
