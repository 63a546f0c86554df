//! Servers that go DOWN and come back, and what that does to requests.

use super::log::*;
use hapline::words::cause::Cause::{self, *};
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// app1 refuses from 09:01:00 on and is marked DOWN four seconds later; app2 carries on.
fn app1_dies() -> Log {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app1", REFUSED)
        .each(200, 60_100..64_000, "app/app2", OK)
        .says(64_000, &down("app/app1", CHECK_REFUSED, 1));
    log
}

/// Both refuse from 09:01:00 on; app2 is marked DOWN a second after app1.
fn both_die() -> Log {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..62_000, "app/app1", REFUSED)
        .each(200, 60_100..63_000, "app/app2", REFUSED)
        .says(62_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(63_000, &down("app/app2", CHECK_REFUSED, 0))
        .says(63_000, "backend app has no server available!")
        .each(100, 63_000..70_000, "app/<NOSRV>", NO_SERVER);
    log
}

#[test]
fn failures_before_the_mark_are_detection_lag() {
    let mut log = app1_dies();
    log.well(&["app/app2"], 64_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    let report = log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Degraded,
        ["01:00.000", "01:20.020"],
        20,
    )
    .at(&["app1"])]);
    let incident = &report.incidents[0];
    assert_eq!(
        &incident.detected_at.as_deref().unwrap()[14..23],
        "01:04.000"
    );
    assert_eq!(incident.lanes[0].out_ms, 16_000);
}

#[test]
fn retries_that_hide_a_dead_server_leave_lost_capacity() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app2", REDISPATCHED)
        .says(64_000, &down("app/app1", CHECK_REFUSED, 1))
        .well(&["app/app2"], 64_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    let report = log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Capacity,
        ["01:00.000", "01:20.020"],
        0,
    )
    .at(&["app1"])]);
    assert_eq!(report.incidents[0].redispatched, 20);
}

#[test]
fn a_backend_without_a_server_is_an_outage_until_the_first_one_serves() {
    let mut log = both_die();
    log.says(70_000, &up("app/app2", 1))
        .well(&["app/app2"], 70_000..75_000)
        .says(75_000, &up("app/app1", 2))
        .well(&BOTH, 75_000..100_000);
    let report = log.tells(&[told(
        BackendDown,
        ServiceNotListening,
        Outage,
        ["01:00.000", "01:10.020"],
        95,
    )
    .at(&["app1", "app2"])]);
    let incident = &report.incidents[0];
    assert_eq!(
        &incident.service_restored.as_deref().unwrap()[14..23],
        "01:10.020"
    );
    assert_eq!(&incident.all_back.as_deref().unwrap()[14..23], "01:15.020");
}

#[test]
fn a_log_that_ends_in_an_outage_has_no_end_to_tell() {
    both_die().tells(&[told(
        BackendDown,
        ServiceNotListening,
        Outage,
        ["01:00.000", ""],
        95,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn a_log_that_begins_in_an_outage_tells_what_it_shows() {
    let mut log = Log::new();
    log.each(100, 0..20_000, "app/<NOSRV>", NO_SERVER)
        .says(20_000, &up("app/app1", 1))
        .well(&["app/app1"], 20_000..60_000);
    log.tells(&[told(
        BackendDown,
        Cause::Unknown,
        Outage,
        ["00:00.000", "00:20.020"],
        200,
    )
    .at(&["app1"])]);
}

#[test]
fn a_server_that_is_first_heard_of_when_it_comes_back_was_down_before() {
    let mut log = Log::new();
    log.well(&["app/app2"], 0..30_000)
        .says(30_000, &up("app/app1", 2))
        .well(&BOTH, 30_000..60_000);
    let report = log.tells(&[told(
        ServerDown,
        Cause::Unknown,
        Capacity,
        ["00:00.000", "00:30.020"],
        0,
    )
    .at(&["app1"])]);
    let incident = &report.incidents[0];
    assert!(incident.detected_at.is_none());
    assert_eq!(
        incident.timeline[0].text,
        "app1 was DOWN when the log began"
    );
}

#[test]
fn the_first_word_of_each_process_is_about_the_same_servers() {
    // Another HAProxy that says UP has seen it DOWN, too.
    let mut log = Log::new();
    log.well(&["app/app2"], 0..30_000)
        .says(30_000, &up("app/app1", 2))
        .by("lb2 haproxy[1300]")
        .says(30_000, &up("app/app1", 2))
        .well(&BOTH, 30_000..60_000);
    log.tells(&[told(
        ServerDown,
        Cause::Unknown,
        Capacity,
        ["00:00.000", "00:30.020"],
        0,
    )
    .at(&["app1"])]);
}

#[test]
fn two_log_targets_write_one_event_twice() {
    let mut log = both_die();
    log.says(70_000, &up("app/app2", 1))
        .says(70_000, &up("app/app1", 2))
        .well(&BOTH, 70_000..100_000)
        .states_twice();
    let report = log.tells(&[told(
        BackendDown,
        ServiceNotListening,
        Outage,
        ["01:00.000", "01:10.020"],
        95,
    )
    .at(&["app1", "app2"])]);
    assert_eq!(
        report.coverage.duplicates, 5,
        "two DOWN, two UP, one without a server"
    );
    let downs = report.incidents[0]
        .timeline
        .iter()
        .filter(|row| row.what == "server_down");
    assert_eq!(downs.count(), 2);
}

#[test]
fn a_reload_that_finds_a_dead_server_again_is_no_second_death() {
    let mut log = app1_dies();
    log.well(&["app/app2"], 64_000..70_000)
        .says(
            70_000,
            "Proxy www stopped (cumulated conns: FE: 700, BE: 0).",
        )
        .says(
            70_000,
            "Proxy app stopped (cumulated conns: FE: 0, BE: 700).",
        )
        .by("lb1 haproxy[1201]")
        .each(100, 70_000..71_000, "app/app2", OK)
        .says(71_000, &down("app/app1", CHECK_REFUSED, 1))
        .well(&["app/app2"], 71_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[
        told(
            ServerDown,
            ServiceNotListening,
            Degraded,
            ["01:00.000", "01:20.020"],
            20,
        )
        .at(&["app1"]),
        told(Restart, Reload, Planned, ["01:10.000", "01:10.000"], 0).of_backend(""),
    ]);
}

#[test]
fn a_server_that_a_reload_brings_back_is_back() {
    let mut log = app1_dies();
    log.well(&["app/app2"], 64_000..70_000)
        .says(
            70_000,
            "Proxy www stopped (cumulated conns: FE: 700, BE: 0).",
        )
        .says(
            70_000,
            "Proxy app stopped (cumulated conns: FE: 0, BE: 700).",
        )
        .by("lb1 haproxy[1201]")
        .well(&BOTH, 70_000..130_000);
    log.tells(&[
        told(
            ServerDown,
            ServiceNotListening,
            Degraded,
            ["01:00.000", "01:10.020"],
            20,
        )
        .at(&["app1"]),
        told(Restart, Reload, Planned, ["01:10.000", "01:10.000"], 0).of_backend(""),
    ]);
}

#[test]
fn losing_all_active_servers_while_backups_serve_is_no_outage() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(61_000, "Server app/app2 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .well(&["app/spare"], 60_000..80_000)
        .says(80_000, "Server app/app1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.")
        .well(&["app/app1"], 80_000..82_000)
        .says(82_000, "Server app/app2 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 2 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.")
        .well(&BOTH, 82_000..100_000);
    log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Capacity,
        ["01:00.000", "01:22.120"],
        0,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn a_tracking_server_fails_for_the_reason_of_the_tracked_one() {
    let mut log = Log::calm(&BOTH);
    log.well(&["static/app1", "static/app2"], 0..60_000)
        .says(60_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(60_000, &down("static/app1", " via app/app1", 1))
        .well(&["app/app2"], 60_000..80_000)
        .well(&["static/app2"], 60_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .says(80_000, "Server static/app1 is UP via app/app1. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.")
        .well(&BOTH, 80_000..100_000)
        .well(&["static/app1", "static/app2"], 80_000..100_000);
    let report = log.tells(&[
        told(
            ServerDown,
            ServiceNotListening,
            Capacity,
            ["01:00.000", "01:20.020"],
            0,
        )
        .at(&["app1"]),
        told(
            ServerDown,
            ServiceNotListening,
            Capacity,
            ["01:00.000", "01:20.020"],
            0,
        )
        .at(&["app1"])
        .of_backend("static"),
    ]);
    assert_eq!(
        report.incidents[0].related,
        [report.incidents[1].id.clone()]
    );
}

#[test]
fn a_dead_server_that_drowns_its_sibling_is_the_culprit() {
    let mut log = app1_dies();
    log.each(100, 64_000..84_000, "app/app2", QUEUE_TIMEOUT)
        .each(500, 64_050..84_000, "app/app2", OK)
        .says(86_000, &up("app/app1", 2))
        .well(&BOTH, 86_000..110_000);
    log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Outage,
        ["01:00.000", "01:26.020"],
        220,
    )
    .at(&["app1"])
    .dragging(&["app2"])]);
}

#[test]
fn servers_that_go_and_come_are_one_incident() {
    let timeout = ", reason: Layer4 timeout, check duration: 2001ms";
    let mut log = Log::calm(&BOTH);
    for round in 0..4 {
        let at = 60_000 + round * 20_000;
        log.says(at, &down("app/app1", timeout, 1))
            .well(&["app/app2"], at..at + 10_000)
            .says(at + 10_000, &up("app/app1", 2))
            .well(&BOTH, at + 10_000..at + 20_000);
    }
    log.well(&BOTH, 140_000..200_000);
    log.tells(&[told(
        Flapping,
        NetworkUnreachable,
        Capacity,
        ["01:00.000", "02:10.020"],
        0,
    )
    .at(&["app1"])]);
}

#[test]
fn deaths_far_apart_are_two_incidents() {
    let mut log = app1_dies();
    log.well(&["app/app2"], 64_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..400_000)
        .says(
            400_000,
            &down(
                "app/app2",
                ", reason: Layer7 timeout, check duration: 2000ms",
                1,
            ),
        )
        .well(&["app/app1"], 400_000..410_000)
        .says(410_000, &up("app/app2", 2))
        .well(&BOTH, 410_000..440_000);
    log.tells(&[
        told(
            ServerDown,
            ServiceNotListening,
            Degraded,
            ["01:00.000", "01:20.020"],
            20,
        )
        .at(&["app1"]),
        told(
            ServerDown,
            HealthCheckTimeoutTooShort,
            Capacity,
            ["06:40.000", "06:50.120"],
            0,
        )
        .at(&["app2"]),
    ]);
}

#[test]
fn only_failures_in_the_log_still_tell_of_an_outage() {
    let mut log = both_die();
    log.says(70_000, &up("app/app2", 1))
        .says(70_000, &up("app/app1", 2))
        .well(&BOTH, 70_000..100_000)
        .only_failures();
    log.tells(&[told(
        BackendDown,
        ServiceNotListening,
        Outage,
        ["01:00.000", "01:10.000"],
        95,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn a_listen_section_without_a_server_is_a_backend_without_one() {
    let mut log = Log::new();
    log.through("app")
        .well(&["app/app1"], 0..60_000)
        .says(60_000, &down("app/app1", CHECK_REFUSED, 0))
        .says(60_000, "proxy app has no server available!")
        .each(100, 60_000..70_000, "app/<NOSRV>", NO_SERVER)
        .each(500, 60_050..70_000, "", SLOW_CLIENT)
        .says(70_000, &up("app/app1", 1))
        .well(&["app/app1"], 70_000..100_000);
    let outage = told(
        BackendDown,
        ServiceNotListening,
        Outage,
        ["01:00.000", "01:10.020"],
        100,
    );
    log.tells(&[outage.at(&["app1"])]);
}

#[test]
fn a_server_that_answers_a_new_process_until_its_check_fails_again_was_never_back() {
    let missing =
        ", reason: Layer7 wrong status, code: 404, info: \"Not Found\", check duration: 2ms";
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", missing, 1))
        .well(&["app/app2"], 60_000..70_000)
        .says(
            70_000,
            "Proxy www stopped (cumulated conns: FE: 700, BE: 0).",
        )
        .by("lb1 haproxy[1201]")
        .well(&BOTH, 70_000..72_000)
        .says(72_000, &down("app/app1", missing, 1))
        .well(&["app/app2"], 72_000..100_000)
        .says(100_000, &up("app/app1", 2))
        .well(&BOTH, 100_000..120_000);
    log.tells(&[
        told(
            ServerDown,
            HealthEndpointWrongStatus,
            Capacity,
            ["01:00.000", "01:40.020"],
            0,
        )
        .at(&["app1"]),
        told(Restart, Reload, Planned, ["01:10.000", "01:10.000"], 0).of_backend(""),
    ]);
}

#[test]
fn a_server_that_is_toggled_within_a_second_ends_where_it_ends() {
    let by_hand = ", changed from CLI";
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", by_hand, 1))
        .says(60_000, "Server app/app1 is UP, changed from CLI. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.")
        .says(60_000, &down("app/app1", by_hand, 1))
        .well(&["app/app2"], 60_000..80_000);
    let gone = told(ServerDown, AdminAction, Capacity, ["01:00.000", ""], 0);
    log.tells(&[gone.at(&["app1"])]);
}

#[test]
fn a_server_that_answers_long_after_it_went_down_is_back_though_no_line_says_so() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app2", CHECK_REFUSED, 1))
        .well(&["app/app1"], 60_000..90_000)
        .well(&BOTH, 90_000..200_000);
    let report = log.report();
    let told = Told::of(&report.incidents[0]);
    assert_eq!((told.kind, told.end_reason), (ServerDown, "recovered"));
    assert!(("01:30.000".."01:31.000").contains(&told.end), "{told:?}");
}

#[test]
fn a_server_that_comes_and_goes_each_minute_is_one_incident() {
    let mut log = Log::new();
    log.well(&BOTH, 0..660_000);
    for minute in 1..10 {
        let at = minute * 60_000;
        log.says(at, &down("app/app2", CHECK_REFUSED, 1))
            .says(at + 20_000, &up("app/app2", 2));
    }
    let report = log.report();
    let told: Vec<_> = report.incidents.iter().map(Told::of).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].kind, told[0].severity), (Flapping, Capacity));
    assert!(report.incidents[0].headline.contains("9 times DOWN"));
}

#[test]
fn backup_servers_that_carry_on_end_what_clients_suffered() {
    let lost = "Server app/app1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.";
    let back = "Server app/app1 is UP, reason: Layer4 check passed, check duration: 0ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.";
    let mut log = Log::new();
    log.well(&["app/app1"], 0..60_000)
        .each(40, 60_000..65_000, "app/app1", NOT_CONNECTED)
        .says(65_000, lost)
        .well(&["app/spare"], 69_000..90_000)
        .says(90_000, back)
        .well(&["app/app1"], 90_000..120_000);
    let report = log.report();
    let [incident] = &report.incidents[..] else {
        panic!("{:?}", report.incidents);
    };
    assert_eq!(
        incident.story.last().unwrap(),
        "Backup servers carried on after 8 s; the last active server was back 22 s later."
    );
    let time = |at: &Option<String>| at.as_ref().unwrap()[14..23].to_owned();
    assert_eq!(time(&incident.service_restored), "01:07.961");
    assert_eq!(time(&incident.end), "01:30.020");
    let rows = incident.timeline.iter();
    let texts: Vec<&str> = rows.map(|row| row.text.as_str()).collect();
    assert!(texts.contains(&"running on backup servers"), "{texts:?}");
    let figures = &report.figures.backends[0];
    assert_eq!((figures.outage_ms, figures.mttr_ms), (7_961, Some(7_961)));
}

#[test]
fn backup_servers_that_fail_as_well_carry_nothing() {
    let lost = "Server app/app1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.";
    let mut log = Log::new();
    log.well(&["app/app1"], 0..60_000)
        .each(100, 60_000..65_000, "app/app1", NOT_CONNECTED)
        .says(65_000, lost)
        .each(200, 65_000..90_000, "app/spare", REFUSED)
        .says(90_000, &up("app/app1", 1))
        .well(&["app/app1"], 90_000..120_000);
    let report = log.report();
    let incident = &report.incidents[0];
    let figures = &report.figures.backends[0];
    assert!(figures.outage_ms >= 29_000, "{}", figures.outage_ms);
    assert!(
        !incident
            .story
            .last()
            .unwrap()
            .contains("Backup servers carried on after 5")
    );
}

#[test]
fn failures_of_nobody_knows_how_many_are_no_outage() {
    let mut log = Log::new();
    log.each(100, 0..60_000, "app/app1", ERROR_500);
    let severity = |option: &str| {
        let config = format!(
            "frontend www\n mode http\n{option} bind :80\n default_backend app\nbackend app\n mode http\n server app1 192.0.2.1:80\n"
        );
        log.report_with(Some(&config)).incidents[0].severity
    };
    assert_eq!(severity(""), Outage);
    assert_eq!(severity(" option dontlog-normal\n"), Degraded);
}

#[test]
fn a_server_that_is_still_missed_may_hurt_nobody_any_more() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..63_000, "app/app1", REFUSED)
        .each(200, 60_100..63_000, "app/app2", OK)
        .says(63_000, &down("app/app1", CHECK_REFUSED, 1));
    let last = |log: &Log| log.report().incidents[0].story.last().cloned().unwrap();
    assert_eq!(last(&log), "It is still going on; app1 is not back.");
    log.well(&["app/app2"], 63_000..80_000);
    assert_eq!(
        last(&log),
        "It is still going on; app1 is not back; nothing failed after 2.8 s."
    );
}
