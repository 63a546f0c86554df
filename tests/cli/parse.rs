//! `hapline parse`: lines in, records out, in order and whole.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::{BACKEND_DOWN, hapline, printed, refused, sample};

const REQUEST: &str = "10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 \"GET /q HTTP/1.1\"\n";
const STATE: &str = "Server app/web2 is UP/READY (leaving forced maintenance).\n";
const NOISE: &str = "Feb  6 12:14:14 lb1 sshd[7]: Accepted publickey for root\n";

/// A directory with these files.
fn files(contents: &[(&str, &[u8])]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in contents {
        fs::write(directory.path().join(name), content).unwrap();
    }
    directory
}

/// What `hapline parse` prints in a directory.
fn parsed(directory: &TempDir, arguments: &[&str]) -> String {
    printed(
        hapline()
            .current_dir(directory.path())
            .arg("parse")
            .args(arguments),
    )
}

fn objects(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// `source` and `line` of each record.
fn places(output: &str) -> Vec<(String, u64)> {
    let place = |record: &Value| {
        (
            record["source"].as_str().unwrap().to_owned(),
            record["line"].as_u64().unwrap(),
        )
    };
    objects(output).iter().map(place).collect()
}

#[test]
fn a_record_for_each_line_of_each_file() {
    let first = format!("{REQUEST}\n{NOISE}{STATE}");
    let directory = files(&[
        ("b.log", first.as_bytes()),
        ("a.log", REQUEST.trim().as_bytes()),
    ]);
    let output = parsed(&directory, &["b.log", "a.log"]);
    let expected = [
        ("b.log", 1),
        ("b.log", 2),
        ("b.log", 3),
        ("b.log", 4),
        ("a.log", 1),
    ];
    assert_eq!(
        places(&output),
        expected.map(|(source, line)| (source.to_owned(), line))
    );
    let kinds: Vec<Value> = objects(&output)
        .iter()
        .map(|record| record["kind"].clone())
        .collect();
    assert_eq!(kinds, ["http", "unknown", "unknown", "event", "http"]);
}

#[test]
fn many_blocks_and_threads_keep_the_order() {
    let log = fs::read(sample(BACKEND_DOWN)).unwrap();
    let long = [b"x".repeat(200_000), b"\n".to_vec()].concat();
    let big = [log.repeat(5), long, log].concat();
    let lines = big.split_inclusive(|byte| *byte == b'\n').count();
    let directory = files(&[("big.log", &big)]);
    let one = parsed(&directory, &["big.log", "--threads", "1"]);
    let places = places(&one);
    assert_eq!(places.len(), lines);
    assert!(
        places
            .iter()
            .zip(1..)
            .all(|((_, line), number)| *line == number)
    );
    assert_eq!(parsed(&directory, &["big.log", "--threads", "7"]), one);
    let piped = printed(hapline().args(["parse", "-"]).write_stdin(big));
    assert_eq!(
        piped.replace("\"source\":\"stdin\"", "\"source\":\"big.log\""),
        one
    );
}

#[test]
fn only_some_lines_keep_their_numbers() {
    let directory = files(&[("a.log", format!("{NOISE}{REQUEST}{STATE}").as_bytes())]);
    let lines = |arguments: &[&str]| -> Vec<u64> {
        let output = parsed(&directory, &[arguments, &["a.log"]].concat());
        places(&output).into_iter().map(|(_, line)| line).collect()
    };
    assert_eq!(lines(&[]), [1, 2, 3]);
    assert_eq!(lines(&["--only", "traffic"]), [2]);
    assert_eq!(lines(&["--only", "state"]), [3]);
    assert_eq!(lines(&["--only", "unknown", "--only", "state"]), [1, 3]);
}

#[test]
fn csv_has_the_same_columns_for_every_line() {
    let quoted = REQUEST
        .replace("/q", "/a,#22b#22")
        .replace(" - - ", " A=\"x,y\" - ");
    let directory = files(&[("a,b.log", format!("{quoted}{STATE}").as_bytes())]);
    let output = parsed(&directory, &["a,b.log", "--format", "csv"]);
    insta::assert_snapshot!(output.replace("\r\n", "⏎\n"), @r#"
    source,line,header_ts,host,pid,kind,event,ts,client_ip,client_port,frontend,tls,backend,server,TR,Tw,Tc,Tr,Ta,Tt,status,bytes,req_cookie,resp_cookie,term,actconn,feconn,beconn,srv_conn,retries,redispatched,srv_queue,backend_queue,method,uri,version,reason,check,code,cause,error,truncated⏎
    "a,b.log",1,,,,http,,2026-02-06T12:14:14.655,10.0.0.5,51000,www,false,app,web2,2,0,0,21,23,,200,6312,"A=""x,y""",,----,8,7,6,3,0,false,0,0,GET,"/a,""b""",HTTP/1.1,,,,,,⏎
    "a,b.log",2,,,,event,server_ready,,,,,,app,web2,,,,,,,,,,,,,,,,,,,,,,,,,,leaving forced maintenance,,⏎
    "#);
}

#[test]
fn logfmt_has_what_the_record_has() {
    let request = REQUEST
        .replace("GET /q", "GET /a#22#5C=b")
        .replace("\"GET", "{x y|} {} \"GET");
    let directory = files(&[("a.log", format!("{request}{STATE}").as_bytes())]);
    let output = parsed(&directory, &["a.log", "--format", "logfmt"]);
    insta::assert_snapshot!(output, @r#"
    source=a.log line=1 kind=http client_ip=10.0.0.5 client_port=51000 ts=2026-02-06T12:14:14.655 frontend=www tls=false backend=app server=web2 TR=2 Tw=0 Tc=0 Tr=21 Ta=23 status=200 bytes=6312 term=---- actconn=8 feconn=7 beconn=6 srv_conn=3 retries=0 redispatched=false srv_queue=0 backend_queue=0 req_caps.0="x y" req_caps.1="" resp_caps.0="" request="GET /a\"\\=b HTTP/1.1" method=GET uri="/a\"\\=b" version=HTTP/1.1
    source=a.log line=2 kind=event event=server_ready backend=app server=web2 state=UP admin=READY cause="leaving forced maintenance"
    "#);
}

/// Names of what is nested are not repeated for each leaf: what comes out grows as what goes in.
#[test]
fn logfmt_of_nested_json_is_bounded() {
    let nested = r##"{"a":{"b":[1,{"c":"x y"}]},"d":[2,3],"e":"f"}"##;
    let deep = format!(r#"{{"{}":[{}0]}}"#, "k".repeat(20_000), "0,".repeat(20_000));
    let directory = files(&[("a.log", format!("{nested}\n{deep}\n").as_bytes())]);
    let output = parsed(&directory, &["a.log", "--format", "logfmt"]);
    let (first, second) = output.split_once('\n').unwrap();
    let expected = r#"source=a.log line=1 kind=json fields.a="{\"b\":[1,{\"c\":\"x y\"}]}" fields.d=[2,3] fields.e=f"#;
    assert_eq!(first, expected);
    assert!(second.len() < 2 * deep.len(), "{} bytes", second.len());
}

/// Paints a terminal, turns the text around, and is no UTF-8; in a cookie, which HAProxy copies, and in a request,
/// where it stands escaped.
#[test]
fn nothing_that_a_terminal_obeys_comes_out() {
    let cookie = b"C=\x1b[31m\x07\xc2\x9b2J\xe2\x80\xae\x7f\xff";
    let request = REQUEST.replace("/q", "/#1B[31m#0A#E2#80#AE#C2#9B#FF");
    let (before, after) = request.split_once(" - - ").unwrap();
    let raw = b"\x1b]0;owned\x07 nothing known \xff\n";
    let line = [
        before.as_bytes(),
        b" ",
        cookie,
        b" - ",
        after.as_bytes(),
        raw,
    ]
    .concat();
    let directory = files(&[("a.log", &line)]);
    for format in ["json", "csv", "logfmt"] {
        let output = parsed(&directory, &["a.log", "--format", format]);
        let harmful = |c: &char| c.is_control() && !matches!(c, '\r' | '\n') || *c == '\u{202e}';
        assert_eq!(output.chars().find(harmful), None, "{format}: {output:?}");
        let header = usize::from(format == "csv");
        assert_eq!(output.lines().count(), 2 + header, "{format}: {output:?}");
        let records = objects(&parsed(&directory, &["a.log"]));
        assert_eq!(
            records[0]["req_cookie"],
            "C=\u{1b}[31m\u{7}\u{9b}2J\u{202e}\u{7f}\u{fffd}"
        );
        assert_eq!(records[0]["uri"], "/\u{1b}[31m\n\u{202e}\u{9b}\u{fffd}");
        assert_eq!(records[0]["lossy_utf8"], true);
        assert_eq!(records[1]["kind"], "unknown");
    }
}

#[test]
fn formats_of_the_user_are_read() {
    let line = "{\"port\": 33317, \"took\": 12, \"who\": \"a\\\"b\", \"code\": 200}\n";
    let directory = files(&[("a.log", line.as_bytes())]);
    let format = "%{+json}o %(port)cp %(took)Ta %(who)[req.hdr(x-user)] %(code)ST";
    let output = parsed(&directory, &["a.log", "--log-format", format]);
    let record = &objects(&output)[0];
    let expected = serde_json::json!({
        "source": "a.log", "line": 1, "kind": "http", "client_port": 33317, "Ta": 12, "status": 200,
        "fields": {"who": "a\"b"},
    });
    assert_eq!(*record, expected);
}

/// `tail -f | hapline parse -`: what has come is printed before the pipe ends.
#[test]
fn a_pipe_is_answered_at_once() {
    for format in ["json", "csv", "logfmt"] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("hapline"))
            .args(["parse", "-", "--format", format])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let header = usize::from(format == "csv");
        for number in 1..=3 {
            stdin.write_all(REQUEST.as_bytes()).unwrap();
            for _ in 0..(if number == 1 { 1 + header } else { 1 }) {
                lines.recv_timeout(Duration::from_secs(20)).unwrap();
            }
        }
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}

/// `hapline parse … | head -1`
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let log = sample(BACKEND_DOWN);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("hapline"))
        .arg("parse")
        .args([&log, &log, &log])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn a_file_that_is_missing_is_told_before_anything_is_printed() {
    let said = refused(hapline().args(["parse", BACKEND_DOWN, "no-such.log"]));
    assert!(
        said.starts_with("hapline: no-such.log: no such file\nhint: "),
        "{said}"
    );
}
