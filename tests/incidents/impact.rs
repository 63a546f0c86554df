//! What an incident did, beside its counts.

use super::log::*;
use hapline::report::document::{Document, Incident};
use hapline::words::cause::Severity;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// The one incident that is no planned work.
fn trouble(report: &Document) -> &Incident {
    let found: Vec<&Incident> = report
        .incidents
        .iter()
        .filter(|incident| incident.severity != Severity::Planned)
        .collect();
    assert_eq!(found.len(), 1, "{:?}", report.incidents);
    found[0]
}

/// Minute, second and text of each row of its timeline.
fn rows(report: &Document) -> Vec<(&str, &str)> {
    let rows = trouble(report).timeline.iter();
    rows.map(|row| (&row.time[14..19], row.text.as_str()))
        .collect()
}

#[test]
fn what_operators_did_stands_in_the_timeline_of_what_they_did_it_for() {
    let mut log = Log::calm(&BOTH);
    log.says(50_000, "Server app/app3 is going DOWN for maintenance. 2 active and 0 backup servers left. 0 sessions active.")
        .says(50_000, "Server other/s1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active.")
        .says(60_000, &down("app/app1", CHECK_REFUSED, 1))
        .well(&["app/app2"], 60_000..80_000)
        .says(70_000, "Server app/app3 is UP/READY (leaving forced maintenance).")
        .says(80_000, &up("app/app1", 3))
        .well(&BOTH, 80_000..100_000);
    let report = log.report();
    assert_eq!(
        rows(&report),
        [
            ("00:50", "app3 in maintenance"),
            ("01:00", "app1 DOWN: L4CON Connection refused after 0 ms"),
            ("01:10", "app3 back in service"),
            ("01:20", "app1 back in service"),
        ]
    );
}

#[test]
fn servers_that_were_left_are_those_that_haproxy_counts() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, "Server app/app1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 1 backup servers left. 0 sessions active.")
        .says(61_000, "Backup Server app/spare is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. 0 sessions active.")
        .well(&["app/app2"], 60_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .says(80_000, "Backup Server app/spare is UP, reason: Layer4 check passed, check duration: 0ms. 2 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.")
        .well(&BOTH, 80_000..100_000);
    let report = log.report();
    let impact = &trouble(&report).impact;
    let left = impact.capacity.as_ref().unwrap();
    assert_eq!((left.active, left.of_active), (1, 2));
    assert_eq!((left.backups, left.of_backups), (0, 1));
    assert_eq!(&left.time[14..19], "01:01");
    // Nobody was hurt: HAProxy noticed by itself, and its checks are not logged.
    assert_eq!(impact.detection_lag_ms, None);
    assert_eq!(impact.availability, Some(1.0));
    assert_eq!(impact.load[0].server, "app2");
}

#[test]
fn one_failure_a_second_peaks_at_one_a_second() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(60_000, &down("app/app2", CHECK_REFUSED, 0))
        .each(1_000, 60_000..205_000, "app/<NOSRV>", NO_SERVER)
        .says(205_000, &up("app/app1", 1))
        .says(205_000, &up("app/app2", 2))
        .well(&BOTH, 205_000..220_000);
    let report = log.report();
    let incident = trouble(&report);
    assert_eq!(incident.impact.peak_per_second, Some(1.0));
    // 145 s of failures, and the second in which it was over.
    assert_eq!(
        (incident.failures_part_s, incident.failures_per_second.len()),
        (2, 73)
    );
    let full = &incident.failures_per_second[..72];
    assert!(full.iter().all(|rate| *rate == 1.0), "{full:?}");
    assert_eq!(incident.failures_per_second[72], 0.5);
}

#[test]
fn a_mark_that_came_late_says_how_late() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..63_000, "app/app1", REFUSED)
        .each(200, 60_100..63_000, "app/app2", OK)
        .says(63_000, &down("app/app1", CHECK_REFUSED, 1))
        .well(&["app/app2"], 63_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    let report = log.report();
    let impact = &trouble(&report).impact;
    assert_eq!(impact.detection_lag_ms, Some(3_000));
    // 15 of 30 requests in three seconds, and 170 good ones; the span ends with the first answer of app1.
    assert_eq!(impact.eligible.unwrap() - impact.successful.unwrap(), 15);
    assert_eq!(impact.hit.frontends[0].name, "www");
    assert_eq!((impact.hit.sampled, impact.hit.of), (15, 15));
}

#[test]
fn what_two_haproxys_see_is_one_row() {
    let mut log = Log::new();
    for (head, later) in [("lb1 haproxy[1200]", 0), ("lb2 haproxy[1300]", 1_000)] {
        log.by(head)
            .well(&BOTH, 0..60_000)
            .says(60_000 + later, &down("app/app1", CHECK_REFUSED, 1))
            .well(&["app/app2"], 60_000 + later..62_000 + later)
            .says(62_000 + later, &up("app/app1", 2))
            .says(64_000 + later, &down("app/app1", CHECK_REFUSED, 1))
            .well(&["app/app2"], 62_000 + later..80_000 + later);
    }
    log.by("lb1 haproxy[1200]")
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    let report = log.report();
    assert_eq!(
        rows(&report),
        [
            (
                "01:00",
                "app1 DOWN: L4CON Connection refused after 0 ms (lb1, lb2)"
            ),
            ("01:02", "app1 back in service (lb1, lb2)"),
            (
                "01:04",
                "app1 DOWN: L4CON Connection refused after 0 ms (lb1, lb2)"
            ),
            ("01:20", "app1 back in service"),
        ]
    );
}
