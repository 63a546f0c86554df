//! Servers that answer late or not at all, and queues.

use super::log::*;
use hapline::words::cause::Cause::{self, *};
use hapline::words::cause::Kind::{self, *};
use hapline::words::cause::Severity::{self, *};

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// A good answer that took a second.
const SLOW: Ending = Ending {
    timers: "0/0/0/1000/1000",
    total: 1_000,
    ..OK
};

#[test]
fn all_servers_time_out() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", TIMED_OUT)
        .each(200, 60_100..70_000, "app/app2", TIMED_OUT)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        TimeoutBurst,
        SlowBackend,
        Outage,
        ["01:00.000", "01:12.900"],
        100,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn one_server_times_out() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", TIMED_OUT)
        .each(200, 60_100..70_000, "app/app2", OK)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        TimeoutBurst,
        SlowServer,
        Outage,
        ["01:00.000", "01:12.800"],
        50,
    )
    .at(&["app1"])]);
}

#[test]
fn servers_that_time_out_unequally_by_chance_alone() {
    const THREE: [&str; 3] = ["app/app1", "app/app2", "app/app3"];
    let mut log = Log::calm(&THREE);
    log.well(&THREE, 60_000..120_000)
        .each(1_500, 60_050..120_000, "app/app1", TIMED_OUT)
        .each(2_200, 60_060..120_000, "app/app2", TIMED_OUT)
        .each(3_300, 60_070..120_000, "app/app3", TIMED_OUT)
        .well(&THREE, 120_000..180_000);
    let report = log.report();
    let incident = Told::of(&report.incidents[0]);
    assert_eq!(report.incidents.len(), 1);
    assert_eq!(incident.cause, SlowBackend);
    assert_eq!(incident.servers, ["app1", "app2", "app3"]);
}

#[test]
fn bodies_that_stand_still() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", STALLED)
        .each(200, 60_100..70_000, "app/app2", OK)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        TimeoutBurst,
        SlowServer,
        Outage,
        ["01:00.040", "01:12.840"],
        50,
    )
    .at(&["app1"])]);
}

#[test]
fn clients_that_leave_after_waiting_in_vain() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", LEFT_WAITING)
        .each(200, 60_100..70_000, "app/app2", LEFT_WAITING)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        TimeoutBurst,
        SlowBackend,
        Outage,
        ["01:00.000", "01:11.900"],
        100,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn slow_without_an_error() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..80_000, "app/app1", SLOW)
        .each(200, 60_100..80_000, "app/app2", SLOW)
        .well(&BOTH, 80_000..130_000);
    let report = log.tells(&[told(
        LatencyDegradation,
        SlowBackend,
        Degraded,
        // Fast and slow answers of a second share its last end.
        ["01:00.000", "01:20.920"],
        0,
    )
    .at(&["app1", "app2"])]);
    assert_eq!(report.incidents[0].degraded_requests, 200);
}

#[test]
fn a_queue_before_servers_that_answer_as_fast_as_ever() {
    for (ending, end) in [(QUEUE_TIMEOUT, "01:11.950"), (QUEUE_FULL, "01:09.950")] {
        let mut log = Log::calm(&BOTH);
        log.well(&BOTH, 60_000..70_000)
            .each(100, 60_050..70_000, "app/app1", ending)
            .well(&BOTH, 70_000..120_000);
        let report = log.report();
        let mut found = told(
            QueueSaturation,
            MaxconnTooLow,
            Outage,
            ["01:00.050", end],
            100,
        )
        .at(&["app1"]);
        found.servers = Told::of(&report.incidents[0]).servers;
        log.tells(&[found]);
    }
}

#[test]
fn clients_that_leave_the_queue_are_its_victims() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..70_000)
        .each(200, 60_050..70_000, "app/<NOSRV>", QUEUE_TIMEOUT)
        .each(200, 60_150..70_000, "app/<NOSRV>", LEFT_QUEUE)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        QueueSaturation,
        MaxconnTooLow,
        Outage,
        ["01:00.050", "01:11.850"],
        100,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn more_requests_than_the_servers_can_answer() {
    let mut log = Log::calm(&BOTH);
    log.each(20, 60_000..70_000, "app/app1", TIMED_OUT)
        .each(20, 60_010..70_000, "app/app2", TIMED_OUT)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        TimeoutBurst,
        ServerOverloaded,
        Outage,
        ["01:00.000", "01:12.990"],
        1_000,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn checks_that_time_out_with_the_requests_are_no_short_check() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..66_000, "app/app1", TIMED_OUT)
        .each(200, 60_100..66_000, "app/app2", OK)
        .says(
            66_000,
            &down(
                "app/app1",
                ", reason: Layer7 timeout, check duration: 2001ms",
                1,
            ),
        )
        .well(&["app/app2"], 66_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[told(
        ServerDown,
        SlowServer,
        Degraded,
        ["01:00.000", "01:20.020"],
        30,
    )
    .at(&["app1"])]);
}

/// For twenty seconds each request waits so before it is answered as fast as ever.
#[track_caller]
fn waits(ending: Ending, kind: Kind, cause: Cause, end: &str) {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..80_000, "app/app1", ending)
        .each(200, 60_100..80_000, "app/app2", ending)
        .well(&BOTH, 85_000..130_000);
    let report =
        log.tells(&[told(kind, cause, Degraded, ["01:00.000", end], 0).at(&["app1", "app2"])]);
    assert_eq!(report.incidents[0].degraded_requests, 200);
}

#[test]
fn a_long_wait_for_a_slot_hurts_though_nothing_fails() {
    let queued = Ending {
        timers: "0/3000/0/20/3020",
        total: 3_020,
        ..OK
    };
    waits(queued, QueueSaturation, MaxconnTooLow, "01:22.920");
}

#[test]
fn a_long_wait_for_a_connection_does_too() {
    let late = Ending {
        timers: "0/0/3020/20/3040",
        total: 3_040,
        ..OK
    };
    waits(late, LatencyDegradation, NetworkUnreachable, "01:22.940");
}

#[test]
fn more_of_what_takes_its_time_does_not_make_servers_overloaded() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..80_000)
        .each(200, 60_000..80_000, "app/app1", SLOW)
        .each(200, 60_100..80_000, "app/app2", SLOW)
        .each(200, 60_050..80_000, "app/app1", OK)
        .well(&BOTH, 80_000..130_000);
    let report = log.report();
    let [incident] = &report.incidents[..] else {
        panic!("{:?}", report.incidents);
    };
    assert_eq!(incident.headline, "some answers of app were slow");
    assert_eq!(incident.cause.code, SlowBackend);
    let fixes = report
        .advice
        .iter()
        .filter(|advice| advice.keyword == "server");
    for advice in fixes {
        assert_eq!(format!("{:?}", advice.direction), "CannotTell");
    }
}

#[test]
fn a_surge_with_slow_answers_may_be_too_much_work() {
    // A third of three times as many requests is slow, whatever they ask for.
    let mut log = Log::calm(&BOTH);
    log.each(100, 60_000..80_000, "app/app1", OK)
        .each(100, 60_050..80_000, "app/app2", OK)
        .each(200, 60_000..80_000, "app/app1", SLOW)
        .each(200, 60_100..80_000, "app/app2", SLOW)
        .well(&BOTH, 80_000..130_000);
    let report = log.report();
    let [incident] = &report.incidents[..] else {
        panic!("{:?}", report.incidents);
    };
    let cause = &incident.cause;
    let other = cause.runner_up.as_ref().expect("a rival");
    assert_eq!((cause.code, other.code), (SlowBackend, ServerOverloaded));
    assert!(other.confidence * 2.0 > cause.confidence, "{cause:?}");
    let mut advice = report.advice.iter();
    let piece = advice.find(|advice| advice.keyword == "server");
    let why = &piece.expect("a piece on servers").why;
    assert!(why.contains("it may be too much work"), "{why}");
}

/// Servers that answer late and not at all, from `begin` on; before, a request a second.
fn slow_from(begin: i64) -> Cause {
    const LATE: Ending = Ending {
        timers: "0/0/0/2200/2200",
        total: 2_200,
        ..OK
    };
    let mut log = Log::new();
    log.each(1_000, 0..begin, "app/app1", OK);
    for place in BOTH {
        log.each(200, begin..40_000, place, TIMED_OUT)
            .each(500, begin..40_000, place, LATE);
    }
    log.report().incidents[0].cause.code
}

#[test]
fn what_came_before_is_told_by_more_than_a_moment() {
    assert_eq!(slow_from(20_000), ServerOverloaded);
    assert_eq!(slow_from(3_000), SlowBackend);
}

/// What is told of `app2` that is slow, while it and `app1` have so many requests a second.
fn beside(its: usize, others: usize) -> (Cause, String) {
    let mut log = Log::calm(&BOTH);
    log.each(1_000 / others, 60_000..80_000, "app/app1", OK)
        .each(1_000 / its, 60_050..80_000, "app/app2", TIMED_OUT)
        .well(&BOTH, 80_000..130_000);
    let incident = log.report().incidents.remove(0);
    (incident.cause.code, incident.story[1].clone())
}

#[test]
fn a_server_with_far_more_to_do_than_its_neighbour_is_overloaded() {
    let (cause, why) = beside(20, 5);
    assert_eq!(cause, ServerOverloaded);
    assert!(why.starts_with("app2 had far more requests"), "{why}");
    assert_eq!(beside(10, 10).0, SlowServer);
}

#[test]
fn a_server_that_always_had_most_and_hangs_is_slow() {
    let mut log = Log::new();
    let so_many = |log: &mut Log, time: std::ops::Range<i64>, a_second: usize, app2: Ending| {
        log.each(1_000 / a_second, time.clone(), "app/app1", OK)
            .each(125 / a_second, time, "app/app2", app2);
    };
    so_many(&mut log, 0..60_000, 3, OK);
    so_many(&mut log, 60_000..80_000, 4, TIMED_OUT);
    log.well(&BOTH, 80_000..130_000);
    assert_eq!(log.report().incidents[0].cause.code, SlowServer);
}

#[test]
fn a_rush_on_a_quiet_site_is_one() {
    let mut log = Log::new();
    log.each(90_000, 0..1_800_000, "app/app1", OK);
    for place in BOTH {
        log.each(50, 1_800_000..1_830_000, place, TIMED_OUT);
    }
    assert_eq!(log.report().incidents[0].cause.code, ServerOverloaded);
}

/// A web socket on which nobody spoke for the two seconds of a timeout.
const SILENT: Ending = Ending {
    timers: "0/0/0/4/2011",
    total: 2_011,
    status: Some(101),
    term: "sD--",
    retries: "0",
};

#[test]
fn silent_web_sockets_do_not_make_slow_servers() {
    let mut log = Log::new();
    log.each(400, 0..60_000, "chat/chat1", SILENT)
        .each(400, 200..60_000, "chat/chat2", SILENT)
        .well(&BOTH, 0..60_000);
    let report = log.report_with(Some(
        "defaults\n mode http\n timeout client 5s\n timeout server 2s\nfrontend www\n bind :80\n use_backend chat if { path_beg /ws }\n default_backend app\nbackend app\n server app1 10.0.0.1:80\nbackend chat\n server chat1 10.0.0.3:80\n server chat2 10.0.0.4:80\n",
    ));
    let incident = &report.incidents[0];
    // Each of them failed, whoever was silent.
    assert_eq!(
        (incident.cause.code, incident.severity),
        (ClientSlow, Outage)
    );
    assert_eq!(incident.headline, "silent web sockets of chat were cut");
    let why = &incident.story[1];
    assert!(why.contains("who should have, no line tells"), "{why}");
    let steps = incident.runbook.steps.iter();
    let told: Vec<&str> = steps.map(|step| &step.why[..]).collect();
    assert!(
        told.iter()
            .any(|why| why.starts_with("Set `timeout tunnel`")),
        "{told:?}"
    );
    let advised: Vec<&str> = report
        .advice
        .iter()
        .map(|piece| &piece.keyword[..])
        .collect();
    assert_eq!(advised, ["timeout tunnel"]);
}

#[test]
fn web_sockets_that_were_well_do_not_all_fall_silent_by_themselves() {
    let spoken = Ending {
        timers: "0/0/0/4/900",
        total: 900,
        term: "----",
        ..SILENT
    };
    let mut log = Log::new();
    for place in ["chat/chat1", "chat/chat2"] {
        log.each(200, 0..40_000, place, spoken)
            .each(200, 40_000..60_000, place, SILENT)
            .each(200, 60_000..90_000, place, spoken);
    }
    let incident = &log.report().incidents[0];
    assert_eq!(
        (incident.cause.code, incident.severity),
        (SlowBackend, Outage)
    );
}

/// What is told of web sockets that are cut for a minute from 09:00:30 on, and of what else happened.
fn sockets_beside(happened: impl Fn(&mut Log)) -> (Cause, Severity) {
    let mut log = Log::new();
    log.each(400, 30_000..90_000, "chat/chat1", SILENT).each(
        400,
        30_200..90_000,
        "chat/chat2",
        SILENT,
    );
    happened(&mut log);
    let report = log.report();
    let mut incidents = report.incidents.iter();
    let incident = incidents.find(|incident| incident.backend.as_deref() == Some("chat"));
    let incident = incident.expect("an incident of chat");
    (incident.cause.code, incident.severity)
}

#[test]
fn web_sockets_beside_anything_that_servers_do_are_an_outage() {
    assert_eq!(sockets_beside(|_| {}), (ClientSlow, Outage));
    let plain_requests_hang = |log: &mut Log| {
        log.each(500, 30_000..90_000, "chat/chat1", TIMED_OUT);
    };
    assert_eq!(sockets_beside(plain_requests_hang), (SlowBackend, Outage));
    let checks_fail = |log: &mut Log| {
        let why = ", reason: Layer7 timeout, check duration: 2000ms";
        log.says(50_000, &down("chat/chat1", why, 1))
            .says(50_500, &down("chat/chat2", why, 0));
    };
    assert_eq!(sockets_beside(checks_fail), (SlowBackend, Outage));
    let many_end_at_once = |log: &mut Log| {
        log.each(8, 87_000..88_000, "chat/chat1", SILENT);
    };
    assert_eq!(sockets_beside(many_end_at_once), (SlowBackend, Outage));
    let they_were_well = |log: &mut Log| {
        const TALK: Ending = Ending {
            term: "----",
            ..SILENT
        };
        log.each(200, 0..30_000, "chat/chat1", TALK);
    };
    assert_eq!(sockets_beside(they_were_well), (SlowBackend, Outage));
}

/// Database sessions that `timeout server 1500ms` cut after so long each, beside some that end well; those may begin before.
fn sessions_cut(lengths: [i64; 4], well_for: i64) -> (Cause, Severity, String) {
    let mut log = Log::new();
    let until = well_for + 40_000;
    log.each(100, 0..well_for, "db/db1", WELL)
        .each(400, well_for..until, "db/db1", WELL);
    for (nth, total) in (0..).zip(lengths) {
        let cut = tcp("0/0", total, "sD");
        let from = well_for + nth * 200;
        log.each(800, from..until, "db/db1", cut)
            .each(800, from + 100..until, "db/db2", cut);
    }
    told_of_sessions(&log)
}

/// A session that its client closed.
const WELL: Ending = tcp("0/0", 900, "--");

fn told_of_sessions(log: &Log) -> (Cause, Severity, String) {
    let incident = log.report().incidents.remove(0);
    (incident.cause.code, incident.severity, incident.headline)
}

const USED: [i64; 4] = [1_620, 1_900, 2_300, 2_900];

#[test]
fn a_queue_that_lets_nobody_in_is_told_as_full() {
    let said = |ending: Ending| {
        let mut log = Log::calm(&BOTH);
        log.well(&BOTH, 60_000..70_000)
            .each(100, 60_050..70_000, "app/app1", ending)
            .well(&BOTH, 70_000..120_000);
        format!("{:?}", log.report().incidents[0].story)
    };
    let full = said(QUEUE_FULL.with_term("SQVN"));
    assert!(
        full.contains("app1 were refused at once") && full.contains("`maxqueue`"),
        "{full}"
    );
    assert!(!full.contains("waited"), "{full}");
    let waited = said(QUEUE_TIMEOUT);
    assert!(
        waited.contains("waited for a free slot") && !waited.contains("maxqueue"),
        "{waited}"
    );
}

#[test]
fn sessions_that_always_end_in_silence_after_some_use_are_idle() {
    let (cause, severity, headline) = sessions_cut(USED, 0);
    assert_eq!((cause, severity), (ClientSlow, Outage));
    assert_eq!(headline, "silent sessions of db were cut");
    // Each stopped at its first question; or they had ended well until then.
    for (lengths, well_for) in [([1_505; 4], 0), (USED, 30_000)] {
        let (cause, severity, _) = sessions_cut(lengths, well_for);
        assert_eq!(
            (cause, severity),
            (SlowBackend, Outage),
            "{lengths:?} after {well_for}"
        );
    }
}

#[test]
fn a_database_that_freezes_cuts_sessions_of_all_lengths_at_once() {
    let mut log = Log::new();
    log.each(400, 0..5_000, "db/db1", WELL);
    for (nth, total) in (0..120).zip(USED.into_iter().cycle()) {
        let began = 5_000 + nth * 5 - total;
        log.each(1, began..began + 1, "db/db1", tcp("0/0", total, "sD"));
    }
    // Who comes back waits in vain.
    log.each(1_000, 6_000..40_000, "db/db2", tcp("0/0", 1_505, "sD"));
    let (cause, severity, headline) = told_of_sessions(&log);
    assert_eq!((cause, severity), (SlowBackend, Outage));
    assert_eq!(headline, "requests to db timed out");
}
