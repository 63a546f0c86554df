//! Several backends, and several HAProxys that see the same.

use super::log::*;
use hapline::report::document::Incident;
use hapline::words::cause::Cause::*;
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];
const FIRST: &str = "lb1 haproxy[1200]";
const SECOND: &str = "lb2 haproxy[1300]";

#[test]
fn two_haproxys_that_see_a_server_die_tell_one_incident() {
    let mut log = Log::new();
    for (head, later) in [(FIRST, 0), (SECOND, 1_000)] {
        log.by(head)
            .well(&BOTH, 0..60_000)
            .each(200, 60_000..63_000 + later, "app/app1", REFUSED)
            .each(200, 60_100..63_000 + later, "app/app2", OK)
            .says(63_000 + later, &down("app/app1", CHECK_REFUSED, 1))
            .well(&["app/app2"], 63_000 + later..80_000 + later)
            .says(80_000 + later, &up("app/app1", 2))
            .well(&BOTH, 80_000 + later..100_000);
    }
    let report = log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Degraded,
        ["01:00.000", "01:21.020"],
        35,
    )
    .at(&["app1"])]);
    assert_eq!(report.coverage.duplicates, 0, "two views are no copies");
    assert_eq!(report.incidents[0].lanes.len(), 1);
}

#[test]
fn a_server_that_only_one_haproxy_misses_is_lost_to_it_alone() {
    let mut log = Log::new();
    log.by(FIRST)
        .well(&BOTH, 0..60_000)
        .says(
            60_000,
            &down(
                "app/app1",
                ", reason: Layer4 timeout, check duration: 2001ms",
                1,
            ),
        )
        .well(&["app/app2"], 60_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000)
        .by(SECOND)
        .well(&BOTH, 0..100_000);
    log.tells(&[told(
        ServerDown,
        NetworkUnreachable,
        Capacity,
        ["01:00.000", "01:20.020"],
        0,
    )
    .at(&["app1"])]);
}

#[test]
fn one_haproxy_without_a_server_is_an_outage_though_another_has_one() {
    let timeout = ", reason: Layer4 timeout, check duration: 2001ms";
    let mut log = Log::new();
    log.by(FIRST)
        .well(&BOTH, 0..60_000)
        .says(60_000, &down("app/app1", timeout, 1))
        .says(60_000, &down("app/app2", timeout, 0))
        .says(60_000, "backend app has no server available!")
        .each(100, 60_000..80_000, "app/<NOSRV>", NO_SERVER)
        .by(SECOND)
        .well(&BOTH, 0..100_000)
        .says(62_000, &down("app/app1", timeout, 1))
        .says(64_000, &up("app/app1", 2))
        .by(FIRST)
        .says(80_000, &up("app/app1", 1))
        .says(80_000, &up("app/app2", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[told(
        BackendDown,
        NetworkUnreachable,
        Outage,
        ["01:00.000", "01:20.020"],
        200,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn two_backends_that_fail_for_different_reasons_stay_two() {
    let mut log = Log::calm(&BOTH);
    log.well(&["img/img1"], 0..60_000)
        .says(60_000, &down("img/img1", CHECK_REFUSED, 0))
        .says(60_000, "backend img has no server available!")
        .each(100, 60_000..70_000, "img/<NOSRV>", NO_SERVER)
        .each(100, 62_000..70_000, "app/app1", ERROR_500)
        .each(100, 60_050..70_000, "app/app2", OK)
        .says(70_000, &up("img/img1", 1))
        .well(&["img/img1"], 70_000..120_000)
        .well(&BOTH, 70_000..120_000);
    let report = log.tells(&[
        told(
            BackendDown,
            ServiceNotListening,
            Outage,
            ["01:00.000", "01:10.020"],
            100,
        )
        .at(&["img1"])
        .of_backend("img"),
        told(
            ErrorBurst,
            ApplicationErrors,
            Outage,
            ["01:02.000", "01:09.920"],
            80,
        )
        .at(&["app1"]),
    ]);
    assert!(report.incidents[0].related.is_empty());
}

#[test]
fn errors_of_one_server_and_the_death_of_another_are_two_incidents() {
    let three = ["app/app1", "app/app2", "app/app3"];
    let mut log = Log::calm(&three);
    log.each(300, 60_000..75_000, "app/app1", ERROR_500)
        .each(300, 60_200..75_000, "app/app3", OK)
        .says(60_000, &down("app/app2", CHECK_REFUSED, 2))
        .says(75_000, &up("app/app2", 3))
        .well(&three, 75_000..120_000);
    log.tells(&[
        told(
            ServerDown,
            ServiceNotListening,
            Capacity,
            ["01:00.000", "01:15.120"],
            0,
        )
        .at(&["app2"]),
        told(
            ErrorBurst,
            ApplicationErrors,
            Outage,
            ["01:00.000", "01:14.720"],
            50,
        )
        .at(&["app1"]),
    ]);
}

#[test]
fn a_haproxy_that_goes_on_using_a_server_speaks_for_the_server() {
    let mut log = Log::new();
    log.well(&BOTH, 0..60_000)
        .says(
            30_000,
            &down(
                "app/app1",
                ", reason: Layer4 timeout, check duration: 2001ms",
                1,
            ),
        )
        .says(50_000, &up("app/app1", 2))
        .by("lb2 haproxy[1300]")
        .well(&BOTH, 0..60_000);
    let report = log.report();
    let story = report.incidents[0].story.join(" ");
    assert!(
        story.contains(
            "lb2 went on using app1 (100 good answers): look at the way from lb1 to it first."
        ),
        "{story}"
    );
}

#[test]
fn backends_that_fail_together_on_one_machine_say_so() {
    let mut log = Log::new();
    log.well(&BOTH, 0..60_000)
        .well(&["db/db1", "db/db2"], 0..60_000)
        .each(200, 60_000..63_000, "app/app1", REFUSED)
        .each(200, 60_100..63_000, "db/db1", NOT_CONNECTED)
        .says(63_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(
            63_000,
            &down(
                "db/db1",
                ", reason: Layer4 timeout, check duration: 2001ms",
                1,
            ),
        )
        .says(80_000, &up("app/app1", 2))
        .says(80_000, &up("db/db1", 2))
        .well(&BOTH, 80_000..100_000)
        .well(&["db/db1", "db/db2"], 80_000..100_000);
    let config = |of_db: &str| {
        format!(
            "frontend www\n bind :80\nbackend app\n server app1 192.0.2.7:80 check\n server app2 192.0.2.8:80 check\n\
             backend db\n server db1 {of_db}:8080 check\n server db2 192.0.2.9:8080 check\n"
        )
    };
    let told = |of_db: &str| {
        let report = log.report_with(Some(&config(of_db)));
        let of = |backend: &str| {
            let is_it = |incident: &&Incident| incident.backend.as_deref() == Some(backend);
            let found = report.incidents.iter().find(is_it).expect("an incident");
            (found.related.len(), found.story.last().cloned().unwrap())
        };
        [of("app"), of("db")]
    };
    let same = |other: &str| {
        let said =
            format!("Servers of {other} that failed with them are on the same machine: 192.0.2.7.");
        (1, said)
    };
    assert_eq!(told("192.0.2.7"), [same("db"), same("app")]);
    assert_eq!(told("192.0.2.6").map(|(related, _)| related), [0, 0]);
}
