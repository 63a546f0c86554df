//! A log that a test writes line by line, and what is told of it.
//!
//! All of it happens on 14 March 2026 from 09:00:00 UTC on; times are ms since then. A request stands in the log
//! where it ended, as HAProxy writes it, whenever the test speaks of it.

use std::ops::Range;

use hapline::advice::Running;
use hapline::config::Config;
use hapline::engine::{Engine, Streams};
use hapline::incident::Window;
use hapline::report::document::{Document, Incident};
use hapline::time::zone::Zone;
use hapline::words::cause::{Cause, Kind, Severity};

/// 14 March 2026, 10:00:00 UTC: no line is later (s since 1970).
const LATEST: i64 = 1_773_482_400;

/// How a request ends.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// `TR/Tw/Tc/Tr`; in mode tcp `Tw/Tc`.
    pub timers: &'static str,
    /// `Tt`: ms from the accept date to the line.
    pub total: i64,
    /// Status; none in mode tcp.
    pub status: Option<i16>,
    /// Termination state.
    pub term: &'static str,
    /// Retries, with a `+` where the request was redispatched.
    pub retries: &'static str,
}

/// A status and a state of mode http.
const fn http(timers: &'static str, total: i64, status: i16, term: &'static str) -> Ending {
    Ending {
        timers,
        total,
        status: Some(status),
        term,
        retries: "0",
    }
}

/// A state of mode tcp.
pub const fn tcp(timers: &'static str, total: i64, term: &'static str) -> Ending {
    Ending {
        timers,
        total,
        status: None,
        term,
        retries: "0",
    }
}

impl Ending {
    /// The same after retries.
    pub const fn after(self, retries: &'static str) -> Self {
        Self { retries, ..self }
    }

    /// The same with another state, as persistence cookies make it.
    pub const fn with_term(self, term: &'static str) -> Self {
        Self { term, ..self }
    }

    /// The same with another status.
    pub const fn with_status(self, status: i16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }
}

/// A good answer.
pub const OK: Ending = http("0/0/0/20/20", 20, 200, "----");
/// A good answer after a redispatch.
pub const REDISPATCHED: Ending = http("0/0/1/20/1021", 1_021, 200, "----").after("+1");
/// A good answer that takes its time.
pub const SLOW: Ending = http("0/0/0/300/300", 300, 200, "----");
/// A page that is not there.
pub const NOT_FOUND: Ending = http("0/0/0/4/4", 4, 404, "----");
/// Connections refused, all retries long.
pub const REFUSED: Ending = http("0/0/-1/-1/3", 3, 503, "SC--").after("3");
/// The backend had no server.
pub const NO_SERVER: Ending = http("0/-1/-1/-1/0", 0, 503, "SC--");
/// `timeout connect 1s` with `retries 2`.
pub const NOT_CONNECTED: Ending = http("0/0/-1/-1/3001", 3_001, 503, "sC--").after("2");
/// `timeout server 3s` before the headers.
pub const TIMED_OUT: Ending = http("0/0/0/-1/3000", 3_000, 504, "sH--");
/// `timeout server 3s` within the body.
pub const STALLED: Ending = http("0/0/0/40/3040", 3_040, 200, "sD--");
/// A reset instead of an answer.
pub const RESET: Ending = http("0/0/0/-1/12", 12, 502, "SH--");
/// A reset within the body.
pub const CUT: Ending = http("0/0/0/15/40", 40, 200, "SD--");
/// `timeout queue 2s`.
pub const QUEUE_TIMEOUT: Ending = http("0/2000/-1/-1/2000", 2_000, 503, "sQ--");
/// `maxqueue`.
pub const QUEUE_FULL: Ending = http("0/-1/-1/-1/0", 0, 503, "SQ--");
/// The client left while it waited for the answer.
pub const LEFT_WAITING: Ending = http("0/0/0/-1/2000", 2_000, -1, "CH--");
/// The client left the queue.
pub const LEFT_QUEUE: Ending = http("0/1500/-1/-1/1500", 1_500, -1, "CQ--");
/// The client left within the body.
pub const LEFT_READING: Ending = http("0/0/0/20/25", 25, 200, "CD--");
/// An error page of the application.
pub const ERROR_500: Ending = http("0/0/0/20/20", 20, 500, "----");
/// `timeout http-request 5s`.
pub const SLOW_CLIENT: Ending = http("-1/-1/-1/-1/5000", 5_000, 408, "cR--");
/// A rule denied.
pub const DENIED: Ending = http("0/-1/-1/-1/0", 0, 403, "PR--");
/// A scanner's request that is none.
pub const BAD_REQUEST: Ending = http("-1/-1/-1/-1/0", 0, 400, "PR--");

/// See the module.
#[derive(Debug, Clone)]
pub struct Log {
    /// When each line was written, and the line.
    lines: Vec<(i64, String)>,
    head: &'static str,
    frontend: &'static str,
    held: [u32; 2],
    clients: u32,
}

impl Log {
    /// An empty one, written by `haproxy[1200]` on `lb1`.
    pub fn new() -> Self {
        Self {
            lines: Vec::new(),
            head: "lb1 haproxy[1200]",
            frontend: "www",
            held: [9, 9],
            clients: 0,
        }
    }

    /// A minute of good answers, ten a second over the servers (`app/app1`) in turn, from 09:00:00 to 09:01:00.
    pub fn calm(places: &[&str]) -> Self {
        let mut log = Self::new();
        log.well(places, 0..60_000);
        log
    }

    /// From here on another process writes: `lb2 haproxy[1300]`.
    pub fn by(&mut self, head: &'static str) -> &mut Self {
        self.head = head;
        self
    }

    /// From here on requests come through another frontend.
    pub fn through(&mut self, frontend: &'static str) -> &mut Self {
        self.frontend = frontend;
        self
    }

    /// From here on the process has so many connections, and the frontend so many of them.
    pub fn holding(&mut self, process: u32, frontend: u32) -> &mut Self {
        self.held = [process, frontend];
        self
    }

    /// Ten good answers a second, over the servers in turn.
    pub fn well(&mut self, places: &[&str], when: Range<i64>) -> &mut Self {
        let mut turn = places.iter().cycle();
        for at in when.step_by(100) {
            let place = turn.next().expect("somewhere to go");
            self.request(at, place, OK);
        }
        self
    }

    /// Requests that all end alike, accepted each `step` ms.
    pub fn each(
        &mut self,
        step: usize,
        when: Range<i64>,
        place: &str,
        ending: Ending,
    ) -> &mut Self {
        for at in when.step_by(step) {
            self.request(at, place, ending);
        }
        self
    }

    /// One request, accepted at this moment.
    pub fn request(&mut self, at: i64, place: &str, ending: Ending) -> &mut Self {
        self.clients += 1;
        let client = format!("10.0.{}.{}", self.clients / 200 % 200, self.clients % 200);
        let accepted = format!("14/Mar/2026:09:{}.{:03}", clock(at), at % 1_000);
        let (timers, term, retries) = (ending.timers, ending.term, ending.retries);
        let (frontend, [all, held]) = (self.frontend, self.held);
        let message = match ending.status {
            Some(_) if ending.timers.starts_with("-1") => format!(
                "{client}:40000 [{accepted}] {frontend} {frontend}/<NOSRV> {timers} {} 212 - - {term} {all}/{held}/0/0/{retries} 0/0 \"<BADREQ>\"",
                ending.status.unwrap_or_default(),
            ),
            Some(status) => format!(
                "{client}:40000 [{accepted}] {frontend} {place} {timers} {status} 512 - - {term} {all}/{held}/4/2/{retries} 0/0 \"GET /cart HTTP/1.1\"",
            ),
            None => format!(
                "{client}:40000 [{accepted}] {frontend} {place} {timers}/{} 512 {term} {all}/{held}/4/2/{retries} 0/0",
                ending.total,
            ),
        };
        self.write(at + ending.total, &message)
    }

    /// HAProxy says something at this second.
    pub fn says(&mut self, at: i64, message: &str) -> &mut Self {
        self.write(at, message)
    }

    fn write(&mut self, at: i64, message: &str) -> &mut Self {
        let line = format!("Mar 14 09:{} {}: {message}\n", clock(at), self.head);
        self.lines.push((at, line));
        self
    }

    /// The same without what `option dontlog-normal` leaves out.
    pub fn only_failures(&mut self) -> &mut Self {
        self.lines
            .retain(|(_, line)| !line.contains(" ---- ") || line.contains(" 500 "));
        self
    }

    /// The same, where requests that ended so were no `GET`.
    pub fn asked_by(&mut self, term: &str, method: &str) -> &mut Self {
        let others = self
            .lines
            .iter_mut()
            .filter(|(_, line)| line.contains(term));
        for (_, line) in others {
            *line = line.replace("\"GET ", &format!("\"{method} "));
        }
        self
    }

    /// The same lines as two `log` targets write them, one for all and one from `notice` on: each message that is
    /// not about a request stands there twice.
    pub fn states_twice(&mut self) -> &mut Self {
        let is_request = |line: &str| line.contains(": 10.0.");
        let states = self.lines.iter().filter(|(_, line)| !is_request(line));
        let again: Vec<(i64, String)> = states.cloned().collect();
        self.lines.extend(again);
        self
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut lines = self.lines.clone();
        lines.sort_by_key(|(at, _)| *at);
        lines
            .into_iter()
            .flat_map(|(_, line)| line.into_bytes())
            .collect()
    }

    /// The report on it.
    pub fn report(&self) -> Document {
        self.report_with(None)
    }

    /// The report on it, given a `haproxy.cfg`.
    pub fn report_with(&self, config: Option<&str>) -> Document {
        self.report_beside(config, None)
    }

    /// The report on it beside a process that runs.
    pub fn report_beside(&self, config: Option<&str>, running: Option<Running>) -> Document {
        let config = config
            .map(|text| Config::parse("haproxy.cfg", text.as_bytes()).expect("a haproxy.cfg"));
        let zone = Zone::named("UTC").expect("a zone");
        let mut stream = Streams::new(Engine::cut_freely(zone, Window::default()));
        let source = stream.begin("haproxy.log", LATEST);
        stream.feed(source, &self.bytes());
        stream.finish();
        stream
            .into_engine()
            .document_beside(config.as_ref(), running)
    }

    /// Its incidents are these and no others.
    #[track_caller]
    pub fn tells(&self, expected: &[Told]) -> Document {
        let report = self.report();
        let mut told: Vec<Told> = report.incidents.iter().map(Told::of).collect();
        told.sort_by_key(|told| (told.start, told.backend, told.kind));
        assert_eq!(told, expected);
        let coverage = &report.coverage;
        let counted = coverage.traffic + coverage.state + coverage.health_check + coverage.process;
        assert_eq!(
            counted + coverage.duplicates,
            coverage.lines,
            "{coverage:?}"
        );
        report
    }
}

fn clock(at: i64) -> String {
    format!("{:02}:{:02}", at / 60_000, at / 1_000 % 60)
}

/// `Server … is DOWN`: where, what follows, and how many active servers are left.
pub fn down(place: &str, why: &str, left: u32) -> String {
    format!(
        "Server {place} is DOWN{why}. {left} active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
    )
}

/// `Server … is UP`, after a check: where, and how many active servers there are.
pub fn up(place: &str, online: u32) -> String {
    format!(
        "Server {place} is UP, reason: Layer7 check passed, code: 200, check duration: 2ms. {online} active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
    )
}

/// A check that was refused, as a reason.
pub const CHECK_REFUSED: &str =
    ", reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms";

/// What an incident is held to.
#[derive(Debug, Clone, PartialEq)]
pub struct Told<'a> {
    pub kind: Kind,
    pub cause: Cause,
    pub severity: Severity,
    /// Empty: no backend.
    pub backend: &'a str,
    pub servers: Vec<&'a str>,
    pub affected: Vec<&'a str>,
    /// Minute, second and ms.
    pub start: &'a str,
    /// Empty: still going on.
    pub end: &'a str,
    pub end_reason: &'a str,
    pub failed: u64,
}

impl<'a> Told<'a> {
    /// What the document says.
    pub fn of(incident: &'a Incident) -> Self {
        assert_eq!(
            incident.is_outage,
            incident.severity == Severity::Outage,
            "{}",
            incident.headline
        );
        Self {
            kind: incident.kind,
            cause: incident.cause.code,
            severity: incident.severity,
            backend: incident.backend.as_deref().unwrap_or(""),
            servers: incident.servers.iter().map(String::as_str).collect(),
            affected: incident
                .affected_servers
                .iter()
                .map(String::as_str)
                .collect(),
            start: &incident.start[14..23],
            end: incident.end.as_deref().map_or("", |end| &end[14..23]),
            end_reason: incident.end_reason.unwrap_or(""),
            failed: incident.failed_requests,
        }
    }
}

/// A recovered incident of backend `app`.
pub fn told<'a>(
    kind: Kind,
    cause: Cause,
    severity: Severity,
    span: [&'a str; 2],
    failed: u64,
) -> Told<'a> {
    Told {
        kind,
        cause,
        severity,
        backend: "app",
        servers: Vec::new(),
        affected: Vec::new(),
        start: span[0],
        end: span[1],
        end_reason: if span[1].is_empty() {
            "log_ended"
        } else {
            "recovered"
        },
        failed,
    }
}

impl<'a> Told<'a> {
    /// Of these servers.
    pub fn at(self, servers: &[&'a str]) -> Self {
        Self {
            servers: servers.to_vec(),
            ..self
        }
    }

    /// Which dragged these along.
    pub fn dragging(self, affected: &[&'a str]) -> Self {
        Self {
            affected: affected.to_vec(),
            ..self
        }
    }

    /// Of another backend; empty: of none.
    pub fn of_backend(self, backend: &'a str) -> Self {
        Self { backend, ..self }
    }
}
