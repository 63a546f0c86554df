//! What operators do on purpose.

use std::collections::BTreeSet;

use super::log::*;
use hapline::words::cause::Cause::{self, *};
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

#[test]
fn maintenance_and_drain_are_planned() {
    for (leaves, returns) in [
        (
            "Server app/app1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
            "Server app/app1 is UP/READY (leaving forced maintenance).",
        ),
        (
            "Server app/app1 is going DOWN for maintenance ('disable' on stats page). 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
            "Server app/app1 is UP/READY (leaving forced maintenance).",
        ),
        (
            "Server app/app1 enters drain state. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
            "Server app/app1 is UP (leaving forced drain).",
        ),
        (
            "Server app/app1 is stopping, reason: Layer7 check conditionally passed, code: 404, info: \"Not Found\", check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
            "Server app/app1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
        ),
    ] {
        let mut log = Log::calm(&BOTH);
        log.says(60_000, leaves)
            .well(&["app/app2"], 60_000..80_000)
            .says(80_000, returns)
            .well(&BOTH, 80_000..100_000);
        log.tells(&[told(
            Maintenance,
            AdminAction,
            Planned,
            ["01:00.000", "01:20.000"],
            0,
        )
        .at(&["app1"])]);
    }
}

/// Both servers are put in maintenance, a second apart, until 09:01:20.
fn whole_backend() -> Log {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, "Server app/app1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .well(&["app/app2"], 60_000..61_000)
        .says(61_000, "Server app/app2 is going DOWN for maintenance. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .says(61_000, "backend app has no server available!")
        .says(80_000, "Server app/app1 is UP/READY (leaving forced maintenance).")
        .says(80_000, "Server app/app2 is UP/READY (leaving forced maintenance).")
        .well(&BOTH, 80_000..120_000);
    log
}

fn both_planned() -> [Told<'static>; 2] {
    [
        told(
            Maintenance,
            AdminAction,
            Planned,
            ["01:00.000", "01:20.000"],
            0,
        )
        .at(&["app1"]),
        told(
            Maintenance,
            AdminAction,
            Planned,
            ["01:01.000", "01:20.000"],
            0,
        )
        .at(&["app2"]),
    ]
}

#[test]
fn a_backend_that_is_taken_away_from_its_clients_is_an_outage_by_an_operator() {
    let mut log = whole_backend();
    log.each(100, 61_000..80_000, "app/<NOSRV>", NO_SERVER);
    let [app1, app2] = both_planned();
    let report = log.report();
    let mut found: Vec<Told> = report.incidents.iter().map(Told::of).collect();
    found.sort_by_key(|found| (found.kind, found.start));
    let outage = told(
        BackendDown,
        AdminAction,
        Outage,
        ["01:01.000", "01:20.020"],
        190,
    )
    .at(&["app2"]);
    assert_eq!(found, [outage, app1, app2]);
}

#[test]
fn a_backend_that_nobody_asks_for_may_be_taken_away() {
    let [app1, app2] = both_planned();
    let report = whole_backend().report();
    let mut found: Vec<Told> = report.incidents.iter().map(Told::of).collect();
    found.sort_by_key(|found| (found.kind, found.start));
    let taken = told(
        BackendDown,
        AdminAction,
        Planned,
        ["01:01.000", "01:20.020"],
        0,
    )
    .at(&["app2"]);
    assert_eq!(found, [taken, app1, app2]);
}

#[test]
fn a_dead_server_taken_into_maintenance_is_no_longer_missed() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", CHECK_REFUSED, 1))
        .well(&["app/app2"], 60_000..90_000)
        .says(
            70_000,
            "Server app/app1 was DOWN and now enters maintenance.",
        )
        .says(
            90_000,
            "Server app/app1 is UP/READY (leaving forced maintenance).",
        )
        .well(&BOTH, 90_000..120_000);
    let lost = told(
        ServerDown,
        ServiceNotListening,
        Capacity,
        ["01:00.000", "01:10.000"],
        0,
    )
    .at(&["app1"]);
    log.tells(&[
        Told {
            end_reason: "superseded",
            ..lost
        },
        told(
            Maintenance,
            AdminAction,
            Planned,
            ["01:10.000", "01:30.000"],
            0,
        )
        .at(&["app1"]),
    ]);
}

#[test]
fn a_server_that_leaves_maintenance_dead_is_lost_from_then_on() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, "Server app/app1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .well(&["app/app2"], 60_000..80_000)
        .says(70_000, "Server app/app1 is DOWN/READY (leaving forced maintenance).")
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[
        told(
            Maintenance,
            AdminAction,
            Planned,
            ["01:00.000", "01:10.000"],
            0,
        )
        .at(&["app1"]),
        told(
            ServerDown,
            Cause::Unknown,
            Capacity,
            ["01:10.000", "01:20.020"],
            0,
        )
        .at(&["app1"]),
    ]);
}

#[test]
fn a_last_server_that_dies_beside_one_in_maintenance_is_an_outage() {
    let mut log = Log::calm(&BOTH);
    log.says(30_000, "Server app/app1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .says(60_000, &down("app/app2", CHECK_REFUSED, 0))
        .says(60_000, "backend app has no server available!")
        .each(100, 60_000..70_000, "app/<NOSRV>", NO_SERVER)
        .says(70_000, &up("app/app2", 1))
        .well(&["app/app2"], 70_000..100_000);
    log.tells(&[
        Told {
            end_reason: "log_ended",
            ..told(Maintenance, AdminAction, Planned, ["00:30.000", ""], 0).at(&["app1"])
        },
        told(
            BackendDown,
            ServiceNotListening,
            Outage,
            ["01:00.000", "01:10.020"],
            100,
        )
        .at(&["app2"]),
    ]);
}

#[test]
fn a_server_that_stops_on_purpose_and_then_dies_is_back_once() {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, "Server app/app1 is stopping, reason: Layer7 check conditionally passed, code: 404, info: \"Not Found\", check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .well(&["app/app2"], 60_000..80_000)
        .says(65_000, "Server app/app1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.")
        .says(80_000, "Server app/app1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.")
        .well(&BOTH, 80_000..100_000);
    let report = log.report();
    let rows = report.incidents.iter().flat_map(|found| &found.timeline);
    let back: BTreeSet<_> = rows
        .filter(|row| row.what == "server_up")
        .map(|row| &row.time)
        .collect();
    assert_eq!(back.len(), 1, "{back:?}");
}
