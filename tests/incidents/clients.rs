//! What clients do to themselves, and what rules do to them.

use super::log::*;
use hapline::words::cause::Cause::*;
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

#[test]
fn a_crowd_that_does_not_finish_its_requests() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..120_000)
        .each(100, 60_050..70_000, "", SLOW_CLIENT);
    let report = log.tells(&[told(
        ClientTimeouts,
        ClientSlow,
        Client,
        ["01:00.050", "01:14.950"],
        100,
    )
    .of_backend("")]);
    assert_eq!(report.incidents[0].frontends, ["www"]);
}

#[test]
fn a_crowd_that_rules_deny() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..120_000)
        .each(100, 60_050..70_000, "www/<NOSRV>", DENIED);
    let report = log.tells(&[told(
        DenialBurst,
        DeniedByRules,
        Client,
        ["01:00.050", "01:09.950"],
        100,
    )
    .of_backend("")]);
    assert_eq!(report.incidents[0].frontends, ["www"]);
}

#[test]
fn a_crowd_that_the_rules_of_a_backend_deny() {
    let mut log = Log::calm(&BOTH);
    log.well(&BOTH, 60_000..120_000).each(
        100,
        60_050..70_000,
        "app/<NOSRV>",
        DENIED.with_status(429),
    );
    log.tells(&[told(
        DenialBurst,
        DeniedByRules,
        Client,
        ["01:00.050", "01:09.950"],
        100,
    )]);
}

#[test]
fn cookies_that_lead_to_a_server_that_is_gone() {
    let returning = OK.with_term("--VN");
    for term in ["--DI", "--II", "--VI"] {
        let mut log = Log::new();
        log.each(100, 0..60_000, "app/app1", returning)
            .each(100, 60_000..70_000, "app/app2", OK.with_term(term))
            .each(100, 70_000..120_000, "app/app2", returning);
        let report = log.report();
        let found = &report.incidents[0];
        assert_eq!(report.incidents.len(), 1, "{term}");
        assert_eq!(
            (found.kind, found.severity),
            (PersistenceLoss, Degraded),
            "{term}"
        );
        assert_eq!(
            (&found.start[14..23], &found.end.as_deref().unwrap()[14..23]),
            ("01:00.000", "01:09.920"),
            "{term}"
        );
    }
}

#[test]
fn cookies_of_a_lost_server_belong_to_its_loss() {
    let returning = OK.with_term("--VN");
    let mut log = Log::new();
    log.each(200, 0..60_000, "app/app1", returning)
        .each(200, 100..120_000, "app/app2", returning)
        .says(60_000, &down("app/app1", CHECK_REFUSED, 1))
        .each(200, 60_000..80_000, "app/app2", OK.with_term("--DI"))
        .says(80_000, &up("app/app1", 2))
        .each(200, 80_000..120_000, "app/app1", returning);
    log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Capacity,
        ["01:00.000", "01:20.020"],
        0,
    )
    .at(&["app1"])]);
}

#[test]
fn error_pages_are_the_applications() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..70_000, "app/app1", ERROR_500)
        .each(200, 60_100..70_000, "app/app2", OK)
        .well(&BOTH, 70_000..120_000);
    log.tells(&[told(
        ErrorBurst,
        ApplicationErrors,
        Outage,
        ["01:00.000", "01:09.820"],
        50,
    )
    .at(&["app1"])]);
}
