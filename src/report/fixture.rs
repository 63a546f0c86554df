//! Documents to try the faces on.
//!
//! Enters: nothing. Leaves: one document for each situation that looks different. Must not know: faces.

use std::collections::BTreeMap;

use super::document::*;
use super::feed::{self, Notice, Transition};
use crate::words::cause::{Cause, Kind, Severity};

/// A time on the day of the fixtures.
fn at(time: &str) -> Time {
    let millis = if time.contains('.') { "" } else { ".000" };
    format!("2026-03-14T{time}{millis}+01:00")
}

/// A line of `haproxy.log`.
fn line(number: u64, time: &str, text: &str) -> Evidence {
    Evidence {
        source: "haproxy.log".into(),
        host: Some("lb1".into()),
        line: Some(number),
        offset: number * 180,
        time: Some(at(time)),
        text: text.into(),
    }
}

fn moment(time: &str, text: &str, place: &str, number: u64) -> Moment {
    Moment {
        time: at(time),
        what: "server_down",
        place: place.into(),
        text: text.into(),
        evidence: (number > 0).then(|| line(number, time, "")),
    }
}

fn lane(server: &str, state: &'static str, from: &str, to: Option<&str>, out_ms: i64) -> Lane {
    let out = vec![LaneSpan {
        from: at(from),
        to: to.map(at),
        state,
    }];
    Lane {
        server: server.into(),
        out,
        out_ms,
    }
}

fn step(command: Option<&str>, why: &str) -> Step {
    Step {
        command: command.map(Into::into),
        why: why.into(),
        changes_state: false,
    }
}

fn codes(codes: &[(&str, u64)]) -> BTreeMap<String, u64> {
    codes
        .iter()
        .map(|&(code, n)| (code.to_owned(), n))
        .collect()
}

fn verdict(code: Cause, confidence: f64) -> CauseVerdict {
    CauseVerdict {
        code,
        confidence,
        runner_up: None,
        evidence: Vec::new(),
    }
}

/// An incident with nothing but its heading.
fn incident(
    id: &str,
    severity: Severity,
    kind: Kind,
    headline: &str,
    span: (&str, &str),
) -> Incident {
    Incident {
        id: id.into(),
        start: at(span.0),
        end: Some(at(span.1)),
        end_reason: Some("recovered"),
        severity,
        is_outage: severity == Severity::Outage,
        kind,
        cause: verdict(Cause::Unknown, 0.0),
        frontends: vec!["fe_www".into()],
        backend: Some("be_app".into()),
        servers: Vec::new(),
        affected_servers: Vec::new(),
        headline: headline.into(),
        story: Vec::new(),
        first_symptom: None,
        detected_at: None,
        service_restored: None,
        all_back: None,
        requests: 0,
        failed_requests: 0,
        background_failures: 0,
        degraded_requests: 0,
        retried: 0,
        redispatched: 0,
        clients: Estimate::default(),
        termination_states: BTreeMap::new(),
        statuses: BTreeMap::new(),
        failures_per_second: Vec::new(),
        lanes: Vec::new(),
        timeline: Vec::new(),
        related: Vec::new(),
        runbook: Vec::new(),
    }
}

/// A log of an hour and ten minutes, without incident or advice.
pub(super) fn quiet() -> Document {
    Document {
        schema: SCHEMA,
        window: Window {
            start: Some(at("09:00:00")),
            end: Some(at("10:10:00")),
            timezone: "Europe/Paris".into(),
            timezone_from: "the machine's".into(),
        },
        sources: vec![SourceSummary {
            name: "haproxy.log".into(),
            host: Some("lb1".into()),
            lines: 1_204_311,
            first: Some(at("09:00:00")),
            last: Some(at("10:10:00")),
        }],
        coverage: Coverage {
            lines: 1_204_311,
            traffic: 1_203_800,
            state: 24,
            process: 3,
            other: 484,
            ..Coverage::default()
        },
        totals: Totals {
            requests: 1_203_800,
            failed: 0,
            availability: Some(1.0),
        },
        incidents: Vec::new(),
        advice: Vec::new(),
    }
}

/// A service that stopped listening, on both servers.
pub(super) fn outage() -> Document {
    let mut doc = quiet();
    doc.coverage.unparsed = 12;
    doc.coverage.duplicates = 40;
    doc.coverage.warnings = vec![
        "be_static logs no successful request (dontlog-normal), so shares of failed requests are not given for it."
            .into(),
    ];
    doc.totals = Totals {
        requests: 1_203_800,
        failed: 9_120,
        availability: Some(0.992_424),
    };
    doc.incidents = vec![no_server(), maintenance()];
    doc.advice = advice();
    doc
}

fn no_server() -> Incident {
    let span = ("09:12:01.640", "09:18:41");
    let mut rates = vec![0.0, 0.2, 1.0, 27.4, 31.2];
    rates.extend([24.8, 25.1, 26.0, 22.2, 25.5].repeat(9));
    rates.extend([3.0, 0.0, 0.0]);
    Incident {
        cause: CauseVerdict {
            evidence: vec![
                line(40_211, "09:12:01", "Mar 14 09:12:01 lb1 haproxy[812]: 198.51.100.23:51234 [14/Mar/2026:09:12:01.640] fe_www be_app/app1 0/0/-1/-1/0 503 217 - - SC-- 41/38/12/3/3 0/0 \"GET /cart HTTP/1.1\""),
                line(40_215, "09:12:06", "Mar 14 09:12:06 lb1 haproxy[812]: Server be_app/app1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 1 active and 0 backup servers left. 3 sessions active, 0 requeued, 0 remaining in queue."),
            ],
            ..verdict(Cause::ServiceNotListening, 0.97)
        },
        end: Some(at("09:18:17")),
        servers: vec!["app1".into(), "app2".into()],
        story: vec![
            "app1 refused connections first; app2 followed 2 s after app1 was marked down.".into(),
            "9,120 requests failed: 8,998 found no server, 122 were refused before HAProxy noticed (4.4 s)."
                .into(),
            "About 2,310 clients, all through fe_www.".into(),
        ],
        first_symptom: Some(at("09:12:01.640")),
        detected_at: Some(at("09:12:06")),
        service_restored: Some(at("09:18:17")),
        all_back: Some(at("09:18:41")),
        requests: 9_304,
        failed_requests: 9_120,
        retried: 122,
        redispatched: 40,
        clients: Estimate { estimate: 2_310, error: 0.02 },
        termination_states: codes(&[("SC--", 9_080), ("sC--", 40)]),
        statuses: codes(&[("503", 9_120)]),
        failures_per_second: rates,
        lanes: vec![
            lane("app1", "DOWN", "09:12:06", Some("09:18:41"), 395_000),
            lane("app2", "DOWN", "09:12:08", Some("09:18:17"), 369_000),
        ],
        timeline: vec![
            moment("09:12:01.640", "first refused request", "be_app/app1", 40_211),
            moment("09:12:06", "app1 DOWN: L4CON Connection refused, 1 left", "be_app/app1", 40_215),
            moment("09:12:08", "app2 DOWN, no server left", "be_app/app2", 40_302),
            moment("09:12:10", "31 failed requests a second, the most", "be_app", 0),
            moment("09:18:17", "app2 UP, service restored", "be_app/app2", 49_877),
            moment("09:18:41", "app1 UP, all back", "be_app/app1", 50_210),
        ],
        runbook: vec![
            step(Some("curl -v http://10.0.0.11:8080/healthz"), "is it listening now?"),
            step(
                Some("echo 'show servers state be_app' | socat stdio /run/haproxy/admin.sock"),
                "what does HAProxy think of it?",
            ),
            Step {
                changes_state: true,
                ..step(Some("systemctl restart app"), "if it is not running on app1")
            },
            step(None, "Ask who deployed at 09:11."),
        ],
        ..incident("i-7f3a90", Severity::Outage, Kind::BackendDown, "be_app had no server", span)
    }
}

fn maintenance() -> Incident {
    Incident {
        cause: verdict(Cause::AdminAction, 1.0),
        servers: vec!["app3".into()],
        lanes: vec![lane("app3", "MAINT", "09:40:00", Some("09:52:00"), 720_000)],
        ..incident(
            "i-0c11d2",
            Severity::Planned,
            Kind::Maintenance,
            "app3 was in maintenance",
            ("09:40:00", "09:52:00"),
        )
    }
}

fn advice() -> Vec<Advice> {
    let one = |keyword: &str, scope: &str, direction, why: &str| Advice {
        keyword: keyword.into(),
        scope: scope.into(),
        direction,
        current: None,
        current_from: None,
        suggested: None,
        effect: String::new(),
        samples: Samples::default(),
        confidence: 0.9,
        why: why.into(),
        evidence: Vec::new(),
    };
    vec![
        Advice {
            suggested: Some("500ms".into()),
            effect: "About 1.5 s instead of 4.4 s; 122 requests would have been about 40.".into(),
            ..one(
                "fastinter",
                "backend be_app",
                Direction::Set,
                "inter 2s with fall 3 took 4.4 s to notice.",
            )
        },
        Advice {
            current: Some("30s".into()),
            current_from: Some("defaults"),
            suggested: Some("45s".into()),
            effect: "0.4 % of requests would end instead of being cut.".into(),
            samples: Samples {
                completed: 40_310,
                censored: 162,
            },
            confidence: 0.7,
            ..one(
                "timeout server",
                "backend be_reports",
                Direction::Raise,
                "Exports of /reports take up to 41 s and are cut at 30 s.",
            )
        },
        Advice {
            samples: Samples {
                completed: 310,
                censored: 56,
            },
            ..one(
                "server",
                "server be_api/api4",
                Direction::Fix,
                "All timeouts of be_api are on api4.",
            )
        },
        Advice {
            current: Some("10s".into()),
            current_from: Some("inferred"),
            ..one(
                "timeout http-keep-alive",
                "frontend fe_www",
                Direction::CannotTell,
                "Its expiry is not logged.",
            )
        },
    ]
}

/// Answers that grew slow without one error.
pub(super) fn latency() -> Document {
    let mut doc = quiet();
    doc.incidents = vec![Incident {
        cause: CauseVerdict {
            runner_up: Some(RunnerUp {
                code: Cause::ServerOverloaded,
                confidence: 0.3,
            }),
            ..verdict(Cause::SlowServer, 0.62)
        },
        servers: vec!["api4".into()],
        story: vec![
            "api4 answered in 2.1 s instead of 80 ms (median); its five peers did not change."
                .into(),
        ],
        requests: 12_400,
        degraded_requests: 2_061,
        clients: Estimate {
            estimate: 412,
            error: 0.0,
        },
        timeline: vec![
            moment(
                "09:30:00",
                "answers slower than 20 times the usual",
                "be_api/api4",
                0,
            ),
            moment("09:41:30", "back to usual", "be_api/api4", 0),
        ],
        runbook: vec![step(
            None,
            "Compare api4 with its peers: CPU, garbage collection, disk.",
        )],
        ..incident(
            "i-51aa02",
            Severity::Degraded,
            Kind::LatencyDegradation,
            "be_api answered slowly on api4",
            ("09:30:00", "09:41:30"),
        )
    }];
    doc
}

/// Only planned work, and clients that were slow.
pub(super) fn planned() -> Document {
    let mut doc = quiet();
    let slow = Incident {
        cause: verdict(Cause::ClientSlow, 0.9),
        ..incident(
            "i-9ab001",
            Severity::Client,
            Kind::ClientTimeouts,
            "31 clients sent their requests too slowly",
            ("09:05:10", "09:06:00"),
        )
    };
    doc.incidents = vec![slow, maintenance()];
    doc
}

/// An outage that began the day before the log's last day, and does not end in it.
pub(super) fn never_ending() -> Document {
    let mut doc = quiet();
    let before = "2026-03-13T23:58:12.000+01:00".to_owned();
    doc.window.start = Some("2026-03-13T22:00:00.000+01:00".into());
    doc.totals.failed = 3;
    let mut open = incident(
        "i-b00b1e",
        Severity::Outage,
        Kind::BackendDown,
        "be_db had no server",
        ("09:00:00", "09:00:00"),
    );
    open.start = before.clone();
    open.end = None;
    open.end_reason = None;
    open.cause = verdict(Cause::NetworkUnreachable, 0.5);
    open.failed_requests = 3;
    open.requests = 3;
    open.failures_per_second = vec![0.0, 0.01, 0.0, 0.02];
    open.lanes = vec![Lane {
        server: "db1".into(),
        out: vec![LaneSpan {
            from: before.clone(),
            to: None,
            state: "DOWN",
        }],
        out_ms: 36_708_000,
    }];
    open.timeline = vec![
        Moment {
            time: before,
            ..moment(
                "00:00:00",
                "db1 DOWN: L4TOUT, no server left",
                "be_db/db1",
                12,
            )
        },
        moment("00:00:03", "first request without a server", "be_db", 13),
    ];
    doc.incidents = vec![open];
    doc
}

/// A log of other programs.
pub(super) fn no_haproxy() -> Document {
    let mut doc = quiet();
    doc.coverage = Coverage {
        lines: 5_312,
        other: 4_000,
        unparsed: 1_312,
        ..Coverage::default()
    };
    doc.totals = Totals::default();
    doc
}

/// No line at all.
pub(super) fn empty() -> Document {
    let mut doc = no_haproxy();
    doc.coverage = Coverage::default();
    doc.window.start = None;
    doc.window.end = None;
    doc
}

/// Three incidents with `text` in every field that can hold text from outside, and in those that should not.
pub(super) fn hostile(text: &str) -> Document {
    let own = || text.to_owned();
    let mut doc = outage();
    doc.window.timezone = own();
    doc.window.timezone_from = own();
    doc.coverage.warnings = vec![own()];
    doc.sources.push(SourceSummary {
        name: own(),
        host: Some(own()),
        first: Some(own()),
        last: Some(own()),
        lines: 1,
    });
    let mut untimely = doc.incidents[0].clone();
    for time in [
        &mut untimely.start,
        &mut untimely.timeline[0].time,
        &mut untimely.lanes[0].out[0].from,
    ] {
        *time = own();
    }
    untimely.end = Some(own());
    untimely.detected_at = Some(own());
    doc.incidents.push(untimely);
    for incident in &mut doc.incidents {
        fill(incident, text);
    }
    for advice in &mut doc.advice {
        advice.keyword = own();
        advice.scope = own();
        advice.current = Some(own());
        advice.suggested = Some(own());
        advice.effect = own();
        advice.why = own();
    }
    doc
}

fn fill(incident: &mut Incident, text: &str) {
    let own = || text.to_owned();
    incident.id = own();
    incident.headline = own();
    incident.related = vec![own()];
    incident.story = vec![own(), own()];
    incident.backend = Some(own());
    for names in [
        &mut incident.frontends,
        &mut incident.servers,
        &mut incident.affected_servers,
    ] {
        *names = vec![own(), own()];
    }
    for codes in [&mut incident.statuses, &mut incident.termination_states] {
        *codes = BTreeMap::from([(own(), 3), ("SC--".into(), 2)]);
    }
    for lane in &mut incident.lanes {
        lane.server = own();
    }
    for line in &mut incident.cause.evidence {
        line.source = own();
        line.text = own();
    }
    for moment in &mut incident.timeline {
        moment.text = own();
        moment.place = own();
        if let Some(line) = &mut moment.evidence {
            line.source = own();
        }
    }
    for step in &mut incident.runbook {
        step.command = step.command.as_ref().map(|_| own());
        step.why = own();
    }
}

/// What a feed says of the outage, from its beginning to its end.
pub(super) fn notices() -> Vec<Notice> {
    let whole = no_server();
    let notice = |transition, time: &str, failed, text: Option<&str>, end: Option<&str>| Notice {
        schema: feed::SCHEMA,
        transition,
        at: at(time),
        text: text.map(Into::into),
        incident: Incident {
            failed_requests: failed,
            end: end.map(at),
            ..whole.clone()
        },
    };
    let planned = Notice {
        incident: maintenance(),
        ..notice(Transition::Opened, "09:40:00", 0, None, None)
    };
    vec![
        notice(Transition::Opened, "09:12:06", 412, None, None),
        notice(
            Transition::Worsened,
            "09:12:08",
            498,
            Some("no server left"),
            None,
        ),
        notice(
            Transition::CauseRevised,
            "09:12:10",
            540,
            Some("was network unreachable"),
            None,
        ),
        notice(
            Transition::Merged,
            "09:13:00",
            1_900,
            Some("into i-000001"),
            None,
        ),
        notice(
            Transition::Closed,
            "09:18:17",
            9_120,
            None,
            Some("09:18:17"),
        ),
        notice(Transition::Reopened, "09:18:30.500", 9_130, None, None),
        planned,
    ]
}

/// `notice` with `text` in every field that can hold text from outside.
pub(super) fn hostile_notice(text: &str) -> Notice {
    let mut notice = notices().swap_remove(1);
    notice.text = Some(text.to_owned());
    notice.at = text.to_owned();
    fill(&mut notice.incident, text);
    notice
}
