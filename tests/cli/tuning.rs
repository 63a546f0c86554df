//! Log lines in, advice out: what `advise` says of settings that trip people up.

use std::io::Write;

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{hapline, printed};

/// A log in the making, its lines a fixed time apart.
struct Log {
    file: NamedTempFile,
    step_ms: u64,
    lines: u64,
}

impl Log {
    fn new(step_ms: u64) -> Self {
        Self {
            file: NamedTempFile::new().unwrap(),
            step_ms,
            lines: 0,
        }
    }

    /// So many lines of requests, as HAProxy writes them behind the accept date; `#` is the number of the line.
    fn requests(self, n: u64, line: &str) -> Self {
        self.mixed(n, &[line])
    }

    /// The same by turns.
    fn mixed(mut self, n: u64, turns: &[&str]) -> Self {
        for nth in 0..n {
            let ms = self.lines * self.step_ms;
            let (hour, minute) = (9 + ms / 3_600_000, ms / 60_000 % 60);
            let (second, ms) = (ms / 1_000 % 60, ms % 1_000);
            let rest = turns[nth as usize % turns.len()].replace('#', &self.lines.to_string());
            let client = self.lines % 200;
            self.lines += 1;
            writeln!(
                self.file,
                "Mar 14 {hour:02}:{minute:02}:{second:02} lb1 haproxy[77]: 10.0.0.{client}:4{client:04} [14/Mar/2026:{hour:02}:{minute:02}:{second:02}.{ms:03}] {rest}",
            )
            .unwrap();
        }
        self
    }

    /// What is said, with this configuration or none.
    fn advise(&self, config: Option<&str>) -> Value {
        let mut hapline = hapline();
        hapline.arg("advise").arg(self.file.path());
        hapline.args(["--timezone", "UTC", "--format", "json"]);
        let mut file = NamedTempFile::new().unwrap();
        if let Some(config) = config {
            file.write_all(config.as_bytes()).unwrap();
            hapline.arg("--config").arg(file.path());
        }
        serde_json::from_str(&printed(&mut hapline)).unwrap()
    }
}

/// Each piece in short.
fn pieces(said: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let advice = said["advice"].as_array().unwrap().iter();
    advice
        .map(|piece| {
            let fields = ["direction", "keyword", "scope", "suggested"];
            fields.map(|field| text(&piece[field])).join(" ")
        })
        .collect()
}

/// The review of a timeout of a proxy.
fn timer<'a>(said: &'a Value, scope: &str, timeout: &str) -> &'a Value {
    let all = |value: &'a Value| value.as_array().unwrap().iter();
    let mut backends = all(&said["backends"]);
    let backend = backends.find(|backend| backend["scope"] == scope);
    let mut timers = all(&backend.unwrap_or_else(|| panic!("{said}"))["timers"]);
    let timer = timers.find(|timer| timer["timeout"] == timeout);
    timer.unwrap_or_else(|| panic!("{said}"))
}

const SITE: &str = "defaults\n mode http\n timeout connect 1s\n timeout client 30s\n timeout server 30s\nfrontend www\n bind 127.0.0.1:80\n default_backend app\nbackend app\n server a1 127.0.0.1:8001\n server a2 127.0.0.1:8002\n";
const PAGE: &str = "www app/a1 0/0/1/40/42 200 900 - - ---- 9/9/3/2/0 0/0 \"GET /page/# HTTP/1.1\"";

#[test]
fn web_sockets_that_idle_ask_for_a_timeout_of_their_own() {
    let talking = "www app/a1 0/0/1/4/95000 101 900 - - ---- 9/9/3/2/0 0/0 \"GET /ws HTTP/1.1\"";
    let silent = "www app/a2 0/0/1/4/30007 101 136 - - sD-- 9/9/3/2/0 0/0 \"GET /ws HTTP/1.1\"";
    let connect =
        "www app/a2 0/0/1/4/31007 200 39 - - cD-- 9/9/3/2/0 0/0 \"CONNECT x:443 HTTP/1.1\"";
    let log = Log::new(1_000).mixed(
        900,
        &[PAGE, PAGE, PAGE, PAGE, talking, silent, PAGE, connect],
    );
    let said = log.advise(Some(SITE));
    assert_eq!(
        pieces(&said),
        ["set timeout tunnel backend app 1h"],
        "{said}"
    );
    let tunnel = timer(&said, "backend app", "timeout tunnel");
    assert_eq!(
        tunnel["why"],
        "224 of 336 tunnels (web sockets, CONNECT) were cut after 30 s of silence by `timeout client`, which stands in for it."
    );
    assert_eq!(
        (&tunnel["cut"], &tunnel["all"]["n"]),
        (&224.into(), &112.into())
    );
    // They are no slow answers, and no stalled readers.
    let server = timer(&said, "backend app", "timeout server");
    assert_eq!(
        (&server["cut"], &server["verdict"]),
        (&0.into(), &"keep".into())
    );
    // With a timeout of their own nobody knows how long those that are in use are silent.
    let set = SITE.replace("backend app\n", "backend app\n timeout tunnel 30s\n");
    let said = log.advise(Some(&set));
    assert_eq!(pieces(&said), ["cannot_tell timeout tunnel backend app -"]);
    // A few of many have vanished.
    let rare = Log::new(1_000)
        .mixed(900, &[PAGE, talking])
        .requests(9, silent);
    assert_eq!(
        pieces(&rare.advise(Some(SITE))),
        ["cannot_tell timeout tunnel backend app -"]
    );
}

#[test]
fn in_tcp_mode_a_client_that_waits_is_cut_before_its_server() {
    let tcp = "defaults\n mode tcp\n timeout connect 1s\n timeout client 10s\n timeout server 60s\nfrontend db\n bind 127.0.0.1:80\n default_backend sql\nbackend sql\n server s1 127.0.0.1:8001\n";
    let session = |ms: u32, term: &str| format!("db sql/s1 1/0/{ms} 43 {term} 4/1/0/0/0 0/0");
    let (short, long) = (session(900, "--"), session(8_400, "--"));
    let cut = session(10_002, "cD");
    let log = Log::new(500).mixed(900, &[&short, &long, &short, &cut]);
    let said = log.advise(Some(tcp));
    assert_eq!(pieces(&said), ["raise timeout client frontend db 1m"]);
    let why = timer(&said, "frontend db", "timeout client")["why"].as_str();
    assert_eq!(
        why.unwrap(),
        "It cut 225 of 900 sessions at once, and others were done shortly before; a server may be silent for 1m, but in TCP mode its client, who waits for it, for 10s only: that is logged as the client's silence."
    );
    // In HTTP mode the same two values are no trap.
    let waits =
        "www app/a1 0/0/1/25000/25042 200 900 - - ---- 9/9/3/2/0 0/0 \"GET /report HTTP/1.1\"";
    let log = Log::new(500).mixed(900, &[PAGE, waits]);
    let short = SITE.replace("timeout client 30s", "timeout client 10s");
    assert_eq!(pieces(&log.advise(Some(&short))), [""; 0]);
}
