//! Requests over time beside incidents.

use super::log::*;
use hapline::report::document::{Chart, Document};

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

const CONFIG: &str = "
defaults
  mode http
  timeout client 5s
  timeout connect 1s
  timeout server 3s
backend app
  server app1 10.0.0.11:80 check
  server app2 10.0.0.12:80 check
backend other
  timeout server 9s
  server one 10.0.0.13:80
";

/// Twenty seconds without a server, while another backend serves.
fn outage() -> Document {
    let mut log = Log::calm(&BOTH);
    log.each(100, 0..110_000, "other/one", OK)
        .each(100, 60_000..62_000, "app/app1", TIMED_OUT)
        .says(62_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(62_000, &down("app/app2", CHECK_REFUSED, 0))
        .each(100, 62_000..80_000, "app/<NOSRV>", NO_SERVER)
        .says(80_000, &up("app/app1", 1))
        .says(80_000, &up("app/app2", 2))
        .well(&BOTH, 80_000..110_000);
    log.report_with(Some(CONFIG))
}

fn chart(document: &Document, nth: usize) -> &Chart {
    document.incidents[nth].chart.as_ref().expect("a chart")
}

/// The part that holds the second at `at` (s).
fn part(chart: &Chart, at: i64) -> usize {
    let number = |text: &str| text.parse::<i64>().expect("a number");
    let began = number(&chart.start[14..16]) * 60 + number(&chart.start[17..19]);
    ((at - began) / chart.part_s) as usize
}

#[test]
fn an_outage_is_charted_with_what_was_around_it() {
    let document = outage();
    let chart = chart(&document, 0);
    // A minute before it to the end of the log.
    assert_eq!(&chart.start[11..], "09:00:00.000+00:00");
    assert_eq!((chart.part_s, chart.requests.len()), (1, 110));
    let numbers = [
        chart.p50_ms.len(),
        chart.p99_ms.len(),
        chart.failed[0].requests.len(),
    ];
    assert_eq!(numbers, [110; 3]);
    for (second, requests, failed, p50) in [
        (30, 10, 0, Some(20)),
        (61, 0, 0, None),
        (63, 20, 20, None),
        (70, 10, 10, None),
        (100, 10, 0, Some(20)),
    ] {
        let at = part(chart, second);
        let told = (
            chart.requests[at],
            chart.failed[0].requests[at],
            chart.p50_ms[at],
        );
        assert_eq!(told, (requests, failed, p50), "{second}");
    }
    assert_eq!(chart.failed[0].owner, "server");
    let all: u64 = chart.failed.iter().flat_map(|of| &of.requests).sum();
    assert_eq!(all, document.incidents[0].failed_requests);
}

#[test]
fn limits_are_those_of_its_backend() {
    let document = outage();
    let limits = chart(&document, 0).limits.iter();
    let limits: Vec<_> = limits
        .map(|limit| (limit.keyword, limit.ms, limit.from))
        .collect();
    assert_eq!(
        limits,
        [
            ("timeout connect", 1_000, "config"),
            ("timeout server", 3_000, "config")
        ]
    );
}

#[test]
fn the_window_is_charted_with_all_backends_and_servers_that_were_missing() {
    let document = outage();
    let chart = document.chart.as_ref().expect("a chart");
    assert_eq!(chart.requests.iter().sum::<u64>(), document.totals.requests);
    let failed = chart.failed.iter().flat_map(|of| &of.requests).sum::<u64>();
    assert_eq!(failed, document.totals.failed);
    let lanes = chart.lanes.iter().map(|lane| {
        let spans = lane.spans.iter();
        let spans = spans.map(|span| {
            (
                span.state,
                &span.from[14..19],
                &span.to.as_ref().expect("an end")[14..19],
            )
        });
        (
            lane.backend.as_str(),
            lane.server.as_str(),
            spans.collect::<Vec<_>>(),
        )
    });
    assert_eq!(
        lanes.collect::<Vec<_>>(),
        [
            ("app", "app1", vec![("DOWN", "01:02", "01:20")]),
            ("app", "app2", vec![("DOWN", "01:02", "01:20")]),
        ]
    );
    assert_eq!(chart.limits, []);
}

#[test]
fn what_people_and_processes_did_is_marked() {
    let mut log = Log::calm(&BOTH);
    log.each(500, 0..200_000, "other/one", OK)
        .says(
            60_000,
            "Server app/app1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        )
        .well(&["app/app2"], 60_000..80_000)
        .says(80_000, "Server app/app1 is UP/READY (leaving forced maintenance).")
        .well(&BOTH, 80_000..120_000)
        .says(120_000, "Proxy www stopped (cumulated conns: FE: 600, BE: 0).")
        .by("lb1 haproxy[1201]")
        .well(&BOTH, 120_000..200_000);
    let document = log.report();
    let marked = |chart: &Chart| -> Vec<(&'static str, String, String)> {
        let markers = chart.markers.iter();
        let marked = markers.map(|marker| {
            (
                marker.what,
                marker.time[14..19].to_owned(),
                marker.place.clone(),
            )
        });
        marked.collect()
    };
    let own = |what, time: &str, place: &str| (what, time.to_owned(), place.to_owned());
    let all = [
        own("operator", "01:00", "app/app1"),
        own("operator", "01:20", "app/app1"),
        own("reload", "02:00", "lb1"),
    ];
    assert_eq!(marked(document.chart.as_ref().expect("a chart")), all);
    // The maintenance knows what was around it, and its backend's requests alone.
    let maintenance = chart(&document, 0);
    assert_eq!(marked(maintenance), all);
    assert_eq!(maintenance.part_s, 2);
    assert_eq!(maintenance.requests[part(maintenance, 70)], 20);
    let lane = &maintenance.lanes[0];
    assert_eq!(
        (lane.server.as_str(), lane.spans[0].state),
        ("app1", "MAINT")
    );
    // A reload is everybody's.
    let reload = chart(&document, 1);
    assert_eq!(reload.part_s, 1);
    assert_eq!(reload.requests[part(reload, 110)], 12);
}

#[test]
fn a_log_without_requests_has_lanes_all_the_same() {
    let mut log = Log::new();
    log.says(10_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(3_000_000, &up("app/app1", 2));
    let document = log.report();
    let chart = document.chart.as_ref().expect("a chart");
    assert!(chart.requests.iter().all(|n| *n == 0));
    assert!(chart.requests.len() <= 240);
    assert_eq!(chart.lanes[0].server, "app1");
    assert_eq!(chart.part_s * chart.requests.len() as i64 / 60, 50);
}

#[test]
fn servers_that_have_no_lane_are_counted() {
    let mut log = Log::new();
    for nth in 0..30 {
        let server = format!("app/app{nth}");
        log.says(10_000, &down(&server, CHECK_REFUSED, 30))
            .says(20_000 + nth * 1_000, &up(&server, 30));
    }
    let document = log.report();
    let chart = document.chart.as_ref().expect("a chart");
    assert_eq!((chart.lanes.len(), chart.lanes_omitted), (24, 6));
    assert_eq!(chart.lanes[0].server, "app29");
}
