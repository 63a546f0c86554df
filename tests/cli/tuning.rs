//! Log lines in, advice out: what `advise` says of settings that trip people up.

use std::io::Write;

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{hapline, printed};

/// A log in the making, its lines a fixed time apart.
pub struct Log {
    file: NamedTempFile,
    step_ms: u64,
    lines: u64,
}

impl Log {
    pub fn new(step_ms: u64) -> Self {
        Self {
            file: NamedTempFile::new().unwrap(),
            step_ms,
            lines: 0,
        }
    }

    /// So many lines of requests, as HAProxy writes them behind the accept date; `#` is the number of the line.
    pub fn requests(self, n: u64, line: &str) -> Self {
        self.mixed(n, &[line])
    }

    /// The same by turns.
    pub fn mixed(mut self, n: u64, turns: &[&str]) -> Self {
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

    /// A message.
    fn event(mut self, text: &str) -> Self {
        let ms = self.lines * self.step_ms;
        let (hour, minute, second) = (9 + ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
        writeln!(
            self.file,
            "Mar 14 {hour:02}:{minute:02}:{second:02} lb1 haproxy[77]: {text}"
        )
        .unwrap();
        self
    }

    /// What is said, with this configuration or none.
    pub fn advise(&self, config: Option<&str>) -> Value {
        self.ask(config, &[])
    }

    /// The same with these arguments.
    pub fn ask(&self, config: Option<&str>, arguments: &[&str]) -> Value {
        let mut hapline = hapline();
        hapline.arg("advise").arg(self.file.path()).args(arguments);
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
pub fn pieces(said: &Value) -> Vec<String> {
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
pub fn timer<'a>(said: &'a Value, scope: &str, timeout: &str) -> &'a Value {
    let all = |value: &'a Value| value.as_array().unwrap().iter();
    let mut backends = all(&said["backends"]);
    let backend = backends.find(|backend| backend["scope"] == scope);
    let mut timers = all(&backend.unwrap_or_else(|| panic!("{said}"))["timers"]);
    let timer = timers.find(|timer| timer["timeout"] == timeout);
    timer.unwrap_or_else(|| panic!("{said}"))
}

/// What else is said of a proxy.
fn notes(said: &Value, scope: &str) -> Vec<String> {
    let backends = said["backends"].as_array().unwrap();
    let mut of_scope = backends.iter().filter(|backend| backend["scope"] == scope);
    let notes = of_scope
        .next()
        .map(|backend| backend["notes"].as_array().unwrap());
    let text = |note: &Value| note.as_str().unwrap().to_owned();
    notes.into_iter().flatten().map(text).collect()
}

pub const SITE: &str = "defaults\n mode http\n timeout connect 1s\n timeout client 30s\n timeout server 30s\nfrontend www\n bind 127.0.0.1:80\n default_backend app\nbackend app\n server a1 127.0.0.1:8001\n server a2 127.0.0.1:8002\n";
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

#[test]
fn littles_law_says_how_many_servers_can_be_lost() {
    let [a1, a2] = ["a1", "a2"].map(|server| {
        format!(
            "www app/{server} 0/0/1/399/400 200 900 - - ---- 40/39/38/19/0 0/0 \"GET /# HTTP/1.1\""
        )
    });
    let log = Log::new(10).mixed(9_000, &[&a1, &a2]);
    let said = |maxconn: &str| {
        let config = SITE.replace(":8001", &format!(":8001 {maxconn}"));
        let config = config.replace(":8002", &format!(":8002 {maxconn}"));
        notes(&log.advise(Some(&config)), "backend app")
    };
    let busy = "In its busiest calm minute 100 requests a second kept 40.0 of the";
    let slots = |slots: u32| format!("{busy} {slots} slots of 2 servers (`maxconn`) busy:");
    for (maxconn, wanted) in [
        (
            "maxconn 60",
            format!("{} 1 can be lost before the others are full.", slots(120)),
        ),
        // 40 at once in the mean are up to 53.
        (
            "maxconn 45",
            format!("{} none can be lost before the others are full.", slots(90)),
        ),
        (
            "maxconn 25",
            format!(
                "{} the others wait in bursts even while all servers are up.",
                slots(50)
            ),
        ),
    ] {
        assert_eq!(said(maxconn), [wanted]);
    }
    // Nothing limits them, or only one of them.
    assert_eq!(said(""), [""; 0]);
    let one = SITE.replace(":8001", ":8001 maxconn 60");
    assert_eq!(notes(&log.advise(Some(&one)), "backend app"), [""; 0]);
}

#[test]
fn what_keeps_a_backend_busy_is_that_of_all_its_servers_among_others() {
    let others = (0..8).map(|nth| format!("other{}/s{}", nth % 4, nth / 4));
    let servers = ["app/a1", "app/a2"].map(str::to_owned).into_iter();
    let lines = servers.chain(others).map(|server| {
        format!("www {server} 0/0/1/399/400 200 900 - - ---- 40/39/38/19/0 0/0 \"GET /# HTTP/1.1\"")
    });
    let lines: Vec<String> = lines.collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let config = [":8001", ":8002"]
        .iter()
        .fold(SITE.to_owned(), |config, port| {
            config.replace(port, &format!("{port} maxconn 60"))
        });
    let said = Log::new(10).mixed(9_000, &lines).advise(Some(&config));
    let busy = "In its busiest calm minute 20 requests a second kept 8.0 of the 120 slots";
    let notes = notes(&said, "backend app");
    assert!(notes.iter().any(|note| note.starts_with(busy)), "{notes:?}");
}

#[test]
fn shares_are_held_against_weights_where_weights_decide() {
    let other = PAGE.replace("app/a1", "app/a2");
    let log = Log::new(50).mixed(2_000, &[PAGE, PAGE, PAGE, &other]);
    let said = |from: &str, to: &str| {
        let config = SITE.replace(from, to);
        notes(&log.advise(Some(&config)), "backend app")
    };
    let told = "In calm minutes a2 got 25 % of 2,000 requests, by its weight 50 % were due";
    let changed = "weights or states were changed while HAProxy ran (`show servers state`), or rules choose the server.";
    assert_eq!(said("", ""), [format!("{told}: {changed}")]);
    // The one that got less has fewer slots, ...
    let slots = |of: [&str; 2]| {
        let config = SITE
            .replace(":8001", &format!(":8001 maxconn {}", of[0]))
            .replace(":8002", &format!(":8002 maxconn {}", of[1]));
        let said = notes(&log.advise(Some(&config)), "backend app");
        let note = said.into_iter().find(|note| note.starts_with(told));
        note.expect("a note on the shares")
    };
    let full = "it has fewer slots (`maxconn`) than its neighbours, and is passed over while they are taken; or ";
    assert_eq!(slots(["200", "2"]), format!("{told}: {full}{changed}"));
    // ... more, or as many.
    for of in [["2", "200"], ["2", "2"]] {
        assert_eq!(slots(of), format!("{told}: {changed}"));
    }
    let because = |what: &str| format!("{told}; {what} decides, and weights only for new clients.");
    let with = |line: &str| said("backend app\n", &format!("backend app\n {line}\n"));
    assert_eq!(with("cookie SRV insert"), [because("the cookie")]);
    assert_eq!(with("stick on src"), [because("the stick table")]);
    assert_eq!(
        with("balance source"),
        [because("the algorithm of `balance`")]
    );
    let quick = "`balance leastconn` gives more to servers that answer sooner (its median is 40 ms, that of all 40 ms).";
    assert_eq!(with("balance leastconn"), [format!("{told}; {quick}")]);
    // They are as they should be; an agent sets them.
    assert_eq!(said(":8001", ":8001 weight 3"), [""; 0]);
    assert_eq!(
        said(":8001", ":8001 weight 9 agent-check agent-port 99"),
        [""; 0]
    );
}

#[test]
fn connections_are_held_against_their_limits() {
    let page = |connections: u32| {
        format!(
            "www app/a1 0/0/1/40/42 200 900 - - ---- 90/{connections}/3/2/0 0/0 \"GET /page/# HTTP/1.1\""
        )
    };
    let log = Log::new(100).mixed(1_000, &[&page(20), &page(31), &page(45)]);
    let config = |maxconn: u32| {
        let limit = format!("frontend www\n maxconn {maxconn}\n");
        format!(
            "global\n maxconn 500\n{}",
            SITE.replace("frontend www\n", &limit)
        )
    };
    let said = log.advise(Some(&config(60)));
    let held = "It held at most 45 connections at once; its `maxconn` is 60.";
    assert_eq!(notes(&said, "frontend www"), [held]);
    let process = "Connections at once: up to 90 in the log; the process may hold 500 (`maxconn`).";
    assert_eq!(notes(&said, "global"), [process]);
    assert_eq!(pieces(&said), [""; 0]);
    let full = log.advise(Some(&config(45)));
    let both = [
        "raise maxconn frontend www 100",
        "set timeout http-keep-alive frontend www 15s",
    ];
    assert_eq!(pieces(&full), both);
}

#[test]
fn one_backup_server_that_drowns_beside_idle_ones_is_not_to_be_alone() {
    let config = "defaults\n mode http\n timeout connect 1s\n timeout client 30s\n timeout server 2s\nfrontend www\n bind 127.0.0.1:80\n default_backend app\nbackend app\n server a1 127.0.0.1:8001 check\n server b1 127.0.0.1:8003 check backup\n server b2 127.0.0.1:8004 check backup\n";
    let cut = "www app/b1 0/0/1/-1/2002 504 198 - - sH-- 9/9/3/2/0 0/0 \"GET /page/# HTTP/1.1\"";
    let slow = "www app/b1 0/0/1/1500/1502 200 900 - - ---- 9/9/3/2/0 0/0 \"GET /page/# HTTP/1.1\"";
    let mut log = Log::new(100).requests(900, PAGE);
    log = log.event("Server app/a1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 0 active and 2 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.");
    log = log.mixed(300, &[cut, slow]);
    log = log.event("Server app/a1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 2 backup servers online. 0 sessions requeued, 0 total in queue.");
    log = log.requests(300, PAGE);
    let wanted = "set option allbackups backend app -".to_owned();
    let said = log.advise(Some(config));
    assert!(pieces(&said).contains(&wanted), "{said}");
    let all = config.replace("backend app\n", "backend app\n option allbackups\n");
    assert!(!pieces(&log.advise(Some(&all))).contains(&wanted));
    let only = config.replace(" server b2 127.0.0.1:8004 check backup\n", "");
    assert!(!pieces(&log.advise(Some(&only))).contains(&wanted));
}

#[test]
fn requests_on_connections_that_servers_were_closing_are_told() {
    // As HAProxy writes them: a connection that is used again has no `Tc`.
    let race = |server: &str| {
        format!("www app/{server} 0/0/0/-1/0 502 209 - - SH-- 2/2/0/0/0 0/0 \"GET /# HTTP/1.1\"")
    };
    let (a1, a2) = (race("a1"), race("a2"));
    let other = PAGE.replace("app/a1", "app/a2");
    let some = |log: Log, n: usize, ends: [&str; 2]| {
        (0..n).fold(log, |log, nth| {
            let log = log.mixed(200, &[PAGE, &other]);
            log.requests(1, ends[nth % 2])
        })
    };
    let spread = |log: Log, ends: [&str; 2]| some(log, 20, ends);
    let config = |line: &str| SITE.replace("backend app\n", &format!("backend app\n {line}\n"));
    let always = config("http-reuse always");
    // Few are less sure.
    for (n, confidence) in [(4, None), (6, Some(0.5)), (20, Some(0.65))] {
        let said = some(Log::new(500), n, [&a1, &a2]).advise(Some(&always));
        assert_eq!(
            said["advice"][0]["confidence"].as_f64(),
            confidence,
            "{said}"
        );
    }
    let log = spread(Log::new(500), [&a1, &a2]);
    let said = log.advise(Some(&always));
    assert_eq!(pieces(&said), ["set http-reuse backend app safe"], "{said}");
    assert_eq!(said["advice"][0]["samples"]["censored"], 20);
    // Such requests get connections of their own; they are repeated already.
    for line in [
        "http-reuse safe",
        "balance roundrobin",
        "http-reuse always\n retry-on conn-failure empty-response",
    ] {
        let said = log.advise(Some(&config(line)));
        assert!(!said.to_string().contains("http-reuse"), "{line}: {said}");
    }
    // One server alone; after work; on new connections.
    let late = a1.replace("0/0/0/-1/0", "0/0/0/-1/900");
    let new = a1.replace("0/0/0/-1/0", "0/0/3/-1/3");
    let others = [&late, &new].map(|end| (end.clone(), end.replace("app/a1", "app/a2")));
    let alone = (a1.clone(), a1.clone());
    for (one, two) in others.iter().chain([&alone]) {
        let said = spread(Log::new(500), [one, two]).advise(Some(&always));
        assert!(!said.to_string().contains("http-reuse"), "{one}: {said}");
    }
}

#[test]
fn retries_multiply_the_time_to_connect() {
    let config = SITE.replace("timeout connect 1s", "timeout connect 5s\n retries 3");
    let dead = |server: &str, term: &str, ms: u32| {
        format!(
            "www app/{server} 0/0/-1/-1/{ms} 503 217 - - {term} 9/9/3/2/3 0/0 \"GET /# HTTP/1.1\""
        )
    };
    let ends = [
        dead("a1", "sC--", 20_006),
        dead("a2", "sC--", 20_004),
        dead("a1", "CC--", 12_000),
        dead("a2", "CC--", 9_000),
    ];
    let ends = ends.each_ref().map(String::as_str);
    let log = Log::new(100).requests(900, PAGE).mixed(60, &ends);
    let connect =
        |log: &Log| timer(&log.advise(Some(&config)), "backend app", "timeout connect").clone();
    let told = connect(&log);
    assert_eq!(
        (&told["verdict"], &told["suggested"]),
        (&"lower".into(), &"1200ms".into())
    );
    assert!(
        told["why"].as_str().unwrap().ends_with(
            "with `retries 3` they waited 20 s instead of 5 s, and 30 clients left before."
        ),
        "{told}"
    );
    // Nobody left.
    let patient = Log::new(100).requests(900, PAGE).mixed(60, &ends[..2]);
    let told = connect(&patient);
    assert_eq!(told["verdict"], "lower");
    assert!(
        told["why"]
            .as_str()
            .unwrap()
            .ends_with("they waited 20 s instead of 5 s.")
    );
}

#[test]
fn what_stands_in_for_a_timeout_that_is_not_set_is_told() {
    let stalled = "www www/<NOSRV> -1/-1/-1/-1/30001 408 212 - - cR-- 9/9/0/0/0 0/0 \"<BADREQ>\"";
    let log = Log::new(500).mixed(900, &[PAGE, PAGE, PAGE, PAGE, stalled]);
    let said = log.advise(Some(SITE));
    assert_eq!(pieces(&said), ["set timeout http-request frontend www 5s"]);
    let why = timer(&said, "frontend www", "timeout http-request")["why"]
        .as_str()
        .unwrap();
    assert!(
        why.ends_with(
            "`timeout client` stands in for it, and each of them held its connection for 30 s."
        ),
        "{why}"
    );
    // It is set; what stands in for it is no longer.
    let frontend = |line: &str| SITE.replace("frontend www\n", &format!("frontend www\n {line}\n"));
    let set = log.advise(Some(&frontend("timeout http-request 30s")));
    assert_eq!(pieces(&set), ["keep timeout http-request frontend www -"]);
    let short = log.advise(Some(&frontend("timeout client 5s")));
    assert_eq!(pieces(&short), ["keep timeout http-request frontend www -"]);
    // Bursts before servers that need a second for each answer.
    let queued = "www app/a1 0/700/1/900/1602 200 900 - - ---- 9/9/3/2/0 0/4 \"GET /# HTTP/1.1\"";
    let left =
        "www app/<NOSRV> 0/1001/-1/-1/1001 503 217 - - sQ-- 9/9/3/0/0 0/9 \"GET /# HTTP/1.1\"";
    let log = (0..20).fold(Log::new(900), |log, _| {
        log.requests(50, queued).requests(2, left)
    });
    let said = log.advise(Some(SITE));
    let queue = timer(&said, "backend app", "timeout queue");
    assert_eq!(
        (&queue["verdict"], &queue["current_from"]),
        (&"set".into(), &"default".into())
    );
    let why = queue["why"].as_str().unwrap();
    assert!(
        why.ends_with("they left before their turn; `timeout connect` stands in for it."),
        "{why}"
    );
    let set = SITE.replace("backend app\n", "backend app\n timeout queue 1s\n");
    let said = log.advise(Some(&set));
    assert_eq!(
        timer(&said, "backend app", "timeout queue")["verdict"],
        "raise"
    );
}

#[test]
fn one_kind_of_request_that_makes_nearly_all_cuts_is_named() {
    let cut = |url: &str| {
        format!("www app/a1 0/0/1/-1/30002 504 198 - - sH-- 9/9/3/2/0 0/0 \"GET {url} HTTP/1.1\"")
    };
    let other = |url: &str| PAGE.replace("/page/#", url).replace("/40/42 ", "/400/402 ");
    let urls = [
        "/shop/cart",
        "/shop/item?n=#",
        "/users/#/orders",
        "/users/#",
        "/",
        "/help",
    ];
    let on_both = |url: &str| [other(url), other(url).replace("app/a1", "app/a2")];
    let mut pages: Vec<String> = urls.into_iter().flat_map(on_both).collect();
    pages.push(other("/report/daily/#"));
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let log = |slow: &str| {
        let slow = cut(slow);
        let slow = [slow.as_str(), &slow.replace("app/a1", "app/a2")];
        (0..40).fold(Log::new(300), |log, nth| {
            log.mixed(100, &pages).requests(1, slow[nth % 2])
        })
    };
    let said = log("/report/daily/#").advise(Some(SITE));
    let server = timer(&said, "backend app", "timeout server");
    let verdict = (&server["verdict"], &server["fix"]);
    assert_eq!(verdict, (&"fix".into(), &"backend app".into()));
    let why = server["why"].as_str().unwrap();
    assert!(
        why.starts_with(
            "One kind of request makes nearly all cuts: /report/daily is 100 % of what was cut ("
        ),
        "{why}"
    );
    assert!(why.contains(" of the other requests (at most "), "{why}");
    // What all ask for is no kind of request.
    let all = cut("/page/#");
    let all = [all.as_str(), &all.replace("app/a1", "app/a2")];
    let log = (0..40).fold(Log::new(300), |log, nth| {
        log.mixed(100, &[PAGE, &PAGE.replace("app/a1", "app/a2")])
            .requests(1, all[nth % 2])
    });
    let said = log.advise(Some(SITE)).to_string();
    assert!(!said.contains("One kind of request"), "{said}");
}
